// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import java.util.List;

/// Judges an append to one stream, by the table of KurrentDB's streams.
///
/// There are two kinds of idempotence. *Weak*, when the writer names no revision: all its ids are
/// among the recent ones of the stream. *Strong*, when it names a revision below the last (or no
/// stream at all): the events recorded behind that revision are the very ones it appends.
sealed interface AppendDecision {

  /// The append may be written.
  record Write() implements AppendDecision {}

  /// It was written before.
  record WrittenBefore(long firstRevision, long lastRevision, long lastPosition)
      implements AppendDecision {}

  /// The stream is not as expected.
  record Conflict() implements AppendDecision {}

  /// The stream is closed for ever.
  record Tombstoned() implements AppendDecision {}

  /// Records have to be compared that are not readable yet: ask again after the batch.
  record AskLater() implements AppendDecision {}

  AppendDecision WRITE = new Write();
  AppendDecision CONFLICT = new Conflict();
  AppendDecision TOMBSTONED = new Tombstoned();
  AppendDecision ASK_LATER = new AskLater();

  /// What was recorded, as far as idempotence asks.
  interface Memory {
    /// Whether all ids are recent ones of the stream: written before; none of the first: write;
    /// otherwise a conflict.
    AppendDecision recent(Head head, List<ProposedEvent> events);

    /// Whether the events behind a revision have exactly these ids: written before; none of the
    /// first: write; otherwise a conflict.
    AppendDecision recordedBehind(Head head, long revision, List<ProposedEvent> events);
  }

  /// Judges.
  static AppendDecision of(
      Head head, ExpectedState expected, List<ProposedEvent> events, Memory memory) {
    if (events.isEmpty()) {
      return ofNothing(head, expected);
    }
    if (head.tombstoned) {
      return TOMBSTONED;
    }
    return switch (expected) {
      case ExpectedState.Any() -> memory.recent(head, events);
      case ExpectedState.StreamExists() -> head.exists() ? memory.recent(head, events) : CONFLICT;
      case ExpectedState.Deleted() -> {
        var before = memory.recent(head, events);
        yield before instanceof Write && !head.isDeleted() ? CONFLICT : before;
      }
      case ExpectedState.Tombstoned() -> CONFLICT;
      case ExpectedState.NoStream() -> {
        if (head.lastRevision < 0) {
          yield WRITE;
        }
        var before = memory.recordedBehind(head, -1, events);
        yield before instanceof Write && !head.isDeleted() ? CONFLICT : before;
      }
      case ExpectedState.AtRevision(var revision) -> {
        if (revision == head.lastRevision) {
          yield WRITE;
        }
        if (revision > head.lastRevision) {
          yield CONFLICT;
        }
        var before = memory.recordedBehind(head, revision, events);
        yield before instanceof Write ? CONFLICT : before;
      }
    };
  }

  /// An append without events only asks.
  private static AppendDecision ofNothing(Head head, ExpectedState expected) {
    if (head.tombstoned) {
      return switch (expected) {
        case ExpectedState.Any(), ExpectedState.NoStream(), ExpectedState.Tombstoned() -> WRITE;
        case ExpectedState.AtRevision(var revision) when revision == Long.MAX_VALUE -> WRITE;
        case ExpectedState.AtRevision(_), ExpectedState.StreamExists(), ExpectedState.Deleted() ->
            CONFLICT;
      };
    }
    var holds =
        switch (expected) {
          case ExpectedState.Any() -> true;
          case ExpectedState.NoStream() -> head.lastRevision < 0 || head.isDeleted();
          case ExpectedState.StreamExists() -> head.exists();
          case ExpectedState.Deleted() -> head.isDeleted();
          case ExpectedState.Tombstoned() -> false;
          case ExpectedState.AtRevision(var revision) -> revision == head.lastRevision;
        };
    return holds ? WRITE : CONFLICT;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.AppendResult;
import io.leftfold.api.AppendResult.AppendedStream;
import io.leftfold.api.Commit;
import io.leftfold.api.ContentType;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.Tracking;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.api.WrongExpectedStateException.Conflict;
import io.leftfold.engine.log.LogWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Judges appends one after the other, each by what all before it have done, and puts into the log
/// writer's batch what passes. Heads change on the way, and nothing is durable yet: an answer may
/// be given only when the batch is, a refusal too. Owned by the writing thread.
final class Judge {

  private final LogWriter writer;
  private final Heads heads;
  private final RecentIds recentIds;
  private final AppendDecision.Memory memory;
  private final Boundary boundary;
  private final Supplier<UUID> ids;
  private final Batch batch;
  private final Flush flush;

  /// Makes all that was written durable, and shows it.
  @FunctionalInterface
  interface Flush {
    /// Does it.
    ///
    /// @throws IOException if that failed, now or before
    void run() throws IOException;
  }

  Judge(
      LogWriter writer,
      Heads heads,
      RecentIds recentIds,
      AppendDecision.Memory memory,
      Boundary boundary,
      Supplier<UUID> ids,
      Batch batch,
      Flush flush) {
    this.writer = writer;
    this.heads = heads;
    this.recentIds = recentIds;
    this.memory = memory;
    this.boundary = boundary;
    this.ids = ids;
    this.batch = batch;
    this.flush = flush;
  }

  /// Judges a piece of work.
  ///
  /// @throws LeftfoldException if it is refused
  /// @throws IOException if something went wrong on the way: then nothing may be written any more
  Answer judge(Work work) throws IOException {
    return switch (work) {
      case Work.Append append -> append(append);
      case Work.Delete delete -> delete(delete);
    };
  }

  private Answer append(Work.Append append) throws IOException {
    var judged = append.judged();
    var decisions = new ArrayList<AppendDecision>(judged.size());
    for (var part : judged) {
      decisions.add(decide(part));
    }
    if (isAllToBeWritten(decisions)) {
      var refusal = boundary.refusal(append.commit());
      return new Answer(append.completion(), refusal == null ? write(append) : null, refusal);
    }
    var refusal = refusal(judged, decisions);
    if (refusal == null) {
      trackOnly(append.commit());
    }
    return new Answer(
        append.completion(), refusal == null ? writtenBefore(append, decisions) : null, refusal);
  }

  /// The events of a repeated commit are there; how far its writer has come may not be.
  private void trackOnly(Commit commit) throws IOException {
    if (commit.tracking().filter(boundary::isNew).isPresent()) {
      try {
        var draft = new CommitDraft(heads, ids);
        track(draft, commit.tracking(), List.of());
        write(draft);
      } catch (LeftfoldException e) {
        throw new IOException("A commit could not be completed", e);
      }
    }
  }

  /// @param parts what is written with it
  private void track(CommitDraft draft, Optional<Tracking> noted, List<StreamAppend> parts) {
    noted.ifPresent(tracking -> {
      var head = heads.of(tracking.stream());
      if (head.isDeleted() && !isWritten(head.name.metastream(), parts)) {
        draft.undelete(head, head.lastRevision + 1, head.metadataJson);
      }
      draft.tracking(head, tracking);
    });
  }

  private static boolean isAllToBeWritten(List<AppendDecision> decisions) {
    for (var decision : decisions) {
      if (!(decision instanceof AppendDecision.Write)) {
        return false;
      }
    }
    return true;
  }

  /// Writes what was judged. Heads change on the way, so that nothing may go wrong half-way:
  /// whatever does ends all writing.
  private AppendResult write(Work.Append append) throws IOException {
    try {
      return writeParts(append);
    } catch (LeftfoldException e) {
      throw new IOException("A commit could not be completed", e);
    }
  }

  private AppendDecision decide(StreamAppend part) throws IOException {
    var head = heads.of(part.stream());
    tombstoneWithItsRoot(head);
    var decision = AppendDecision.of(head, part.expected(), part.events(), memory);
    if (decision instanceof AppendDecision.AskLater) {
      flush.run();
      decision = AppendDecision.of(head, part.expected(), part.events(), memory);
    }
    return decision;
  }

  /// A metastream is tombstoned with its stream, which may have happened in this very batch.
  private void tombstoneWithItsRoot(Head head) {
    if (head.name.isMetastream()) {
      head.tombstoned = heads.of(StreamLookup.rootOf(head.name)).tombstoned;
    }
  }

  private @Nullable LeftfoldException refusal(
      List<StreamAppend> parts, List<AppendDecision> decisions) {
    var against = new ArrayList<Conflict>();
    for (var i = 0; i < decisions.size(); i++) {
      var part = parts.get(i);
      switch (decisions.get(i)) {
        case AppendDecision.Tombstoned() -> {
          return new StreamTombstonedException(part.stream());
        }
        // Partly there and partly not is not a repetition of one commit.
        case AppendDecision.Conflict(), AppendDecision.WrittenBefore(_, _, _) ->
            against.add(conflict(part));
        case AppendDecision.Write() -> {}
        case AppendDecision.AskLater() -> throw new IllegalStateException("asked later already");
      }
    }
    return against.isEmpty() || isRepetition(parts, decisions)
        ? null
        : new WrongExpectedStateException(against);
  }

  /// Whether all streams that are written repeat an earlier commit. What that commit checked
  /// besides no longer matters.
  private static boolean isRepetition(List<StreamAppend> parts, List<AppendDecision> decisions) {
    var written = 0;
    for (var i = 0; i < decisions.size(); i++) {
      if (!parts.get(i).events().isEmpty()) {
        written++;
        if (!(decisions.get(i) instanceof AppendDecision.WrittenBefore)) {
          return false;
        }
      }
    }
    return written > 0;
  }

  private Conflict conflict(StreamAppend part) {
    return new Conflict(part.stream(), part.expected(), heads.of(part.stream()).state());
  }

  private @Nullable AppendResult writtenBefore(Work.Append append, List<AppendDecision> decisions) {
    var parts = append.judged();
    var streams = new ArrayList<AppendedStream>(parts.size());
    var last = -1L;
    for (var i = 0; i < decisions.size(); i++) {
      var stream = parts.get(i).stream();
      if (decisions.get(i)
          instanceof AppendDecision.WrittenBefore(var first, var lastRevision, var position)) {
        streams.add(new AppendedStream(stream, first, lastRevision));
        last = Math.max(last, position);
      } else {
        streams.add(unchanged(heads.of(stream)));
      }
    }
    return last < 0
        ? null
        : new AppendResult(OptionalLong.of(last), inPartsOf(append, streams), true);
  }

  /// An entry for each part, of those for each stream.
  private static List<AppendedStream> inPartsOf(
      Work.Append append, List<AppendedStream> ofStreams) {
    if (append.parts().size() == ofStreams.size()) {
      return ofStreams;
    }
    var byName = new HashMap<StreamName, AppendedStream>();
    ofStreams.forEach(stream -> byName.put(stream.stream(), stream));
    return append.parts().stream().map(part -> byName.get(part.stream())).toList();
  }

  private static AppendedStream unchanged(Head head) {
    return head.tombstoned
        ? new AppendedStream(head.name, Long.MAX_VALUE, Long.MAX_VALUE)
        : new AppendedStream(head.name, head.lastRevision + 1, head.lastRevision);
  }

  private AppendResult writeParts(Work.Append append) throws IOException {
    var commit = new CommitDraft(heads, ids);
    track(commit, append.commit().tracking(), append.commit().parts());
    var parts = append.parts();
    // What is only checked is told as it was before: the commit may write its metadata.
    var streams = new ArrayList<AppendedStream>(parts.size());
    for (var part : parts) {
      streams.add(unchanged(heads.of(part.stream())));
    }
    var written = written(parts);
    for (var i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      var head = heads.of(part.stream());
      if (isBroughtBack(parts, part, head, written)) {
        commit.undelete(head, head.lastRevision + 1, head.metadataJson);
      }
      if (!part.events().isEmpty()) {
        streams.set(i, commit.events(head, part.events(), append.records().get(i)));
      }
    }
    return new AppendResult(write(commit), streams, false);
  }

  /// The streams that get events; not asked for if there is one part only.
  private static Set<StreamName> written(List<StreamAppend> parts) {
    return parts.size() == 1
        ? Set.of()
        : parts.stream()
            .filter(part -> !part.events().isEmpty())
            .map(StreamAppend::stream)
            .collect(Collectors.toSet());
  }

  /// Whether a part makes a deleted stream visible again by itself: by writing it, or by saying
  /// nothing of anything else. A part that writes its metastream does it in its own way.
  private static boolean isBroughtBack(
      List<StreamAppend> parts, StreamAppend part, Head head, Set<StreamName> written) {
    return head.isDeleted()
        && !head.tombstoned
        && (parts.size() == 1
            || (!part.events().isEmpty() && !written.contains(head.name.metastream())));
  }

  private static boolean isWritten(StreamName stream, List<StreamAppend> parts) {
    return parts.stream()
        .anyMatch(part -> part.stream().equals(stream) && !part.events().isEmpty());
  }

  private Answer delete(Work.Delete delete) throws IOException {
    var head = heads.of(delete.stream());
    var fresh =
        new ProposedEvent(
            ids.get(),
            delete.forEver() ? RecordedEvent.TOMBSTONE_TYPE : RecordedEvent.METADATA_TYPE,
            delete.forEver() ? ContentType.BINARY : ContentType.JSON,
            delete.forEver() ? new byte[0] : MetadataJson.deleted(),
            new byte[0],
            List.of());
    var part = new StreamAppend(delete.stream(), delete.expected(), List.of(fresh));
    var decision = decide(part);
    var nothingToHide = !delete.forEver() && head.lastRevision < 0 && !head.hasMetadata;
    if (decision instanceof AppendDecision.Tombstoned) {
      throw new StreamTombstonedException(delete.stream());
    }
    if (!(decision instanceof AppendDecision.Write) || nothingToHide) {
      throw new WrongExpectedStateException(List.of(conflict(part)));
    }
    var commit = new CommitDraft(heads, ids);
    if (delete.forEver()) {
      commit.tombstone(head, fresh);
    } else {
      commit.metadata(head, fresh);
    }
    write(commit);
    return Answer.completed(
        delete.completion(),
        new AppendResult(
            OptionalLong.of(writer.nextPosition() - 1), List.of(unchanged(head)), false));
  }

  /// Adds a commit to the batch.
  ///
  /// @return the position of the last proposed event; empty if there is none
  private OptionalLong write(CommitDraft commit) throws IOException {
    if (commit.parts().isEmpty()) {
      return OptionalLong.empty();
    }
    if (!writer.fits(commit.byteCount(), commit.count())) {
      flush.run();
      writer.roll(commit.byteCount(), commit.count());
    }
    writer.begin();
    for (var part : commit.parts()) {
      var position = writer.add(part.records(), part.firstRevision());
      part.head().writtenUntil = writer.nextPosition();
      batch.wrote(part.head().name, part.firstRevision(), position, part.records());
      boundary.wrote(part.head().name, position, part.records());
      recentIds.note(part.head().key, part.firstRevision(), position, part.records());
    }
    writer.end();
    return commit.lastProposed() < 0
        ? OptionalLong.empty()
        : OptionalLong.of(writer.nextPosition() - commit.count() + commit.lastProposed());
  }
}

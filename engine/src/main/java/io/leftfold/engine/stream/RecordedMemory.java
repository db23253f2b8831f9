// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.ProposedEvent;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.RecordCursor;
import java.util.List;

/// What idempotence asks of the recent ids and of the log. Owned by the writing thread.
final class RecordedMemory implements AppendDecision.Memory {

  private final Log log;
  private final StreamLookup lookup;
  private final RecordCursor cursor;
  private final RecentIds recentIds;

  /// Over what is recorded.
  ///
  /// @param cursor of the writing thread
  RecordedMemory(Log log, StreamLookup lookup, RecordCursor cursor, RecentIds recentIds) {
    this.log = log;
    this.lookup = lookup;
    this.cursor = cursor;
    this.recentIds = recentIds;
  }

  @Override
  public AppendDecision recent(Head head, List<ProposedEvent> events) {
    var first = find(head, events.getFirst());
    if (first < 0) {
      return AppendDecision.WRITE;
    }
    var last = first;
    for (var event : events) {
      last = find(head, event);
      if (last < 0) {
        return AppendDecision.CONFLICT;
      }
    }
    return new AppendDecision.WrittenBefore(
        recentIds.revision(first), recentIds.revision(last), recentIds.position(last));
  }

  private int find(Head head, ProposedEvent event) {
    var entry =
        recentIds.find(
            event.id().getMostSignificantBits(), event.id().getLeastSignificantBits(), head.key);
    return entry >= 0 && isForgotten(recentIds.position(entry)) ? -1 : entry;
  }

  /// What a scavenge took away is known no more: not only when the store is opened again.
  private boolean isForgotten(long position) {
    return position < log.end() && !cursor.moveToIfKept(position);
  }

  @Override
  public AppendDecision recordedBehind(Head head, long revision, List<ProposedEvent> events) {
    if (head.writtenUntil > log.end()) {
      return AppendDecision.ASK_LATER;
    }
    var view = lookup.view(head.name, log.end(), cursor);
    var ordinal = StreamReader.ordinalOf(view, revision + 1, cursor);
    var position = -1L;
    for (var i = 0; i < events.size(); i++) {
      if (ordinal + i >= view.count()
          || !isAt(view.postings().at(ordinal + i), revision + 1 + i, events.get(i))) {
        return i == 0 ? AppendDecision.WRITE : AppendDecision.CONFLICT;
      }
      position = cursor.position();
    }
    return new AppendDecision.WrittenBefore(revision + 1, revision + events.size(), position);
  }

  private boolean isAt(long position, long revision, ProposedEvent event) {
    return cursor.moveToIfKept(position)
        && cursor.revision() == revision
        && cursor.idHigh() == event.id().getMostSignificantBits()
        && cursor.idLow() == event.id().getLeastSignificantBits();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.Commit;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.EventFilter;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.Query;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.Tracking;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.log.EncodedRecords;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.RecordCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Judges the conditions of appends (whether events match a query behind a head) and their
/// tracking. Owned by the writing thread.
///
/// Below the end of the log the index answers, from the head on, without looking at what does not
/// match. At and above it are the events that this thread has written and not published yet; the
/// index does not know them, or not all of them, and their records cannot be read. [Unpublished]
/// has them until they are published. So each event that a condition has to see is on exactly one
/// side of the end, whenever the question is asked.
final class Boundary {

  private final Log log;
  private final Index index;
  private final RecordCursor cursor;
  private final Heads heads;
  private final Unpublished unpublished = new Unpublished();

  /// Over a log, its index, and what the writing thread reads and knows of streams.
  Boundary(Log log, Index index, RecordCursor cursor, Heads heads) {
    this.log = log;
    this.index = index;
    this.cursor = cursor;
    this.heads = heads;
  }

  /// Takes note of events that were put into a batch: of every one, in the order of positions.
  void wrote(StreamName stream, long firstPosition, EncodedRecords records) {
    unpublished.add(stream, firstPosition, records);
  }

  /// The end of the log has moved: what is below it is the index's business from now on.
  void published() {
    unpublished.removeBelow(log.end());
  }

  /// What stands against a commit whose expectations fit: the first condition that does not hold,
  /// or else its tracking.
  @Nullable LeftfoldException refusal(Commit commit) {
    for (var condition : commit.conditions()) {
      var positions = conflicts(condition.query(), condition.after().end());
      if (!positions.isEmpty()) {
        return new ConditionFailedException(condition, positions);
      }
    }
    return commit
        .tracking()
        .filter(tracking -> !isNew(tracking))
        .map(tracking ->
            new AlreadyTrackedException(
                tracking, heads.of(tracking.stream()).tracked().orElseThrow()))
        .orElse(null);
  }

  /// Whether a follower has not come so far yet.
  ///
  /// @throws StreamTombstonedException if how far it comes cannot be recorded any more
  boolean isNew(Tracking tracking) {
    var head = heads.of(tracking.stream());
    if (head.tombstoned) {
      throw new StreamTombstonedException(head.name);
    }
    return tracking.position() > head.tracked().orElse(-1);
  }

  private List<Long> conflicts(Query query, long from) {
    var end = log.end();
    var positions = new ArrayList<Long>();
    addPublished(positions, query, from, end);
    var left = ConditionFailedException.POSITIONS_MAX - positions.size();
    if (left > 0) {
      positions.addAll(unpublished.matching(query, Math.max(from, end), left));
    }
    return positions;
  }

  /// The index gives what may match; the record tells. What is forgotten stands against nothing.
  private void addPublished(List<Long> positions, Query query, long from, long end) {
    var filter = EventFilter.matching(query);
    var walk = PositionWalk.of(filter, index, end);
    var match = EventMatch.of(filter, walk);
    var position = walk.next(from, end);
    while (position != PositionWalk.NONE) {
      if (cursor.moveToIfKept(position) && match.matches(cursor)) {
        positions.add(position);
        if (positions.size() == ConditionFailedException.POSITIONS_MAX) {
          return;
        }
      }
      position = walk.next(position + 1, end);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.engine.log.RecordCursor;

/// Notices, while a stream is read in a log that was opened around damage, that the revisions of
/// two neighbours leave room for events that are lost: a read of the stream then says so, as a read
/// of everything does. Whoever goes on reading gets what comes behind.
///
/// Events that were lost behind the last one of a stream nobody misses: their stream is not known.
final class LostEvents {
  private final boolean forwards;
  private final long wantedFrom;

  // The neighbour that was passed last.
  private long revision;
  private long position;

  private LostEvents(boolean forwards, long wantedFrom, long revision, long position) {
    this.forwards = forwards;
    this.wantedFrom = wantedFrom;
    this.revision = revision;
    this.position = position;
  }

  /// For a read that goes forwards from an ordinal.
  static LostEvents forwards(StreamView view, long ordinal, long wantedFrom, RecordCursor cursor) {
    var before = lastThere(view, ordinal, cursor);
    return new LostEvents(true, wantedFrom, before < 0 ? -1 : cursor.revision(), before);
  }

  /// For a read that goes backwards from an ordinal.
  static LostEvents backwards(
      StreamView view, long ordinal, long wantedFrom, long end, RecordCursor cursor) {
    for (var behind = ordinal + 1; behind < view.count(); behind++) {
      var position = view.postings().at(behind);
      if (cursor.moveToIfThere(position)) {
        return new LostEvents(false, wantedFrom, cursor.revision(), position);
      }
    }
    return new LostEvents(false, wantedFrom, view.lastRevision() + 1, end);
  }

  /// Goes on to the next event.
  ///
  /// @param cursor at that event, and there again afterwards
  /// @throws io.leftfold.api.CorruptLogException if one before it is lost
  void passed(RecordCursor cursor) {
    var lastRevision = revision;
    var lastPosition = position;
    revision = cursor.revision();
    position = cursor.position();
    if (forwards && revision > Math.max(lastRevision + 1, wantedFrom)) {
      requireSound(lastPosition, position, cursor);
      cursor.moveTo(position);
    } else if (!forwards && revision < Math.min(lastRevision - 1, wantedFrom)) {
      requireSound(position, lastPosition, cursor);
      cursor.moveTo(position);
    }
  }

  /// Comes to the first event of a stream that is to be seen, backwards.
  void requireNoneBefore(StreamView view, long firstOrdinal, RecordCursor cursor) {
    var before = lastThere(view, firstOrdinal, cursor);
    var hidden = before < 0 ? -1 : cursor.revision();
    var lastRevision = revision;
    revision = 0; // told once
    if (lastRevision - 1 > Math.max(hidden, view.firstVisible() - 1)) {
      requireSound(before, position, cursor);
    }
  }

  /// The position of the last event below an ordinal that a scavenge has left, and the cursor
  /// there; −1 if there is none.
  private static long lastThere(StreamView view, long ordinal, RecordCursor cursor) {
    for (var before = ordinal - 1; before >= 0; before--) {
      var position = view.postings().at(before);
      if (cursor.moveToIfThere(position)) {
        return position;
      }
    }
    return -1;
  }

  /// Looks at every event between two. What a scavenge took away is not lost.
  private static void requireSound(long above, long below, RecordCursor cursor) {
    for (var between = above + 1; between < below; between++) {
      var _ = cursor.moveToIfThere(between);
    }
  }
}

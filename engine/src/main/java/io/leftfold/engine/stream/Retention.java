// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tracking;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.log.Fate;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.RecordCursor;
import java.util.HashMap;

/// What may be forgotten, judged as of one moment: what readers of its stream do not see at that
/// moment, except what the store itself still needs. Owned by one thread.
///
/// | the stream is | what is hidden | its last event |
/// |---|---|---|
/// | live | goes | stays, hidden or not: its revision is where the stream goes on |
/// | deleted | goes | is emptied |
/// | tombstoned | goes | the tombstone stays |
/// | a metastream | goes | stays; it is emptied if its stream is tombstoned |
/// | deleted, and a follower's (`$tracking-…`) | goes | stays: the writer keeps what it says |
public final class Retention {

  private static final int STREAMS_MAX = 100_000;

  private final StreamLookup lookup;
  private final RecordCursor cursor;
  private final long end;
  private final long nowMicros;
  private final HashMap<StreamName, StreamView> views = new HashMap<>();

  /// As of a moment.
  ///
  /// @param end of the log at that moment
  /// @param nowMicros the time then, in microseconds since 1970
  public Retention(Log log, Index index, long end, long nowMicros) {
    this.lookup = new StreamLookup(index);
    this.cursor = log.cursor();
    this.end = end;
    this.nowMicros = nowMicros;
  }

  /// Judges the record that a cursor stands at, which is not forgotten yet.
  public Fate of(RecordCursor record) {
    if (record.position() == 0) {
      return Fate.KEEP; // it names the store
    }
    var stream = record.stream();
    var view = view(stream);
    if (record.revision() == RecordedEvent.TOMBSTONE_REVISION) {
      return Fate.KEEP;
    }
    var isLast = record.revision() == view.lastRevision();
    if (view.tombstoned() || view.isDeleted()) {
      if (!isLast) {
        return Fate.FORGET;
      }
      return Tracking.isRecordedIn(stream) && !view.tombstoned() ? Fate.KEEP : Fate.EMPTY;
    }
    var isVisible =
        record.revision() >= view.firstVisible()
            && record.timeMicros() >= StreamReader.oldestVisible(view, nowMicros);
    return isVisible || isLast ? Fate.KEEP : Fate.FORGET;
  }

  private StreamView view(StreamName stream) {
    var view = views.get(stream);
    if (view == null) {
      if (views.size() == STREAMS_MAX) {
        views.clear();
      }
      view = lookup.view(stream, end, cursor);
      views.put(stream, view);
    }
    return view;
  }
}

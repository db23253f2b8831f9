// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventSink;
import io.leftfold.api.EventView;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.RecordCursor;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A read that goes from event to event as it is asked, and gives its cursor back when it is
/// through.
///
/// It can be gone through in two ways, one event this way and the next that way: an iterator makes
/// an object of each event, a sink is shown the record under the cursor.
abstract class PulledRead implements EventRead {
  private final Log log;
  private final Events events = new Events();
  private @Nullable RecordCursor cursor;
  private long remaining;

  PulledRead(Log log, RecordCursor cursor, long limit) {
    this.log = log;
    this.cursor = cursor;
    this.remaining = limit;
  }

  /// Moves the cursor to the next event that is wanted.
  ///
  /// @return whether there is one
  abstract boolean advance(RecordCursor cursor);

  /// Shows the event that the cursor was moved to.
  abstract void show(RecordCursor cursor, EventSink sink);

  @Override
  public boolean next(EventSink sink) {
    var ready = events.take();
    if (ready == null) {
      return showNext(sink);
    }
    ready.showTo(sink);
    return true;
  }

  private boolean showNext(EventSink sink) {
    log.requireOpen();
    var at = cursor;
    if (remaining == 0 || at == null) {
      return false;
    }
    if (!advance(at)) {
      close();
      return false;
    }
    remaining--;
    show(at, sink);
    return true;
  }

  @Override
  public Iterator<ResolvedEvent> iterator() {
    return events;
  }

  @Override
  public void close() {
    if (cursor != null) {
      log.giveBack(cursor);
      cursor = null;
    }
    remaining = 0;
  }

  /// Makes an object of what it is shown, one event ahead.
  private final class Events implements Iterator<ResolvedEvent>, EventSink {
    private @Nullable ResolvedEvent ahead;

    @Override
    public void event(EventView event) {
      ahead = ResolvedEvent.plain(event.event());
    }

    @Override
    public void resolved(ResolvedEvent resolved) {
      ahead = resolved;
    }

    @Override
    public boolean hasNext() {
      log.requireOpen();
      return ahead != null || showNext(this);
    }

    @Override
    public ResolvedEvent next() {
      if (!hasNext()) {
        throw new NoSuchElementException("This read is through");
      }
      return Objects.requireNonNull(take());
    }

    @Nullable ResolvedEvent take() {
      var event = ahead;
      ahead = null;
      return event;
    }
  }
}

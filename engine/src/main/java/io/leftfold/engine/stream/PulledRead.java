// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.EventRead;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.RecordCursor;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A read that fetches one event at a time, and gives its cursor back when it is through.
abstract class PulledRead implements EventRead {
  private final Log log;
  private final Iterator<ResolvedEvent> events = new Events();
  private @Nullable RecordCursor cursor;
  private @Nullable ResolvedEvent fetched;
  private long remaining;

  PulledRead(Log log, RecordCursor cursor, long limit) {
    this.log = log;
    this.cursor = cursor;
    this.remaining = limit;
  }

  /// The next event, or null at the end.
  abstract @Nullable ResolvedEvent fetch(RecordCursor cursor);

  @Override
  public Iterator<ResolvedEvent> iterator() {
    return events;
  }

  private boolean hasFetched() {
    log.requireOpen();
    if (fetched == null && remaining > 0 && cursor != null) {
      fetched = fetch(cursor);
      remaining--;
      if (fetched == null) {
        close();
      }
    }
    return fetched != null;
  }

  @Override
  public void close() {
    if (cursor != null) {
      log.giveBack(cursor);
      cursor = null;
    }
    remaining = 0;
  }

  private final class Events implements Iterator<ResolvedEvent> {
    @Override
    public boolean hasNext() {
      return hasFetched();
    }

    @Override
    public ResolvedEvent next() {
      if (!hasFetched()) {
        throw new NoSuchElementException("This read is through");
      }
      var event = Objects.requireNonNull(fetched);
      fetched = null;
      return event;
    }
  }
}

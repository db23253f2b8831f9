// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventSink;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ReadOptions.Direction;
import io.leftfold.api.ResolvedEvent;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/// A read of an index: what it had when the read was opened, a page at a time.
final class IndexRead implements EventRead {

  private static final Positions NONE = new Positions(0);

  private final EventStore store;
  private final Entries entries;
  private final IndexQuery query;
  private final boolean forwards;
  private final long end;
  private long place;
  private long remaining;
  private Positions positions = NONE;
  private int at;
  private boolean isOver;
  private final Found found = new Found();

  IndexRead(EventStore store, Entries entries, IndexQuery query, ReadOptions options) {
    this.store = store;
    this.entries = entries;
    this.query = query;
    this.forwards = options.direction() == Direction.FORWARDS;
    this.end = entries.through();
    this.place = forwards ? options.from() : Math.min(options.from(), end);
    this.remaining = options.limit();
    this.isOver = forwards && place >= end;
  }

  /// One event, if it was not forgotten.
  static EventRead one(EventStore store, long position) {
    return store.readAll(ReadOptions.forwards().from(position).limit(1).asOf(position + 1));
  }

  /// The position of the next entry; −1 if there is none.
  private long position() {
    while (at == positions.size()) {
      if (isOver) {
        return -1;
      }
      var run = forwards ? entries.forwards(place, query) : entries.backwards(place, query);
      positions = run.positions();
      at = 0;
      place = run.next();
      isOver = run.isLast() || (forwards && place >= end);
    }
    var position = positions.get(at++);
    if (forwards && position >= end) {
      isOver = true;
      at = positions.size();
      return -1;
    }
    return position;
  }

  @Override
  public boolean next(EventSink sink) {
    if (found.ahead.isPresent()) {
      found.next().showTo(sink);
      return true;
    }
    while (remaining > 0) {
      var position = position();
      if (position < 0) {
        return false;
      }
      try (var one = one(store, position)) {
        if (one.next(sink)) {
          remaining--;
          return true;
        }
      }
    }
    return false;
  }

  private Optional<ResolvedEvent> find() {
    while (remaining > 0) {
      var position = position();
      if (position < 0) {
        return Optional.empty();
      }
      try (var one = one(store, position)) {
        var events = one.iterator();
        if (events.hasNext()) {
          remaining--;
          return Optional.of(events.next());
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public Iterator<ResolvedEvent> iterator() {
    return found;
  }

  /// Gives events one by one.
  private final class Found implements Iterator<ResolvedEvent> {
    private Optional<ResolvedEvent> ahead = Optional.empty();

    @Override
    public boolean hasNext() {
      if (ahead.isEmpty()) {
        ahead = find();
      }
      return ahead.isPresent();
    }

    @Override
    public ResolvedEvent next() {
      if (!hasNext()) {
        throw new NoSuchElementException("The read is over");
      }
      var next = ahead.orElseThrow();
      ahead = Optional.empty();
      return next;
    }
  }

  @Override
  public void close() {}
}

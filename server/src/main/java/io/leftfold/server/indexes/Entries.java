// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import com.google.protobuf.InvalidProtocolBufferException;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.projections.SelectedValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What an index has: pages in the log, each an event of one stream, and behind them the tail, in
/// memory. Every position belongs to one page, or to the tail, or was not looked at yet.
///
/// One thread adds, any ask. The lock is held for what is in memory, never while the store is
/// asked.
final class Entries {

  private static final String PAGE = "$IndexPage";
  private static final int PAGES_KEPT = 16;

  private final EventStore store;
  private final IndexDefinition definition;
  private final StreamName stream;
  private final IndexLimits limits;

  /// Where pages begin, as far as that is known, and the revisions of those pages.
  private final TreeMap<Long, Integer> begins = new TreeMap<>();

  private final LinkedHashMap<Integer, Page> kept =
      new LinkedHashMap<>(PAGES_KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Page> eldest) {
          return size() > PAGES_KEPT;
        }
      };

  private final Map<IndexSubscription, Waiter> waiters = new HashMap<>();
  private int pages;
  private Page tail;
  private boolean isCurrent = true;
  private boolean isGone;

  /// Somebody who waits for more.
  ///
  /// @param position from which on everything is news
  /// @param callback called once
  private record Waiter(long position, Runnable callback) {}

  private Entries(
      EventStore store, IndexDefinition definition, StreamName stream, IndexLimits limits) {
    this.store = store;
    this.definition = definition;
    this.stream = stream;
    this.limits = limits;
    this.tail = Page.from(0, 0, definition);
  }

  /// The entries as they were written last.
  ///
  /// @param generation tells an index from others that had its name
  static Entries open(
      EventStore store, IndexDefinition definition, long generation, IndexLimits limits) {
    var entries =
        new Entries(store, definition, IndexStreams.pages(definition.name(), generation), limits);
    entries.load();
    return entries;
  }

  private void load() {
    var last = store.read(stream, ReadOptions.backwards().limit(1)).events();
    if (!last.isEmpty()) {
      var page = decode(last.getFirst());
      synchronized (this) {
        pages = Math.toIntExact(last.getFirst().revision() + 1);
        tail = Page.from(page.through(), page.sequence(), definition);
      }
    }
  }

  // ---- adding, by one thread

  /// How many events were shown to the filter.
  synchronized long sequence() {
    return tail.sequence();
  }

  /// Everything below a position was looked at, and this is what came of the last.
  ///
  /// @param position behind what was looked at
  /// @param values of the event before it, if it is wanted
  void advance(long position, long sequence, Optional<List<Optional<SelectedValue>>> values) {
    List<Runnable> called;
    boolean isFull;
    synchronized (this) {
      values.ifPresent(found -> tail.add(position - 1, found));
      tail.advance(position, sequence);
      isFull = tail.isFull(limits);
      called = waiting(values.isPresent());
    }
    called.forEach(Runnable::run);
    if (isFull) {
      cut();
    }
  }

  /// Writes the tail as a page, and begins another.
  void cut() {
    Page full;
    synchronized (this) {
      full = tail;
    }
    if (full.through() == full.from()) {
      return;
    }
    var expected = pages == 0 ? ExpectedState.noStream() : ExpectedState.atRevision(pages - 1L);
    var result = store.append(stream, expected, ProposedEvent.binary(PAGE, full.encode()));
    assert result.lastRevision() == pages : "a page has the next revision";
    synchronized (this) {
      begins.put(full.from(), pages);
      kept.put(pages, full);
      pages++;
      tail = Page.from(full.through(), full.sequence(), definition);
    }
  }

  /// Whether what was appended is looked at at once, or will not be looked at.
  void setCurrent(boolean current) {
    List<Runnable> called;
    synchronized (this) {
      isCurrent = current;
      called = waiting(current);
    }
    called.forEach(Runnable::run);
  }

  /// There is no such index any more.
  void remove() {
    List<Runnable> called;
    synchronized (this) {
      isGone = true;
      called = waiting(true);
    }
    called.forEach(Runnable::run);
  }

  // ---- waiting

  private List<Runnable> waiting(boolean all) {
    if (waiters.isEmpty()) {
      return List.of();
    }
    var called = new ArrayList<Runnable>();
    waiters
        .values()
        .removeIf(waiter -> {
          var isCalled = all || tail.through() >= waiter.position;
          if (isCalled) {
            called.add(waiter.callback);
          }
          return isCalled;
        });
    return called;
  }

  /// Calls back once there is an entry more, or so many positions were looked at, or the index has
  /// caught up or is gone; at once, if somebody has more to see already.
  ///
  /// @param waiter who waits; waits once
  /// @param seen up to where the waiter has looked
  /// @param isLive whether the waiter knows that the index is current
  /// @param position at which it is called in any case
  void await(
      IndexSubscription waiter, long seen, boolean isLive, long position, Runnable callback) {
    synchronized (this) {
      if (!isGone && tail.through() <= seen && (isLive || !isCurrent)) {
        waiters.put(waiter, new Waiter(position, callback));
        return;
      }
    }
    callback.run();
  }

  /// Calls back who waits, if it does.
  void call(IndexSubscription waiter) {
    Waiter called;
    synchronized (this) {
      called = waiters.remove(waiter);
    }
    if (called != null) {
      called.callback.run();
    }
  }

  // ---- asking

  /// Behind the last position that was looked at.
  synchronized long through() {
    return tail.through();
  }

  synchronized boolean isCurrent() {
    return isCurrent;
  }

  /// The entries from a position on, as far as one page or the tail goes.
  ///
  /// @throws IndexNotFoundException if the index was deleted
  Run forwards(long place, IndexQuery query) {
    synchronized (this) {
      requireThere();
      if (place >= tail.from()) {
        return new Run(
            tail.matching(query, place, Long.MAX_VALUE), Math.max(place, tail.through()), true);
      }
    }
    var page = pageOf(place);
    return new Run(page.matching(query, place, Long.MAX_VALUE), page.through(), false);
  }

  /// The entries before a position, newest first, as far as one page or the tail goes.
  ///
  /// @throws IndexNotFoundException if the index was deleted
  Run backwards(long end, IndexQuery query) {
    synchronized (this) {
      requireThere();
      if (end > tail.from() || end <= 0) {
        return backwards(tail, end, query);
      }
    }
    return backwards(pageOf(end - 1), end, query);
  }

  private static Run backwards(Page page, long end, IndexQuery query) {
    var found = page.matching(query, 0, end);
    found.reverse();
    return new Run(found, page.from(), page.from() == 0 || end <= 0);
  }

  private void requireThere() {
    if (isGone) {
      throw new IndexNotFoundException(definition.name());
    }
  }

  /// The page that a position belongs to, which lies before the tail.
  private Page pageOf(long position) {
    int low;
    int high;
    synchronized (this) {
      var floor = begins.floorEntry(position);
      var higher = begins.higherEntry(position);
      low = floor == null ? 0 : floor.getValue();
      high = higher == null ? pages - 1 : higher.getValue() - 1;
    }
    var page = page(low); // who goes on from page to page needs no other look
    while (low < high && position >= page.through()) {
      var middle = low + (high - low + 1) / 2;
      var tried = page(middle);
      if (tried.from() <= position) {
        low = middle;
        page = tried;
      } else {
        high = middle - 1;
      }
    }
    return page;
  }

  private Page page(int revision) {
    synchronized (this) {
      var known = kept.get(revision);
      if (known != null) {
        return known;
      }
    }
    var page = read(revision);
    synchronized (this) {
      kept.put(revision, page);
      begins.put(page.from(), revision);
      if (revision + 1 < pages) {
        begins.put(page.through(), revision + 1);
      }
    }
    return page;
  }

  private Page read(int revision) {
    try {
      var events = store.read(stream, ReadOptions.forwards().from(revision).limit(1)).events();
      if (events.isEmpty() || events.getFirst().revision() != revision) {
        throw new IllegalStateException(
            "Page %d of index %s is not in %s; delete the index and make it again"
                .formatted(revision, definition.name(), stream));
      }
      return decode(events.getFirst());
    } catch (StreamTombstonedException e) {
      throw new IndexNotFoundException(definition.name());
    }
  }

  private Page decode(RecordedEvent event) {
    try {
      if (!event.type().equals(PAGE)) {
        throw new InvalidProtocolBufferException("it is a " + event.type());
      }
      return Page.decode(event.data(), definition);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "Event %d of %s is no page of index %s (%s); delete the index and make it again"
              .formatted(event.revision(), stream, definition.name(), e.getMessage()),
          e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.subscription;

import io.leftfold.api.EventFilter;
import io.leftfold.engine.log.RecordCursor;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Wakes subscriptions that wait at the end of the log. The writer only signals; looking who is
/// concerned is the work of a thread of its own.
///
/// **One look for all.** The thread looks at each new event once, and calls those that wait for its
/// stream, and those whose filter wants it; equal filters are asked once. So a commit that nobody
/// waits for wakes nobody, however many wait. Where there are more events than subscriptions, each
/// of these is asked instead.
///
/// **What was looked at** counts: a subscription that slept soundly need not look again at what
/// nobody wanted meanwhile, see [#passed].
public final class Wakeups implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(Wakeups.class.getName());

  /// What it costs to look at an event, to ask a filter about it, and to wake a subscription that
  /// then looks by itself, in units of ten nanoseconds or so.
  private static final long COST_OF_EVENT = 30;

  private static final long COST_OF_WAKING = 200;

  private final LongSupplier end;
  private final RecordCursor cursor;
  private final Function<EventFilter, Predicate<RecordCursor>> matches;

  private final Map<EngineSubscription, Sleep> waiting = new ConcurrentHashMap<>();
  private final Map<String, Set<Sleep>> byStream = new ConcurrentHashMap<>();
  private final Map<EventFilter, OfFilter> byFilter = new ConcurrentHashMap<>();
  private final Set<Sleep> others = ConcurrentHashMap.newKeySet();

  /// Those that have found out by themselves that they need not wait.
  private final ConcurrentLinkedQueue<Sleep> due = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean signalled = new AtomicBoolean();
  private final Thread thread;
  private volatile long lookedAt;
  private volatile boolean closed;

  private record OfFilter(Predicate<RecordCursor> wants, Set<Sleep> sleeps) {}

  /// With its thread, not started yet.
  ///
  /// @param end of the log
  /// @param cursor to look with
  /// @param matches decides what a filter wants
  /// @param threads makes the thread
  public Wakeups(
      LongSupplier end,
      RecordCursor cursor,
      Function<EventFilter, Predicate<RecordCursor>> matches,
      ThreadFactory threads) {
    this.end = end;
    this.cursor = cursor;
    this.matches = matches;
    this.thread = threads.newThread(this::run);
    thread.setName("leftfold-wakeups");
  }

  /// Starts the thread.
  public void start() {
    thread.start();
  }

  /// Says that there may be something new.
  public void signal() {
    if (!waiting.isEmpty()) {
      wakeThread();
    }
  }

  private void wakeThread() {
    if (signalled.compareAndSet(false, true)) {
      LockSupport.unpark(thread);
    }
  }

  /// Has a subscription wait, in the place of an earlier wait.
  void add(Sleep sleep) {
    switch (sleep.interest) {
      case Interest.OfStream(var stream) ->
          byStream.compute(
              stream,
              (_, known) -> {
                var sleeps = known == null ? ConcurrentHashMap.<Sleep>newKeySet(1) : known;
                sleeps.add(sleep);
                return sleeps;
              });
      case Interest.OfFilter(var filter) ->
          byFilter.compute(
              filter,
              (_, known) -> {
                var those =
                    known == null
                        ? new OfFilter(matches.apply(filter), ConcurrentHashMap.newKeySet(1))
                        : known;
                those.sleeps.add(sleep);
                return those;
              });
      case Interest.Unknown() -> others.add(sleep);
    }
    // Last, for whoever ends the wait takes it out of all of them.
    var earlier = waiting.put(sleep.subscription, sleep);
    if (earlier != null) {
      leave(earlier);
    }
    if (closed) {
      wake(sleep);
    }
  }

  private void leave(Sleep sleep) {
    switch (sleep.interest) {
      case Interest.OfStream(var stream) ->
          byStream.computeIfPresent(
              stream,
              (_, sleeps) -> {
                sleeps.remove(sleep);
                return sleeps.isEmpty() ? null : sleeps;
              });
      case Interest.OfFilter(var filter) ->
          byFilter.computeIfPresent(
              filter,
              (_, those) -> {
                those.sleeps.remove(sleep);
                return those.sleeps.isEmpty() ? null : those;
              });
      case Interest.Unknown() -> others.remove(sleep);
    }
  }

  /// A wait that need not be one.
  void wakeSoon(Sleep sleep) {
    due.add(sleep);
    wakeThread();
  }

  /// A subscription has something to hear that is no event, if it waits.
  void wakeSoon(EngineSubscription subscription) {
    var sleep = waiting.get(subscription);
    if (sleep != null) {
      wakeSoon(sleep);
    }
  }

  /// Ends a wait that nobody has ended.
  void remove(Sleep sleep) {
    var looked = lookedAt; // first: what is looked at once it does not wait is not looked at for it
    if (waiting.remove(sleep.subscription, sleep)) {
      leave(sleep);
      pass(sleep, looked);
    }
  }

  /// The place below which nothing concerns a subscription that waits, as far as is known.
  ///
  /// @return 0 if nothing is known
  long passed(EngineSubscription subscription) {
    var looked = lookedAt; // first: if the wait is over by now, it was not when this was true
    var sleep = waiting.get(subscription);
    return sleep != null && sleep.isSound() ? looked : 0;
  }

  boolean isClosed() {
    return closed;
  }

  private void run() {
    while (!closed) {
      if (signalled.getAndSet(false)) {
        look();
      } else {
        LockSupport.park(this);
      }
    }
    waiting.values().forEach(this::wake);
  }

  private void look() {
    for (var sleep = due.poll(); sleep != null; sleep = due.poll()) {
      wake(sleep);
    }
    var from = lookedAt;
    var to = end.getAsLong();
    if (from == to) {
      return;
    }
    others.forEach(this::ask);
    if (!lookAtEach(from, to)) {
      waiting.values().forEach(this::ask);
    }
    lookedAt = to;
    for (var those : byFilter.values()) {
      for (var sleep : those.sleeps) {
        if (to >= sleep.checkpointAt) {
          wake(sleep, to);
        }
      }
    }
  }

  private void ask(Sleep sleep) {
    if (sleep.subscription.isWorthWaking()) {
      wake(sleep);
    }
  }

  /// Looks at events and wakes those whom they concern.
  ///
  /// @return false if each subscription is to be asked instead
  private boolean lookAtEach(long from, long to) {
    if ((to - from) * (COST_OF_EVENT + byFilter.size()) > waiting.size() * COST_OF_WAKING) {
      return false;
    }
    try {
      for (var position = from; position < to; position++) {
        if (!cursor.moveToIfKept(position)) {
          return false;
        }
        var ofStream = byStream.isEmpty() ? null : byStream.get(cursor.stream().value());
        if (ofStream != null) {
          wakeAll(ofStream, position);
        }
        for (var those : byFilter.values()) {
          if (those.wants.test(cursor)) {
            wakeAll(those.sleeps, position);
          }
        }
      }
      return true;
    } catch (RuntimeException | Error e) {
      return false; // the log is damaged or closed: whoever reads it will say so
    }
  }

  private void wakeAll(Set<Sleep> sleeps, long position) {
    for (var sleep : sleeps) {
      wake(sleep, position);
    }
  }

  private void wake(Sleep sleep) {
    wake(sleep, lookedAt);
  }

  /// Ends a wait, if nobody has.
  private void wake(Sleep sleep, long nothingBelow) {
    if (waiting.remove(sleep.subscription, sleep)) {
      leave(sleep);
      pass(sleep, nothingBelow);
      call(sleep.subscription);
    }
  }

  private static void pass(Sleep sleep, long nothingBelow) {
    if (sleep.interest instanceof Interest.OfFilter && sleep.isSound()) {
      sleep.subscription.pass(nothingBelow);
    }
  }

  /// Whoever waits may fail at being woken; the others are woken all the same.
  private static void call(EngineSubscription subscription) {
    try {
      subscription.wake();
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.ERROR, "Somebody failed at being told of an event", e);
    }
  }

  /// Wakes everybody for the last time and ends the thread.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}

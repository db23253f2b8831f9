// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.subscription;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// A place in the log that is asked for what comes next. One thread takes at a time; any thread
/// closes.
///
/// **Phases.** It *catches up* until nothing is behind it, says [SubscriptionMessage.CaughtUp], and
/// is *live*. When it is taken from so slowly that more than [#BEHIND_MAX] events collect, it says
/// [SubscriptionMessage.FellBehind] and catches up again; how it reads does not change.
public final class EngineSubscription implements Subscription {

  private static final long BEHIND_MAX = 4096;
  private static final Duration FOR_EVER = Duration.ofDays(365);

  private final Source source;
  private final Wakeups wakeups;
  private final Clock clock;
  private final int checkpointEvery;
  private final ArrayDeque<SubscriptionMessage> ready = new ArrayDeque<>();

  /// Below it nothing is wanted, as was found out while this waited.
  private volatile long nothingBelow;

  private final AtomicReference<Runnable> waiter =
      new AtomicReference<>(EngineSubscription::nobody);

  /// Where the source is, for those who ask how far behind it is.
  private final AtomicLong at;

  private long lastCheckpoint;
  private boolean live;
  private volatile boolean closed;

  EngineSubscription(Source source, Wakeups wakeups, Clock clock, int checkpointEvery) {
    this.source = source;
    this.wakeups = wakeups;
    this.clock = clock;
    this.checkpointEvery = source.place() < 0 ? 0 : checkpointEvery;
    this.lastCheckpoint = source.place() - 1;
    this.at = new AtomicLong(source.at());
  }

  /// The same, beginning as one that has caught up: what comes first is
  /// [SubscriptionMessage.CaughtUp].
  EngineSubscription fromEnd() {
    becomeLive();
    return this;
  }

  private static void nobody() {}

  @Override
  public SubscriptionMessage next() throws InterruptedException {
    while (true) {
      var message = poll(FOR_EVER);
      if (message.isPresent()) {
        return message.get();
      }
    }
  }

  @Override
  public Optional<SubscriptionMessage> poll(Duration atMost) throws InterruptedException {
    var atMostNanos = atMost.compareTo(FOR_EVER) < 0 ? atMost.toNanos() : FOR_EVER.toNanos();
    var deadline = System.nanoTime() + atMostNanos;
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException("Interrupted while waiting for an event");
      }
      var message = poll();
      if (message.isPresent()) {
        return message;
      }
      if (source.behind() == 0) {
        var remaining = deadline - System.nanoTime();
        if (remaining <= 0) {
          return Optional.empty();
        }
        await(remaining);
      }
    }
  }

  private void await(long nanos) {
    var thread = Thread.currentThread();
    var sleep = sleep(() -> LockSupport.unpark(thread));
    LockSupport.parkNanos(this, nanos);
    wakeups.remove(sleep);
  }

  /// Looks for the next message without waiting. Empty does not mean that there is none: after a
  /// while of looking at events that nobody wants it gives others a turn; [#onAvailable] then calls
  /// back at once.
  public Optional<SubscriptionMessage> poll() {
    if (closed || wakeups.isClosed()) {
      throw new UnavailableException(
          UnavailableException.Reason.CLOSED,
          closed ? "The subscription was closed" : "The store was closed");
    }
    if (ready.isEmpty()) {
      look();
      at.setRelease(source.at());
    }
    return Optional.ofNullable(ready.poll());
  }

  private void look() {
    if (source.pass(nothingBelow)) {
      checkpointBefore(source.place());
      if (!ready.isEmpty()) {
        return;
      }
    }
    var behind = source.behind();
    if (behind == 0) {
      becomeLive();
      return;
    }
    if (live && behind > BEHIND_MAX) {
      live = false;
      ready.add(new SubscriptionMessage.FellBehind(clock.instant(), source.last()));
      return;
    }
    var event = source.next();
    if (event.isPresent()) {
      checkpointBefore(source.place() - 1);
      ready.add(new SubscriptionMessage.Event(event.get()));
    }
    checkpointBefore(source.place());
    if (ready.isEmpty() && source.behind() == 0) {
      becomeLive();
    }
  }

  private void becomeLive() {
    if (live) {
      return;
    }
    live = true;
    if (checkpointEvery > 0) {
      checkpoint(source.place() - 1);
    }
    ready.add(new SubscriptionMessage.CaughtUp(clock.instant(), source.last()));
  }

  /// Tells the last checkpoint that is due below a position, if one is.
  private void checkpointBefore(long place) {
    if (checkpointEvery > 0) {
      var due = (place - 1 - lastCheckpoint) / checkpointEvery;
      if (due > 0) {
        checkpoint(lastCheckpoint + due * checkpointEvery);
      }
    }
  }

  private void checkpoint(long position) {
    if (position > lastCheckpoint) {
      lastCheckpoint = position;
      ready.add(new SubscriptionMessage.Checkpoint(position));
    }
  }

  /// Calls back once, on another thread, as soon as [#poll()] may have something.
  public void onAvailable(Runnable callback) {
    var _ = sleep(callback);
  }

  /// First it is among those that wait, then it looks: whatever comes later is seen by who wakes.
  private Sleep sleep(Runnable callback) {
    waiter.set(callback);
    var checkpointAt = checkpointEvery > 0 ? lastCheckpoint + checkpointEvery + 1 : Long.MAX_VALUE;
    var sleep = new Sleep(this, source.interest(), checkpointAt);
    wakeups.add(sleep);
    if (source.behind() > 0 || closed) {
      wakeups.wakeSoon(sleep);
    } else {
      sleep.fallAsleep();
    }
    return sleep;
  }

  /// Nobody need look below a position. The positions of one wait after the other do not fall.
  void pass(long position) {
    nothingBelow = position;
  }

  /// How many events there are that were not looked at. May be asked by any thread, at any time.
  public long lag() {
    return source.countFrom(from());
  }

  private long from() {
    return source.isPositioned() ? Math.max(at.get(), wakeups.passed(this)) : at.get();
  }

  /// When the first of them was recorded. Reads it: to be asked now and then.
  public Optional<Instant> lagsSince() {
    try {
      return lag() == 0 ? Optional.empty() : source.timeFrom(from());
    } catch (StreamTombstonedException | CorruptLogException e) {
      return Optional.empty(); // the taker will hear of it
    }
  }

  boolean isWorthWaking() {
    return closed || source.behind() > 0;
  }

  void wake() {
    waiter.getAndSet(EngineSubscription::nobody).run();
  }

  @Override
  public void close() {
    closed = true;
    wakeups.wakeSoon(this);
  }
}

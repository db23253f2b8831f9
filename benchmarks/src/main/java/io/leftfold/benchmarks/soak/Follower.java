// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Follows the store, or a part of it, and subscribes again behind the last event that it saw
/// whenever its store was killed.
final class Follower {

  private static final Duration TURN = Duration.ofMillis(200);
  private static final long BETWEEN_TRIES_NANOS = Duration.ofMillis(100).toNanos();

  private final SoakState state;
  private final FollowCheck check;
  private final LongFunction<Subscription> subscribe;
  private final boolean byRevision;
  private final Predicate<SoakStream> follows;

  /// The checkpoint: of the last event. −1 before the first.
  private long last = -1;

  private volatile long seenUpTo = -1;

  private Follower(
      SoakState state,
      FollowCheck check,
      boolean byRevision,
      Predicate<SoakStream> follows,
      LongFunction<Subscription> subscribe) {
    this.state = state;
    this.check = check;
    this.byRevision = byRevision;
    this.follows = follows;
    this.subscribe = subscribe;
  }

  static Follower ofAll(EventStore store, SoakState state) {
    return new Follower(
        state,
        new FollowCheck("follower of all", true, state.ledger(), state.violations()),
        false,
        _ -> true,
        last -> store.subscribeToAll(start(last)));
  }

  static Follower ofFiltered(EventStore store, SoakState state, Retention category) {
    var filter = new EventFilter.Category(category.category());
    return new Follower(
        state,
        new FollowCheck(
            "follower of all by category " + category.category(),
            false,
            state.ledger(),
            state.violations()),
        false,
        stream -> stream.retention() == category,
        last -> store.subscribeToAll(start(last).filteredBy(filter)));
  }

  /// @param follows which streams' events are in it
  static Follower ofStream(
      EventStore store, SoakState state, StreamName stream, Predicate<SoakStream> follows) {
    return new Follower(
        state,
        new FollowCheck("follower of " + stream, false, state.ledger(), state.violations()),
        true,
        follows,
        last -> store.subscribe(stream, start(last).resolvingLinks()));
  }

  private static SubscribeOptions start(long last) {
    return last < 0 ? SubscribeOptions.fromBeginning() : SubscribeOptions.after(last);
  }

  /// Follows until the last event of all was seen.
  ///
  /// @param end the position of that event; negative while nobody knows it
  void run(LongSupplier end) throws InterruptedException {
    while (!isThrough(end)) {
      try (var subscription = subscribe.apply(last)) {
        while (!isThrough(end)) {
          if (subscription.poll(TURN).orElse(null)
              instanceof SubscriptionMessage.Event(var resolved)) {
            last = byRevision ? resolved.original().revision() : resolved.original().position();
            resolved.event().ifPresent(this::see);
          }
        }
      } catch (UnavailableException e) {
        state.counts().reconnected();
        LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
      }
    }
  }

  private boolean isThrough(LongSupplier end) {
    return end.getAsLong() >= 0 && seenUpTo >= end.getAsLong();
  }

  private void see(RecordedEvent event) {
    check.see(event);
    seenUpTo = event.position();
  }

  boolean follows(SoakStream stream) {
    return follows.test(stream);
  }

  FollowCheck check() {
    return check;
  }

  /// The position of the last event seen.
  long seenUpTo() {
    return seenUpTo;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.engine.subscription.EngineSubscription;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A subscription that can also be taken from without blocking a thread.
public final class LocalSubscription implements Subscription {

  private final EngineSubscription subscription;

  LocalSubscription(EngineSubscription subscription) {
    this.subscription = subscription;
  }

  @Override
  public SubscriptionMessage next() throws InterruptedException {
    return subscription.next();
  }

  @Override
  public Optional<SubscriptionMessage> poll(Duration atMost) throws InterruptedException {
    return subscription.poll(atMost);
  }

  /// Looks for the next message without waiting, and without looking at more than a thousand events
  /// that nobody wants. So empty does not mean that there is none: [#onAvailable] tells when to ask
  /// again.
  ///
  /// @return the message, or empty
  /// @throws io.leftfold.api.LeftfoldException as [#next()]
  public Optional<SubscriptionMessage> poll() {
    return subscription.poll();
  }

  /// Calls back once, on a thread of the store, as soon as [#poll()] may have something; at once if
  /// it has. A second call replaces the first.
  ///
  /// @param callback must hand over and return
  public void onAvailable(Runnable callback) {
    subscription.onAvailable(callback);
  }

  /// How many events there are that were not looked at yet. May be asked by any thread.
  ///
  /// @return the number; for a filter, those that will be passed over count too, until it is known
  public long lag() {
    return subscription.lag();
  }

  /// When the first of those events was recorded. Reads it.
  ///
  /// @return the time; empty if there is none, or it cannot be read
  public Optional<Instant> lagsSince() {
    return subscription.lagsSince();
  }

  @Override
  public void close() {
    subscription.close();
  }
}

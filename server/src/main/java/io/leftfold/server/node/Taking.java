// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.SubscriptionMessage;
import io.leftfold.engine.LocalSubscription;
import io.leftfold.server.indexes.IndexSubscription;
import java.time.Instant;
import java.util.Optional;

/// What a [Following] takes from, without waiting: a place in a stream, in everything, or in an
/// index.
interface Taking {

  Optional<SubscriptionMessage> poll();

  void onAvailable(Runnable once);

  long lag();

  Optional<Instant> lagsSince();

  void close();

  /// From a stream, or from everything.
  static Taking from(LocalSubscription subscription) {
    return new Taking() {
      @Override
      public Optional<SubscriptionMessage> poll() {
        return subscription.poll();
      }

      @Override
      public void onAvailable(Runnable once) {
        subscription.onAvailable(once);
      }

      @Override
      public long lag() {
        return subscription.lag();
      }

      @Override
      public Optional<Instant> lagsSince() {
        return subscription.lagsSince();
      }

      @Override
      public void close() {
        subscription.close();
      }
    };
  }

  /// From an index.
  static Taking from(IndexSubscription subscription) {
    return new Taking() {
      @Override
      public Optional<SubscriptionMessage> poll() {
        return subscription.poll();
      }

      @Override
      public void onAvailable(Runnable once) {
        subscription.onAvailable(once);
      }

      @Override
      public long lag() {
        return subscription.lag();
      }

      @Override
      public Optional<Instant> lagsSince() {
        return subscription.lagsSince();
      }

      @Override
      public void close() {
        subscription.close();
      }
    };
  }
}

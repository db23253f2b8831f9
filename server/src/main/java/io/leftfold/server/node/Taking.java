// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.SubscriptionMessage;
import io.leftfold.engine.LocalSubscription;
import io.leftfold.server.indexes.IndexSubscription;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// What a [Following] takes from, without waiting: a place in a stream, in everything, or in an
/// index. Each part is a method of the subscription that has the same name.
record Taking(
    Supplier<Optional<SubscriptionMessage>> poll,
    Consumer<Runnable> onAvailable,
    LongSupplier lag,
    Supplier<Optional<Instant>> lagsSince,
    Runnable close) {

  /// From a stream, or from everything.
  static Taking from(LocalSubscription of) {
    return new Taking(of::poll, of::onAvailable, of::lag, of::lagsSince, of::close);
  }

  /// From an index.
  static Taking from(IndexSubscription of) {
    return new Taking(of::poll, of::onAvailable, of::lag, of::lagsSince, of::close);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.time.Duration;
import java.util.Optional;

/// Events that come as they are appended, to be taken by one thread at its own pace.
///
/// The store keeps nothing for a slow taker but its place: it is never dropped, and reads on from
/// the log when it asks again.
///
/// ```java
/// try (var subscription = store.subscribeToAll(SubscribeOptions.after(checkpoint))) {
///   while (running) {
///     switch (subscription.next()) {
///       case SubscriptionMessage.Event(var resolved) -> handle(resolved);
///       case SubscriptionMessage.Checkpoint(var position) -> save(position);
///       case SubscriptionMessage.CaughtUp _ -> ready();
///       case SubscriptionMessage.FellBehind _ -> {}
///     }
///   }
/// }
/// ```
public interface Subscription extends AutoCloseable {

  /// Waits for the next message.
  ///
  /// @return the message
  /// @throws StreamTombstonedException after the tombstone of a followed stream was given
  /// @throws UnavailableException if this subscription or the store was closed
  /// @throws InterruptedException if the waiting thread was interrupted; the subscription stays
  ///   usable
  SubscriptionMessage next() throws InterruptedException;

  /// Waits a while for the next message.
  ///
  /// @param atMost how long; zero to look only
  /// @return the message, or empty if none came
  /// @throws InterruptedException if the waiting thread was interrupted; the subscription stays
  ///   usable
  Optional<SubscriptionMessage> poll(Duration atMost) throws InterruptedException;

  /// Ends the subscription; a thread waiting in [#next()] gets an [UnavailableException]. May be
  /// called from any thread.
  @Override
  void close();
}

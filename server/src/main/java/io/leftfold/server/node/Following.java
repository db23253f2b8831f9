// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.engine.LocalSubscription;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A subscription for those who must not wait: they look, and are called when looking pays.
public final class Following implements AutoCloseable {

  private final LocalSubscription subscription;
  private final Runnable stillAllowed;
  private final UnaryOperator<ResolvedEvent> hide;

  Following(
      LocalSubscription subscription, Runnable stillAllowed, UnaryOperator<ResolvedEvent> hide) {
    this.subscription = subscription;
    this.stillAllowed = stillAllowed;
    this.hide = hide;
  }

  /// Takes the next message if there is one. Never waits.
  ///
  /// @return the message, or empty
  /// @throws io.leftfold.api.LeftfoldException if the subscription has ended, or the caller has no
  ///   right to it any more
  public Optional<SubscriptionMessage> poll() {
    var message = subscription.poll();
    if (message.isEmpty()) {
      return message;
    }
    stillAllowed.run();
    return message.get() instanceof SubscriptionMessage.Event(var event) && event.link().isPresent()
        ? Optional.of(new SubscriptionMessage.Event(hide.apply(event)))
        : message;
  }

  /// Calls once, as soon as [#poll()] may have something or has ended; at once if that is so
  /// already.
  ///
  /// @param once what to call, on a thread of the engine or on this one: hand over and return
  public void onAvailable(Runnable once) {
    subscription.onAvailable(once);
  }

  /// Ends the subscription. May be called from any thread.
  @Override
  public void close() {
    subscription.close();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.SubscriptionMessage;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A subscription for those who must not wait: they look, and are called when looking pays.
public final class Following implements AutoCloseable {

  private static final int COUNTED_AT_ONCE = 256;

  private final Taking subscription;
  private final Runnable stillAllowed;
  private final UnaryOperator<ResolvedEvent> hide;
  private final Source source;
  private final Measures measures;

  /// Events that were given and not counted yet. Owned by the taker.
  private int uncounted;

  Following(
      Taking subscription,
      Runnable stillAllowed,
      UnaryOperator<ResolvedEvent> hide,
      Source source,
      Measures measures) {
    this.subscription = subscription;
    this.stillAllowed = stillAllowed;
    this.hide = hide;
    this.source = source;
    this.measures = measures;
  }

  /// What a subscription follows.
  public enum Source {
    /// One stream.
    STREAM,
    /// All streams, with a filter or without.
    ALL;

    /// The name in metrics.
    ///
    /// @return in lower case
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What it follows.
  ///
  /// @return the kind
  public Source source() {
    return source;
  }

  /// Takes the next message if there is one. Never waits.
  ///
  /// @return the message, or empty
  /// @throws LeftfoldException if the subscription has ended, or the caller has no right to it any
  ///   more
  public Optional<SubscriptionMessage> poll() {
    var message = subscription.poll().get();
    if (message.isPresent()) {
      stillAllowed.run();
    }
    var shown = message.map(this::shown);
    if (uncounted > 0 && (uncounted == COUNTED_AT_ONCE || message.isEmpty())) {
      measures.followed(source, uncounted);
      uncounted = 0;
    }
    return shown;
  }

  private SubscriptionMessage shown(SubscriptionMessage message) {
    if (!(message instanceof SubscriptionMessage.Event(var event))) {
      return message;
    }
    uncounted++;
    var shown = event.link().isPresent() ? hide.apply(event) : event;
    measures.delivered(shown);
    return new SubscriptionMessage.Event(shown);
  }

  /// Calls once, as soon as [#poll()] may have something or has ended; at once if that is so
  /// already.
  ///
  /// @param once what to call, on a thread of the engine or on this one: hand over and return
  public void onAvailable(Runnable once) {
    subscription.onAvailable().accept(once);
  }

  /// How many events are before it.
  long lag() {
    return subscription.lag().getAsLong();
  }

  /// When the first of them was recorded.
  Optional<Instant> lagsSince() {
    try {
      return subscription.lagsSince().get();
    } catch (LeftfoldException e) {
      return Optional.empty(); // the taker will hear of it
    }
  }

  /// Ends the subscription. May be called from any thread.
  @Override
  public void close() {
    measures.closed(this);
    subscription.close().run();
  }
}

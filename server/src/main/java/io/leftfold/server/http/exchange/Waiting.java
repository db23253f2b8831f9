// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import io.leftfold.api.SubscriptionMessage;
import io.leftfold.server.node.Following;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for an event that has not happened yet.
public final class Waiting {

  /// How often somebody who waits looks whether the node is about to close.
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Clock clock;
  private final BooleanSupplier isClosing;

  /// Waits.
  ///
  /// @param clock tells how long
  /// @param isClosing whether the node is about to close, so that nobody waits any more
  public Waiting(Clock clock, BooleanSupplier isClosing) {
    this.clock = clock;
    this.isClosing = isClosing;
  }

  /// Returns when there is an event, when the time is over, when the caller is gone or the node
  /// about to be.
  ///
  /// @param follow follows what the event may come from
  public void await(Supplier<Following> follow, Duration patience, Presence presence) {
    var end = clock.instant().plus(patience);
    var news = new Semaphore(0);
    presence.onGone(news::release);
    try (var following = follow.get()) {
      var isAsked = false;
      while (!presence.isGone() && !isClosing.getAsBoolean()) {
        var message = following.poll();
        if (message.isPresent() && message.get() instanceof SubscriptionMessage.Event) {
          return;
        }
        var left = Duration.between(clock.instant(), end);
        if (!left.isPositive()) {
          return;
        }
        if (message.isEmpty()) {
          if (!isAsked) {
            following.onAvailable(news::release);
          }
          isAsked =
              !news.tryAcquire(
                  Math.min(left.toMillis() + 1, LOOK.toMillis()), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

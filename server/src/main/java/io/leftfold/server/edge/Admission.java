// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Ticker;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts the connections of all ports, and lets in no more than there may be.
final class Admission {

  private final EdgeLimits limits;
  private final Budget budget;
  private final AtomicInteger connections = new AtomicInteger();

  Admission(EdgeLimits limits, Budget budget) {
    this.limits = limits;
    this.budget = budget;
  }

  int connections() {
    return connections.get();
  }

  /// Lets a connection in that was accepted and that nobody has seen yet, or closes it.
  ///
  /// @return its share of what is held; empty if it is closed
  Optional<Share> admit(Channel channel) {
    if (connections.incrementAndGet() > limits.connectionsMax()) {
      connections.decrementAndGet();
      budget.refusals.refused(
          Shortage.CONNECTIONS,
          "%s was closed, for there are %d already, as many as may be"
              .formatted(channel.remoteAddress(), limits.connectionsMax()));
      channel.unsafe().closeForcibly();
      return Optional.empty();
    }
    var share = new Share(budget);
    budget.know(share);
    channel
        .closeFuture()
        .addListener(_ -> {
          connections.decrementAndGet();
          share.close();
        });
    channel.config().setRecvByteBufAllocator(new BriefLook(Ticker.systemTicker()));
    return Optional.of(share);
  }
}

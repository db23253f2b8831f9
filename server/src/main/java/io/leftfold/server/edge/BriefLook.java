// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.concurrent.Ticker;

/// How much of a connection is read before others have their turn: what there is, but no further
/// piece when reading, and all that was done by it, has taken 1 ms. Without a time it would be a
/// megabyte, which takes longer the smaller its messages are.
@SuppressWarnings("deprecation") // Netty's name for what it still asks each channel for
final class BriefLook implements RecvByteBufAllocator {

  private static final long NANOS_MAX = 1_000_000;

  /// As many pieces as Netty reads of a socket, if there is time.
  private static final int PIECES_MAX = 16;

  private final RecvByteBufAllocator usual =
      new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(PIECES_MAX);
  private final Ticker ticker;

  BriefLook(Ticker ticker) {
    this.ticker = ticker;
  }

  @Override
  public Handle newHandle() {
    return new Brief(usual.newHandle());
  }

  private final class Brief extends DelegatingHandle {

    private long until;

    Brief(Handle usual) {
      super(usual);
    }

    @Override
    public void reset(ChannelConfig config) {
      super.reset(config);
      until = ticker.nanoTime() + NANOS_MAX;
    }

    @Override
    public boolean continueReading() {
      return ticker.nanoTime() - until < 0 && super.continueReading();
    }
  }
}

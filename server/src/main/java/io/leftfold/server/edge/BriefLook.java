// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.concurrent.Ticker;

/// How much of a connection is read before others have their turn: what there is, but no further
/// piece when reading, and all that was done by it, has taken 1 ms; and where one piece takes
/// longer, smaller ones from then on. Without a time it would be a megabyte, which takes longer the
/// smaller its messages are.
@SuppressWarnings("deprecation") // Netty's name for what it still asks each channel for
final class BriefLook implements RecvByteBufAllocator {

  private static final long NANOS_MAX = 1_000_000;

  /// As many pieces as Netty reads of a socket, if there is time.
  private static final int PIECES_MAX = 16;

  private static final int PIECE_BYTES_MIN = 1024;
  private static final int PIECE_BYTES_MAX = 64 * 1024;

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

    private int pieceBytesMax = PIECE_BYTES_MAX;
    private long began;

    Brief(Handle usual) {
      super(usual);
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return allocator.ioBuffer(guess());
    }

    @Override
    public int guess() {
      return Math.min(super.guess(), pieceBytesMax);
    }

    @Override
    public void reset(ChannelConfig config) {
      super.reset(config);
      began = ticker.nanoTime();
    }

    @Override
    public boolean continueReading() {
      return nanos() < NANOS_MAX && super.continueReading();
    }

    @Override
    public void readComplete() {
      super.readComplete();
      if (nanos() > 2 * NANOS_MAX) {
        pieceBytesMax = Math.max(PIECE_BYTES_MIN, pieceBytesMax / 2);
      } else if (nanos() < NANOS_MAX / 2) {
        pieceBytesMax = Math.min(PIECE_BYTES_MAX, 2 * pieceBytesMax);
      }
    }

    private long nanos() {
      return ticker.nanoTime() - began;
    }
  }
}

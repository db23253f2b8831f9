// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BriefLookTest {

  private static final int PIECE = 1024;

  private final MockTicker ticker = Ticker.newMockTicker();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  @SuppressWarnings("deprecation") // Netty's name for what it still asks each channel for
  private final RecvByteBufAllocator.Handle look = new BriefLook(ticker).newHandle();

  /// Reads a piece as long as it may be: there is more.
  private void readPiece() {
    look.attemptedBytesRead(PIECE);
    look.lastBytesRead(PIECE);
    look.incMessagesRead(1);
  }

  @Test
  void a_connection_that_has_more_is_read_on_until_a_millisecond_has_passed() {
    look.reset(channel.config());
    readPiece();
    assertThat(look.continueReading()).isTrue();

    ticker.advance(999, TimeUnit.MICROSECONDS);
    readPiece();
    assertThat(look.continueReading()).isTrue();

    ticker.advance(1, TimeUnit.MICROSECONDS);
    readPiece();
    assertThat(look.continueReading()).isFalse();
  }

  @Test
  void the_next_look_has_a_millisecond_of_its_own() {
    look.reset(channel.config());
    ticker.advance(5, TimeUnit.MILLISECONDS);
    readPiece();
    assertThat(look.continueReading()).isFalse();

    look.reset(channel.config());
    readPiece();
    assertThat(look.continueReading()).isTrue();
  }

  @Test
  void a_connection_that_has_no_more_is_left_at_once() {
    look.reset(channel.config());
    look.attemptedBytesRead(PIECE);
    look.lastBytesRead(PIECE - 1);
    look.incMessagesRead(1);

    assertThat(look.continueReading()).isFalse();
  }
}

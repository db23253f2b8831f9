// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeframerTest {

  private static final class Collected implements Deframer.Sink {
    final List<byte[]> messages = new ArrayList<>();
    final int bytesMax;
    int stopAfter = Integer.MAX_VALUE;
    long tooLong = -1;
    long collecting;
    long collectingMost;

    Collected(int bytesMax) {
      this.bytesMax = bytesMax;
    }

    @Override
    public boolean wantsMore() {
      return tooLong < 0 && messages.size() < stopAfter;
    }

    @Override
    public void message(int flag, byte[] bytes, int offset, int length) {
      messages.add(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public int messageBytesMax() {
      return bytesMax;
    }

    @Override
    public void tooLong(long length) {
      tooLong = length;
    }

    @Override
    public void collecting(int more) {
      collecting += more;
      collectingMost = Math.max(collecting, collectingMost);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 100, 16_384, 1_000_000})
  void messages_arrive_whole_however_the_bytes_are_cut(int piece) {
    var random = new Random(piece);
    var expected = new ArrayList<byte[]>();
    var wire = new ByteArrayOutputStream();
    for (var length : new int[] {0, 1, 5, 300, 0, 20_000, 70_000, 3, 200_000}) {
      var message = new byte[length];
      random.nextBytes(message);
      expected.add(message);
      wire.writeBytes(prefix(length));
      wire.writeBytes(message);
    }
    var bytes = wire.toByteArray();
    var sink = new Collected(1 << 20);
    var deframer = new Deframer();
    for (var at = 0; at < bytes.length; at += piece) {
      var count = Math.min(piece, bytes.length - at);
      assertThat(deframer.feed(bytes, at, count, sink)).isEqualTo(count);
    }
    assertThat(sink.messages).containsExactlyElementsOf(expected);
    assertThat(deframer.isWithinMessage()).isFalse();
    assertThat(sink.collecting).isZero();
  }

  @Test
  void a_message_over_the_limit_is_announced_and_not_collected() {
    var sink = new Collected(10);
    var deframer = new Deframer();
    deframer.feed(prefix(11), 0, 5, sink);
    assertThat(sink.tooLong).isEqualTo(11);
    assertThat(sink.collectingMost).isZero();
  }

  @Test
  void a_length_may_have_its_least_significant_byte_first_and_no_flag() {
    var sink = new Collected(1000);
    var deframer = new Deframer(Deframer.Prefix.LITTLE_ENDIAN);
    deframer.feed(new byte[] {2, 0, 0, 0, 7, 8, 0, 0, 0, 0, 1, 1}, 0, 12, sink);
    assertThat(sink.messages).containsExactly(new byte[] {7, 8}, new byte[0]);
    deframer.feed(new byte[] {0, 0, 9}, 0, 3, sink);
    assertThat(sink.collecting).isEqualTo(257);
    deframer.abandon(sink);
    new Deframer(Deframer.Prefix.LITTLE_ENDIAN).feed(new byte[] {-1, -1, -1, -1}, 0, 4, sink);
    assertThat(sink.tooLong).isEqualTo(4_294_967_295L);
  }

  @Test
  void a_length_of_32_bits_is_not_negative() {
    var sink = new Collected(Integer.MAX_VALUE);
    new Deframer().feed(new byte[] {0, -1, -1, -1, -1}, 0, 5, sink);
    assertThat(sink.tooLong).isEqualTo(4_294_967_295L);
  }

  @Test
  void memory_follows_what_has_come_and_not_what_was_announced() {
    var sink = new Collected(Integer.MAX_VALUE);
    var deframer = new Deframer();
    deframer.feed(prefix(1 << 30), 0, 5, sink);
    deframer.feed(new byte[100], 0, 100, sink);
    assertThat(sink.collecting).isLessThan(100_000);
    assertThat(deframer.isWithinMessage()).isTrue();
    deframer.abandon(sink);
    assertThat(sink.collecting).isZero();
  }

  @Test
  void a_sink_that_wants_no_more_gets_no_more() {
    var wire = new ByteArrayOutputStream();
    for (var i = 0; i < 3; i++) {
      wire.writeBytes(prefix(1));
      wire.write(i);
    }
    var bytes = wire.toByteArray();
    var sink = new Collected(10);
    sink.stopAfter = 1;
    var deframer = new Deframer();
    var taken = deframer.feed(bytes, 0, bytes.length, sink);
    assertThat(taken).isEqualTo(6);
    assertThat(sink.messages).hasSize(1);
    sink.stopAfter = 3;
    assertThat(deframer.feed(bytes, taken, bytes.length - taken, sink)).isEqualTo(12);
    assertThat(sink.messages).hasSize(3);
  }

  private static byte[] prefix(int length) {
    return new byte[] {
      0, (byte) (length >>> 24), (byte) (length >>> 16), (byte) (length >>> 8), (byte) length
    };
  }
}

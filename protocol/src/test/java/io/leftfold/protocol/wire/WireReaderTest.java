// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireReaderTest {

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        127,
        128,
        16_383,
        16_384,
        1L << 31,
        1L << 62,
        Long.MAX_VALUE,
        -1,
        Long.MIN_VALUE
      })
  void a_number_is_read_as_protobuf_writes_it(long value) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = CodedOutputStream.newInstance(bytes);
    out.writeUInt64(7, value);
    out.writeFixed64(8, value);
    out.flush();

    var in = new WireReader(bytes.toByteArray());
    assertThat(in.next()).isTrue();
    assertThat(in.tag()).isEqualTo(7 << 3);
    assertThat(in.varint()).isEqualTo(value);
    assertThat(in.next()).isTrue();
    assertThat(in.fixed64()).isEqualTo(value);
    assertThat(in.next()).isFalse();
  }

  @Test
  void fields_of_every_wire_type_are_skipped() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = CodedOutputStream.newInstance(bytes);
    out.writeUInt64(100, -1);
    out.writeFixed64(101, 1);
    out.writeString(102, "text");
    out.writeFixed32(103, 1);
    out.writeBool(1, true);
    out.flush();

    var in = new WireReader(bytes.toByteArray());
    for (var i = 0; i < 4; i++) {
      assertThat(in.next()).isTrue();
      in.skip();
    }
    assertThat(in.next()).isTrue();
    assertThat(in.bool()).isTrue();
  }

  @Test
  void a_number_without_end_is_refused() {
    var endless = new byte[12];
    java.util.Arrays.fill(endless, (byte) 0x80);
    assertThatThrownBy(() -> new WireReader(endless).varint())
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("A number has at most 10 bytes, but the one before byte 10 goes on");
  }

  @Test
  void a_number_cut_short_is_refused() {
    assertThatThrownBy(() -> new WireReader(new byte[] {(byte) 0x80}).varint())
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("The message ends at byte 1, in the middle of a number");
  }

  @Test
  void a_length_beyond_the_end_is_refused_before_memory_is_taken() {
    // Field 1 announces 2^31-1 bytes, then 2^63.
    byte[] large = {0x0a, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07, 1, 2};
    var in = new WireReader(large);
    assertThat(in.next()).isTrue();
    assertThatThrownBy(in::bytes)
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("At byte 6, 2147483647 bytes are announced, but 2 are left");

    byte[] huge = {0x0a, -128, -128, -128, -128, -128, -128, -128, -128, -128, 0x01};
    var other = new WireReader(huge);
    assertThat(other.next()).isTrue();
    assertThatThrownBy(other::enter)
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("9223372036854775808 bytes are announced, but 0 are left");
  }

  @Test
  void a_nested_message_does_not_reach_beyond_its_end() {
    // Field 1 is a message of 2 bytes; inside, field 1 announces 5.
    byte[] bytes = {0x0a, 2, 0x0a, 5, 1, 2, 3, 4, 5};
    var in = new WireReader(bytes);
    assertThat(in.next()).isTrue();
    in.enter();
    assertThat(in.next()).isTrue();
    assertThatThrownBy(in::text).hasMessage("At byte 4, 5 bytes are announced, but 0 are left");
  }

  @Test
  void groups_and_field_zero_are_refused() {
    var group = new WireReader(new byte[] {0x0b});
    assertThat(group.next()).isTrue();
    assertThatThrownBy(group::skip)
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("Field 1 before byte 1 has wire type 3, which proto3 has not");
    assertThatThrownBy(() -> new WireReader(new byte[] {0x02}).next())
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("Before byte 1 stands 2, which is no field's tag");
  }

  @Test
  void text_that_is_not_utf8_is_refused_and_a_replacement_character_is_not() {
    var broken = new WireReader(new byte[] {0x0a, 2, (byte) 0xc3, 0x28});
    assertThat(broken.next()).isTrue();
    assertThatThrownBy(broken::text)
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("The text of 2 bytes at byte 2 is not UTF-8");

    var honest = new WireReader(new byte[] {0x0a, 3, (byte) 0xef, (byte) 0xbf, (byte) 0xbd});
    assertThat(honest.next()).isTrue();
    assertThat(honest.text()).isEqualTo("\uFFFD");
  }

  @Test
  void random_bytes_are_read_or_refused_and_nothing_else() {
    var random = new Random(42);
    for (var i = 0; i < 20_000; i++) {
      var bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      try {
        var in = new WireReader(bytes);
        while (in.next()) {
          in.skip();
        }
      } catch (MalformedMessageException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireWriterTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, 16_384, 1L << 35, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void a_number_is_written_as_protobuf_writes_it(long value) throws IOException {
    var expected = new ByteArrayOutputStream();
    var coded = CodedOutputStream.newInstance(expected);
    coded.writeUInt64(1, value);
    coded.writeFixed64(536_870_911, value);
    coded.flush();

    var out = new WireWriter(0);
    out.varint(1, value);
    out.fixed64(536_870_911, value);
    assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
  }

  @Test
  void a_number_of_any_bits_is_written_as_protobuf_writes_it() throws IOException {
    for (var bit = 0; bit < 64; bit++) {
      for (var value :
          new long[] {1L << bit, (1L << bit) - 1, -1L >>> bit, 0x5bd1e995a7c3f1e9L >>> bit}) {
        var expected = new ByteArrayOutputStream();
        var coded = CodedOutputStream.newInstance(expected);
        coded.writeUInt64(1, value);
        coded.writeUInt64(77_777, value);
        coded.flush();

        var out = new WireWriter(0);
        out.varint(1, value);
        out.varint(77_777, value);
        assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "account-7", "Grüße", "𝄞 at the end: 𝄞"})
  void text_is_written_as_protobuf_writes_it(String text) throws IOException {
    for (var value : new String[] {text, text.repeat(20), "x".repeat(127) + text}) {
      var expected = new ByteArrayOutputStream();
      var coded = CodedOutputStream.newInstance(expected);
      coded.writeString(3, value);
      coded.flush();

      var out = new WireWriter(0);
      out.text(3, value);
      assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 9, 10, 99, 100, 2_147_483_647, 2_147_483_648L, 17_900_000_000_000_001L, -1})
  void a_number_is_written_in_decimal_digits(long value) {
    assertDecimal(value);
  }

  @Test
  void a_number_of_any_length_is_written_in_decimal_digits() {
    var number = 0L;
    for (var digit = 1; digit < 20; digit++) {
      number = number * 10 + digit % 10;
      assertDecimal(number);
    }
    for (var power = 1L; power > 0 && power <= 1_000_000_000_000_000_000L; power *= 10) {
      assertDecimal(power);
      assertDecimal(power - 1);
    }
    assertDecimal(Long.MAX_VALUE);
  }

  private static void assertDecimal(long value) {
    var expected = new WireWriter(0);
    expected.text(2, Long.toString(value));

    var out = new WireWriter(0);
    out.decimal(2, value);
    assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
  }

  @Test
  void bytes_are_put_where_room_was_left_for_them() {
    var fields = new WireWriter(0);
    fields.bytes(7, new byte[] {1, 2, 3});
    fields.text(8, "x".repeat(300));

    var out = new WireWriter(0);
    out.bool(1, true);
    var at = out.room(7, 3);
    out.array()[at] = 1;
    out.array()[at + 1] = 2;
    out.array()[at + 2] = 3;
    at = out.room(8, 300);
    java.util.Arrays.fill(out.array(), at, at + 300, (byte) 'x');
    out.fields(fields.toByteArray());

    var expected = new WireWriter(0);
    expected.bool(1, true);
    expected.fields(fields.toByteArray());
    expected.fields(fields.toByteArray());
    assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
  }

  /// Too small, right and too large a guess, for lengths of one to three bytes.
  @ParameterizedTest
  @CsvSource({"0,5", "200,5", "20000,5", "0,200", "130,200", "20000,200", "0,70000", "70000,70000"})
  void a_nested_message_has_its_length_whatever_was_guessed(int guess, int length)
      throws IOException {
    var data = new byte[length];
    java.util.Arrays.fill(data, (byte) 7);
    var inner = new ByteArrayOutputStream();
    var coded = CodedOutputStream.newInstance(inner);
    coded.writeByteArray(9, data);
    coded.writeBool(2, true);
    coded.flush();
    var expected = new ByteArrayOutputStream();
    coded = CodedOutputStream.newInstance(expected);
    coded.writeByteArray(4, inner.toByteArray());
    coded.writeByteArray(5, new byte[0]);
    coded.flush();

    var out = new WireWriter(0);
    out.begin(4, guess);
    out.bytes(9, data);
    out.bool(2, true);
    out.end();
    out.empty(5);
    assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
  }

  @Test
  void a_writer_is_used_again() {
    var out = new WireWriter(0);
    out.bytes(1, new byte[1000]);
    out.reset();
    out.bool(1, true);
    assertThat(out.toByteArray()).containsExactly(8, 1);
    assertThat(out.array().length).isGreaterThan(1000);
    out.resetTo(128);
    assertThat(out.length()).isZero();
    assertThat(out.array().length).isEqualTo(128);
  }
}

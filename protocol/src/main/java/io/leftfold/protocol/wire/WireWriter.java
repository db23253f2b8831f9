// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes protobuf messages front to back into an array that grows and is used again.
///
/// A nested message lies between [#begin] and [#end]. Its length is not known at the beginning, so
/// room is left for it: as much as the caller's guess needs. Where the guess was off, the nested
/// message is moved; so a guess matters for large messages only, and only within a factor of 128.
///
/// Not for several threads.
public final class WireWriter {

  private static final int NESTING_MAX = 8;
  private static final int VARINT_BYTES_MAX = 10;
  private static final int ASCII_LENGTH_OF_ONE_BYTE = 127;
  private static final VarHandle LONG_LE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long MORE = 0x8080_8080_8080_8080L;

  private byte[] bytes;
  private int at;

  /// For each open message: where its length stands, and how many bytes were left for it.
  private final int[] lengthAt = new int[NESTING_MAX];

  private final int[] lengthBytes = new int[NESTING_MAX];
  private int nesting;

  /// With room for so much before it grows.
  ///
  /// @param capacity in bytes
  public WireWriter(int capacity) {
    bytes = new byte[Math.max(capacity, 64)];
  }

  /// Forgets what was written and keeps the array.
  ///
  /// @return this
  public WireWriter reset() {
    at = 0;
    nesting = 0;
    return this;
  }

  /// Forgets what was written, and the array too if it has grown beyond a size.
  ///
  /// @param capacityMax in bytes
  /// @return this
  public WireWriter resetTo(int capacityMax) {
    if (bytes.length > capacityMax) {
      bytes = new byte[capacityMax];
    }
    return reset();
  }

  /// The array: what was written stands in its first [#length] bytes. Valid until more is written.
  ///
  /// @return the array itself
  public byte[] array() {
    return bytes;
  }

  /// How much was written.
  ///
  /// @return in bytes
  public int length() {
    return at;
  }

  /// A copy of what was written.
  ///
  /// @return as long as it needs to be
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, at);
  }

  /// Writes a number.
  ///
  /// @param field its number in the .proto file
  /// @param value 64 bits, signed or unsigned
  public void varint(int field, long value) {
    require(2 * VARINT_BYTES_MAX);
    put(tag(field, WireReader.VARINT));
    put(value);
  }

  /// Writes a boolean.
  ///
  /// @param field its number in the .proto file
  /// @param value the value
  public void bool(int field, boolean value) {
    varint(field, value ? 1 : 0);
  }

  /// Writes eight bytes, the least significant first.
  ///
  /// @param field its number in the .proto file
  /// @param value the number
  public void fixed64(int field, long value) {
    require(VARINT_BYTES_MAX + Long.BYTES);
    put(tag(field, WireReader.FIXED64));
    LONG_LE.set(bytes, at, value);
    at += Long.BYTES;
  }

  /// Writes bytes.
  ///
  /// @param field its number in the .proto file
  /// @param value the bytes
  public void bytes(int field, byte[] value) {
    require(2L * VARINT_BYTES_MAX + value.length);
    put(tag(field, WireReader.LENGTH_DELIMITED));
    put(value.length);
    System.arraycopy(value, 0, bytes, at, value.length);
    at += value.length;
  }

  /// Leaves room for bytes, which the caller puts there before anything else is written.
  ///
  /// @param field its number in the .proto file
  /// @param length how many
  /// @return where in [#array] they begin
  public int room(int field, int length) {
    require(2L * VARINT_BYTES_MAX + length);
    put(tag(field, WireReader.LENGTH_DELIMITED));
    put(length);
    var start = at;
    at += length;
    return start;
  }

  /// Writes fields that were laid out before.
  ///
  /// @param fields tags, lengths and all
  public void fields(byte[] fields) {
    require(fields.length);
    System.arraycopy(fields, 0, bytes, at, fields.length);
    at += fields.length;
  }

  /// Writes a number as text, in decimal digits.
  ///
  /// @param field its number in the .proto file
  /// @param value the number
  public void decimal(int field, long value) {
    if (value < 0) {
      text(field, Long.toString(value));
      return;
    }
    var digits = decimalDigits(value);
    var end = room(field, digits) + digits;
    var rest = value;
    while (rest > Integer.MAX_VALUE) {
      end = putPairBefore(end, (int) (rest % 100));
      rest /= 100;
    }
    var small = (int) rest;
    while (small >= 10) {
      end = putPairBefore(end, small % 100);
      small /= 100;
    }
    if ((digits & 1) == 1) {
      bytes[end - 1] = (byte) ('0' + small);
    }
  }

  private int putPairBefore(int end, int pair) {
    bytes[end - 1] = (byte) ('0' + pair % 10);
    bytes[end - 2] = (byte) ('0' + pair / 10);
    return end - 2;
  }

  private static int decimalDigits(long value) {
    var digits = 1;
    for (var bound = 10L; value >= bound && digits < 19; bound *= 10) {
      digits++;
    }
    return digits;
  }

  /// Writes text as UTF-8.
  ///
  /// @param field its number in the .proto file
  /// @param value the text
  public void text(int field, String value) {
    var chars = value.length();
    if (chars > ASCII_LENGTH_OF_ONE_BYTE) {
      bytes(field, value.getBytes(StandardCharsets.UTF_8));
      return;
    }
    require(VARINT_BYTES_MAX + 1 + chars);
    var start = at;
    put(tag(field, WireReader.LENGTH_DELIMITED));
    bytes[at++] = (byte) chars;
    for (var i = 0; i < chars; i++) {
      var c = value.charAt(i);
      if (c > 0x7f) {
        at = start;
        bytes(field, value.getBytes(StandardCharsets.UTF_8));
        return;
      }
      bytes[at++] = (byte) c;
    }
  }

  /// Writes an empty message.
  ///
  /// @param field its number in the .proto file
  public void empty(int field) {
    require(VARINT_BYTES_MAX + 1);
    put(tag(field, WireReader.LENGTH_DELIMITED));
    bytes[at++] = 0;
  }

  /// Begins a nested message of fewer than 128 bytes, most likely.
  ///
  /// @param field its number in the .proto file
  public void begin(int field) {
    begin(field, 0);
  }

  /// Begins a nested message.
  ///
  /// @param field its number in the .proto file
  /// @param guess of its length in bytes
  public void begin(int field, int guess) {
    require(2 * VARINT_BYTES_MAX);
    put(tag(field, WireReader.LENGTH_DELIMITED));
    lengthAt[nesting] = at;
    lengthBytes[nesting] = varintBytes(guess);
    at += lengthBytes[nesting];
    nesting++;
  }

  /// Ends the nested message that was begun last.
  public void end() {
    nesting--;
    var start = lengthAt[nesting];
    var left = lengthBytes[nesting];
    var length = at - start - left;
    var needed = varintBytes(length);
    if (needed != left) {
      require(needed);
      System.arraycopy(bytes, start + left, bytes, start + needed, length);
    }
    at = start;
    putInto(length);
    at += length;
  }

  /// Needs room for ten bytes, whatever the value.
  private void put(long value) {
    if ((value & ~0x7fL) == 0) {
      bytes[at++] = (byte) value;
    } else {
      putLong(value);
    }
  }

  /// Spreads groups of seven bits over eight bytes at once: halves of 28 bits first, then quarters
  /// of 14, then each group.
  private void putLong(long value) {
    var spread = (value & 0x0fff_ffffL) | ((value & 0x00ff_ffff_f000_0000L) << 4);
    spread = (spread & 0x0000_3fff_0000_3fffL) | ((spread & 0x0fff_c000_0fff_c000L) << 2);
    spread = (spread & 0x007f_007f_007f_007fL) | ((spread & 0x3f80_3f80_3f80_3f80L) << 1);
    if (value >>> 56 == 0) {
      var length = (70 - Long.numberOfLeadingZeros(value)) / 7;
      LONG_LE.set(bytes, at, spread | (MORE >>> ((9 - length) * 8)));
      at += length;
      return;
    }
    LONG_LE.set(bytes, at, spread | MORE);
    at += Long.BYTES;
    var rest = (int) (value >>> 56);
    if (rest > 0x7f) {
      bytes[at++] = (byte) rest; // its highest bit says that there is more, and is what is more
      rest = 1;
    }
    bytes[at++] = (byte) rest;
  }

  /// Where fewer than ten bytes may be written over.
  private void putInto(int value) {
    var rest = value;
    while ((rest & ~0x7f) != 0) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
  }

  private void require(long more) {
    if (more > bytes.length - at) {
      grow(more);
    }
  }

  private void grow(long more) {
    var needed = Math.toIntExact(at + more);
    var doubled = (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8);
    bytes = Arrays.copyOf(bytes, Math.max(needed, doubled));
  }

  private static long tag(int field, int type) {
    return (long) field << 3 | type;
  }

  private static int varintBytes(int value) {
    return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;
  }
}

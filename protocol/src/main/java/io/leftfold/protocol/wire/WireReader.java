// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Walks over the fields of a protobuf message in a byte array, without copying it.
///
/// ```java
/// while (in.next()) {
///   switch (in.tag()) {
///     case STREAM -> stream = in.text();
///     case OPTIONS -> {
///       var outer = in.enter();
///       … another such loop …
///       in.leave(outer);
///     }
///     default -> in.skip();
///   }
/// }
/// ```
///
/// Tags carry the wire type, so a known field with a foreign type is skipped like an unknown one,
/// as in generated code. Groups are refused: proto3 has none. Each value may be taken once, after
/// the [#next] that announced it.
public final class WireReader {

  /// The wire type of integers, booleans and enums.
  public static final int VARINT = 0;

  /// The wire type of eight bytes.
  public static final int FIXED64 = 1;

  /// The wire type of strings, bytes and messages.
  public static final int LENGTH_DELIMITED = 2;

  /// The wire type of four bytes.
  public static final int FIXED32 = 5;

  private static final int TYPE_BITS = 3;
  private static final int TYPE_MASK = (1 << TYPE_BITS) - 1;
  private static final int VARINT_BYTES_MAX = 10;
  private static final VarHandle LONG_LE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private int at;
  private int end;
  private int tag;

  /// Over a whole array.
  ///
  /// @param bytes one message
  public WireReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /// Over a part of an array.
  ///
  /// @param bytes holds the message
  /// @param offset where it begins
  /// @param length how long it is
  public WireReader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
  }

  /// Moves to the next field.
  ///
  /// @return whether there is one
  /// @throws MalformedMessageException if the tag is none
  public boolean next() {
    if (at == end) {
      return false;
    }
    var value = varint();
    if (value >>> Integer.SIZE != 0 || value >>> TYPE_BITS == 0) {
      throw new MalformedMessageException(
          "Before byte %d stands %d, which is no field's tag".formatted(at, value));
    }
    tag = (int) value;
    return true;
  }

  /// The tag of the field: its number, shifted left by three, and its wire type.
  ///
  /// @return the tag that [#next] has found
  public int tag() {
    return tag;
  }

  /// Takes a number.
  ///
  /// @return the 64 bits, to be read as signed or unsigned as the field's type says
  /// @throws MalformedMessageException if it does not end
  public long varint() {
    if (at < end && bytes[at] >= 0) {
      return bytes[at++];
    }
    var result = 0L;
    for (var i = 0; i < VARINT_BYTES_MAX; i++) {
      if (at == end) {
        throw new MalformedMessageException(
            "The message ends at byte %d, in the middle of a number".formatted(end));
      }
      var b = bytes[at++];
      result |= (long) (b & 0x7f) << (7 * i);
      if (b >= 0) {
        return result;
      }
    }
    throw new MalformedMessageException(
        "A number has at most %d bytes, but the one before byte %d goes on"
            .formatted(VARINT_BYTES_MAX, at));
  }

  /// Takes a boolean.
  ///
  /// @return whether the number is not 0
  public boolean bool() {
    return varint() != 0;
  }

  /// Takes eight bytes, the least significant first.
  ///
  /// @return them as a number
  public long fixed64() {
    var start = take(Long.BYTES);
    return (long) LONG_LE.get(bytes, start);
  }

  /// Takes bytes.
  ///
  /// @return a copy
  public byte[] bytes() {
    var length = length();
    var start = take(length);
    return Arrays.copyOfRange(bytes, start, start + length);
  }

  /// Passes over bytes.
  ///
  /// @return how many there are
  public int skipBytes() {
    var length = length();
    take(length);
    return length;
  }

  /// Takes text.
  ///
  /// @return the text
  /// @throws MalformedMessageException if it is not UTF-8
  public String text() {
    var length = length();
    var start = take(length);
    var text = new String(bytes, start, length, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0 && !isUtf8(start, length)) {
      throw new MalformedMessageException(
          "The text of %d bytes at byte %d is not UTF-8".formatted(length, start));
    }
    return text;
  }

  /// Whether text is this. Takes it in any case.
  ///
  /// @param expected UTF-8
  /// @return whether it was
  public boolean textIs(byte[] expected) {
    var length = length();
    var start = take(length);
    return Arrays.equals(bytes, start, start + length, expected, 0, expected.length);
  }

  /// Whether the text that comes next is this. Does not take it.
  ///
  /// @param expected UTF-8
  /// @return whether it is
  public boolean peekIs(byte[] expected) {
    var before = at;
    var is = textIs(expected);
    at = before;
    return is;
  }

  /// Goes into a nested message: until [#leave], its end is the end.
  ///
  /// @return the end of the message around it, for [#leave]
  public int enter() {
    var length = length();
    if (length > end - at) {
      throw beyond(length);
    }
    var outer = end;
    end = at + length;
    return outer;
  }

  /// Leaves a nested message, wherever in it the reader stands.
  ///
  /// @param outer what [#enter] gave
  public void leave(int outer) {
    at = end;
    end = outer;
  }

  /// Passes over the field.
  ///
  /// @throws MalformedMessageException if its wire type is none of proto3
  public void skip() {
    switch (tag & TYPE_MASK) {
      case VARINT -> varint();
      case FIXED64 -> take(Long.BYTES);
      case LENGTH_DELIMITED -> take(length());
      case FIXED32 -> take(Integer.BYTES);
      default ->
          throw new MalformedMessageException(
              "Field %d before byte %d has wire type %d, which proto3 has not"
                  .formatted(tag >>> TYPE_BITS, at, tag & TYPE_MASK));
    }
  }

  private int length() {
    var length = varint();
    if (length < 0 || length > Integer.MAX_VALUE) {
      throw beyond(length);
    }
    return (int) length;
  }

  private int take(int length) {
    if (length > end - at) {
      throw beyond(length);
    }
    var start = at;
    at += length;
    return start;
  }

  private MalformedMessageException beyond(long length) {
    return new MalformedMessageException(
        "At byte %d, %s bytes are announced, but %d are left"
            .formatted(at, Long.toUnsignedString(length), end - at));
  }

  private boolean isUtf8(int start, int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, start, length));
      return true;
    } catch (CharacterCodingException _) {
      return false;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import io.leftfold.protocol.wire.InvalidFieldException;
import io.leftfold.protocol.wire.WireReader;
import io.leftfold.protocol.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A UUID and the form it travels in: two numbers, or text. An answer repeats the form of the
/// question, letter for letter, because clients look it up as text.
///
/// @param id the id, by which two are equal to us
/// @param text how it was written; null if it came as two numbers
public record WireUuid(UUID id, @Nullable String text) {

  private static final int STRUCTURED = 1 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int STRING = 2 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int MOST_SIGNIFICANT = 1 << 3 | WireReader.VARINT;
  private static final int LEAST_SIGNIFICANT = 2 << 3 | WireReader.VARINT;

  private static final int HEX_DIGITS = 32;
  private static final int HYPHENATED = 36;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /// As two numbers.
  ///
  /// @param id the id
  /// @return the id in this form
  public static WireUuid structured(UUID id) {
    return new WireUuid(id, null);
  }

  /// As text.
  ///
  /// @param id the id
  /// @return the id in this form
  public static WireUuid textual(UUID id) {
    return new WireUuid(id, id.toString());
  }

  /// Reads the message that the reader stands before.
  static WireUuid read(WireReader in, String field) {
    @Nullable WireUuid result = null;
    var outer = in.enter();
    while (in.next()) {
      switch (in.tag()) {
        case STRUCTURED -> result = structured(readStructured(in));
        case STRING -> {
          var text = in.text();
          result = new WireUuid(parse(text, field), text);
        }
        default -> in.skip();
      }
    }
    in.leave(outer);
    if (result == null) {
      throw new InvalidFieldException(
          field,
          "\"%s\" is a UUID, but neither its text nor its numbers were sent".formatted(field));
    }
    return result;
  }

  /// Writes the id as a message.
  ///
  /// @param out where to
  /// @param field the message's field
  public void write(WireWriter out, int field) {
    out.begin(field);
    if (text != null) {
      out.text(2, text);
    } else {
      writeStructured(out, id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
    out.end();
  }

  /// Writes an id as a message.
  static void write(WireWriter out, int field, long high, long low, boolean textual) {
    out.begin(field);
    if (textual) {
      var at = out.room(2, HYPHENATED);
      putHex(out.array(), at, high >>> 32, 8);
      putHex(out.array(), at + 9, high >>> 16, 4);
      putHex(out.array(), at + 14, high, 4);
      putHex(out.array(), at + 19, low >>> 48, 4);
      putHex(out.array(), at + 24, low, 12);
      for (var hyphen = 8; hyphen <= 23; hyphen += 5) {
        out.array()[at + hyphen] = '-';
      }
    } else {
      writeStructured(out, high, low);
    }
    out.end();
  }

  private static void putHex(byte[] into, int at, long value, int digits) {
    var rest = value;
    for (var i = at + digits - 1; i >= at; i--) {
      into[i] = HEX[(int) (rest & 0xf)];
      rest >>>= 4;
    }
  }

  private static void writeStructured(WireWriter out, long high, long low) {
    out.begin(1);
    out.varint(1, high);
    out.varint(2, low);
    out.end();
  }

  private static UUID readStructured(WireReader in) {
    var most = 0L;
    var least = 0L;
    var outer = in.enter();
    while (in.next()) {
      switch (in.tag()) {
        case MOST_SIGNIFICANT -> most = in.varint();
        case LEAST_SIGNIFICANT -> least = in.varint();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new UUID(most, least);
  }

  /// `UUID.fromString` takes 1-1-1-1-1 for a UUID; this takes 32 digits, with the usual hyphens or
  /// without any.
  private static UUID parse(String text, String field) {
    var hyphenated = text.length() == HYPHENATED;
    if (!hyphenated && text.length() != HEX_DIGITS) {
      throw notAUuid(text, field);
    }
    var most = 0L;
    var least = 0L;
    for (int i = 0, digits = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (hyphenated && (i == 8 || i == 13 || i == 18 || i == 23)) {
        if (c != '-') {
          throw notAUuid(text, field);
        }
        continue;
      }
      var digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw notAUuid(text, field);
      }
      if (digits++ < HEX_DIGITS / 2) {
        most = most << 4 | digit;
      } else {
        least = least << 4 | digit;
      }
    }
    return new UUID(most, least);
  }

  private static InvalidFieldException notAUuid(String text, String field) {
    var shown = text.length() <= 64 ? text : text.substring(0, 64) + "…";
    return new InvalidFieldException(
        field, "\"%s\" is a UUID of 32 hexadecimal digits, got \"%s\"".formatted(field, shown));
  }
}

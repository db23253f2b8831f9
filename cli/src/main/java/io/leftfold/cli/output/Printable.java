// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.output;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// Text that a terminal can show without doing anything else: no control characters, no invisible
/// ones that turn the direction of writing.
public final class Printable {

  private static final int HEX_BYTES_SHOWN = 32;

  private Printable() {}

  /// The text with everything that is not to be printed written as an escape (`\n`, `\u001b`).
  ///
  /// @param text any text
  /// @return text of printable characters on one line
  public static String of(String text) {
    if (text.codePoints().allMatch(Printable::isPlain)) {
      return text;
    }
    var printable = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (isPlain(c)) {
            printable.appendCodePoint(c);
          } else {
            switch (c) {
              case '\n' -> printable.append("\\n");
              case '\r' -> printable.append("\\r");
              case '\t' -> printable.append("\\t");
              default -> printable.append("\\u%04x".formatted(c));
            }
          }
        });
    return printable.toString();
  }

  /// Data as text if it is text, otherwise its first bytes in hexadecimal.
  ///
  /// @param data any bytes
  /// @param charactersMax where text is cut
  /// @return text of printable characters on one line
  public static String of(byte[] data, int charactersMax) {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
      if (text.indexOf('\0') < 0) {
        return cut(of(text), charactersMax, data.length);
      }
    } catch (CharacterCodingException e) {
      // Not text: below.
    }
    var shown = Arrays.copyOf(data, Math.min(data.length, HEX_BYTES_SHOWN));
    return "%,d bytes: %s%s"
        .formatted(
            data.length,
            HexFormat.ofDelimiter(" ").formatHex(shown),
            shown.length < data.length ? " …" : "");
  }

  private static String cut(String text, int charactersMax, int bytes) {
    return text.codePointCount(0, text.length()) <= charactersMax
        ? text
        : text.substring(0, text.offsetByCodePoints(0, charactersMax))
            + "… (%,d bytes)".formatted(bytes);
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}

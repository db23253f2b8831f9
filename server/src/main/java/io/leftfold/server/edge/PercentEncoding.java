// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// How text that is not printable ASCII travels in headers and trailers.
final class PercentEncoding {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private PercentEncoding() {}

  /// As gRPC wants `grpc-message`: percent signs are encoded too, so that it can be decoded.
  ///
  /// @param text any text
  /// @param charsMax where the result is cut off, between characters
  /// @return printable ASCII
  static String encode(String text, int charsMax) {
    return encode(text, charsMax, true);
  }

  /// Leaves percent signs alone, so that plain ASCII stays as it is.
  ///
  /// @param text any text
  /// @param charsMax where the result is cut off, between characters
  /// @return printable ASCII
  static String encodeUnprintable(String text, int charsMax) {
    return encode(text, charsMax, false);
  }

  private static String encode(String text, int charsMax, boolean percentToo) {
    if (text.length() <= charsMax && text.chars().allMatch(c -> isPlain(c, percentToo))) {
      return text;
    }
    var result = new StringBuilder();
    for (var i = 0; i < text.length(); ) {
      var codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      var encoded =
          isPlain(codePoint, percentToo) ? Character.toString(codePoint) : escape(codePoint);
      if (result.length() + encoded.length() > charsMax) {
        break;
      }
      result.append(encoded);
    }
    return result.toString();
  }

  private static boolean isPlain(int c, boolean percentToo) {
    return c >= ' ' && c <= '~' && !(percentToo && c == '%');
  }

  private static String escape(int codePoint) {
    var result = new StringBuilder();
    for (var b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
      result.append('%').append(HEX.toHexDigits(b));
    }
    return result.toString();
  }
}

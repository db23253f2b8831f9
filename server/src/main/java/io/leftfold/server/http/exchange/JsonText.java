// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// JSON that stays as somebody wrote it, but for blanks: numbers keep their digits.
public final class JsonText {

  private static final JsonMapper JSON = JsonMapper.shared();

  private JsonText() {}

  /// Whether Jackson would take bytes for UTF-16 or UTF-32, as it does by its first characters;
  /// places in the text are counted in bytes of UTF-8.
  ///
  /// @param bytes of a text
  /// @return whether they are not UTF-8
  public static boolean isUtf16(byte[] bytes) {
    for (var i = 0; i < Math.min(4, bytes.length); i++) {
      if (bytes[i] == 0 || bytes[i] == (byte) 0xfe || bytes[i] == (byte) 0xff) {
        return true;
      }
    }
    return false;
  }

  /// Whether bytes are one JSON value.
  ///
  /// @param bytes any
  /// @return whether they are
  public static boolean isJson(byte[] bytes) {
    if (isUtf16(bytes)) {
      return false;
    }
    try (var parser = JSON.createParser(bytes)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      parser.finishToken();
      return parser.nextToken() == null;
    } catch (JacksonException _) {
      return false;
    }
  }

  /// Without the blanks between tokens.
  ///
  /// @param json holds a JSON value
  /// @param from its first byte
  /// @param to behind its last one
  /// @return the value
  public static byte[] compact(byte[] json, int from, int to) {
    var compact = new byte[to - from];
    var length = 0;
    var inText = false;
    for (var i = from; i < to; i++) {
      var b = json[i];
      if (inText) {
        compact[length++] = b;
        if (b == '\\') {
          compact[length++] = json[++i];
        } else if (b == '"') {
          inText = false;
        }
      } else if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        inText = b == '"';
        compact[length++] = b;
      }
    }
    return Arrays.copyOf(compact, length);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.StreamName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// What the metadata of an event, if it is a JSON object, says it belongs to.
///
/// Most metadata does not say so: it is parsed only if the bytes of the key are in it.
final class CorrelationId {

  private static final JsonFactory JSON = new JsonFactory();
  private static final String KEY = "$correlationId";
  private static final byte[] QUOTED_KEY = ("\"" + KEY + "\"").getBytes(StandardCharsets.US_ASCII);

  private CorrelationId() {}

  /// The id in some metadata; null if there is none that a virtual stream could be named by.
  static @Nullable String of(byte[] bytes, int from, int length) {
    if (!isMentioned(bytes, from, from + length)) {
      return null;
    }
    var id = parsed(bytes, from, length);
    return id != null && isName(id) ? id : null;
  }

  private static boolean isMentioned(byte[] bytes, int from, int end) {
    var last = end - QUOTED_KEY.length;
    for (var at = from; at <= last; at++) {
      if (bytes[at + 1] == '$'
          && Arrays.equals(bytes, at, at + QUOTED_KEY.length, QUOTED_KEY, 0, QUOTED_KEY.length)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String parsed(byte[] bytes, int from, int length) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), bytes, from, length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      String id = null;
      for (var key = parser.nextName(); key != null; key = parser.nextName()) {
        var value = parser.nextToken();
        if (key.equals(KEY)) {
          id = value == JsonToken.VALUE_STRING ? parser.getString() : null;
        }
        parser.skipChildren();
      }
      return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null
          ? id
          : null;
    } catch (JacksonException noJson) {
      return null;
    }
  }

  private static boolean isName(String id) {
    try {
      return !id.isEmpty() && StreamName.ofCorrelation(id).isVirtual();
    } catch (IllegalArgumentException tooLongOrNoUnicode) {
      return false;
    }
  }
}

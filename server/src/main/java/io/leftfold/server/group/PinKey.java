// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// What keeps events together: those of one key go to one consumer.
final class PinKey {

  private static final JsonFactory JSON = new JsonFactory();
  private static final String CORRELATION_ID = "$correlationId";

  private PinKey() {}

  /// The stream that an event is of; for a link that of its target, followed or not.
  static String ofStream(ResolvedEvent resolved) {
    if (resolved.event().isPresent() && !resolved.event().get().isLink()) {
      return resolved.event().get().stream().value();
    }
    var original = resolved.original();
    if (original.isLink()) {
      var target = original.dataAsText();
      return target.substring(target.indexOf('@') + 1);
    }
    return original.stream().value();
  }

  /// The correlation id of an event; of one without, its stream.
  static String ofCorrelation(ResolvedEvent resolved) {
    var id = correlationId(resolved.event().orElseGet(resolved::original));
    return id.isEmpty() ? ofStream(resolved) : id;
  }

  private static String correlationId(RecordedEvent event) {
    if (event.metadata().length == 0) {
      return "";
    }
    try (var parser = JSON.createParser(ObjectReadContext.empty(), event.metadata())) {
      return parser.nextToken() == JsonToken.START_OBJECT ? correlationId(parser) : "";
    } catch (JacksonException _) {
      return ""; // not JSON: nobody correlates by it
    }
  }

  private static String correlationId(JsonParser parser) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      var isId = parser.currentName().equals(CORRELATION_ID);
      var value = parser.nextToken();
      if (isId) {
        return value == JsonToken.VALUE_STRING ? parser.getString() : "";
      }
      parser.skipChildren();
    }
    return "";
  }
}

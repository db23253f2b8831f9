// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.body;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.server.http.exchange.JsonText;
import io.leftfold.server.node.MetadataTags;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/// Events as a list in JSON. Data is cut out of the text, so that numbers stay what they were.
final class EventJson {

  private static final JsonMapper JSON = JsonMapper.shared();

  private static final byte[] NOTHING = {};

  /// Data or metadata.
  ///
  /// @param bytes what it is
  /// @param isJson whether that is JSON
  record Value(byte[] bytes, boolean isJson) {
    static final Value NONE = new Value(NOTHING, false);
  }

  private EventJson() {}

  /// Reads a list of events.
  ///
  /// @param body in UTF-8
  /// @param type of all of them, if they need not say
  /// @throws InvalidBodyException if it is no such list
  static List<ProposedEvent> list(byte[] body, Optional<String> type) throws InvalidBodyException {
    if (JsonText.isUtf16(body)) {
      throw new InvalidBodyException("JSON is in UTF-8 here");
    }
    try (var parser = JSON.createParser(body)) {
      var events = new ArrayList<ProposedEvent>();
      var first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        events.add(event(parser, body, type));
      } else if (first == JsonToken.START_ARRAY) {
        while (parser.nextToken() == JsonToken.START_OBJECT) {
          events.add(event(parser, body, type));
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
          throw new InvalidBodyException("An event is an object");
        }
      } else {
        throw new InvalidBodyException("Events are a list");
      }
      if (parser.nextToken() != null || events.isEmpty()) {
        throw new InvalidBodyException("Events are one list, and not empty");
      }
      return events;
    } catch (JacksonException | IllegalArgumentException e) {
      throw new InvalidBodyException(String.valueOf(e.getMessage()));
    }
  }

  private static ProposedEvent event(JsonParser parser, byte[] body, Optional<String> otherType)
      throws InvalidBodyException {
    Optional<UUID> id = Optional.empty();
    var type = otherType;
    var data = Value.NONE;
    var metadata = Value.NONE;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      var name = parser.currentName();
      parser.nextToken();
      if (name.equalsIgnoreCase("eventId")) {
        id = Ids.of(parser.getString());
      } else if (name.equalsIgnoreCase("eventType")) {
        type = Optional.ofNullable(parser.getValueAsString()).filter(text -> !text.isEmpty());
      } else if (name.equalsIgnoreCase("data")) {
        data = value(parser, body);
      } else if (name.equalsIgnoreCase("metadata")) {
        metadata = value(parser, body);
      } else {
        parser.skipChildren();
      }
    }
    return event(
        id.orElseThrow(() -> new InvalidBodyException("An event has an id, and it is not empty")),
        type.orElseThrow(() -> new InvalidBodyException("An event has a type")),
        data,
        metadata);
  }

  static ProposedEvent event(UUID id, String type, Value data, Value metadata) {
    return new ProposedEvent(
        id,
        type,
        data.isJson || metadata.isJson ? ContentType.JSON : ContentType.BINARY,
        data.bytes,
        metadata.bytes,
        MetadataTags.of(metadata.bytes));
  }

  private static Value value(JsonParser parser, byte[] body) {
    return switch (parser.currentToken()) {
      case START_OBJECT, START_ARRAY -> {
        var from = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        parser.skipChildren();
        var to = Math.toIntExact(parser.currentLocation().getByteOffset());
        yield new Value(JsonText.compact(body, from, to), true);
      }
      case VALUE_STRING -> value(parser.getString());
      default -> Value.NONE;
    };
  }

  /// A text that is an object or a list is JSON; any other one is what it is.
  static Value value(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var start = text.stripLeading();
    return (start.startsWith("{") || start.startsWith("[")) && JsonText.isJson(bytes)
        ? new Value(JsonText.compact(bytes, 0, bytes.length), true)
        : new Value(bytes, false);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.server.http.exchange.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/// Reads CloudEvents 1.0 in JSON. Data is cut out of the text, so that numbers stay what they were.
///
/// The id of a CloudEvent is any text, unique for its source: one that is a UUID is the event's id,
/// any other makes one together with the source, always the same. What an event has no place for
/// stands in its metadata.
final class CloudEventsIn {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String JSON_TYPE = "application/json";
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private CloudEventsIn() {}

  /// An event that is to be appended.
  ///
  /// @param stream where, if the event says
  /// @param event the event
  record Arrived(Optional<StreamName> stream, ProposedEvent event) {}

  /// Reads one event or a list of them.
  ///
  /// @param body in UTF-8
  /// @param isBatch whether it is a list
  /// @return at least one
  /// @throws IllegalArgumentException if it is something else, saying what
  static List<Arrived> read(byte[] body, boolean isBatch) {
    if (JsonText.isUtf16(body)) {
      throw new IllegalArgumentException("The body is JSON in UTF-8, got another encoding");
    }
    var events = new ArrayList<Arrived>();
    try (var parser = JSON.createParser(body)) {
      var first = parser.nextToken();
      expect(first != null, "The body is empty; it holds an event, or a list of them as a batch");
      if (isBatch) {
        expect(first == JsonToken.START_ARRAY, "A batch is a list of events, got " + first);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          events.add(event(parser, body, events.size()));
        }
      } else {
        events.add(event(parser, body, 0));
      }
      expect(parser.nextToken() == null, "There is more behind the JSON of the body");
    } catch (JacksonException e) {
      throw new IllegalArgumentException("The body is no JSON: " + e.getOriginalMessage(), e);
    }
    expect(!events.isEmpty(), "A batch holds at least one event, got none");
    return events;
  }

  private static void expect(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static Arrived event(JsonParser parser, byte[] body, int index) {
    expect(
        parser.currentToken() == JsonToken.START_OBJECT,
        "Event %d is an object, got %s".formatted(index, parser.currentToken()));
    var attributes = new LinkedHashMap<String, Object>();
    byte[] data = {};
    var dataIs = Data.ABSENT;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      var name = parser.currentName();
      var value = parser.nextToken();
      if (value == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (name) {
        case "data" -> {
          expect(dataIs == Data.ABSENT, "Event %d has data twice".formatted(index));
          dataIs = value == JsonToken.VALUE_STRING ? Data.TEXT : Data.JSON;
          data = cut(parser, body);
        }
        case "data_base64" -> {
          expect(dataIs == Data.ABSENT, "Event %d has data twice".formatted(index));
          expect(
              value == JsonToken.VALUE_STRING,
              "data_base64 of event %d is a text, got %s".formatted(index, value));
          dataIs = Data.BYTES;
          data = decoded(parser.getString(), index);
        }
        default ->
            expect(
                attributes.put(name, attribute(parser, name, index)) == null,
                "Event %d has %s twice".formatted(index, name));
      }
    }
    return new Event(index, attributes, dataIs, data).arrived();
  }

  /// What data was given as.
  private enum Data {
    ABSENT,
    TEXT,
    JSON,
    BYTES
  }

  private static byte[] cut(JsonParser parser, byte[] body) {
    var from = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    parser.skipChildren();
    parser.finishToken();
    var to = Math.toIntExact(parser.currentLocation().getByteOffset());
    return JsonText.compact(body, from, to);
  }

  private static byte[] decoded(String text, int index) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "data_base64 of event %d is no base 64: %s".formatted(index, e.getMessage()), e);
    }
  }

  private static Object attribute(JsonParser parser, String name, int index) {
    expect(
        CloudAttributes.NAME.matcher(name).matches(),
        "The attributes of a CloudEvent are named by small letters and digits, event %d has '%s'"
            .formatted(index, name));
    var value = parser.currentToken();
    var isNumber = value == JsonToken.VALUE_NUMBER_INT;
    var isTruth = value == JsonToken.VALUE_TRUE || value == JsonToken.VALUE_FALSE;
    expect(
        value == JsonToken.VALUE_STRING
            || isTruth
            || (isNumber && parser.getNumberType() == JsonParser.NumberType.INT),
        "The attribute %s of event %d is a text, a whole number of 32 bits or a truth, got %s"
            .formatted(name, index, isNumber ? parser.getString() : value));
    if (CloudAttributes.TEXTS.contains(name)) {
      return parser.getString();
    }
    return isNumber
        ? parser.getIntValue()
        : isTruth ? parser.getBooleanValue() : parser.getString();
  }

  /// An event as it was read.
  private record Event(int index, Map<String, Object> attributes, Data dataIs, byte[] data) {

    Arrived arrived() {
      var version = required("specversion");
      expect(
          version.equals("1.0"),
          "Event %d is of version 1.0 of CloudEvents, got '%s'".formatted(index, version));
      var id = required("id");
      var source = required("source");
      expect(
          !CONTROL.matcher(source).find(),
          "source of event %d is a URI reference, got one with control characters"
              .formatted(index));
      var type = required("type");
      var stream = taken("stream").map(StreamName::of);
      var tags = taken("tags").map(Event::tags).orElseGet(List::of);
      var correlation = taken("correlationid");
      var causation = taken("causationid");
      var contentType = taken("datacontenttype").orElse(JSON_TYPE);
      var isJson = CloudAttributes.isJson(contentType);
      if (!contentType.equalsIgnoreCase(JSON_TYPE)) {
        attributes.put("datacontenttype", contentType);
      }
      List.of("revision", "position", "cursor").forEach(attributes::remove);
      var isUuid = UUID_TEXT.matcher(id).matches();
      if (!isUuid) {
        attributes.put("id", id);
      }
      attributes.put("source", source);
      var event =
          new ProposedEvent(
              isUuid ? UUID.fromString(id) : named(source, id),
              type,
              isJson ? ContentType.JSON : ContentType.BINARY,
              bytes(isJson),
              CloudAttributes.metadata(attributes, correlation, causation),
              tags);
      return new Arrived(stream, event);
    }

    private static UUID named(String source, String id) {
      return UUID.nameUUIDFromBytes((source + "\n" + id).getBytes(StandardCharsets.UTF_8));
    }

    private static List<Tag> tags(String text) {
      return Arrays.stream(text.split(",", -1)).filter(tag -> !tag.isEmpty()).map(Tag::of).toList();
    }

    /// A text is data as it stands if it is not said to be JSON.
    private byte[] bytes(boolean isJson) {
      return switch (dataIs) {
        case ABSENT, JSON -> data;
        case TEXT ->
            isJson ? data : JSON.readValue(data, String.class).getBytes(StandardCharsets.UTF_8);
        case BYTES -> {
          expect(
              !isJson || JsonText.isJson(data),
              "data_base64 of event %d is no JSON; say what it is with datacontenttype"
                  .formatted(index));
          yield data;
        }
      };
    }

    private String required(String name) {
      return taken(name)
          .filter(value -> !value.isBlank())
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "Event %d has no %s, which a CloudEvent must have".formatted(index, name)));
    }

    private Optional<String> taken(String name) {
      return Optional.ofNullable(attributes.remove(name)).map(Object::toString);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The attributes of CloudEvents that an event has no place for but in its metadata, where they
/// stand at `cloudevent`. Values are texts, whole numbers of 32 bits, and truths.
final class CloudAttributes {

  /// What an attribute may be called.
  static final Pattern NAME = Pattern.compile("[a-z0-9]{1,64}");

  /// Those that are texts by CloudEvents, or by us.
  static final Set<String> TEXTS =
      Set.of(
          "specversion",
          "id",
          "source",
          "type",
          "subject",
          "time",
          "datacontenttype",
          "dataschema",
          "stream",
          "tags",
          "correlationid",
          "causationid");

  /// Those that events have places for: metadata, which anybody may have written, says nothing
  /// else.
  private static final Set<String> OF_EVENTS =
      Set.of(
          "specversion",
          "type",
          "data",
          "stream",
          "tags",
          "correlationid",
          "causationid",
          "revision",
          "position",
          "cursor");

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String KEY = "cloudevent";
  private static final String CORRELATION = "$correlationId";
  private static final String CAUSATION = "$causationId";
  private static final byte[] NOTHING = {};

  private CloudAttributes() {}

  /// Metadata with attributes.
  ///
  /// @param attributes those that have no other place
  /// @param correlation of the event, if it says
  /// @param causation of the event, if it says
  static byte[] metadata(
      Map<String, Object> attributes, Optional<String> correlation, Optional<String> causation) {
    var metadata = new LinkedHashMap<String, Object>();
    correlation.ifPresent(id -> metadata.put(CORRELATION, id));
    causation.ifPresent(id -> metadata.put(CAUSATION, id));
    if (!attributes.isEmpty()) {
      metadata.put(KEY, attributes);
    }
    return metadata.isEmpty()
        ? NOTHING
        : JSON.writeValueAsString(metadata).getBytes(StandardCharsets.UTF_8);
  }

  /// The attributes in the metadata of an event; few or none, if it came otherwise.
  static Map<String, Object> of(RecordedEvent event) {
    var attributes = new LinkedHashMap<String, Object>();
    if (event.metadata().length > 0) {
      try {
        var metadata = JSON.readTree(event.metadata());
        for (var attribute : metadata.path(KEY).properties()) {
          value(attribute.getKey(), attribute.getValue(), event.contentType())
              .ifPresent(value -> attributes.put(attribute.getKey(), value));
        }
        text(metadata.path(CORRELATION)).ifPresent(id -> attributes.put("correlationid", id));
        text(metadata.path(CAUSATION)).ifPresent(id -> attributes.put("causationid", id));
      } catch (JacksonException _) {
        // It is no JSON.
      }
    }
    return attributes;
  }

  private static Optional<Object> value(String name, JsonNode value, ContentType data) {
    if (!NAME.matcher(name).matches() || OF_EVENTS.contains(name)) {
      return Optional.empty();
    }
    if (TEXTS.contains(name)) {
      // What data is, the event knows; what it is called, only the metadata.
      return text(value)
          .filter(
              type -> !name.equals("datacontenttype") || isJson(type) == (data == ContentType.JSON))
          .map(text -> text);
    }
    return value.isString()
        ? Optional.of(value.asString())
        : value.isInt()
            ? Optional.of(value.asInt())
            : value.isBoolean() ? Optional.of(value.asBoolean()) : Optional.empty();
  }

  private static Optional<String> text(JsonNode value) {
    return value.isString() && !value.asString().isBlank()
        ? Optional.of(value.asString())
        : Optional.empty();
  }

  /// Whether data of a media type is JSON.
  static boolean isJson(String type) {
    var plain = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return plain.endsWith("/json") || plain.endsWith("+json");
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Between trees and the bytes that are stored: JSON, and what else is declared.
///
/// @param mappers by the names of formats
/// @param names of the formats that classes are stored in; of others it is JSON
record Formats(Map<String, ObjectMapper> mappers, Map<Class<?>, String> names) {

  /// What it is if nothing is said.
  static final String DEFAULT = "JSON";

  private static final JsonMapper JSON = Trees.JSON;

  Formats {
    mappers = Map.copyOf(mappers);
    names = Map.copyOf(names);
  }

  /// An event as it is stored, if it is JSON; otherwise that is noted in its metadata.
  ProposedEvent write(String type, Class<?> of, ObjectNode data, ObjectNode about) {
    var name = names.get(of);
    if (name == null) {
      return ProposedEvent.json(type, JSON.writeValueAsString(data));
    }
    about.put(EventTypes.FORMAT_FIELD, name);
    return ProposedEvent.binary(type, mapper(name).writeValueAsBytes(data));
  }

  private ObjectMapper mapper(String name) {
    var mapper = mappers.get(name);
    return mapper == null ? JSON : mapper;
  }

  private static String name(RecordedEvent event, ObjectNode about) {
    // The metadata of others' JSON may have a field of that name, too.
    return event.contentType().equals(ContentType.BINARY)
        ? about.path(EventTypes.FORMAT_FIELD).asString(DEFAULT)
        : DEFAULT;
  }

  /// @throws UnreadableEventException if it says that it is in another format
  static void requireFormat(String wanted, RecordedEvent event, ObjectNode about) {
    var name = name(event, about);
    if (!name.equals(wanted)) {
      throw new UnreadableEventException(
          event,
          "its data is %s, and its version is bound to %s; another format is another version"
              .formatted(name, wanted));
    }
  }

  /// @throws UnreadableEventException if it is in no format that is declared, or broken
  ObjectNode read(RecordedEvent event, ObjectNode about) {
    var name = name(event, about);
    var mapper = name.equals(DEFAULT) ? JSON : mappers.get(name);
    if (mapper == null) {
      throw new UnreadableEventException(
          event,
          "its data is in format %s, and only JSON and %s are declared; declare it with EventTypesBuilder.format"
              .formatted(name, mappers.keySet()));
    }
    JsonNode data;
    try {
      data = mapper.readTree(event.data());
    } catch (JacksonException e) {
      throw new UnreadableEventException(event, "its data is no " + name, e);
    }
    if (data instanceof ObjectNode object) {
      return object;
    }
    throw new UnreadableEventException(
        event, "its data is %s, and no %s object".formatted(data.getNodeType(), name));
  }
}

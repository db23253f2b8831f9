// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.scavenge;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// JSON objects whose members are texts, numbers and truth values.
final class FlatJson {

  private static final JsonFactory JSON = new JsonFactory();

  private FlatJson() {}

  static byte[] write(SortedMap<String, Object> members) {
    var bytes = new ByteArrayOutputStream();
    try (var json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      members.forEach((name, value) -> {
        switch (value) {
          case Boolean truth -> json.writeBooleanProperty(name, truth);
          case Number number -> json.writeNumberProperty(name, number.longValue());
          default -> json.writeStringProperty(name, value.toString());
        }
      });
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /// The members as texts; none of what is no such object.
  static Map<String, String> read(byte[] bytes) {
    var members = new HashMap<String, String>();
    try (var json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        for (var name = json.nextName(); name != null; name = json.nextName()) {
          json.nextToken();
          members.put(name, json.getString());
          json.skipChildren();
        }
      }
      return members;
    } catch (JacksonException e) {
      return Map.of();
    }
  }
}

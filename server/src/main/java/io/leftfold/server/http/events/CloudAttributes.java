// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The attributes of CloudEvents that an event has no place for but in its metadata, where they
/// stand at `cloudevent`.
final class CloudAttributes {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String KEY = "cloudevent";
  private static final byte[] NOTHING = {};

  private CloudAttributes() {}

  /// Metadata with attributes.
  ///
  /// @param attributes those that have no other place
  /// @param correlation of the event, if it says
  /// @param causation of the event, if it says
  static byte[] metadata(
      Map<String, String> attributes, Optional<String> correlation, Optional<String> causation) {
    var metadata = new LinkedHashMap<String, Object>();
    correlation.ifPresent(id -> metadata.put("$correlationId", id));
    causation.ifPresent(id -> metadata.put("$causationId", id));
    if (!attributes.isEmpty()) {
      metadata.put(KEY, attributes);
    }
    return metadata.isEmpty()
        ? NOTHING
        : JSON.writeValueAsString(metadata).getBytes(StandardCharsets.UTF_8);
  }

  /// The attributes in some metadata; none, if it is that of an event that came otherwise.
  static Map<String, String> in(byte[] metadata) {
    var attributes = new LinkedHashMap<String, String>();
    if (metadata.length > 0) {
      try {
        JSON.readTree(metadata)
            .path(KEY)
            .properties()
            .forEach(one -> {
              if (one.getValue().isString()) {
                attributes.put(one.getKey(), one.getValue().asString());
              }
            });
      } catch (JacksonException _) {
        // It is no JSON.
      }
    }
    return attributes;
  }
}

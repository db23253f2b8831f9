// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Fields that the toolkit adds to an event's metadata. Metadata that is no JSON object is the
/// application's, and stays as it is.
final class Metadata {

  private static final JsonMapper JSON = Trees.JSON;

  private Metadata() {}

  static ProposedEvent with(ProposedEvent event, String field, String value) {
    var object = object(event);
    return object == null ? event : event.withMetadata(object.put(field, value).toString());
  }

  /// With a field, unless it has one of that name.
  static ProposedEvent withIfAbsent(ProposedEvent event, String field, String value) {
    var object = object(event);
    return object == null || object.has(field)
        ? event
        : event.withMetadata(object.put(field, value).toString());
  }

  /// What is said about an event; of other metadata nothing.
  static ObjectNode of(RecordedEvent event) {
    var object = object(event.metadata());
    return object == null ? JSON.createObjectNode() : object;
  }

  /// What is to be said about an event; empty if that is no JSON object.
  static Optional<ObjectNode> objectOf(ProposedEvent event) {
    return Optional.ofNullable(object(event));
  }

  private static @Nullable ObjectNode object(ProposedEvent event) {
    return object(event.metadata());
  }

  private static @Nullable ObjectNode object(byte[] metadata) {
    if (metadata.length == 0) {
      return JSON.createObjectNode();
    }
    try {
      return JSON.readTree(metadata) instanceof ObjectNode object ? object : null;
    } catch (JacksonException _) {
      return null;
    }
  }
}

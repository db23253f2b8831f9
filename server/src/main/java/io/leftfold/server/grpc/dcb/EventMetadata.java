// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.dcb;

import io.leftfold.protocol.messages.dcb.Umadb;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The metadata of an event: on this wire texts by key, in the store one JSON object of them, in
/// the same order.
///
/// Other wires record any JSON. Of an object, what is not a text is given as its JSON; what is no
/// object has no entries.
final class EventMetadata {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final byte[] NOTHING = {};

  private EventMetadata() {}

  static byte[] encode(List<Umadb.MetadataEntry> entries) {
    if (entries.isEmpty()) {
      return NOTHING;
    }
    var object = JSON.createObjectNode();
    for (var entry : entries) {
      if (object.has(entry.getKey())) {
        throw new IllegalArgumentException(
            "Metadata has each key once, got \"%s\" again".formatted(entry.getKey()));
      }
      object.put(entry.getKey(), entry.getValue());
    }
    return JSON.writeValueAsBytes(object);
  }

  static List<Umadb.MetadataEntry> decode(byte[] metadata) {
    var entries = new ArrayList<Umadb.MetadataEntry>();
    if (metadata.length > 0) {
      try {
        for (var property : JSON.readTree(metadata).properties()) {
          entries.add(
              Umadb.MetadataEntry.newBuilder()
                  .setKey(property.getKey())
                  .setValue(text(property.getValue()))
                  .build());
        }
      } catch (JacksonException _) {
        entries.clear(); // not JSON: nothing that this wire has words for
      }
    }
    return entries;
  }

  private static String text(JsonNode value) {
    return value.isString() ? value.stringValue() : value.toString();
  }
}

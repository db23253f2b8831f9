// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.Tag;
import io.leftfold.server.http.exchange.JsonText;
import io.leftfold.server.http.exchange.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/// Events as a batch of CloudEvents 1.0 in JSON. Those that came as such have the attributes they
/// came with, but for what the event itself knows; all have `stream`, `revision`, `position` and
/// `cursor` as texts, for numbers of CloudEvents have 32 bits.
final class CloudEventsOut {

  private CloudEventsOut() {}

  static void write(List<ResolvedEvent> events, boolean ofStream, OutputStream out)
      throws IOException {
    EventLine.generating(
        out,
        json -> {
          json.writeStartArray();
          events.forEach(event -> write(json, event, ofStream));
          json.writeEndArray();
        });
  }

  private static void write(JsonGenerator json, ResolvedEvent resolved, boolean ofStream) {
    var event = resolved.event().orElseGet(resolved::original);
    json.writeStartObject();
    attributes(event, EventLine.cursor(resolved, ofStream))
        .forEach((name, value) -> write(json, name, value));
    if (event.data().length > 0) {
      if (event.contentType() == ContentType.JSON && JsonText.isJson(event.data())) {
        json.writeName("data");
        json.writeRawValue(new String(event.data(), StandardCharsets.UTF_8));
      } else {
        json.writeBinaryProperty("data_base64", event.data());
      }
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String name, Object value) {
    switch (value) {
      case Integer number -> json.writeNumberProperty(name, number);
      case Boolean truth -> json.writeBooleanProperty(name, truth);
      default -> json.writeStringProperty(name, value.toString());
    }
  }

  private static Map<String, Object> attributes(RecordedEvent event, long cursor) {
    var attributes = new LinkedHashMap<String, Object>();
    attributes.put("specversion", "1.0");
    attributes.put("id", event.id().toString());
    attributes.put("source", "/streams/" + Target.encoded(event.stream().value()));
    attributes.put("type", event.type());
    attributes.put("time", event.recorded().toString());
    attributes.put(
        "datacontenttype",
        event.contentType() == ContentType.JSON ? "application/json" : "application/octet-stream");
    attributes.putAll(CloudAttributes.of(event));
    attributes.put("stream", event.stream().value());
    attributes.put("revision", Long.toString(event.revision()));
    attributes.put("position", Long.toString(event.position()));
    attributes.put("cursor", Long.toString(cursor));
    if (!event.tags().isEmpty()) {
      attributes.put(
          "tags", event.tags().stream().map(Tag::value).collect(Collectors.joining(",")));
    }
    return attributes;
  }
}

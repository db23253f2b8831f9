// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.server.http.exchange.JsonText;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.json.JsonMapper;

/// An event as one JSON object without line ends.
final class EventLine {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .build();

  private EventLine() {}

  /// What names an event's place in what was asked for: its revision in a stream, or its position.
  static long cursor(ResolvedEvent resolved, boolean ofStream) {
    return ofStream ? resolved.original().revision() : resolved.original().position();
  }

  /// Writes one.
  static void write(ResolvedEvent resolved, boolean ofStream, OutputStream out) throws IOException {
    generating(
        out,
        json -> {
          var event = resolved.event().orElseGet(resolved::original);
          json.writeStartObject();
          json.writeNumberProperty("cursor", cursor(resolved, ofStream));
          json.writeNumberProperty("position", event.position());
          json.writeStringProperty("stream", event.stream().value());
          json.writeNumberProperty("revision", event.revision());
          json.writeStringProperty("type", event.type());
          json.writeStringProperty("id", event.id().toString());
          json.writeStringProperty("time", event.recorded().toString());
          if (!event.tags().isEmpty()) {
            json.writeArrayPropertyStart("tags");
            event.tags().forEach(tag -> json.writeString(tag.value()));
            json.writeEndArray();
          }
          data(json, event);
          bytes(json, "metadata", event.metadata());
          resolved.link().ifPresent(link -> link(json, link));
          json.writeEndObject();
        });
  }

  private static void link(JsonGenerator json, RecordedEvent link) {
    json.writeObjectPropertyStart("link");
    json.writeNumberProperty("position", link.position());
    json.writeStringProperty("stream", link.stream().value());
    json.writeNumberProperty("revision", link.revision());
    json.writeEndObject();
  }

  private static void data(JsonGenerator json, RecordedEvent event) {
    if (event.contentType() == ContentType.JSON) {
      bytes(json, "data", event.data());
    } else if (event.data().length > 0) {
      json.writeBinaryProperty("dataBase64", event.data());
    }
  }

  /// Bytes as the JSON that they are, or in base 64 if they are none.
  private static void bytes(JsonGenerator json, String name, byte[] bytes) {
    if (bytes.length > 0) {
      if (JsonText.isJson(bytes)) {
        json.writeName(name);
        json.writeRawValue(
            new String(JsonText.compact(bytes, 0, bytes.length), StandardCharsets.UTF_8));
      } else {
        json.writeBinaryProperty(name + "Base64", bytes);
      }
    }
  }

  /// Writes JSON.
  interface Writing {
    void to(JsonGenerator json);
  }

  static void generating(OutputStream out, Writing writing) throws IOException {
    try (var json = JSON.createGenerator(out, JsonEncoding.UTF8)) {
      writing.to(json);
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}

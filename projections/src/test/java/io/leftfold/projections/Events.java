// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// Events for tests, with positions and revisions that follow each other.
final class Events {

  private static final Instant BEFORE_THE_FIRST = Instant.parse("2026-11-01T08:00:00.123456Z");

  private final List<ResolvedEvent> all = new ArrayList<>();
  private final Map<String, Long> revisions = new HashMap<>();

  /// Adds an event of JSON.
  Events json(String stream, String type, String data) {
    all.add(ResolvedEvent.plain(recorded(stream, type, ContentType.JSON, data, "")));
    return this;
  }

  /// Adds an event from a line of the corpus: `{stream, type, data or raw, json, metadata, link:
  /// {stream, metadata}}`.
  Events line(JsonNode line) {
    var isJson = line.has("data") || line.path("json").asBoolean(false);
    var event =
        recorded(
            line.get("stream").asString(),
            line.get("type").asString(),
            isJson ? ContentType.JSON : ContentType.BINARY,
            line.has("data") ? line.get("data").toString() : line.path("raw").asString(""),
            textOf(line.path("metadata")));
    var link = line.path("link");
    all.add(
        link.isMissingNode()
            ? ResolvedEvent.plain(event)
            : new ResolvedEvent(
                Optional.of(event),
                Optional.of(
                    recorded(
                        link.get("stream").asString(),
                        RecordedEvent.LINK_TYPE,
                        ContentType.BINARY,
                        event.revision() + "@" + event.stream(),
                        textOf(link.path("metadata"))))));
    return this;
  }

  private static String textOf(JsonNode node) {
    return node.isMissingNode() ? "" : node.toString();
  }

  private RecordedEvent recorded(
      String stream, String type, ContentType contentType, String data, String metadata) {
    var position = all.size() + 1L;
    return new RecordedEvent(
        position,
        StreamName.of(stream),
        revisions.merge(stream, 0L, (last, _) -> last + 1),
        new UUID(7, position),
        type,
        contentType,
        BEFORE_THE_FIRST.plusSeconds(position),
        data.getBytes(StandardCharsets.UTF_8),
        metadata.getBytes(StandardCharsets.UTF_8),
        List.of());
  }

  List<ResolvedEvent> all() {
    return all;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.ProjectionDefinition;
import io.leftfold.projections.ProjectionDefinition.EventTypes;
import io.leftfold.projections.ProjectionDefinition.Partitioning;
import io.leftfold.projections.ProjectionDefinition.Sources;
import io.leftfold.projections.ProjectionFeed;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/// `/projections/read-events`, with the names of KurrentDB: the events for a script that runs
/// somewhere else, in a browser for example.
final class FeedJson {

  private static final int EVENTS_IF_NOT_SAID = 10;

  private FeedJson() {}

  /// What is asked for.
  ///
  /// @param definition which events
  /// @param after the last position that is not given; −1 to begin at the first, or where the
  ///   streams were read to
  /// @param read the last event of each stream that is not given; empty where a position says it
  /// @param limit how many at most
  record Asked(ProjectionDefinition definition, long after, Map<String, Long> read, int limit) {}

  static Asked asked(String body) {
    try {
      var json = new JsonObject(body);
      var position = object(json, "position");
      return new Asked(
          definition(object(json, "query")),
          Objects.requireNonNullElse(position.getLong("$c"), -1L),
          // Beside a position, it tells of what belongs to the position.
          position.containsKey("$c") ? Map.of() : revisions(object(position, "$s")),
          Objects.requireNonNullElse(json.getInteger("maxEvents"), EVENTS_IF_NOT_SAID));
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalArgumentException(
          "The body is a JSON object {\"query\": {…}, \"position\": {…}, \"maxEvents\": <n>}", e);
    }
  }

  private static Map<String, Long> revisions(JsonObject streams) {
    var revisions = new HashMap<String, Long>();
    streams.fieldNames().forEach(name -> revisions.put(name, Math.max(-1, streams.getLong(name))));
    return revisions;
  }

  private static ProjectionDefinition definition(JsonObject query) {
    var events = texts(query, "events");
    var isOfAnyType = events.isEmpty() || isSaid(query, "allEvents");
    return new ProjectionDefinition(
        sources(query),
        isOfAnyType ? new EventTypes.Any() : new EventTypes.Named(events),
        Partitioning.NONE,
        new ProjectionDefinition.Handlers(
            false, false, isOfAnyType, false, isSaid(query, "handlesDeletedNotifications")),
        false,
        new ProjectionDefinition.Results(false, List.of(), Optional.empty(), Optional.empty()),
        isSaid(query, "includeLinks"),
        false,
        Optional.empty(),
        List.of());
  }

  private static Sources sources(JsonObject query) {
    var streams = texts(query, "streams");
    var categories = texts(query, "categories");
    if (!streams.isEmpty()) {
      return new Sources.Streams(streams);
    }
    if (categories.size() == 1) {
      return new Sources.Category(categories.getFirst());
    }
    if (!categories.isEmpty()) {
      return new Sources.Streams(categories.stream().map(category -> "$ce-" + category).toList());
    }
    if (isSaid(query, "allStreams")) {
      return new Sources.All();
    }
    throw new IllegalArgumentException(
        "A query is of allStreams, streams or categories, got none of them");
  }

  private static JsonObject object(JsonObject json, String key) {
    return Objects.requireNonNullElseGet(json.getJsonObject(key), JsonObject::new);
  }

  private static boolean isSaid(JsonObject query, String key) {
    return Boolean.TRUE.equals(query.getBoolean(key));
  }

  private static List<String> texts(JsonObject query, String key) {
    var texts = Objects.requireNonNullElseGet(query.getJsonArray(key), JsonArray::new);
    return IntStream.range(0, texts.size()).mapToObj(texts::getString).toList();
  }

  static JsonObject of(ProjectionFeed feed, Asked asked, long after, UUID id) {
    var events = new JsonArray();
    feed.events().forEach(event -> events.add(of(event, asked.definition())));
    return new JsonObject()
        .put("correlationId", id.toString())
        .put("readerPosition", position(Math.max(after, feed.through())))
        .put("events", events);
  }

  private static JsonObject of(ResolvedEvent resolved, ProjectionDefinition definition) {
    var event = resolved.event().orElseGet(resolved::original);
    var json = new JsonObject();
    definition
        .deletion(event)
        .ifPresent(
            deletion -> json.put("deletes", deletion.stream()).put("softly", deletion.soft()));
    return json.put("eventStreamId", event.stream().value())
        .put("eventNumber", event.revision())
        .put("eventType", event.type())
        .put("data", event.dataAsText())
        .put("metadata", event.metadataAsText())
        .put("linkMetadata", resolved.link().map(RecordedEvent::metadataAsText).orElse(null))
        .put("isJson", event.contentType() == ContentType.JSON)
        .put("readerPosition", position(resolved.original().position()));
  }

  private static JsonObject position(long position) {
    return position < 0
        ? new JsonObject()
        : new JsonObject().put("$c", position).put("$p", position);
  }
}

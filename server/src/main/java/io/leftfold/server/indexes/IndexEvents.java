// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.projections.EventSelector;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What becomes of an index, as events.
final class IndexEvents {

  private static final String CREATED = "$IndexCreated";
  private static final String STARTED = "$IndexStarted";
  private static final String STOPPED = "$IndexStopped";
  private static final String DELETED = "$IndexDeleted";
  private static final String TYPE_PREFIX = "INDEX_FIELD_TYPE_";
  private static final JsonMapper JSON = JsonMapper.shared();

  private IndexEvents() {}

  /// What became of the indexes of a name so far.
  ///
  /// @param revision of the last event that says so; −1 if there is none
  /// @param generation the revision at which the last index was created
  /// @param definition what it is; empty if it was deleted, or there is none
  /// @param isStarted whether it is started
  record Life(
      long revision, long generation, Optional<IndexDefinition> definition, boolean isStarted) {

    static final Life NONE = new Life(-1, -1, Optional.empty(), false);

    /// Takes an event, whoever wrote it.
    Life with(RecordedEvent event) {
      var revision = event.revision();
      return switch (event.type()) {
        case CREATED -> created(revision, IndexEvents.definition(event));
        case STARTED -> started(revision);
        case STOPPED -> stopped(revision);
        case DELETED -> deleted(revision);
        default -> new Life(revision, generation, definition, isStarted);
      };
    }

    Life created(long at, Optional<IndexDefinition> what) {
      return new Life(at, at, what, false);
    }

    Life started(long at) {
      return new Life(at, generation, definition, true);
    }

    Life stopped(long at) {
      return new Life(at, generation, definition, false);
    }

    Life deleted(long at) {
      return new Life(at, generation, Optional.empty(), false);
    }

    /// Where the next event will be, if nobody else is quicker.
    long next() {
      return revision + 1;
    }

    /// Whether there ever was an index of the name.
    boolean isKnown() {
      return generation >= 0;
    }
  }

  static ProposedEvent created(IndexDefinition definition, Instant now) {
    var json = json(definition.name(), now);
    json.put("filter", definition.filter());
    var fields = json.putArray("fields");
    for (var field : definition.fields()) {
      fields
          .addObject()
          .put("name", field.name())
          .put("selector", field.selector())
          .put("type", TYPE_PREFIX + field.type().name())
          .put("optimizeLookups", field.optimizeLookups());
    }
    return event(CREATED, json);
  }

  static ProposedEvent started(String name, Instant now) {
    return event(STARTED, json(name, now));
  }

  /// @param reason why, if nobody asked for it
  static ProposedEvent stopped(String name, Instant now, Optional<String> reason) {
    var json = json(name, now);
    reason.ifPresent(why -> json.put("reason", why));
    return event(STOPPED, json);
  }

  static ProposedEvent deleted(String name, Instant now) {
    return event(DELETED, json(name, now));
  }

  private static ObjectNode json(String name, Instant now) {
    return JSON.createObjectNode().put("name", name).put("timestamp", now.toString());
  }

  private static ProposedEvent event(String type, ObjectNode json) {
    return ProposedEvent.json(type, json.toString());
  }

  private static Optional<IndexDefinition> definition(RecordedEvent event) {
    try {
      var json = JSON.readTree(new String(event.data(), StandardCharsets.UTF_8));
      var fields = new ArrayList<IndexField>();
      for (var field : json.path("fields")) {
        fields.add(field(field));
      }
      return Optional.of(
          new IndexDefinition(
              json.path("name").asString(""), json.path("filter").asString(""), fields));
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static IndexField field(JsonNode json) {
    var type = json.path("type").asString("");
    return new IndexField(
        json.path("name").asString(""),
        json.path("selector").asString(""),
        EventSelector.Type.valueOf(type.replace(TYPE_PREFIX, "")),
        json.path("optimizeLookups").asBoolean(false));
  }
}

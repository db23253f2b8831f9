// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.server.registry.SchemaEvent.Definition;
import io.leftfold.server.registry.compatibility.CompatibilityMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The events of a schema as JSON. What is none of them, or says what cannot be, is empty.
final class SchemaJson {

  /// By it the index finds the event with a version.
  private static final String CORRELATION = "$correlationId";

  private static final String CREATED = "$SchemaCreated";
  private static final String REGISTERED = "$SchemaVersionRegistered";
  private static final String VERSIONS_DELETED = "$SchemaVersionsDeleted";
  private static final String MODE_CHANGED = "$SchemaCompatibilityModeChanged";
  private static final String TAGS_UPDATED = "$SchemaTagsUpdated";
  private static final String DESCRIPTION_UPDATED = "$SchemaDescriptionUpdated";
  private static final String DELETED = "$SchemaDeleted";

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(2 * Schemas.DEFINITION_BYTES_MAX)
                          .build())
                  .build())
          .build();

  private static final byte[] NOTHING = {};

  private SchemaJson() {}

  // ---- writing

  static ProposedEvent encode(UUID id, SchemaName schema, SchemaEvent event) {
    var json = JSON.createObjectNode().put("schema", schema.value());
    return switch (event) {
      case SchemaEvent.Created(var details, var first) -> {
        json.put("dataFormat", details.format().name())
            .put("compatibility", details.compatibility().name())
            .put("description", details.description());
        put(json, details.tags());
        put(json, first);
        yield event(id, CREATED, json, metadata(first));
      }
      case SchemaEvent.VersionRegistered(var version) -> {
        put(json, version);
        yield event(id, REGISTERED, json, metadata(version));
      }
      case SchemaEvent.VersionsDeleted(var numbers) -> {
        var versions = json.putArray("versions");
        numbers.forEach(versions::add);
        yield event(id, VERSIONS_DELETED, json, NOTHING);
      }
      case SchemaEvent.CompatibilityModeChanged(var mode) ->
          event(id, MODE_CHANGED, json.put("compatibility", mode.name()), NOTHING);
      case SchemaEvent.TagsUpdated(var tags) -> {
        put(json, tags);
        yield event(id, TAGS_UPDATED, json, NOTHING);
      }
      case SchemaEvent.DescriptionUpdated(var description) ->
          event(id, DESCRIPTION_UPDATED, json.put("description", description), NOTHING);
      case SchemaEvent.Deleted() -> event(id, DELETED, json, NOTHING);
    };
  }

  private static ProposedEvent event(UUID id, String type, ObjectNode json, byte[] metadata) {
    return new ProposedEvent(
        id, type, ContentType.JSON, JSON.writeValueAsBytes(json), metadata, List.of());
  }

  private static byte[] metadata(Definition version) {
    return JSON.writeValueAsBytes(
        JSON.createObjectNode().put(CORRELATION, version.id().toString()));
  }

  static void put(ObjectNode json, Map<String, String> tags) {
    var object = json.putObject("tags");
    tags.forEach(object::put);
  }

  private static void put(ObjectNode json, Definition version) {
    json.put("versionId", version.id().toString()).put("versionNumber", version.number());
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(version.bytes()));
      json.put("definition", text.toString());
    } catch (CharacterCodingException e) {
      json.put("definitionBase64", version.bytes());
    }
  }

  // ---- reading

  static Optional<SchemaEvent> decode(RecordedEvent event) {
    try {
      var json = JSON.readTree(event.data());
      return switch (event.type()) {
        case CREATED -> Optional.of(new SchemaEvent.Created(details(json), definition(json)));
        case REGISTERED -> Optional.of(new SchemaEvent.VersionRegistered(definition(json)));
        case VERSIONS_DELETED -> {
          var numbers = new ArrayList<Integer>();
          json.path("versions").forEach(number -> numbers.add(number.asInt(0)));
          yield Optional.of(new SchemaEvent.VersionsDeleted(numbers));
        }
        case MODE_CHANGED -> Optional.of(new SchemaEvent.CompatibilityModeChanged(mode(json)));
        case TAGS_UPDATED ->
            Optional.of(new SchemaEvent.TagsUpdated(SchemaDetails.checkedTags(tags(json))));
        case DESCRIPTION_UPDATED ->
            Optional.of(new SchemaEvent.DescriptionUpdated(text(json, "description")));
        case DELETED -> Optional.of(new SchemaEvent.Deleted());
        default -> Optional.empty();
      };
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static SchemaDetails details(JsonNode json) {
    return new SchemaDetails(
        DataFormat.valueOf(text(json, "dataFormat")),
        mode(json),
        text(json, "description"),
        tags(json));
  }

  private static CompatibilityMode mode(JsonNode json) {
    return CompatibilityMode.valueOf(text(json, "compatibility"));
  }

  static String text(JsonNode json, String key) {
    return json.path(key).asString("");
  }

  static Map<String, String> tags(JsonNode json) {
    var tags = new HashMap<String, String>();
    json.path("tags")
        .properties()
        .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString("")));
    return tags;
  }

  private static Definition definition(JsonNode json) {
    var text = json.path("definition");
    var bytes =
        text.isString()
            ? text.stringValue().getBytes(StandardCharsets.UTF_8)
            : json.path("definitionBase64").binaryValue();
    return new Definition(
        UUID.fromString(text(json, "versionId")),
        json.path("versionNumber").asInt(0),
        bytes == null ? NOTHING : bytes);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamMetadata.Acl.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The JSON text of stream metadata, both ways.
///
/// | key | value | is malformed if |
/// |---|---|---|
/// | `$maxCount` | events | not an integer in the range of `long` |
/// | `$maxAge` | seconds | the same |
/// | `$tb` | revision | the same |
/// | `$tmp` | true or false | anything else |
/// | `$cacheControl` | seconds | not an integer in the range of `long` |
/// | `$acl` | null, or object of `$r`, `$w`, `$d`, `$mr`, `$mw` | a value is neither null, a text, nor a list of texts |
///
/// Of a key that stands there twice the last value counts. Numbers too small (`$tb` below 0, others
/// below 1) are as if absent. Other keys that begin with `$` say nothing. What is malformed
/// anywhere says nothing at all.
final class MetadataJson {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final Map<Action, String> ACTIONS =
      new EnumMap<>(
          Map.of(
              Action.READ, "$r",
              Action.WRITE, "$w",
              Action.DELETE, "$d",
              Action.READ_METADATA, "$mr",
              Action.WRITE_METADATA, "$mw"));

  private MetadataJson() {}

  /// What an event of a metastream says; nothing if it is malformed or not marked as JSON.
  static StreamMetadata read(RecordedEvent event) {
    return object(event).flatMap(MetadataJson::metadata).orElse(StreamMetadata.none());
  }

  /// The id that the metadata of an event names as `$correlationId`.
  static Optional<String> correlationId(RecordedEvent event) {
    if (!event.metadataAsText().contains("\"$correlationId\"")) {
      return Optional.empty();
    }
    try {
      var value = JSON.readTree(event.metadata()).get("$correlationId");
      return value != null && value.isString()
          ? Optional.of(value.stringValue())
          : Optional.empty();
    } catch (JacksonException noJson) {
      return Optional.empty();
    }
  }

  /// The text of metadata: known keys in the order of the table above, then custom keys in theirs.
  ///
  /// @throws IllegalArgumentException if a custom value is not JSON
  static String write(StreamMetadata metadata) {
    var object = JSON.createObjectNode();
    metadata.maxCount().ifPresent(count -> object.put("$maxCount", count));
    metadata.maxAge().ifPresent(age -> object.put("$maxAge", age.toSeconds()));
    metadata.truncateBefore().ifPresent(revision -> object.put("$tb", revision));
    if (metadata.temporary()) {
      object.put("$tmp", true);
    }
    metadata.cacheControl().ifPresent(time -> object.put("$cacheControl", time.toSeconds()));
    metadata.acl().ifPresent(acl -> write(acl, object.putObject("$acl")));
    metadata.custom().forEach((key, json) -> object.set(key, value(key, json)));
    return object.toString();
  }

  /// The text of what an event of a metastream says, with another `$tb`: in its place if there is
  /// one, else at the end. Other members stay, in their order; metadata that says nothing because
  /// it is malformed is left out.
  static String withTruncateBefore(Optional<RecordedEvent> event, long revision) {
    var object =
        event
            .flatMap(MetadataJson::object)
            .filter(found -> metadata(found).isPresent())
            .orElseGet(JSON::createObjectNode);
    return object.put("$tb", revision).toString();
  }

  private static void write(Acl acl, ObjectNode object) {
    ACTIONS.forEach((action, key) -> {
      var names = acl.actions().get(action);
      if (names != null) {
        var array = object.putArray(key);
        names.forEach(array::add);
      }
    });
  }

  private static JsonNode value(String key, String json) {
    try {
      var value = JSON.readTree(json);
      if (!value.isMissingNode()) {
        return value;
      }
    } catch (JacksonException notJson) {
      throw new IllegalArgumentException(
          "The metadata \"%s\" is one JSON value, got %s".formatted(key, json), notJson);
    }
    throw new IllegalArgumentException(
        "The metadata \"%s\" is one JSON value, got nothing".formatted(key));
  }

  private static Optional<ObjectNode> object(RecordedEvent event) {
    if (event.contentType() != ContentType.JSON) {
      return Optional.empty();
    }
    try {
      return JSON.readTree(event.data()) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (JacksonException malformed) {
      return Optional.empty();
    }
  }

  private static Optional<StreamMetadata> metadata(ObjectNode object) {
    try {
      var custom = new TreeMap<String, String>();
      object.forEachEntry((key, value) -> {
        if (!key.startsWith("$")) {
          custom.put(key, value.toString());
        }
      });
      return Optional.of(
          new StreamMetadata(
              number(object, "$maxCount", 1),
              seconds(object, "$maxAge"),
              number(object, "$tb", 0),
              flag(object, "$tmp"),
              seconds(object, "$cacheControl"),
              acl(object),
              custom));
    } catch (MalformedException malformed) {
      return Optional.empty();
    }
  }

  private static OptionalLong number(ObjectNode object, String key, long min)
      throws MalformedException {
    if (!object.has(key)) {
      return OptionalLong.empty();
    }
    var value = object.get(key);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new MalformedException();
    }
    return value.longValue() < min ? OptionalLong.empty() : OptionalLong.of(value.longValue());
  }

  private static Optional<Duration> seconds(ObjectNode object, String key)
      throws MalformedException {
    var number = number(object, key, 1);
    return number.isPresent()
        ? Optional.of(Duration.ofSeconds(number.getAsLong()))
        : Optional.empty();
  }

  private static boolean flag(ObjectNode object, String key) throws MalformedException {
    if (!object.has(key)) {
      return false;
    }
    if (!object.get(key).isBoolean()) {
      throw new MalformedException();
    }
    return object.get(key).booleanValue();
  }

  private static Optional<Acl> acl(ObjectNode object) throws MalformedException {
    if (!object.has("$acl") || object.get("$acl").isNull()) {
      return Optional.empty();
    }
    if (!(object.get("$acl") instanceof ObjectNode acl)) {
      throw new MalformedException();
    }
    var actions = new EnumMap<Action, List<String>>(Action.class);
    for (var action : ACTIONS.entrySet()) {
      var names = acl.get(action.getValue());
      if (names != null && !names.isNull()) {
        actions.put(action.getKey(), names(names));
      }
    }
    return Optional.of(new Acl(actions));
  }

  private static List<String> names(JsonNode value) throws MalformedException {
    if (value.isString()) {
      return List.of(value.stringValue());
    }
    if (!value.isArray()) {
      throw new MalformedException();
    }
    var names = new ArrayList<String>();
    for (var name : value) {
      if (!name.isString()) {
        throw new MalformedException();
      }
      names.add(name.stringValue());
    }
    return names;
  }

  /// A known key has a value of a wrong type.
  private static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;
  }
}

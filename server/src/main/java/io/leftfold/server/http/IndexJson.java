// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.projections.EventSelector;
import io.leftfold.server.indexes.IndexDefinition;
import io.leftfold.server.indexes.IndexField;
import io.leftfold.server.indexes.IndexInfo;
import io.leftfold.server.indexes.InvalidIndexException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Indexes as JSON: the messages of `IndexesService` as protobuf writes them. Names are read as
/// leniently as KurrentDB reads them: `optimizeLookups`, `OptimizeLookups` and `optimize_lookups`
/// are the same.
final class IndexJson {

  private static final String TYPE_PREFIX = "INDEX_FIELD_TYPE_";

  private IndexJson() {}

  /// What somebody wants to create.
  record Wanted(IndexDefinition definition, boolean start) {}

  // ---- reading

  static Wanted wanted(String name, String body) {
    var json = members("body", object(body));
    var fields = new ArrayList<IndexField>();
    var listed = json.getOrDefault("fields", new JsonArray());
    if (!(listed instanceof JsonArray array)) {
      throw wrong("fields", "a list", listed);
    }
    for (var i = 0; i < array.size(); i++) {
      fields.add(field("fields[%d]".formatted(i), array.getValue(i)));
    }
    return new Wanted(
        new IndexDefinition(name, text("filter", json.get("filter")), fields),
        yes("start", json.get("start"), true));
  }

  private static JsonObject object(String body) {
    try {
      return body.isBlank() ? new JsonObject() : new JsonObject(body);
    } catch (DecodeException | ClassCastException _) {
      throw new InvalidIndexException("body", "The body is a JSON object, got what is none");
    }
  }

  private static IndexField field(String where, @Nullable Object value) {
    var json = members(where, value);
    return new IndexField(
        text(where + ".name", json.get("name")),
        text(where + ".selector", json.get("selector")),
        type(where + ".type", json.get("type")),
        yes(where + ".optimizeLookups", json.get("optimizelookups"), false));
  }

  private static Map<String, Object> members(String where, @Nullable Object value) {
    if (!(value instanceof JsonObject object)) {
      throw wrong(where, "an object", value);
    }
    var members = new TreeMap<String, Object>();
    for (var member : object) {
      if (member.getValue() != null) {
        var key = member.getKey().replace("_", "").toLowerCase(Locale.ROOT);
        members.put(key, member.getValue());
      }
    }
    return members;
  }

  private static String text(String where, @Nullable Object value) {
    return switch (value) {
      case null -> "";
      case String text -> text;
      default -> throw wrong(where, "a text", value);
    };
  }

  private static boolean yes(String where, @Nullable Object value, boolean otherwise) {
    return switch (value) {
      case null -> otherwise;
      case Boolean yes -> yes;
      default -> throw wrong(where, "true or false", value);
    };
  }

  private static EventSelector.Type type(String where, @Nullable Object value) {
    return switch (String.valueOf(value)) {
      case "INDEX_FIELD_TYPE_STRING", "1" -> EventSelector.Type.STRING;
      case "INDEX_FIELD_TYPE_DOUBLE", "2" -> EventSelector.Type.DOUBLE;
      case "INDEX_FIELD_TYPE_INT_32", "4" -> EventSelector.Type.INT_32;
      case "INDEX_FIELD_TYPE_INT_64", "5" -> EventSelector.Type.INT_64;
      default ->
          throw wrong(
              where, "specified: INDEX_FIELD_TYPE_STRING, _DOUBLE, _INT_32 or _INT_64", value);
    };
  }

  private static InvalidIndexException wrong(
      String where, String expected, @Nullable Object found) {
    return new InvalidIndexException(
        where, "%s must be %s, got %s".formatted(where, expected, found));
  }

  // ---- writing

  static JsonObject list(List<IndexInfo> indexes) {
    return new JsonObject()
        .put("indexes", new JsonArray(indexes.stream().map(IndexJson::shown).toList()));
  }

  static JsonObject one(IndexInfo index) {
    return new JsonObject().put("index", shown(index));
  }

  private static JsonObject shown(IndexInfo index) {
    var definition = index.definition();
    return new JsonObject()
        .put("name", definition.name())
        .put("filter", definition.filter())
        .put("fields", new JsonArray(definition.fields().stream().map(IndexJson::shown).toList()))
        .put("state", index.started() ? "INDEX_STATE_STARTED" : "INDEX_STATE_STOPPED");
  }

  private static JsonObject shown(IndexField field) {
    var json =
        new JsonObject()
            .put("name", field.name())
            .put("selector", field.selector())
            .put("type", TYPE_PREFIX + field.type().name());
    return field.optimizeLookups() ? json.put("optimizeLookups", true) : json;
  }
}

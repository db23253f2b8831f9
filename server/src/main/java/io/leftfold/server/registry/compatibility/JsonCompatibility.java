// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry.compatibility;

import io.leftfold.server.registry.compatibility.Incompatibility.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Whether who has one JSON schema reads what was written by another.
///
/// Types, properties, what is required and the items of arrays are compared, in objects within
/// objects and arrays too. Not compared are `enum`, `const`, formats, ranges, patterns, `allOf`,
/// `anyOf`, `oneOf`, `not`, `if`, `additionalProperties`, `patternProperties`, and items by
/// position. A reference within the document is followed; another is equal to itself alone.
///
/// Schemas come from callers: a comparison ends after [#STEPS_MAX] steps, goes [#DEPTH_MAX] levels
/// deep and tells of [#FOUND_MAX] things.
public final class JsonCompatibility {

  /// How many properties and requirements a comparison looks at.
  public static final int STEPS_MAX = 1_000_000;

  /// How deep it goes: references may lead deeper than the text is nested.
  public static final int DEPTH_MAX = 200;

  /// How many things it tells.
  public static final int FOUND_MAX = 100;

  private static final int PATH_CHARS_MAX = 500;

  private final JsonSchema older;
  private final JsonSchema newer;
  private final boolean backward;
  private final List<Incompatibility> found = new ArrayList<>();

  /// Pairs of parts that were compared already: the same objects, not equal ones.
  private final IdentityHashMap<JsonNode, Set<JsonNode>> seen = new IdentityHashMap<>();

  private int steps;

  private JsonCompatibility(JsonSchema older, JsonSchema newer, boolean backward) {
    this.older = older;
    this.newer = newer;
    this.backward = backward;
  }

  /// What stands against two versions fitting each other.
  ///
  /// @param mode in which direction; whether all versions count is the caller's business
  /// @param older the one that was there before
  /// @param newer the one that comes after it
  /// @return what was found: of readers with the newer one, or, if that is nothing, of those with
  ///   the older one; 100 things at most
  /// @throws IllegalArgumentException if they are too intricate to be compared
  public static List<Incompatibility> between(
      CompatibilityMode mode, JsonSchema older, JsonSchema newer) {
    var found =
        mode.isBackward()
            ? new JsonCompatibility(older, newer, true).compare()
            : List.<Incompatibility>of();
    return found.isEmpty() && mode.isForward()
        ? new JsonCompatibility(older, newer, false).compare()
        : found;
  }

  /// Where something is. Text is made of it only for what is told: names may be long and many.
  private record Place(@Nullable Place in, String name, int depth) {
    static final Place ROOT = new Place(null, "#", 0);

    Place at(String child) {
      if (depth >= DEPTH_MAX) {
        throw new IllegalArgumentException(
            "Schemas are compared %d levels deep, and these go on at %s"
                .formatted(DEPTH_MAX, this));
      }
      return new Place(this, child, depth + 1);
    }

    @Override
    public String toString() {
      var text = new StringBuilder();
      for (var place = this; place != null && text.length() < PATH_CHARS_MAX; place = place.in) {
        var name = place.name;
        if (name.length() > PATH_CHARS_MAX) {
          name = name.substring(0, PATH_CHARS_MAX) + "…";
        }
        text.insert(0, place.in == null ? name : "/" + escaped(name));
      }
      return text.charAt(0) == '#' ? text.toString() : "…" + text;
    }

    private static String escaped(String name) {
      return name.replace("~", "~0").replace("/", "~1");
    }
  }

  private List<Incompatibility> compare() {
    compare(older.root(), newer.root(), Place.ROOT, Place.ROOT, Kind.INCOMPATIBLE_TYPE_CHANGE);
    return List.copyOf(found);
  }

  /// Compares two parts.
  ///
  /// @param told where another type is told; what is inside them is told where it is
  private void compare(
      JsonNode unresolvedBefore, JsonNode unresolvedAfter, Place place, Place told, Kind ofTypes) {
    var before = older.resolved(unresolvedBefore);
    var after = newer.resolved(unresolvedAfter);
    if (before instanceof ObjectNode && after instanceof ObjectNode && !isFirst(before, after)) {
      return;
    }
    var type = JsonSchema.type(before);
    var typeAfter = JsonSchema.type(after);
    if (!type.equals(typeAfter) && !saysNothing(place, type, typeAfter)) {
      tell(
          new Incompatibility(
              ofTypes,
              (ofTypes == Kind.ARRAY_TYPE_INCOMPATIBILITY
                      ? "The items were of type %s and are of type %s"
                      : "It was of type %s and is of type %s")
                  .formatted(type, typeAfter),
              told.toString(),
              Optional.of(type),
              Optional.of(typeAfter)));
      return;
    }
    compareProperties(before, after, place);
    if (before.has("items") || after.has("items")) {
      compare(
          JsonSchema.items(before),
          JsonSchema.items(after),
          place.at("items"),
          place,
          Kind.ARRAY_TYPE_INCOMPATIBILITY);
    }
  }

  private boolean isFirst(JsonNode before, JsonNode after) {
    return seen.computeIfAbsent(before, _ -> Collections.newSetFromMap(new IdentityHashMap<>()))
        .add(after);
  }

  /// The whole often leaves out that it is an object.
  private static boolean saysNothing(Place place, String type, String typeAfter) {
    return place.in == null && (type.equals(JsonSchema.ANY) || typeAfter.equals(JsonSchema.ANY));
  }

  private void compareProperties(JsonNode before, JsonNode after, Place place) {
    var propertiesBefore = JsonSchema.properties(before);
    var propertiesAfter = JsonSchema.properties(after);
    var requiredBefore = JsonSchema.required(before);
    var requiredAfter = JsonSchema.required(after);
    step(requiredBefore.size() + requiredAfter.size());
    for (var property : propertiesBefore.properties()) {
      step(1);
      var name = property.getKey();
      var now = propertiesAfter.get(name);
      var wasRequired = requiredBefore.contains(name);
      if (now != null) {
        var at = place.at(name);
        compare(property.getValue(), now, at, at, Kind.INCOMPATIBLE_TYPE_CHANGE);
      } else if (wasRequired) {
        tell(
            backward ? Kind.MISSING_REQUIRED_PROPERTY : Kind.REMOVED_PROPERTY,
            place,
            name,
            backward
                ? "It was required, and is not there any more"
                : "Who has the older version requires it, and it is not there any more");
      }
      if (!backward && now != null && wasRequired && !requiredAfter.contains(name)) {
        tell(
            Kind.MISSING_REQUIRED_PROPERTY,
            place,
            name,
            "Who has the older version requires it, and it may be missing now");
      }
    }
    for (var name : requiredAfter) {
      if (requiredBefore.contains(name)) {
        continue;
      }
      if (!propertiesBefore.has(name)) {
        tell(Kind.NEW_REQUIRED_PROPERTY, place, name, "It is new, and required");
      } else if (backward) {
        tell(
            Kind.OPTIONAL_TO_REQUIRED,
            place,
            name,
            "It was optional and is required, and may be missing in what was written before");
      }
    }
  }

  private void step(int count) {
    steps += count;
    if (steps > STEPS_MAX) {
      throw new IllegalArgumentException(
          "A comparison of schemas takes %,d steps at most, and these take more"
              .formatted(STEPS_MAX));
    }
  }

  private void tell(Kind kind, Place place, String name, String details) {
    if (found.size() < FOUND_MAX) {
      tell(Incompatibility.at(kind, place.at(name).toString(), details));
    }
  }

  private void tell(Incompatibility incompatibility) {
    if (found.size() < FOUND_MAX) {
      found.add(incompatibility);
    }
  }
}

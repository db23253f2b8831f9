// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import io.leftfold.server.registry.RegistryException.Kind;
import io.leftfold.server.registry.Schema.Version;
import io.leftfold.server.registry.compatibility.CompatibilityMode;
import io.leftfold.server.registry.compatibility.Incompatibility;
import io.leftfold.server.registry.compatibility.JsonCompatibility;
import io.leftfold.server.registry.compatibility.JsonSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/// Which versions of a schema owe each other what, and whether they do. Two comparisons are made at
/// a time: everybody who has logged in may ask for one, and it takes memory and a processor.
final class Comparisons {

  /// How many versions are compared with each other, each with each.
  static final int PAIRED_MAX = 100;

  /// How much they may have in all.
  static final long PAIRED_BYTES_MAX = 8L << 20;

  private static final int AT_A_TIME = 2;

  private final BiFunction<Schema, Version, byte[]> definitions;
  private final Semaphore turns = new Semaphore(AT_A_TIME);

  Comparisons(BiFunction<Schema, Version, byte[]> definitions) {
    this.definitions = definitions;
  }

  /// Whether bytes are a definition at all.
  ///
  /// @throws BadSchemaException if not
  void check(DataFormat format, byte[] definition, String field) {
    if (definition.length == 0 || definition.length > Schemas.DEFINITION_BYTES_MAX) {
      throw new BadSchemaException(
          field,
          "A definition has 1 to %,d bytes, got %,d"
              .formatted(Schemas.DEFINITION_BYTES_MAX, definition.length));
    }
    if (format == DataFormat.JSON) {
      var _ = inTurn(() -> Schemas.parsed(definition, field));
    }
  }

  /// What stands against a definition as the next version.
  List<Incompatibility> found(Schema schema, byte[] definition) {
    var mode = schema.details().compatibility();
    if (mode == CompatibilityMode.NONE) {
      return List.of();
    }
    requireComparable(schema, mode);
    return inTurn(() -> found(schema, mode, JsonSchema.parse(definition)));
  }

  private List<Incompatibility> found(Schema schema, CompatibilityMode mode, JsonSchema next) {
    var found = new ArrayList<Incompatibility>();
    var versions = mode.countsAll() ? schema.versions() : List.of(schema.latest());
    for (var version : versions.reversed()) {
      found.addAll(between(mode, parsed(schema, version), next));
      if (found.size() >= JsonCompatibility.FOUND_MAX) {
        return found.subList(0, JsonCompatibility.FOUND_MAX);
      }
    }
    return found;
  }

  private static List<Incompatibility> between(
      CompatibilityMode mode, JsonSchema older, JsonSchema newer) {
    try {
      return JsonCompatibility.between(mode, older, newer);
    } catch (IllegalArgumentException intricate) {
      throw new BadSchemaException("schema_definition", intricate);
    }
  }

  /// @throws RegistryException if a definition does not fit as the next version
  void requireFits(Schema schema, byte[] definition) {
    var found = found(schema, definition);
    if (!found.isEmpty()) {
      throw incompatible(
          schema,
          "The definition is not compatible with what \"%s\" has in mode %s: %s"
              .formatted(schema.name(), schema.details().compatibility(), told(found)),
          found);
    }
  }

  /// @throws RegistryException if a mode does not hold of the versions that are there
  void requireHolds(Schema schema, CompatibilityMode mode) {
    if (mode == CompatibilityMode.NONE) {
      return;
    }
    requireComparable(schema, mode);
    var _ =
        inTurn(() -> {
          if (mode == CompatibilityMode.BACKWARD) {
            requireLatestReadsAll(schema);
          } else {
            requirePairs(schema, mode);
          }
          return true;
        });
  }

  private void requireLatestReadsAll(Schema schema) {
    var latest = parsed(schema, schema.latest());
    for (var version : schema.versions()) {
      if (version.number() < schema.latest().number()) {
        requireHolds(
            schema,
            CompatibilityMode.BACKWARD,
            version,
            schema.latest(),
            between(CompatibilityMode.BACKWARD, parsed(schema, version), latest));
      }
    }
  }

  private void requirePairs(Schema schema, CompatibilityMode mode) {
    var versions = schema.versions();
    if (versions.size() > PAIRED_MAX) {
      throw tooMany(schema);
    }
    var parsed = new ArrayList<JsonSchema>();
    var bytes = 0L;
    for (var version : versions) {
      var definition = definitions.apply(schema, version);
      bytes += definition.length;
      if (bytes > PAIRED_BYTES_MAX) {
        throw tooMany(schema);
      }
      parsed.add(JsonSchema.parse(definition));
    }
    for (var newer = 1; newer < versions.size(); newer++) {
      for (var older = 0; older < newer; older++) {
        requireHolds(
            schema,
            mode,
            versions.get(older),
            versions.get(newer),
            between(mode, parsed.get(older), parsed.get(newer)));
      }
    }
  }

  private static void requireHolds(
      Schema schema,
      CompatibilityMode mode,
      Version older,
      Version newer,
      List<Incompatibility> found) {
    if (!found.isEmpty()) {
      throw incompatible(
          schema,
          "Mode %s does not hold of versions %d and %d of \"%s\": %s"
              .formatted(mode, older.number(), newer.number(), schema.name(), told(found)),
          found);
    }
  }

  private static RegistryException tooMany(Schema schema) {
    return incompatible(
        schema,
        "Each version is compared with each up to %d versions with %,d bytes in all, and \"%s\" has more; delete old ones first"
            .formatted(PAIRED_MAX, PAIRED_BYTES_MAX, schema.name()),
        List.of());
  }

  /// @param left what remains when others are deleted
  /// @throws RegistryException if one does not read what the one before it wrote
  void requireNeighboursFit(Schema schema, List<Version> left) {
    if (schema.details().format() != DataFormat.JSON) {
      return;
    }
    var _ =
        inTurn(() -> {
          for (var i = 1; i < left.size(); i++) {
            var older = left.get(i - 1);
            var newer = left.get(i);
            var wereNeighbours =
                schema.versions().indexOf(newer) == schema.versions().indexOf(older) + 1;
            var found =
                wereNeighbours
                    ? List.<Incompatibility>of()
                    : between(
                        CompatibilityMode.BACKWARD, parsed(schema, older), parsed(schema, newer));
            if (!found.isEmpty()) {
              throw new RegistryException(
                  Kind.SCHEMA_VERSIONS_NEEDED,
                  schema.name().value(),
                  "What is between versions %d and %d of \"%s\" is needed, for these two do not fit: %s"
                      .formatted(older.number(), newer.number(), schema.name(), told(found)),
                  found);
            }
          }
          return true;
        });
  }

  private static void requireComparable(Schema schema, CompatibilityMode mode) {
    if (schema.details().format() != DataFormat.JSON) {
      throw incompatible(
          schema,
          "Definitions in JSON are compared, and \"%s\" is in %s: nothing can be said in mode %s; use NONE"
              .formatted(schema.name(), schema.details().format(), mode),
          List.of());
    }
  }

  private static RegistryException incompatible(
      Schema schema, String message, List<Incompatibility> found) {
    return new RegistryException(Kind.SCHEMA_INCOMPATIBLE, schema.name().value(), message, found);
  }

  private static String told(List<Incompatibility> found) {
    var first = found.getFirst();
    return "%s at %s%s"
        .formatted(
            first.kind(),
            first.path(),
            found.size() == 1 ? "" : ", and %d more".formatted(found.size() - 1));
  }

  private JsonSchema parsed(Schema schema, Version version) {
    return JsonSchema.parse(definitions.apply(schema, version));
  }

  private <T> T inTurn(Supplier<T> work) {
    turns.acquireUninterruptibly();
    try {
      return work.get();
    } finally {
      turns.release();
    }
  }
}

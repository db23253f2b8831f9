// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.server.registry.RegistryException.Kind;
import io.leftfold.server.registry.Schema.Version;
import io.leftfold.server.registry.StreamFolds.Deciding;
import io.leftfold.server.registry.StreamFolds.Decision;
import io.leftfold.server.registry.compatibility.Incompatibility;
import io.leftfold.server.registry.compatibility.JsonSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The schemas of a store. All methods wait: not for an event loop.
///
/// Everything is in the store, and each answer holds what was acknowledged before it was asked for.
/// Methods that change something return when that is durable. Who may do so is asked elsewhere.
public final class Schemas {

  /// The largest definition.
  public static final int DEFINITION_BYTES_MAX = 1 << 20;

  /// The most versions that a schema has at a time.
  public static final int VERSIONS_MAX = 1_000;

  private static final int VERSION_BYTES = 300;

  private final EventStore store;
  private final Supplier<UUID> ids;
  private final StreamFolds<Schema> folds;
  private final Comparisons comparisons;

  /// The schemas of a store, which it does not own.
  ///
  /// @param store where they are
  /// @param ids of versions and events
  public Schemas(EventStore store, Supplier<UUID> ids) {
    this.store = store;
    this.ids = ids;
    this.folds =
        new StreamFolds<>(
            store,
            SchemaName.SCHEMAS,
            Schemas::evolve,
            schema -> schema.details().size() * 2 + schema.versions().size() * VERSION_BYTES);
    this.comparisons = new Comparisons(this::definition);
  }

  private static @Nullable Schema evolve(
      SchemaName name, @Nullable Schema before, RecordedEvent event) {
    var decoded = SchemaJson.decode(event);
    return decoded.isEmpty()
        ? before
        : Schema.evolve(
            name,
            before,
            new SchemaEvent.Recorded(decoded.get(), event.revision(), event.recorded()));
  }

  /// A version that was registered.
  ///
  /// @param id by which it is known everywhere
  /// @param number from 1, within the schema
  public record Registered(UUID id, int number) {}

  /// A version, and what belongs to it.
  ///
  /// @param schema whose it is
  /// @param version which
  /// @param definition empty if nobody asked for it
  public record Described(Schema schema, Version version, byte[] definition) {}

  /// What came of a comparison.
  ///
  /// @param version the latest, for which it stands
  /// @param found what stands against the definition; nothing, if it fits
  public record Compared(Version version, List<Incompatibility> found) {
    /// Copies.
    public Compared {
      found = List.copyOf(found);
    }
  }

  // ---- commands

  /// Makes a schema, with its first version.
  ///
  /// @param name which
  /// @param details what is said of it
  /// @param definition of version 1
  /// @return the version
  /// @throws RegistryException if there is one, or was
  /// @throws BadSchemaException if the definition is none
  public Registered create(SchemaName name, SchemaDetails details, byte[] definition) {
    comparisons.check(details.format(), definition, "schema_definition");
    return deciding(
        name,
        schema -> {
          if (schema != null && schema.isDeleted()) {
            throw RegistryException.deleted(name);
          }
          if (schema != null) {
            throw new RegistryException(
                Kind.SCHEMA_ALREADY_EXISTS,
                name.value(),
                "There is a schema \"%s\"; register another version of it".formatted(name));
          }
          var first = new SchemaEvent.Definition(ids.get(), 1, definition);
          return decision(
              name,
              new Registered(first.id(), first.number()),
              List.of(new SchemaEvent.Created(details, first)));
        });
  }

  /// Registers another version.
  ///
  /// @param name of the schema
  /// @param definition of the version
  /// @return the version
  /// @throws RegistryException if there is no such schema, it is the definition of the latest
  ///   version, it does not fit, or there are too many
  /// @throws BadSchemaException if the definition is none
  public Registered register(SchemaName name, byte[] definition) {
    return deciding(
        name,
        found -> {
          var schema = existing(name, found);
          comparisons.check(schema.details().format(), definition, "schema_definition");
          var latest = schema.latest();
          if (latest.digest().equals(Schema.digestOf(definition))) {
            throw new RegistryException(
                Kind.SCHEMA_UNCHANGED,
                name.value(),
                "The definition has not changed: it is that of version %d of \"%s\", %s"
                    .formatted(latest.number(), name, latest.id()));
          }
          if (schema.versions().size() >= VERSIONS_MAX) {
            throw new RegistryException(
                Kind.TOO_MANY_VERSIONS,
                name.value(),
                "A schema has %,d versions at most, and \"%s\" has them; delete old ones first"
                    .formatted(VERSIONS_MAX, name));
          }
          comparisons.requireFits(schema, definition);
          var next = new SchemaEvent.Definition(ids.get(), schema.highest() + 1, definition);
          return decision(
              name,
              new Registered(next.id(), next.number()),
              List.of(new SchemaEvent.VersionRegistered(next)));
        });
  }

  /// Says something otherwise of a schema.
  ///
  /// @param name which
  /// @param update what
  /// @throws RegistryException if there is no such schema, something is so already, the format was
  ///   to be changed, or versions do not owe each other what they would
  public void update(SchemaName name, SchemaUpdate update) {
    var _ = deciding(name, found -> decision(name, true, changes(existing(name, found), update)));
  }

  private List<SchemaEvent> changes(Schema schema, SchemaUpdate update) {
    if (update.changesFormat()) {
      throw new RegistryException(
          Kind.DATA_FORMAT_IMMUTABLE,
          schema.name().value(),
          "The data format of \"%s\" is not modifiable; make another schema"
              .formatted(schema.name()));
    }
    var events = new ArrayList<SchemaEvent>();
    update
        .description()
        .ifPresent(description -> {
          requireChange(schema, "description", description.equals(schema.details().description()));
          events.add(new SchemaEvent.DescriptionUpdated(description));
        });
    update
        .tags()
        .ifPresent(tags -> {
          requireChange(schema, "tags", tags.equals(schema.details().tags()));
          events.add(new SchemaEvent.TagsUpdated(tags));
        });
    update
        .compatibility()
        .ifPresent(mode -> {
          requireChange(schema, "compatibility", mode == schema.details().compatibility());
          comparisons.requireHolds(schema, mode);
          events.add(new SchemaEvent.CompatibilityModeChanged(mode));
        });
    return events;
  }

  private static void requireChange(Schema schema, String what, boolean same) {
    if (same) {
      throw new RegistryException(
          Kind.SCHEMA_UNCHANGED,
          schema.name().value(),
          "The %s of \"%s\" would not change".formatted(what, schema.name()));
    }
  }

  /// Takes versions away: all or none.
  ///
  /// @param name of the schema
  /// @param numbers of the versions; at least one
  /// @throws RegistryException if there is no such schema, one of them is not there, or they are
  ///   needed
  public void deleteVersions(SchemaName name, SequencedSet<Integer> numbers) {
    var _ =
        deciding(
            name,
            found -> {
              var schema = existing(name, found);
              requireNotNeeded(schema, numbers);
              return decision(
                  name,
                  true,
                  List.of(new SchemaEvent.VersionsDeleted(List.copyOf(new TreeSet<>(numbers)))));
            });
  }

  private void requireNotNeeded(Schema schema, SequencedSet<Integer> numbers) {
    var missing =
        numbers.stream().filter(number -> schema.version(number).isEmpty()).limit(10).toList();
    if (!missing.isEmpty()) {
      throw new RegistryException(
          Kind.SCHEMA_VERSIONS_MISSING,
          schema.name().value(),
          "\"%s\" does not have versions %s; nothing was deleted"
              .formatted(schema.name(), missing));
    }
    var left =
        schema.versions().stream().filter(version -> !numbers.contains(version.number())).toList();
    if (left.isEmpty()) {
      throw needed(schema, "A schema has a version at least; delete the schema as a whole");
    }
    switch (schema.details().compatibility()) {
      case FORWARD, FULL ->
          throw needed(
              schema,
              "In mode %s no version is deleted: any may still have readers"
                  .formatted(schema.details().compatibility()));
      case BACKWARD -> {
        if (numbers.contains(schema.latest().number())) {
          throw needed(schema, "In mode BACKWARD the latest version is not deleted");
        }
        comparisons.requireNeighboursFit(schema, left);
      }
      case BACKWARD_ALL, FORWARD_ALL, FULL_ALL, NONE -> {
        // Each pair fits, or nothing is promised.
      }
    }
  }

  private static RegistryException needed(Schema schema, String why) {
    return new RegistryException(Kind.SCHEMA_VERSIONS_NEEDED, schema.name().value(), why);
  }

  /// Takes a schema away, for ever.
  ///
  /// @param name which
  /// @throws RegistryException if there is no such schema
  public void delete(SchemaName name) {
    var _ =
        deciding(
            name,
            found -> {
              var _ = existing(name, found);
              return decision(name, true, List.of(new SchemaEvent.Deleted()));
            });
  }

  private <T> T deciding(SchemaName name, Deciding<Schema, T> decide) {
    try {
      return folds.deciding(name, decide);
    } catch (StreamTombstonedException closed) {
      throw RegistryException.deleted(name);
    }
  }

  private <T> Decision<T> decision(SchemaName name, T answer, List<SchemaEvent> events) {
    return new Decision<>(
        events.stream().map(event -> SchemaJson.encode(ids.get(), name, event)).toList(), answer);
  }

  private static Schema existing(SchemaName name, @Nullable Schema found) {
    if (found == null) {
      throw RegistryException.notFound(name);
    }
    if (found.isDeleted()) {
      throw RegistryException.deleted(name);
    }
    return found;
  }

  // ---- questions

  /// A schema.
  ///
  /// @param name which
  /// @return as of this moment
  /// @throws RegistryException if there is none, or it was deleted
  public Schema schema(SchemaName name) {
    var found = folds.of(name);
    if (found == null || found.isDeleted()) {
      throw RegistryException.notFound(name);
    }
    return found;
  }

  /// Schemas.
  ///
  /// @param prefix with which names begin
  /// @param tags which they have; they may have more
  /// @return in the order of their names
  /// @throws RegistryException if they are too many for one answer
  public List<Schema> list(String prefix, Map<String, String> tags) {
    var found = new ArrayList<Schema>();
    var size = new AnswerSize();
    folds.forEach(
        prefix,
        schema -> {
          if (!schema.isDeleted()
              && schema.details().tags().entrySet().containsAll(tags.entrySet())) {
            size.add(schema.name().value().length() + schema.details().size());
            found.add(schema);
          }
        });
    return found;
  }

  /// The latest versions of schemas.
  ///
  /// @param prefix with which names begin
  /// @param tags which they have; they may have more
  /// @param withDefinition whether the definitions are wanted
  /// @return in the order of their names
  /// @throws RegistryException if they are too many for one answer
  public List<Described> registered(
      String prefix, Map<String, String> tags, boolean withDefinition) {
    var size = new AnswerSize();
    return list(prefix, tags).stream()
        .map(schema -> described(schema, schema.latest(), withDefinition, size))
        .toList();
  }

  /// The schema whose latest version has an id, if it is one of these.
  ///
  /// @param id of the version
  /// @param prefix with which its name begins
  /// @param tags which it has; it may have more
  /// @param withDefinition whether the definition is wanted
  /// @return none or one
  public List<Described> registered(
      UUID id, String prefix, Map<String, String> tags, boolean withDefinition) {
    return find(id)
        .filter(schema ->
            schema.latest().id().equals(id)
                && schema.name().value().startsWith(prefix)
                && schema.details().tags().entrySet().containsAll(tags.entrySet()))
        .map(schema -> described(schema, schema.latest(), withDefinition, new AnswerSize()))
        .stream()
        .toList();
  }

  /// The versions of a schema.
  ///
  /// @param name which
  /// @param withDefinition whether the definitions are wanted
  /// @return in the order of their numbers
  /// @throws RegistryException if there is no such schema, or they are too large for one answer
  public List<Described> versions(SchemaName name, boolean withDefinition) {
    var schema = schema(name);
    var size = new AnswerSize();
    return schema.versions().stream()
        .map(version -> described(schema, version, withDefinition, size))
        .toList();
  }

  /// A version of a schema.
  ///
  /// @param name of the schema
  /// @param number of the version; empty for the latest
  /// @return with its definition
  /// @throws RegistryException if it is not there
  public Described version(SchemaName name, OptionalInt number) {
    var schema = schema(name);
    var version =
        number.isEmpty()
            ? schema.latest()
            : schema
                .version(number.getAsInt())
                .orElseThrow(() ->
                    new RegistryException(
                        Kind.SCHEMA_NOT_FOUND,
                        name.value(),
                        "\"%s\" has no version %d".formatted(name, number.getAsInt())));
    return described(schema, version, true, new AnswerSize());
  }

  /// A version.
  ///
  /// @param id which
  /// @return with its definition
  /// @throws RegistryException if it is not there
  public Described version(UUID id) {
    var schema = schemaOf(id);
    return described(schema, schema.version(id).orElseThrow(), true, new AnswerSize());
  }

  /// The schema that has a version.
  ///
  /// @param id of the version
  /// @return the schema
  /// @throws RegistryException if there is no such version
  public Schema schemaOf(UUID id) {
    return find(id)
        .orElseThrow(() ->
            new RegistryException(
                Kind.SCHEMA_NOT_FOUND,
                id.toString(),
                "There is no version of a schema with the id " + id));
  }

  /// The index knows the event with a version by the version's id: the first that has it.
  private Optional<Schema> find(UUID id) {
    var first = ReadOptions.forwards().limit(1).resolvingLinks();
    return store.read(StreamName.ofCorrelation(id.toString()), first).events().stream()
        .flatMap(event -> SchemaName.in(event.stream(), SchemaName.SCHEMAS).stream())
        .findFirst()
        .map(folds::of)
        .filter(schema -> !schema.isDeleted() && schema.version(id).isPresent());
  }

  /// Whether a definition could be registered: what [#register] would say, but for what has to do
  /// with their number.
  ///
  /// @param schema as it is now
  /// @param format of the definition
  /// @param definition which
  /// @return what was found
  /// @throws RegistryException if it cannot be compared
  /// @throws BadSchemaException if the definition is none
  public Compared check(Schema schema, DataFormat format, byte[] definition) {
    comparisons.check(format, definition, "definition");
    return new Compared(
        schema.latest(),
        format == schema.details().format()
            ? comparisons.found(schema, definition)
            : List.of(Incompatibility.ofFormats(schema.details().format().name(), format.name())));
  }

  private Described described(
      Schema schema, Version version, boolean withDefinition, AnswerSize size) {
    var definition = withDefinition ? definition(schema, version) : new byte[0];
    size.add(schema.name().value().length() + definition.length);
    return new Described(schema, version, definition);
  }

  private byte[] definition(Schema schema, Version version) {
    var only = ReadOptions.forwards().from(version.revision()).limit(1);
    var events = store.read(schema.name().stream(SchemaName.SCHEMAS), only).events();
    return events.stream()
        .flatMap(event -> SchemaJson.decode(event).stream())
        .flatMap(event -> event.definition().stream())
        .map(SchemaEvent.Definition::bytes)
        .findFirst()
        .orElseThrow(() -> RegistryException.notFound(schema.name()));
  }

  /// Reads a JSON schema, so that callers are told of one that is none.
  static JsonSchema parsed(byte[] definition, String field) {
    try {
      return JsonSchema.parse(definition);
    } catch (IllegalArgumentException e) {
      throw new BadSchemaException(field, e);
    }
  }
}

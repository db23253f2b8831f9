// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.Tag;
import io.leftfold.toolkit.JsonEvent.Schema;
import io.leftfold.toolkit.TypeTable.Named;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The names under which events are stored, the versions of their schemas, and how what was stored
/// long ago is understood today. Data is JSON.
///
/// ```java
/// static final EventTypes<AccountEvent> EVENTS =
///     EventTypes.of(AccountEvent.class)
///         .type("AccountOpened", 3, Opened.class, JsonBinding.jackson(JSON, Opened.class))
///         .upcast("AccountOpened", 1, json -> json.set("owner", json.remove("ownerId")))
///         .upcast("AccountOpened", 2, json -> json.without("bic"))
///         .type("MoneyDeposited", 1, Deposited.class, JsonBinding.jackson(JSON, Deposited.class))
///         .renamed("AccountCreated", "AccountOpened")
///         .split("AccountMigrated", 1, (json, _) -> List.of(opened(json), deposited(json)))
///         .dropped("AccountPinged")
///         .tagged(event -> List.of(Tag.of("account", event.account())))
///         .build();
/// ```
///
/// A table with a hole is refused when it is built ([EventTypesBuilder#build()]): a class of the
/// sealed type without a name, a version from which no path leads to today's. So every test that
/// touches the table finds it, and no program with one starts.
///
/// **Versions.** An event is stored in the newest version of its type; the number is the
/// [#VERSION_FIELD] of its metadata, if it is not 1. A field that is added and can be missing needs
/// no new version: fields that nobody knows are no error, and stay in the data for upcasts, and for
/// bindings that look at them.
///
/// **Unknown** ([Decoded.Unknown]) is a type that is not declared, and a version that is newer than
/// declared, or is no number.
///
/// @param <E> the events of the application
public final class EventTypes<E> implements EventCodec<E> {

  /// The field of an event's metadata, a JSON object, that holds the version of its schema.
  public static final String VERSION_FIELD = "schemaVersion";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int NO_VERSION = 0;

  private final TypeTable<E> table;
  private final Map<Class<?>, Named<? extends E>> byClass;
  private final Function<? super E, List<Tag>> tags;

  EventTypes(TypeTable<E> table, Function<? super E, List<Tag>> tags) {
    this.table = table;
    this.tags = tags;
    var named = new HashMap<Class<?>, Named<? extends E>>();
    table.types().values().forEach(type -> named.put(type.type(), type));
    this.byClass = Map.copyOf(named);
  }

  /// Begins a table.
  ///
  /// @param events what all events have in common; if it is sealed, none of them can be forgotten
  /// @param <E> the events of the application
  /// @return a table without types
  public static <E> EventTypesBuilder<E> of(Class<E> events) {
    return new EventTypesBuilder<>(events);
  }

  /// An event as it is to be stored.
  ///
  /// @throws IllegalArgumentException if its class has no name here
  @Override
  public ProposedEvent encode(E event) {
    var named = byClass.get(event.getClass());
    if (named == null) {
      throw new IllegalArgumentException(
          "%s has no name to be stored under; declare it with EventTypesBuilder.type"
              .formatted(event.getClass()));
    }
    var stored =
        ProposedEvent.json(named.name(), JSON.writeValueAsString(named.write(event)))
            .withTags(tags.apply(event).toArray(Tag[]::new));
    return named.version() == 1
        ? stored
        : stored.withMetadata("{\"%s\":%d}".formatted(VERSION_FIELD, named.version()));
  }

  @Override
  public Decoded<E> decode(RecordedEvent event) {
    if (table.drops(event.type())) {
      return Decoded.known();
    }
    var version = version(event);
    if (!table.knows(new Schema(event.type(), version))) {
      return Decoded.unknown(event);
    }
    return new Decoded.Known<>(
        table.meaning(new JsonEvent(event.type(), version, data(event)), event));
  }

  private static int version(RecordedEvent event) {
    if (event.metadata().length == 0) {
      return 1;
    }
    try {
      var field = JSON.readTree(event.metadata()).path(VERSION_FIELD);
      return field.isMissingNode() ? 1 : field.isInt() ? Math.max(field.asInt(), 0) : NO_VERSION;
    } catch (JacksonException _) {
      // Somebody else's metadata says nothing about versions.
      return 1;
    }
  }

  private static ObjectNode data(RecordedEvent event) {
    JsonNode data;
    try {
      data = JSON.readTree(event.data());
    } catch (JacksonException e) {
      throw new UnreadableEventException(event, "its data is no JSON", e);
    }
    if (data instanceof ObjectNode object) {
      return object;
    }
    throw new UnreadableEventException(
        event, "its data is %s, and no JSON object".formatted(data.getNodeType()));
  }

  /// The types that stored events may have, those of long ago too, for a [io.leftfold.api.Query].
  /// What is dropped is not among them.
  ///
  /// @return in alphabetical order
  public Set<String> names() {
    return table.storedShapes().stream()
        .map(Schema::type)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// What golden samples mean: for a test, so that no change to the table loses the past. There is
  /// at least one for every version of every type that may be stored.
  ///
  /// @param samples as they were stored once
  /// @return what each means today, in their order
  /// @throws IllegalArgumentException if a version has no sample, or a sample is unknown
  /// @throws UnreadableEventException if a sample cannot be read
  public List<List<E>> replay(List<JsonEvent> samples) {
    var missing = table.storedShapes();
    samples.forEach(sample -> missing.remove(sample.schema()));
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "Each version of each type has a golden sample, but there is none of %s; store one and add it"
              .formatted(missing));
    }
    return samples.stream().map(this::meaning).toList();
  }

  private List<E> meaning(JsonEvent sample) {
    return switch (decode(sample.recorded())) {
      case Decoded.Known<E>(var events) -> events;
      case Decoded.Unknown<E> _ ->
          throw new IllegalArgumentException(
              "The golden sample of %s is unknown; declare its type and version"
                  .formatted(sample.schema()));
    };
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.Tag;
import io.leftfold.toolkit.JsonEvent.Schema;
import io.leftfold.toolkit.TypeTable.Binding;
import io.leftfold.toolkit.TypeTable.Named;
import io.leftfold.toolkit.keys.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// A table of [EventTypes] while it is being written down. The order of declarations means nothing.
///
/// @param <E> the events of the application
public final class EventTypesBuilder<E> {

  private final Class<E> events;
  private final Map<String, Named<? extends E>> types = new HashMap<>();
  private final Map<Schema, TypeTable.Reading<E>> formers = new HashMap<>();
  private final Map<String, String> renamed = new HashMap<>();
  private final Map<Schema, TypeTable.Step> steps = new HashMap<>();
  private final Set<Schema> upcasts = new HashSet<>();
  private final Set<String> dropped = new HashSet<>();
  private final Map<Class<?>, SortedMap<String, Function<Object, Subject>>> personal =
      new HashMap<>();
  private final Map<String, ObjectMapper> formats = new HashMap<>();
  private final Map<Class<?>, String> formatOf = new HashMap<>();
  private Function<? super E, List<Tag>> tags = _ -> List.of();

  EventTypesBuilder(Class<E> events) {
    this.events = events;
  }

  /// Names a class of events.
  ///
  /// @param name under which they are stored
  /// @param version of the schema in which they are stored now, from 1
  /// @param type the class
  /// @param binding between the class and JSON in that version
  /// @param <T> the class
  /// @return this
  public <T extends E> EventTypesBuilder<E> type(
      String name, int version, Class<T> type, JsonBinding<T> binding) {
    return type(name, version, type, new Binding.ToTrees<>(binding));
  }

  /// Names a class of events that are stored in a binary format, with a schema of its own.
  ///
  /// ```java
  /// .type("MoneyDeposited", 2, Deposited.class, ProtobufBinding.of(…))
  /// .former("MoneyDeposited", 1, JsonBinding.jackson(Deposited.class), (old, _) -> List.of(old))
  /// ```
  ///
  /// To store a type in another format than before is a new version. Fields of such events cannot
  /// be declared as personal: nobody here knows them.
  ///
  /// @param name under which they are stored
  /// @param version of the schema in which they are stored now, from 1. What the format itself
  ///   calls compatible is no new version
  /// @param type the class
  /// @param binding between the class and its bytes in that version
  /// @param <T> the class
  /// @return this
  public <T extends E> EventTypesBuilder<E> type(
      String name, int version, Class<T> type, BinaryBinding<T> binding) {
    return type(name, version, type, new Binding.ToBytes<>(binding));
  }

  private <T extends E> EventTypesBuilder<E> type(
      String name, int version, Class<T> type, Binding<T> binding) {
    requireVersion(name, version);
    requireNew(name, types.put(name, new Named<>(name, version, type, binding)) == null);
    return this;
  }

  /// An older version of a type that was stored in a binary format: read by a binding of its own,
  /// and then mapped. (Steps like [#upcast] and [#split] work on trees, which such bytes have not.)
  ///
  /// @param name of the type
  /// @param version the older version
  /// @param binding of then
  /// @param means makes today's events, one, several or none, of what was read, and of all that was
  ///   stored with it
  /// @param <V> what was stored then
  /// @return this
  public <V> EventTypesBuilder<E> former(
      String name,
      int version,
      BinaryBinding<V> binding,
      BiFunction<? super V, RecordedEvent, ? extends List<? extends E>> means) {
    return former(name, version, new Binding.ToBytes<>(binding), means);
  }

  /// The last version of a type that was stored as JSON, or another format of its trees, before the
  /// type was stored in a binary one. Older ones are upcast to it.
  ///
  /// @param name of the type
  /// @param version the older version
  /// @param binding of then
  /// @param means makes today's events, one, several or none, of what was read, and of all that was
  ///   stored with it
  /// @param <V> what was stored then
  /// @return this
  public <V> EventTypesBuilder<E> former(
      String name,
      int version,
      JsonBinding<V> binding,
      BiFunction<? super V, RecordedEvent, ? extends List<? extends E>> means) {
    return former(name, version, new Binding.ToTrees<>(binding), means);
  }

  private <V> EventTypesBuilder<E> former(
      String name,
      int version,
      Binding<V> binding,
      BiFunction<? super V, RecordedEvent, ? extends List<? extends E>> means) {
    requireVersion(name, version);
    var shape = new Schema(name, version);
    requireNew(
        shape, formers.put(shape, binding.reading(means)) == null && !steps.containsKey(shape));
    return this;
  }

  /// From one version of a type to the next.
  ///
  /// @param name of the type
  /// @param from the older version
  /// @param change makes the data of the next version of that of the older one, which it may change
  /// @return this
  public EventTypesBuilder<E> upcast(String name, int from, UnaryOperator<ObjectNode> change) {
    upcasts.add(new Schema(name, from + 1));
    return split(
        name, from, (data, _) -> List.of(new JsonEvent(name, from + 1, change.apply(data))));
  }

  /// From one version of a type to events of any types and versions: one, several, or none.
  ///
  /// @param name of the type
  /// @param version the older version
  /// @param into makes events of the data, which it may change, and of all that was stored with it
  /// @return this
  public EventTypesBuilder<E> split(
      String name, int version, BiFunction<ObjectNode, RecordedEvent, List<JsonEvent>> into) {
    requireVersion(name, version);
    var shape = new Schema(name, version);
    requireNew(shape, steps.put(shape, into::apply) == null && !formers.containsKey(shape));
    return this;
  }

  /// Another name under which a type was stored, in any of its versions.
  ///
  /// @param old the name then
  /// @param name the name now
  /// @return this
  public EventTypesBuilder<E> renamed(String old, String name) {
    requireNew(old, renamed.put(old, name) == null);
    return this;
  }

  /// A type that means nothing any more: its events are known, and passed over.
  ///
  /// @param name of the type
  /// @return this
  public EventTypesBuilder<E> dropped(String name) {
    requireNew(name, dropped.add(name));
    return this;
  }

  /// By what events can be found.
  ///
  /// @param by the tags of an event
  /// @return this
  public EventTypesBuilder<E> tagged(Function<? super E, List<Tag>> by) {
    tags = by;
    return this;
  }

  /// Stores classes of events in another format of the same trees than JSON, such as CBOR, which is
  /// smaller and quicker to read. An event says so in its metadata, so whatever was stored in
  /// another format is read as well, as long as that is declared; JSON need not be.
  ///
  /// ```java
  /// .format("cbor", new CBORMapper(), Deposited.class, Withdrawn.class)
  /// ```
  ///
  /// @param name under which events say that they are stored in it
  /// @param mapper of Jackson, or of one of its modules, between trees and bytes
  /// @param types classes that are stored in it from now on; none if it is only read
  /// @return this
  @SafeVarargs
  public final EventTypesBuilder<E> format(
      String name, ObjectMapper mapper, Class<? extends E>... types) {
    if (name.equals(Formats.DEFAULT)) {
      throw new IllegalArgumentException(
          "%s is the format of whatever has no other; call this one otherwise".formatted(name));
    }
    requireNew("Format " + name, formats.put(name, mapper) == null);
    for (var type : types) {
      requireNew("The format of " + type, formatOf.put(type, name) == null);
    }
    return this;
  }

  /// Declares fields of a class of events as personal: they are sealed with the key of whom they
  /// are about ([EventTypes#with]), and read as [Personal]. May be said several times for a class
  /// whose events are about several subjects.
  ///
  /// @param type a class that has a name
  /// @param whose the subject of an event; asked only if there is something to seal
  /// @param fields of the JSON object that is stored, one or more; whole values, whatever they are.
  ///   Each is there, if only null or erased: an event without one is not written
  /// @param <T> the class
  /// @return this
  public <T extends E> EventTypesBuilder<E> personal(
      Class<T> type, Function<? super T, Subject> whose, String... fields) {
    for (var field : fields) {
      var isNew =
          personal
                  .computeIfAbsent(type, _ -> new TreeMap<>())
                  .put(field, event -> whose.apply(type.cast(event)))
              == null;
      requireNew("Field %s of %s".formatted(field, type), isNew);
    }
    return this;
  }

  private static void requireVersion(String name, int version) {
    if (version < 1) {
      throw new IllegalArgumentException(
          "Versions are counted from 1, got %d for %s".formatted(version, name));
    }
  }

  private static void requireNew(Object what, boolean isNew) {
    if (!isNew) {
      throw new IllegalArgumentException("%s is declared twice; leave one".formatted(what));
    }
  }

  /// The table.
  ///
  /// @return the types
  /// @throws IllegalStateException if it has a hole; the message lists all of them
  public EventTypes<E> build() {
    var table = new TypeTable<E>(types, formers, renamed, steps, upcasts, dropped);
    var holes = new ArrayList<>(table.holes());
    var named = new HashSet<Class<?>>();
    for (var type : types.values()) {
      if (!named.add(type.type())) {
        holes.add("%s has two names; use renamed for the older one".formatted(type.type()));
      }
      if (type.binding() instanceof Binding.ToBytes<?>(var binding)) {
        holesOf(type, binding.format()).forEach(holes::add);
      }
    }
    for (var type : formatOf.keySet()) {
      if (!named.contains(type)) {
        holes.add("%s has a format, and no name".formatted(type));
      }
    }
    for (var type : personal.keySet()) {
      if (!named.contains(type)) {
        holes.add("%s has personal fields, and no name".formatted(type));
      }
    }
    leaves(events)
        .filter(leaf -> !named.contains(leaf))
        .forEach(leaf -> holes.add("%s has no name".formatted(leaf)));
    if (!holes.isEmpty()) {
      throw new IllegalStateException(
          "The types of %s have holes: %s".formatted(events, String.join("; ", holes)));
    }
    return new EventTypes<>(
        table, tags, new Formats(formats, formatOf), PersonalData.of(types.values(), personal));
  }

  /// What trees have and bytes have not.
  private Stream<String> holesOf(Named<?> type, String format) {
    return Stream.of(
            formatOf.containsKey(type.type())
                ? "%s has a format, and its binding is to %s".formatted(type.type(), format)
                : "",
            personal.containsKey(type.type())
                ? "%s has personal fields, and is bound to %s, in which nobody here can seal them; bind it to JSON"
                    .formatted(type.type(), format)
                : "")
        .filter(hole -> !hole.isEmpty());
  }

  /// The classes that events of a sealed type can have; of one that is not sealed nobody knows.
  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(EventTypesBuilder::classes)
        : Stream.empty();
  }

  private static Stream<Class<?>> classes(Class<?> type) {
    return type.isSealed() ? leaves(type) : Stream.of(type);
  }
}

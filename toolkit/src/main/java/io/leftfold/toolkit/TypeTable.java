// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import io.leftfold.toolkit.JsonEvent.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// What is declared of events: today's types, and the steps that lead to them.
///
/// @param types today's, by name
/// @param formers how what is not of today is read as what it means today
/// @param renamed other names, each with what it is called now
/// @param steps from what is not of today
/// @param upcasts the shapes that steps of the same type lead to; of other steps nobody knows
/// @param dropped names that mean nothing any more
record TypeTable<E>(
    Map<String, Named<? extends E>> types,
    Map<Schema, Reading<E>> formers,
    Map<String, String> renamed,
    Map<Schema, Step> steps,
    Set<Schema> upcasts,
    Set<String> dropped) {

  private static final int STEPS_MAX = 1_000;

  TypeTable {
    types = Map.copyOf(types);
    formers = Map.copyOf(formers);
    renamed = Map.copyOf(renamed);
    steps = Map.copyOf(steps);
    upcasts = Set.copyOf(upcasts);
    dropped = Set.copyOf(dropped);
  }

  /// A type of today.
  record Named<T>(String name, int version, Class<T> type, Binding<T> binding) {
    Stored write(Object event) {
      return binding.write(type.cast(event));
    }
  }

  /// The data of an event, not yet what is stored.
  sealed interface Stored {
    record Tree(ObjectNode data) implements Stored {}

    record Bytes(String format, byte[] data) implements Stored {}
  }

  /// How a class is bound: to trees, which can be in several formats, or to the bytes of one.
  sealed interface Binding<T> {
    Stored write(T event);

    /// Reading what was written so, and what it means.
    <E> Reading<E> reading(BiFunction<? super T, RecordedEvent, ? extends List<? extends E>> means);

    record ToTrees<T>(JsonBinding<T> by) implements Binding<T> {
      @Override
      public Stored write(T event) {
        return new Stored.Tree(by.write(event));
      }

      @Override
      public <E> Reading<E> reading(
          BiFunction<? super T, RecordedEvent, ? extends List<? extends E>> means) {
        return new Reading.OfTrees<>(
            (data, recorded) -> List.copyOf(means.apply(by.read(data), recorded)));
      }
    }

    record ToBytes<T>(BinaryBinding<T> by) implements Binding<T> {
      @Override
      public Stored write(T event) {
        return new Stored.Bytes(by.format(), by.write(event));
      }

      @Override
      public <E> Reading<E> reading(
          BiFunction<? super T, RecordedEvent, ? extends List<? extends E>> means) {
        return new Reading.OfBytes<>(
            by.format(), recorded -> List.copyOf(means.apply(by.read(recorded.data()), recorded)));
      }
    }
  }

  /// What data of one shape means today.
  sealed interface Reading<E> {
    record OfTrees<E>(BiFunction<ObjectNode, RecordedEvent, List<E>> means) implements Reading<E> {}

    record OfBytes<E>(String format, Function<RecordedEvent, List<E>> means)
        implements Reading<E> {}
  }

  /// From one shape to the next, or to several, or to none.
  @FunctionalInterface
  interface Step {
    List<JsonEvent> take(ObjectNode data, RecordedEvent recorded);
  }

  /// Whether a stored shape means something here, and be it nothing any more.
  boolean knows(Schema stored) {
    var name = nameOfToday(stored.type());
    return dropped.contains(name)
        || steps.containsKey(new Schema(name, stored.version()))
        || reading(new Schema(name, stored.version())).isPresent();
  }

  /// Whether anything is declared of a stored type, be it under another name.
  boolean declares(String type) {
    var name = nameOfToday(type);
    return types.containsKey(name)
        || Stream.of(steps, formers)
            .flatMap(shapes -> shapes.keySet().stream())
            .anyMatch(shape -> shape.type().equals(name));
  }

  /// How a shape of a name of today is read, if no step leads on from it.
  private Optional<Reading<E>> reading(Schema shape) {
    var named = types.get(shape.type());
    return named != null && named.version() == shape.version()
        ? Optional.of(asItIs(named.binding()))
        : Optional.ofNullable(formers.get(shape));
  }

  private static <E, T extends E> Reading<E> asItIs(Binding<T> binding) {
    return binding.reading((event, _) -> List.of(event));
  }

  private String nameOfToday(String name) {
    return renamed.getOrDefault(name, name);
  }

  /// Whether a stored type means nothing any more, whatever it holds.
  boolean drops(String type) {
    return dropped.contains(nameOfToday(type));
  }

  /// The binary format in which a stored shape is; empty if it is a tree.
  Optional<String> binaryFormat(Schema stored) {
    return reading(new Schema(nameOfToday(stored.type()), stored.version()))
        .flatMap(reading ->
            reading instanceof Reading.OfBytes<E>(var format, _)
                ? Optional.of(format)
                : Optional.empty());
  }

  /// What a stored event means today whose data is in a binary format.
  List<E> meaningOfBytes(Schema stored, RecordedEvent recorded) {
    var shape = new Schema(nameOfToday(stored.type()), stored.version());
    return switch (reading(shape).orElseThrow()) {
      case Reading.OfBytes<E>(_, var means) -> read(() -> means.apply(recorded), shape, recorded);
      case Reading.OfTrees<E> _ -> throw new IllegalStateException("%s is a tree".formatted(shape));
    };
  }

  /// What a stored event means today whose data is a tree.
  List<E> meaning(JsonEvent event, RecordedEvent recorded) {
    var meaning = new ArrayList<E>();
    add(event, recorded, meaning, 0);
    return meaning;
  }

  private void add(JsonEvent event, RecordedEvent recorded, List<E> meaning, int taken) {
    if (taken > STEPS_MAX) {
      throw new IllegalStateException(
          "Event %s takes more than %d steps to today's types, now at %s; its splits go round in a circle"
              .formatted(recorded, STEPS_MAX, event.schema()));
    }
    var name = nameOfToday(event.type());
    if (dropped.contains(name)) {
      return;
    }
    var step = steps.get(new Schema(name, event.version()));
    if (step != null) {
      for (var next : taken(step, event, recorded)) {
        add(next, recorded, meaning, taken + 1);
      }
      return;
    }
    meaning.addAll(meaningToday(new Schema(name, event.version()), event, recorded));
  }

  private List<E> meaningToday(Schema shape, JsonEvent event, RecordedEvent recorded) {
    return switch (reading(shape).orElse(null)) {
      case null ->
          throw new IllegalStateException(
              "Event %s leads to %s, which is not declared; declare it, or let its split lead elsewhere"
                  .formatted(recorded, event.schema()));
      case Reading.OfBytes<E>(var format, _) ->
          throw new IllegalStateException(
              "Event %s leads to %s, which is %s and no JSON; say what the last version in JSON means with EventTypesBuilder.former"
                  .formatted(recorded, event.schema(), format));
      case Reading.OfTrees<E>(var means) ->
          read(() -> means.apply(event.data(), recorded), shape, recorded);
    };
  }

  private static List<JsonEvent> taken(Step step, JsonEvent event, RecordedEvent recorded) {
    try {
      return step.take(event.data(), recorded);
    } catch (RuntimeException e) {
      throw new UnreadableEventException(
          recorded, "its data could not be brought on from %s".formatted(event.schema()), e);
    }
  }

  private static <T> List<T> read(Supplier<List<T>> reading, Schema shape, RecordedEvent recorded) {
    try {
      return reading.get();
    } catch (RuntimeException e) {
      throw new UnreadableEventException(
          recorded, "what became of its data does not fit %s".formatted(shape), e);
    }
  }

  // ---- what may be stored

  /// Every shape that a stored event may have, but for what is dropped.
  SortedSet<Schema> storedShapes() {
    var shapes = new TreeSet<Schema>();
    types.values().forEach(named -> addVersions(shapes, named.name(), named.version()));
    older().forEach(shape -> addVersions(shapes, shape.type(), newest(shape.type())));
    renamed.forEach((old, now) -> addVersions(shapes, old, newest(now)));
    return shapes;
  }

  private static void addVersions(Set<Schema> shapes, String name, int newest) {
    IntStream.rangeClosed(1, newest).forEach(version -> shapes.add(new Schema(name, version)));
  }

  /// What is declared of shapes that are not of today.
  private Set<Schema> older() {
    var older = new TreeSet<>(steps.keySet());
    older.addAll(formers.keySet());
    return older;
  }

  /// The newest version of a name; 0 if it is dropped, or not declared.
  private int newest(String name) {
    var named = types.get(name);
    return named != null
        ? named.version()
        : older().stream()
            .filter(shape -> shape.type().equals(name))
            .mapToInt(Schema::version)
            .max()
            .orElse(0);
  }

  /// What is wrong with the table, as sentences.
  List<String> holes() {
    var holes = new ArrayList<String>();
    renamed.forEach((old, now) -> {
      if (newest(now) == 0 && !dropped.contains(now)) {
        holes.add("%s was renamed to %s, which is not declared".formatted(old, now));
      }
      if (newest(old) > 0 || dropped.contains(old)) {
        holes.add("%s was renamed to %s, and is declared besides".formatted(old, now));
      }
    });
    for (var name : dropped) {
      if (newest(name) > 0) {
        holes.add("%s is dropped, and is declared besides".formatted(name));
      }
    }
    var reached = storedShapes();
    reached.addAll(upcasts);
    for (var shape : reached) {
      if (!knows(shape)) {
        holes.add("%s leads nowhere".formatted(shape));
      }
    }
    for (var shape : upcasts) {
      if (!steps.containsKey(shape)) {
        binaryFormat(shape)
            .ifPresent(format ->
                holes.add(
                    "%s is %s and no JSON, to which an upcast leads; use former instead"
                        .formatted(shape, format)));
      }
    }
    for (var shape : older()) {
      var named = types.get(shape.type());
      if (named != null && shape.version() >= named.version()) {
        holes.add("%s is not older than today's %d".formatted(shape, named.version()));
      }
    }
    return holes;
  }
}

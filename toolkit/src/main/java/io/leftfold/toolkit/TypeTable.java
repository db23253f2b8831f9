// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import io.leftfold.toolkit.JsonEvent.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/// What is declared of events: today's types, and the steps that lead to them.
///
/// @param types today's, by name
/// @param renamed other names, each with what it is called now
/// @param steps from what is not of today
/// @param upcasts the shapes that steps of the same type lead to; of other steps nobody knows
/// @param dropped names that mean nothing any more
record TypeTable<E>(
    Map<String, Named<? extends E>> types,
    Map<String, String> renamed,
    Map<Schema, Step> steps,
    Set<Schema> upcasts,
    Set<String> dropped) {

  private static final int STEPS_MAX = 1_000;

  TypeTable {
    types = Map.copyOf(types);
    renamed = Map.copyOf(renamed);
    steps = Map.copyOf(steps);
    upcasts = Set.copyOf(upcasts);
    dropped = Set.copyOf(dropped);
  }

  /// A type of today.
  record Named<T>(String name, int version, Class<T> type, JsonBinding<T> binding) {
    ObjectNode write(Object event) {
      return binding.write(type.cast(event));
    }
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
        || isOfToday(name, stored.version());
  }

  private String nameOfToday(String name) {
    return renamed.getOrDefault(name, name);
  }

  private boolean isOfToday(String name, int version) {
    var named = types.get(name);
    return named != null && named.version() == version;
  }

  /// Whether a stored type means nothing any more, whatever it holds.
  boolean drops(String type) {
    return dropped.contains(nameOfToday(type));
  }

  /// What a stored event means today.
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
    meaning.add(read(typeOfToday(name, event, recorded), event.data(), recorded));
  }

  private static List<JsonEvent> taken(Step step, JsonEvent event, RecordedEvent recorded) {
    try {
      return step.take(event.data(), recorded);
    } catch (RuntimeException e) {
      throw new UnreadableEventException(
          recorded, "its data could not be brought on from %s".formatted(event.schema()), e);
    }
  }

  private Named<? extends E> typeOfToday(String name, JsonEvent event, RecordedEvent recorded) {
    var named = types.get(name);
    if (named == null || named.version() != event.version()) {
      throw new IllegalStateException(
          "Event %s leads to %s, which is not declared; declare it, or let its split lead elsewhere"
              .formatted(recorded, event.schema()));
    }
    return named;
  }

  private static <T> T read(Named<T> named, ObjectNode data, RecordedEvent recorded) {
    try {
      return named.binding().read(data);
    } catch (RuntimeException e) {
      throw new UnreadableEventException(
          recorded,
          "what became of its data does not fit %s, version %d"
              .formatted(named.name(), named.version()),
          e);
    }
  }

  // ---- what may be stored

  /// Every shape that a stored event may have, but for what is dropped.
  SortedSet<Schema> storedShapes() {
    var shapes = new TreeSet<Schema>();
    types.values().forEach(named -> addVersions(shapes, named.name(), named.version()));
    steps.keySet().forEach(shape -> addVersions(shapes, shape.type(), newest(shape.type())));
    renamed.forEach((old, now) -> addVersions(shapes, old, newest(now)));
    return shapes;
  }

  private static void addVersions(Set<Schema> shapes, String name, int newest) {
    IntStream.rangeClosed(1, newest).forEach(version -> shapes.add(new Schema(name, version)));
  }

  /// The newest version of a name; 0 if it is dropped, or not declared.
  private int newest(String name) {
    var named = types.get(name);
    return named != null
        ? named.version()
        : steps.keySet().stream()
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
    for (var shape : steps.keySet()) {
      var named = types.get(shape.type());
      if (named != null && shape.version() >= named.version()) {
        holes.add("%s is not older than today's %d".formatted(shape, named.version()));
      }
    }
    return holes;
  }
}

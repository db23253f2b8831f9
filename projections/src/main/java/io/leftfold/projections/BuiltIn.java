// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.projections.storage.DefinitionRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A projection by name only: what it would write is answered by the index. That it is enabled is
/// recorded and shown; it writes nothing, and is at the end of the log.
final class BuiltIn {

  private static final String NATIVE = "native:KurrentDB.Projections.Core.Standard.";

  /// @param kind how others call what handles it
  /// @param parameters its text
  private record Kind(String name, String kind, String parameters) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("$streams", "IndexStreams", ""),
          new Kind("$stream_by_category", "CategorizeStreamByPath", "first\r\n-"),
          new Kind("$by_category", "CategorizeEventsByStreamPath", "first\r\n-"),
          new Kind("$by_event_type", "IndexEventsByEventType", ""),
          new Kind(
              "$by_correlation_id",
              "ByCorrelationId",
              "{\"correlationIdProperty\":\"$correlationId\"}"));

  private final ProjectionHost host;
  private final Registry registry;
  private final String name;
  private long startedAt;
  private Optional<Registry.Entry> entry;
  private DefinitionRecord definition;

  private BuiltIn(
      ProjectionHost host,
      Registry registry,
      String name,
      Optional<Registry.Entry> entry,
      DefinitionRecord definition) {
    this.host = host;
    this.registry = registry;
    this.name = name;
    this.entry = entry;
    this.definition = definition;
    startedAt = host.store().lastPosition().orElse(-1L);
  }

  /// All of them, as the log says they are.
  static List<BuiltIn> all(ProjectionHost host, Registry registry, List<Registry.Entry> entries) {
    return KINDS.stream()
        .map(kind -> {
          var entry = entries.stream().filter(one -> one.name().equals(kind.name())).findFirst();
          var definition =
              entry
                  .flatMap(one -> registry.definition(one.streams()))
                  .orElseGet(() -> ofKind(kind));
          return new BuiltIn(host, registry, kind.name(), entry, definition);
        })
        .toList();
  }

  private static DefinitionRecord ofKind(Kind kind) {
    return new DefinitionRecord(
        kind.parameters(),
        NATIVE + kind.kind(),
        ProjectionMode.CONTINUOUS.number(),
        false,
        Optional.empty(),
        true,
        false,
        false,
        0,
        -1,
        Configurations.settings(ProjectionConfig.DEFAULT),
        FailurePolicy.STOP.toString(),
        new DefinitionRecord.RunAs("$system", List.of()),
        Optional.empty(),
        "",
        1);
  }

  String name() {
    return name;
  }

  synchronized void enable(boolean wanted) {
    if (definition.enabled() != wanted) {
      write(definition.withEnabled(wanted));
      startedAt = host.store().lastPosition().orElse(-1L);
    }
  }

  synchronized void reset() {
    write(definition.withEpoch(definition.version() + 1));
  }

  /// What it answers cannot be changed, for the index is as it is; who gives it the text it has is
  /// satisfied.
  synchronized void update(String query) {
    if (!query.strip().equals(definition.query().strip())) {
      throw ProjectionException.notPossible(
          "Projection %s is answered by the index; its parameters cannot be changed"
              .formatted(name));
    }
  }

  private void write(DefinitionRecord wanted) {
    if (entry.isPresent()) {
      definition = registry.update(entry.get().streams(), wanted);
    } else {
      var created = registry.create(name, wanted);
      entry = Optional.of(created.getKey());
      definition = created.getValue();
    }
  }

  synchronized ProjectionQuery query() {
    return new ProjectionQuery(
        name,
        definition.query(),
        ProjectionMode.CONTINUOUS,
        Configurations.config(definition),
        true,
        Optional.empty(),
        "",
        definition.version(),
        definition.runAs().name(),
        definition.properties());
  }

  /// There is none: what it would write is answered by the index.
  PartitionState state() {
    return new PartitionState("", host.store().lastPosition().orElse(-1L));
  }

  synchronized ProjectionStatistics statistics() {
    var head = host.store().lastPosition().orElse(-1L);
    return new ProjectionStatistics(
        name,
        ProjectionMode.CONTINUOUS,
        definition.enabled() ? ProjectionState.RUNNING : ProjectionState.STOPPED,
        definition.enabled(),
        "",
        true,
        definition.version(),
        definition.version() < 0 ? -1 : definition.epoch(),
        head,
        head,
        head,
        100,
        0,
        Duration.ZERO,
        definition.enabled() ? head - startedAt : 0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        "");
  }
}

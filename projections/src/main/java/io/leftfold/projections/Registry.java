// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.Commit;
import io.leftfold.api.ContentType;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.projections.storage.CheckpointRecord;
import io.leftfold.projections.storage.DefinitionRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

/// What the log says of projections: which there are, and what somebody wants of them. Every change
/// is one commit.
final class Registry {

  private static final String INITIALIZED = "$ProjectionsInitialized";
  private static final String CREATED = "$ProjectionCreated";
  private static final String DELETED = "$ProjectionDeleted";

  private final EventStore store;
  private final Supplier<UUID> ids;

  /// A projection that there is.
  ///
  /// @param id its number
  /// @param seed the random number of its own
  record Entry(String name, long id, UUID seed) {
    ProjectionStreams streams() {
      return new ProjectionStreams(name, id);
    }
  }

  Registry(EventStore store, Supplier<UUID> ids) {
    this.store = store;
    this.ids = ids;
  }

  List<Entry> all() {
    Map<String, Entry> entries = new LinkedHashMap<>();
    try (var read = store.read(ProjectionStreams.ALL, ReadOptions.forwards())) {
      read.forEach(resolved -> resolved.event().ifPresent(event -> apply(entries, event)));
    }
    return List.copyOf(entries.values());
  }

  private static void apply(Map<String, Entry> entries, RecordedEvent event) {
    var name = event.dataAsText();
    switch (event.type()) {
      case CREATED -> entries.put(name, new Entry(name, event.revision(), event.id()));
      case DELETED -> entries.remove(name);
      default -> {
        // Others may write what they like.
      }
    }
  }

  Optional<DefinitionRecord> definition(ProjectionStreams streams) {
    try (var read = store.read(streams.definition(), ReadOptions.backwards())) {
      return read.stream()
          .flatMap(resolved -> resolved.event().stream())
          .flatMap(event -> DefinitionRecord.of(event).stream())
          .findFirst();
    }
  }

  /// The checkpoint of the current epoch, and its revision.
  record Current(CheckpointRecord checkpoint, long revision) {}

  Current checkpoint(ProjectionStreams streams, long epoch) {
    try (var read = store.read(streams.checkpoint(), ReadOptions.backwards().limit(1))) {
      var last = read.stream().flatMap(resolved -> resolved.event().stream()).findFirst();
      return new Current(
          last.flatMap(CheckpointRecord::of)
              .filter(said -> said.projection() == streams.id() && said.epoch() == epoch)
              .orElseGet(() -> CheckpointRecord.start(streams.id(), epoch)),
          last.map(RecordedEvent::revision).orElse(-1L));
    }
  }

  /// Creates one.
  ///
  /// @return it, and its definition as written
  Map.Entry<Entry, DefinitionRecord> create(String name, DefinitionRecord wanted) {
    var before = store.state(ProjectionStreams.ALL).lastRevision();
    var listed = new ArrayList<ProposedEvent>();
    if (before < 0) {
      listed.add(named(INITIALIZED, ""));
    }
    var seed = ids.get();
    listed.add(named(CREATED, name).withId(seed));
    var stream = ProjectionStreams.definition(name);
    var version = store.state(stream).lastRevision() + 1;
    var definition = wanted.withVersion(version).withEpoch(version);
    store.append(
        Commit.of(
            new StreamAppend(ProjectionStreams.ALL, at(before), listed),
            StreamAppend.of(stream, ExpectedState.any(), definition.proposed(ids.get()))));
    return Map.entry(new Entry(name, before + listed.size(), seed), definition);
  }

  private ProposedEvent named(String type, String name) {
    return new ProposedEvent(
        ids.get(),
        type,
        ContentType.BINARY,
        name.getBytes(StandardCharsets.UTF_8),
        new byte[0],
        List.of());
  }

  private static ExpectedState at(long revision) {
    return revision < 0 ? ExpectedState.noStream() : ExpectedState.atRevision(revision);
  }

  /// Changes one.
  ///
  /// @return its definition as written
  DefinitionRecord update(ProjectionStreams streams, DefinitionRecord wanted) {
    return update(streams, wanted, OptionalLong.empty(), Optional.empty());
  }

  /// Changes one, and where it is.
  ///
  /// @param before the revision of its last checkpoint; −1 for none
  /// @param checkpoint where it is then
  /// @return its definition as written
  DefinitionRecord update(
      ProjectionStreams streams,
      DefinitionRecord wanted,
      long before,
      CheckpointRecord checkpoint) {
    return update(streams, wanted, OptionalLong.of(before), Optional.of(checkpoint));
  }

  private DefinitionRecord update(
      ProjectionStreams streams,
      DefinitionRecord wanted,
      OptionalLong before,
      Optional<CheckpointRecord> checkpoint) {
    var definition = wanted.withVersion(wanted.version() + 1);
    var parts = new ArrayList<StreamAppend>();
    parts.add(
        StreamAppend.of(
            streams.definition(), at(wanted.version()), definition.proposed(ids.get())));
    checkpoint.ifPresent(said ->
        parts.add(
            StreamAppend.of(
                streams.checkpoint(), at(before.orElseThrow()), said.proposed(ids.get()))));
    store.append(Commit.of(parts));
    return definition;
  }

  void deleted(String name) {
    store.append(ProjectionStreams.ALL, ExpectedState.any(), named(DELETED, name));
  }
}

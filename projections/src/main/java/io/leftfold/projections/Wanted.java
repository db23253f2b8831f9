// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.projections.storage.CheckpointRecord;
import io.leftfold.projections.storage.DefinitionRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.Optional;

/// What somebody wants of a projection, as the log says it: every change is one commit, and where
/// it moves the checkpoint, that is part of it. What is wanted of a query is in memory only.
///
/// Guarded by the projection's lock.
final class Wanted {

  private final Registry registry;
  private final ProjectionStreams streams;
  private DefinitionRecord definition;

  Wanted(Registry registry, ProjectionStreams streams, DefinitionRecord definition) {
    this.registry = registry;
    this.streams = streams;
    this.definition = definition;
  }

  DefinitionRecord definition() {
    return definition;
  }

  private boolean isInLog() {
    return Runs.mode(definition) != ProjectionMode.TRANSIENT;
  }

  /// Takes what the log says, whoever wrote it.
  void read() {
    if (isInLog()) {
      definition = registry.definition(streams).orElse(definition);
    }
  }

  void become(DefinitionRecord wanted) {
    if (!wanted.equals(definition)) {
      definition = isInLog() ? registry.update(streams, wanted) : wanted;
    }
  }

  /// The last checkpoint that was written for the current version.
  Registry.Current checkpoint() {
    return registry.checkpoint(streams, definition.epoch());
  }

  /// A new epoch, at zero.
  ///
  /// @param emitsAgain whether what was emitted is emitted again
  void beginAtZero(boolean emitsAgain) {
    var before = checkpoint();
    var epoch = definition.version() + 1;
    var start =
        CheckpointRecord.start(streams.id(), epoch)
            .at(-1, emitsAgain ? 0 : notYetEmitted(before.checkpoint()));
    definition = registry.update(streams, definition.withEpoch(epoch), before.revision(), start);
  }

  /// The first position whose events were not emitted for.
  private static long notYetEmitted(CheckpointRecord checkpoint) {
    return Math.max(checkpoint.emitsFrom(), checkpoint.position() + 1);
  }

  /// Another script that goes on from the checkpoint.
  void goOnWith(DefinitionRecord wanted) {
    var before = checkpoint();
    definition =
        before.checkpoint().position() < 0
            ? registry.update(streams, wanted)
            : registry.update(
                streams, wanted, before.revision(), before.checkpoint().withMixed(true));
  }

  /// Another version, to be built beside.
  void build(String query, boolean mayEmit) {
    become(
        definition.withBuilding(
            Optional.of(new DefinitionRecord.Building(query, mayEmit, definition.version() + 1))));
  }

  /// The version that was built beside becomes the current one, at the same place.
  ///
  /// @param before where the current one is
  /// @param built where the other one is
  void switchOver(Registry.Current before, CheckpointRecord built) {
    assert built.position() <= before.checkpoint().position()
        : "what is built beside is ahead of the current version";
    var version = definition.building().orElseThrow();
    definition =
        registry.update(
            streams,
            definition
                .withQuery(version.query(), version.emitEnabled(), definition.properties())
                .withEpoch(version.epoch())
                .withBuilding(Optional.empty()),
            before.revision(),
            built.at(before.checkpoint().position(), notYetEmitted(before.checkpoint())));
  }
}

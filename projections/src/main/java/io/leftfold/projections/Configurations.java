// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.projections.storage.DefinitionRecord;
import java.util.Optional;

/// Between what users say and what the log says.
final class Configurations {

  private Configurations() {}

  static ProjectionConfig config(DefinitionRecord definition) {
    var numbers = definition.settings();
    return new ProjectionConfig(
        definition.emitEnabled(),
        definition.trackEmittedStreams(),
        numbers.checkpointAfterMs(),
        numbers.checkpointHandledThreshold(),
        numbers.checkpointUnhandledBytesThreshold(),
        numbers.pendingEventsThreshold(),
        numbers.maxWriteBatchLength(),
        numbers.maxAllowedWritesInFlight(),
        numbers.projectionExecutionTimeout(),
        FailurePolicy.of(definition.policy()));
  }

  static DefinitionRecord.Settings settings(ProjectionConfig config) {
    return new DefinitionRecord.Settings(
        config.checkpointHandledThreshold(),
        config.checkpointAfterMs(),
        config.checkpointUnhandledBytesThreshold(),
        config.pendingEventsThreshold(),
        config.maxWriteBatchLength(),
        config.maxAllowedWritesInFlight(),
        config.executionTimeoutMillis());
  }

  /// A definition with another configuration. Where that changes whether the projection may write,
  /// it does so for the version beside too: else it would be undone when that takes over.
  static DefinitionRecord over(DefinitionRecord definition, ProjectionConfig config) {
    var mayEmit = config.emitEnabled();
    var changed =
        definition.withSettings(
            settings(config),
            mayEmit,
            config.trackEmittedStreams(),
            config.failurePolicy().toString());
    return mayEmit == definition.emitEnabled()
        ? changed
        : changed.withBuilding(
            definition.building().map(beside -> beside.withEmitEnabled(mayEmit)));
  }

  /// Lets through what can be wanted. What is emitted is in one commit with the checkpoint behind
  /// it, which is why it is emitted once: without checkpoints there is no such commit.
  ///
  /// @throws ProjectionException if it is to emit and keeps no checkpoints
  static DefinitionRecord checked(String name, DefinitionRecord wanted) {
    if (wanted.emitEnabled() && !Runs.isStored(wanted)) {
      throw ProjectionException.notPossible(
          "Projection %s keeps no checkpoints, and emitting requires them; let it be continuous, or one-time with checkpoints, or do not let it emit"
              .formatted(name));
    }
    return wanted;
  }

  static DefinitionRecord definition(NewProjection projection) {
    return new DefinitionRecord(
        projection.query(),
        DefinitionRecord.SCRIPT,
        projection.mode().number(),
        projection.enabled(),
        Optional.empty(),
        projection.config().emitEnabled(),
        projection.config().trackEmittedStreams(),
        !projection.checkpoints(),
        0,
        0,
        settings(projection.config()),
        projection.config().failurePolicy().toString(),
        new DefinitionRecord.RunAs(projection.owner(), projection.roles()),
        Optional.empty(),
        projection.properties(),
        projection.engineVersion());
  }
}

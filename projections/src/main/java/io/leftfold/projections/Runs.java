// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.projections.reading.Cursor;
import io.leftfold.projections.storage.CheckpointRecord;
import io.leftfold.projections.storage.DefinitionRecord;
import org.jspecify.annotations.Nullable;

/// Begins runs of one projection.
///
/// @param host what all projections share
/// @param entry which projection
/// @param news called when a run has ended
record Runs(ProjectionHost host, Registry.Entry entry, Runnable news) {

  static ProjectionMode mode(DefinitionRecord definition) {
    return ProjectionMode.of(definition.mode());
  }

  /// Whether anything is kept of it.
  static boolean isStored(DefinitionRecord definition) {
    return mode(definition) != ProjectionMode.TRANSIENT && !definition.checkpointsDisabled();
  }

  /// Who runs the current version.
  private RunIdentity identity(DefinitionRecord definition) {
    return RunIdentity.current(
        entry.streams(), definition.epoch(), definition.version(), entry.seed());
  }

  /// Begins a run of the current version, behind its checkpoint.
  ///
  /// @param inMemory where states go if they are not stored; nothing if they are
  /// @throws IllegalArgumentException if nothing can run as the definition says
  RunningProjection current(
      DefinitionRecord definition, RunHints known, @Nullable MemoryStates inMemory) {
    var settings = RunSettings.of(Configurations.config(definition), mode(definition));
    return begin(
        identity(definition),
        inMemory == null ? settings : settings.inMemory(),
        definition,
        known,
        inMemory);
  }

  /// Begins a run of a version that is built beside, behind its own checkpoint.
  RunningProjection beside(
      DefinitionRecord definition, DefinitionRecord.Building wanted, RunHints known) {
    var version =
        definition.withQuery(wanted.query(), wanted.emitEnabled(), definition.properties());
    return begin(
        RunIdentity.beside(entry.streams(), wanted.epoch(), definition.version(), entry.seed()),
        RunSettings.of(Configurations.config(version), mode(version)).beside(),
        version,
        known,
        null);
  }

  private RunningProjection begin(
      RunIdentity identity,
      RunSettings settings,
      DefinitionRecord definition,
      RunHints known,
      @Nullable MemoryStates inMemory) {
    var begun = host.newRun(news);
    begun.start(
        effects -> {
          var script = host.compile(entry.name(), definition);
          return new RunCore(
              identity,
              settings,
              known,
              inMemory == null
                  ? load(identity, script.definition(), definition.trackEmittedStreams())
                  : fromZero(identity, script.definition(), inMemory),
              opener(script, definition.emitEnabled() && inMemory == null, known),
              host.options().clock(),
              effects);
        },
        core -> new Cursor(host.store(), Questions.of(core.definition()), core.position()),
        settings.config().pendingEventsThreshold(),
        inMemory);
    return begun;
  }

  private Fold.Opener opener(CompiledProjection script, boolean mayEmit, RunHints known) {
    return known.isOneWorld()
        ? ScriptFold.opener(script, mayEmit)
        : Lanes.opener(script, mayEmit, host.lanes());
  }

  /// What folds an event that is parked, or its partition from there on, while nothing runs.
  CatchUp catchUp(DefinitionRecord definition, long position) {
    var script = host.compile(entry.name(), definition);
    var identity = identity(definition);
    var loaded = load(identity, script.definition(), definition.trackEmittedStreams());
    var parked =
        ParkedStream.now(host.store(), entry.streams(), identity.epoch())
            .at(position)
            .orElseThrow(() ->
                ProjectionException.wrongState(
                    "Nothing of projection %s is parked at position %d"
                        .formatted(entry.name(), position)));
    return new CatchUp(host, identity, script, loaded, definition.emitEnabled(), parked);
  }

  private LoadedRun load(RunIdentity identity, ProjectionDefinition script, boolean tracks) {
    return LoadedRun.read(host.store(), identity, host.newId(), script, host.options(), tracks);
  }

  private LoadedRun fromZero(
      RunIdentity identity, ProjectionDefinition script, MemoryStates inMemory) {
    var states = new StateCache(inMemory, host.options().stateBytesMax());
    return new LoadedRun(
        CheckpointRecord.start(identity.streams().id(), identity.epoch()),
        -1,
        states,
        new ParkedSet(host.options().namesBytesMax()),
        new StepMaker(
            host.store(),
            identity,
            host.newId(),
            script,
            states,
            new TrackedStreams(host.options().namesBytesMax()),
            false));
  }
}

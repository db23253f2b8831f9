// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import org.graalvm.polyglot.Engine;

/// A script that was compiled and found to be a projection. Immutable; any number of folds may be
/// open at a time, each on a thread of its own.
public final class CompiledProjection {

  private final Engine engine;
  private final Watchdog watchdog;
  private final ProjectionSource source;
  private final ProjectionLimits limits;
  private final ProjectionDefinition definition;
  private final boolean hasVariables;

  private CompiledProjection(
      Engine engine,
      Watchdog watchdog,
      ProjectionSource source,
      ProjectionLimits limits,
      ProjectionDefinition definition,
      boolean hasVariables) {
    this.engine = engine;
    this.watchdog = watchdog;
    this.source = source;
    this.limits = limits;
    this.definition = definition;
    this.hasVariables = hasVariables;
  }

  static CompiledProjection compile(
      Engine engine, Watchdog watchdog, ProjectionSource source, ProjectionLimits limits) {
    var host = new ScriptHost(limits, SavedStatesOf.NONE, false);
    try (var script = Script.open(engine, watchdog, source, limits, host)) {
      return new CompiledProjection(
          engine, watchdog, source, limits, script.definition(), script.hasVariables());
    }
  }

  /// The script.
  ///
  /// @return its text and name
  public ProjectionSource source() {
    return source;
  }

  /// What the script says about itself.
  ///
  /// @return what it reads, how it folds, what comes out
  public ProjectionDefinition definition() {
    return definition;
  }

  /// Opens a fold that goes on from saved states.
  ///
  /// @param states the states as they were last saved
  /// @return the fold; close it
  public ProjectionFold fold(SavedStates states) {
    return new ProjectionFold(this, states, true);
  }

  /// Opens a fold in which `emit`, `linkTo` and `linkStreamTo` are faults.
  ///
  /// @param states the states as they were last saved
  /// @return the fold; close it
  public ProjectionFold foldWithoutEmitting(SavedStates states) {
    return new ProjectionFold(this, states, false);
  }

  /// Opens a fold from nothing.
  ///
  /// @return the fold; close it
  public ProjectionFold fold() {
    return fold(SavedStatesOf.NONE);
  }

  /// Whether partitions have nothing in common but the script, as far as can be told: then it does
  /// not matter which of them are folded in the same world.
  boolean isDivisible() {
    return definition.partitioning() != ProjectionDefinition.Partitioning.NONE
        && !definition.biState()
        && !hasVariables;
  }

  ProjectionLimits limits() {
    return limits;
  }

  Script open(ScriptHost host) {
    return Script.open(engine, watchdog, source, limits, host);
  }
}

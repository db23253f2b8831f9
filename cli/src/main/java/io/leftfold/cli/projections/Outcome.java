// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.projections;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.CompiledProjection;
import io.leftfold.projections.EmittedEvent;
import io.leftfold.projections.InMemoryProjection;
import io.leftfold.projections.ProjectionDefinition;
import io.leftfold.projections.ProjectionFault;
import io.leftfold.projections.ProjectionFaultException;
import io.leftfold.projections.ProjectionLimits;
import io.leftfold.projections.ProjectionRuntime;
import io.leftfold.projections.ProjectionSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// What came of a script and its events.
///
/// @param definition what the script says about itself; empty if it does not compile
/// @param states by partition: JSON, or empty for none
/// @param shared the state that all share: JSON, if there is one
/// @param results by partition: JSON, or empty for none
/// @param emitted in order
/// @param logged line by line
/// @param faults in order
public record Outcome(
    Optional<ProjectionDefinition> definition,
    SequencedMap<String, String> states,
    Optional<String> shared,
    SequencedMap<String, String> results,
    List<EmittedEvent> emitted,
    List<String> logged,
    List<Fault> faults) {

  /// What stopped a script, or made it leave an event out.
  ///
  /// @param event the number of the event in the file, from 1; 0 if it was none
  /// @param fault why and where
  public record Fault(int event, ProjectionFault fault) {}

  /// A machine that is busy makes no script a slow one, for it is processor time that counts; but
  /// the first events of a process take longer than all that follow.
  private static final ProjectionLimits LIMITS =
      ProjectionLimits.DEFAULT.withTimes(Duration.ofSeconds(10), Duration.ofSeconds(5));

  /// Compiles a script as cases do.
  ///
  /// @param runtime runs it
  /// @param source the script
  /// @return what can be folded with
  /// @throws ProjectionFaultException if it is no projection
  public static CompiledProjection compile(ProjectionRuntime runtime, ProjectionSource source) {
    return runtime.compile(source, LIMITS);
  }

  /// Lets a script have events.
  ///
  /// @param runtime runs it
  /// @param source the script
  /// @param given the events
  /// @param goesOn whether an event that makes it fail is left out; otherwise it is the last one
  /// @return what came of it
  public static Outcome of(
      ProjectionRuntime runtime,
      ProjectionSource source,
      List<ResolvedEvent> given,
      boolean goesOn) {
    var faults = new ArrayList<Fault>();
    try {
      var compiled = compile(runtime, source);
      try (var projection = InMemoryProjection.of(compiled)) {
        handle(projection, given, goesOn, faults);
        return of(compiled.definition(), projection, faults);
      }
    } catch (ProjectionFaultException e) {
      faults.add(new Fault(0, e.fault()));
      return new Outcome(
          Optional.empty(),
          new TreeMap<>(),
          Optional.empty(),
          new TreeMap<>(),
          List.of(),
          List.of(),
          faults);
    }
  }

  private static void handle(
      InMemoryProjection projection,
      List<ResolvedEvent> given,
      boolean goesOn,
      List<Fault> faults) {
    for (var i = 0; i < given.size(); i++) {
      try {
        projection.handle(given.get(i));
      } catch (ProjectionFaultException e) {
        faults.add(new Fault(i + 1, e.fault()));
        if (!goesOn) {
          return;
        }
      }
    }
  }

  private static Outcome of(
      ProjectionDefinition definition, InMemoryProjection projection, List<Fault> faults) {
    var states = projection.states();
    var results = new TreeMap<String, String>();
    states.keySet().forEach(partition -> results.put(partition, projection.result(partition)));
    return new Outcome(
        Optional.of(definition),
        states,
        definition.biState() ? Optional.of(projection.sharedState()) : Optional.empty(),
        results,
        projection.emitted(),
        projection.logged(),
        faults);
  }

  /// Whether each partition has a state of its own.
  ///
  /// @return whether the script says so
  public boolean isPartitioned() {
    return definition
        .filter(it -> it.partitioning() != ProjectionDefinition.Partitioning.NONE)
        .isPresent();
  }

  /// Whether a result is something else than the state.
  ///
  /// @return whether the script says so
  public boolean hasResults() {
    return definition.filter(it -> !it.results().chain().isEmpty()).isPresent();
  }
}

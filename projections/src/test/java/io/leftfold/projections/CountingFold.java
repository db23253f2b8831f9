// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventStore;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A fold in Java, for thousands of histories: each stream of the category `s` has a state that is
/// the texts of its events, one behind the other; each event is emitted with the state before it.
/// An event whose data is `poison` makes it fail.
final class CountingFold implements Fold {

  static final ProjectionDefinition DEFINITION =
      new ProjectionDefinition(
          new ProjectionDefinition.Sources.All(),
          new ProjectionDefinition.EventTypes.Named(List.of("Said")),
          ProjectionDefinition.Partitioning.STREAM,
          new ProjectionDefinition.Handlers(true, false, false, false, false),
          false,
          new ProjectionDefinition.Results(false, List.of(), Optional.empty(), Optional.empty()),
          false,
          false,
          Optional.empty(),
          List.of());

  private final SavedStates saved;
  private final Map<String, String> states = new HashMap<>();
  private final Set<String> dirty = new LinkedHashSet<>();

  private CountingFold(SavedStates saved) {
    this.saved = saved;
  }

  static Opener opener() {
    return new Opener() {
      @Override
      public ProjectionDefinition definition() {
        return DEFINITION;
      }

      @Override
      public Fold open(SavedStates states) {
        return new CountingFold(states);
      }
    };
  }

  /// What a run goes on from.
  ///
  /// @param run a random number of the run's own
  static LoadedRun loaded(EventStore store, RunIdentity identity, UUID run) {
    return LoadedRun.read(store, identity, run, DEFINITION, ProjectionOptions.defaults(), false);
  }

  /// A run that may emit and keeps its states in the store.
  ///
  /// @param opener opens folds of this definition
  static RunCore run(
      RunIdentity identity,
      LoadedRun loaded,
      ProjectionConfig config,
      Opener opener,
      Clock clock,
      RunEffects effects) {
    return new RunCore(
        identity,
        new RunSettings(config, false, true, true, false, 1 << 20),
        RunHints.NONE,
        loaded,
        opener,
        clock,
        effects);
  }

  /// What it emits for an event, to `out-<stream>`.
  static String emitted(String before, RecordedEvent event) {
    return "[\"%s\",\"%s\"]".formatted(before, event.dataAsText());
  }

  /// What an event that fails comes to.
  static ProjectionFaultException failure(RecordedEvent event, String why, String stateBefore) {
    return new ProjectionFaultException(
        "counting",
        new ProjectionFault(
            ProjectionFault.Kind.THROWN,
            why,
            Optional.empty(),
            Optional.of(ProjectionFault.EventPlace.of(event)),
            Optional.of(event.stream().value()),
            Optional.of(stateBefore)));
  }

  @Override
  public FoldStep handle(ResolvedEvent resolved) {
    var event = resolved.event().orElseThrow();
    if (!DEFINITION.wants(resolved)) {
      return new FoldStep(FoldStep.Outcome.NOT_WANTED, "", List.of(), List.of());
    }
    var partition = event.stream().value();
    var before = state(partition);
    if (event.dataAsText().equals("poison")) {
      throw failure(event, "poison", before);
    }
    states.put(partition, before + event.dataAsText() + ";");
    dirty.add(partition);
    var out = new ArrayList<EmittedEvent>();
    out.add(new EmittedEvent("out-" + partition, "Heard", true, emitted(before, event), ""));
    out.add(new EmittedEvent("all-heard", "Heard", true, emitted(before, event), ""));
    return new FoldStep(FoldStep.Outcome.HANDLED, partition, out, List.of());
  }

  @Override
  public StateChanges save() {
    var changes = new LinkedHashMap<String, String>();
    dirty.forEach(partition -> changes.put(partition, state(partition)));
    dirty.clear();
    if (states.size() > 3) {
      // As a script forgets what it has not used for long.
      states.clear();
    }
    return new StateChanges(changes, Optional.empty());
  }

  @Override
  public String state(String partition) {
    return states.computeIfAbsent(partition, name -> saved.state(name).orElse(""));
  }

  @Override
  public String sharedState() {
    return "";
  }

  @Override
  public String result(String partition) {
    return state(partition);
  }

  @Override
  public void close() {}
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.LeftfoldException;
import io.leftfold.projections.storage.DefinitionRecord;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps the current version of a projection running: begins runs, sees what became of them, and
/// has what failed by the store, or stands still, begin again.
///
/// Guarded by the projection's lock.
final class RunKeeper {

  private static final System.Logger LOGGER = System.getLogger(RunKeeper.class.getName());

  private final ProjectionHost host;
  private final Registry.Entry entry;
  private final Runs runs;
  private final Supplier<DefinitionRecord> wanted;
  private final StallWatch stalls;
  private ProjectionState state = ProjectionState.STOPPED;
  private String reason = "";
  private @Nullable RunningProjection run;
  private @Nullable MemoryStates memory;
  private RunHints hints = RunHints.NONE;
  private OptionalLong againAt = OptionalLong.empty();
  private int failures;
  private boolean wasStarted;
  private long faults;
  private Optional<RunFigures> lastFigures = Optional.empty();

  /// @param wanted what is to run
  RunKeeper(
      ProjectionHost host, Registry.Entry entry, Runs runs, Supplier<DefinitionRecord> wanted) {
    this.host = host;
    this.entry = entry;
    this.runs = runs;
    this.wanted = wanted;
    stalls = new StallWatch(host);
  }

  // ---- what it is told

  /// Begins a run.
  void start() {
    againAt = OptionalLong.empty();
    if (!host.running().test(entry.name())) {
      become(ProjectionState.STOPPED, "It does not run in this process");
      return;
    }
    var definition = wanted.get();
    memory =
        Runs.isStored(definition) ? null : new MemoryStates(host.options().pastStateBytesMax());
    try {
      run = runs.current(definition, hints, memory);
    } catch (IllegalArgumentException e) {
      // What others have written to the log.
      become(ProjectionState.FAULTED, String.valueOf(e.getMessage()));
      return;
    }
    become(ProjectionState.RUNNING, "");
    wasStarted = true;
  }

  /// Forgets what runs before have learned, and how far they were.
  void forget() {
    hints = RunHints.NONE;
    failures = 0;
    lastFigures = Optional.empty();
  }

  /// Ends the run, waits for that, and has none begin by itself.
  ///
  /// @param abort whether the open step is dropped
  void halt(boolean abort) {
    if (run != null) {
      var how = (abort ? run.abort() : run.stop()).join();
      ended(how instanceof RunEnd.Again ? new RunEnd.Stopped() : how);
    }
    againAt = OptionalLong.empty();
  }

  /// Begins a run after a pause, for the store has failed.
  void failed(String why) {
    ended(new RunEnd.StoreFailed(why));
  }

  void become(ProjectionState next, String why) {
    state = next;
    reason = why;
    if (next == ProjectionState.FAULTED) {
      faults++;
      LOGGER.log(System.Logger.Level.WARNING, "Projection {0} is faulted: {1}", entry.name(), why);
    }
  }

  /// Sees what has ended, what is to be tried again, and what stands still.
  void look() {
    if (run != null && run.ended().isDone()) {
      ended(run.ended().join());
    }
    if (againAt.isPresent() && !isPausing()) {
      start();
    }
    if (run != null) {
      run.tick();
      beginAgainIfStalled(run);
    }
  }

  // ---- what becomes of a run

  private void ended(RunEnd how) {
    var figures = run == null ? Optional.<RunFigures>empty() : run.figures();
    run = null;
    switch (how) {
      case RunEnd.Stopped() -> become(ProjectionState.STOPPED, "");
      case RunEnd.Aborted() -> become(ProjectionState.ABORTED, "");
      case RunEnd.Completed() -> completed();
      case RunEnd.Faulted(var why) -> become(ProjectionState.FAULTED, why);
      case RunEnd.Fenced() ->
          become(
              ProjectionState.FAULTED,
              "Something else has written the checkpoint of projection %s; is it run elsewhere too?"
                  .formatted(entry.name()));
      case RunEnd.StoreFailed(var why) -> {
        failures = figures.flatMap(RunFigures::lastStep).isPresent() ? 1 : failures + 1;
        var millis = BackOff.millis(failures);
        become(
            ProjectionState.FAULTED,
            "%s; projection %s begins again in %d s".formatted(why, entry.name(), millis / 1000));
        againAt = OptionalLong.of(host.options().clock().millis() + millis);
      }
      case RunEnd.Again(var learned) -> {
        hints = learned;
        start();
      }
    }
    lastFigures = figures;
  }

  /// What nothing is kept of leaves its results, if it was told to.
  private void completed() {
    if (memory != null) {
      try {
        QueryResults.write(host, entry, wanted.get(), memory);
      } catch (ProjectionFaultException e) {
        become(ProjectionState.FAULTED, String.valueOf(e.getMessage()));
        return;
      } catch (LeftfoldException | IllegalArgumentException e) {
        ended(RunEnd.of(e, "Writing ($w) results"));
        return;
      }
    }
    become(ProjectionState.COMPLETED, "");
  }

  private void beginAgainIfStalled(RunningProjection running) {
    if (stalls.standsStill(running)) {
      stalls.reset();
      LOGGER.log(
          System.Logger.Level.WARNING,
          "Projection {0} stands still at position {1} though there are events ahead; it begins"
              + " again behind its checkpoint",
          entry.name(),
          running.pulse().position());
      running.renew();
    }
  }

  // ---- how it is

  boolean isRunning() {
    return run != null;
  }

  /// Whether it waits for a while before it tries again.
  boolean isPausing() {
    return againAt.isPresent() && againAt.getAsLong() > host.options().clock().millis();
  }

  ProjectionState state() {
    return state;
  }

  /// What is known now.
  Answers answers(Registry registry) {
    return new Answers(host, registry, entry, wanted.get(), run, memory, lastFigures);
  }

  ProjectionStatistics statistics(Registry registry, @Nullable Building building) {
    return answers(registry).statistics(state, reason, wasStarted, faults, building);
  }
}

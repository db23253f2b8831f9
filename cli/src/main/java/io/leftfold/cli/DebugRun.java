// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.client.ProjectionSteps;
import io.leftfold.projections.DebugStart;
import io.leftfold.projections.DebugStep;
import io.leftfold.projections.EmittedEvent;
import io.leftfold.projections.FoldStep;
import io.leftfold.projections.ProjectionDebugger;
import io.leftfold.projections.ProjectionFault;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;

/// Events one after the other, and what each does to a projection: here, or on a server.
sealed interface DebugRun extends AutoCloseable {

  /// Takes the next event.
  ///
  /// @return what it does; empty if there are no more for now
  Optional<DebugStep> step();

  /// The state of a partition behind the last event.
  ///
  /// @return JSON, empty for none; nothing if that is not known
  Optional<String> state(String partition);

  @Override
  void close();

  /// In this process.
  record Here(ProjectionDebugger debugger) implements DebugRun {
    @Override
    public Optional<DebugStep> step() {
      return debugger.step();
    }

    @Override
    public Optional<String> state(String partition) {
      return Optional.of(debugger.state(partition));
    }

    @Override
    public void close() {
      debugger.close();
    }
  }

  /// On a server, some events at a time. A partition's state is known from its last event, or asked
  /// for as of the place of the run.
  final class There implements DebugRun {

    /// Asks a server for some events.
    interface Asking {
      ProjectionSteps from(ProjectionSteps.Start start, int limit);
    }

    /// Asks a server for a state below a position.
    interface Looking {
      Optional<String> state(String partition, long end);
    }

    private final Asking asking;
    private final Looking looking;
    private final int limit;
    private final Queue<ProjectionSteps.Step> steps = new ArrayDeque<>();
    private final Map<String, String> states = new HashMap<>();
    private ProjectionSteps.Start start;
    private long end;

    /// @param limit how many events to ask for at a time
    There(DebugStart start, int limit, Asking asking, Looking looking) {
      this.asking = asking;
      this.looking = looking;
      this.limit = limit;
      this.start = start(start);
    }

    static ProjectionSteps.Start start(DebugStart start) {
      return switch (start) {
        case DebugStart.Zero() -> new ProjectionSteps.Start.Zero();
        case DebugStart.Checkpoint() -> new ProjectionSteps.Start.Checkpoint();
        case DebugStart.Position(var position) -> new ProjectionSteps.Start.Position(position);
      };
    }

    @Override
    public Optional<DebugStep> step() {
      if (steps.isEmpty()) {
        var more = asking.from(start, limit);
        steps.addAll(more.steps());
        next(more).ifPresent(place -> start = new ProjectionSteps.Start.Position(place));
      }
      var step = steps.poll();
      if (step == null) {
        return Optional.empty();
      }
      end = step.event().original().position() + 1;
      states.put(step.partition(), step.stateAfter());
      return Optional.of(shown(step));
    }

    private static OptionalLong next(ProjectionSteps more) {
      return more.next().isPresent() || more.steps().isEmpty()
          ? more.next()
          : OptionalLong.of(more.steps().getLast().event().original().position() + 1);
    }

    @Override
    public Optional<String> state(String partition) {
      return Optional.ofNullable(states.get(partition)).or(() -> looking.state(partition, end));
    }

    @Override
    public void close() {
      // The server keeps nothing of it.
    }

    private static DebugStep shown(ProjectionSteps.Step step) {
      return new DebugStep(
          step.event(),
          FoldStep.Outcome.valueOf(step.outcome()),
          step.partition(),
          step.stateBefore(),
          step.stateAfter(),
          step.sharedBefore(),
          step.sharedAfter(),
          step.emitted().stream()
              .map(event ->
                  new EmittedEvent(
                      event.stream(), event.type(), event.isJson(), event.data(), event.metadata()))
              .toList(),
          step.logged(),
          step.fault().map(fault -> fault(fault, step)));
    }

    private static ProjectionFault fault(ProjectionSteps.Fault fault, ProjectionSteps.Step step) {
      return new ProjectionFault(
          ProjectionFault.Kind.valueOf(fault.kind()),
          fault.message(),
          fault.line() == 0
              ? Optional.empty()
              : Optional.of(
                  new ProjectionFault.Place(
                      fault.line(), fault.column(), fault.function(), fault.text())),
          Optional.empty(),
          Optional.of(step.partition()),
          Optional.of(step.stateBefore()));
    }
  }
}

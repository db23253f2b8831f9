// SPDX-License-Identifier: Apache-2.0

package io.leftfold.observing;

import io.leftfold.toolkit.ProjectionFigures;
import io.leftfold.toolkit.ProjectionStatus.Phase;
import io.leftfold.toolkit.WorkObserver;
import io.leftfold.toolkit.process.ProcessFigures;
import io.leftfold.toolkit.topology.PartFigures;
import io.leftfold.toolkit.topology.RunningTopology;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/// Meters of Micrometer for what the toolkit runs.
///
/// ```java
/// ToolkitMeters.ofTopology(running, Clock.systemUTC()).bindTo(registry);
///
/// var options = HandlingOptions.defaults().observedBy(ToolkitMeters.ofWork(registry));
/// ```
///
/// | meter | of |
/// |---|---|
/// | `leftfold.toolkit.projection.lag.events`, `.lag` (seconds) | a projection: what it has not folded yet |
/// | `leftfold.toolkit.projection.parked`, `.running` | its partitions that stand still; 1 if it goes on |
/// | `leftfold.toolkit.process.lag.events`, `.lag` (seconds) | a process: what it has not taken yet |
/// | `leftfold.toolkit.process.instances`, `.parked` | its instances that are not at their end; those that stand still |
/// | `leftfold.toolkit.process.aside` | events that it could not read, and that are to be taken up or left out |
/// | `leftfold.toolkit.process.commands.open`, `.commands.delivering`, `.commands.retrying` | its commands that are not settled; those that are with their targets; those that wait to be tried again |
/// | `leftfold.toolkit.process.timers`, `.full` | its timers; 1 if it takes nothing for too much is open |
/// | `leftfold.toolkit.process.running` | 1 if it goes on |
/// | `leftfold.toolkit.process.retries` | counts commands that were put back |
/// | `leftfold.toolkit.commands` | a timer of commands that deciders handled, by `command` and `outcome` |
/// | `leftfold.toolkit.commands.conflicts` | counts attempts in which others were quicker |
/// | `leftfold.toolkit.deliveries` | a timer of commands at their targets, by `process`, `command` and `outcome` |
///
/// An `outcome` is `accepted`, `repeated`, `rejected` or `failed`. Figures are read from the store
/// when they are looked at, at most twice a second; what cannot be read, and what a part that runs
/// in another process would say, is no number.
public final class ToolkitMeters {

  private static final String PREFIX = "leftfold.toolkit.";
  private static final double MILLIS_PER_SECOND = 1_000;

  private ToolkitMeters() {}

  /// Of all parts of a topology, each by its name.
  ///
  /// @param running the topology
  /// @param clock by which it is told for how long something has waited; like the store's
  /// @return binds them to a registry
  public static MeterBinder ofTopology(RunningTopology running, InstantSource clock) {
    return registry ->
        running
            .parts()
            .forEach(part -> {
              var name = part.name();
              switch (part.kind()) {
                case PROJECTION -> show(registry, name, () -> projection(running, name), clock);
                case PROCESS -> show(registry, name, () -> process(running, name));
              }
            });
  }

  private static Optional<ProjectionFigures> projection(RunningTopology running, String part) {
    return running
        .figures(part)
        .flatMap(known ->
            known instanceof PartFigures.OfProjection(var figures)
                ? Optional.of(figures)
                : Optional.empty());
  }

  private static Optional<ProcessFigures> process(RunningTopology running, String part) {
    return running
        .figures(part)
        .flatMap(known ->
            known instanceof PartFigures.OfProcess(var figures)
                ? Optional.of(figures)
                : Optional.empty());
  }

  /// Of a projection that runs by itself.
  ///
  /// @param name of it
  /// @param figures such as `projector::figures`
  /// @param clock by which it is told for how long something has waited; like the store's
  /// @return binds them to a registry
  public static MeterBinder ofProjection(
      String name, Supplier<ProjectionFigures> figures, InstantSource clock) {
    return registry -> show(registry, name, () -> Optional.of(figures.get()), clock);
  }

  /// Of a process that runs by itself.
  ///
  /// @param name of it
  /// @param figures such as `running::figures`
  /// @return binds them to a registry
  public static MeterBinder ofProcess(String name, Supplier<ProcessFigures> figures) {
    return registry -> show(registry, name, () -> Optional.of(figures.get()));
  }

  /// Of commands that are handled, and delivered by processes.
  ///
  /// @param registry where they are kept
  /// @return to be given to options
  public static WorkObserver ofWork(MeterRegistry registry) {
    return new WorkMeters(registry, PREFIX);
  }

  private static void show(
      MeterRegistry registry,
      String name,
      Supplier<Optional<ProjectionFigures>> figures,
      InstantSource clock) {
    new FiguresShown<>(registry, PREFIX + "projection.", Tags.of("projection", name), figures)
        .gauge("lag.events", "Positions not folded", ProjectionFigures::lag)
        .seconds(
            "lag",
            "The age of the first event that is not folded",
            it -> seconds(it.waiting(clock.instant())))
        .gauge("parked", "Partitions that stand still", ProjectionFigures::parked)
        .gauge("running", "1 if it goes on", it -> isGoingOn(it.phase()) ? 1 : 0);
  }

  /// Step by step it goes on, too.
  private static boolean isGoingOn(Phase phase) {
    return switch (phase) {
      case IDLE, RUNNING -> true;
      case RETRYING, STOPPED, RETIRED, CLOSED -> false;
    };
  }

  private static void show(
      MeterRegistry registry, String name, Supplier<Optional<ProcessFigures>> figures) {
    new FiguresShown<>(registry, PREFIX + "process.", Tags.of("process", name), figures)
        .gauge("lag.events", "Positions not taken", ProcessFigures::lag)
        .seconds("lag", "The age of the first event not taken", it -> seconds(it.waiting()))
        .gauge("instances", "Instances not at their end", it -> it.begun() - it.completed())
        .gauge("parked", "Instances that stand still", ProcessFigures::parked)
        .gauge("aside", "Events that were set aside", ProcessFigures::aside)
        .gauge("commands.open", "Commands not settled", ProcessFigures::openCommands)
        .gauge("commands.delivering", "Commands at their targets", ProcessFigures::atTargets)
        .gauge("commands.retrying", "Commands to be tried again", ProcessFigures::retrying)
        .gauge("timers", "Timers that run", ProcessFigures::timers)
        .gauge("full", "1 if it takes nothing, for too much is open", it -> it.isFull() ? 1 : 0)
        .gauge("running", "1 if it goes on", it -> it.isRunning() ? 1 : 0)
        .counter("retries", "How often commands were put back", ProcessFigures::retries);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / MILLIS_PER_SECOND;
  }
}

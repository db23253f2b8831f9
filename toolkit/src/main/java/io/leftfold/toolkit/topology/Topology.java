// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import io.leftfold.api.EventStore;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.process.CommandTarget;
import io.leftfold.toolkit.process.ProcessDefinition;
import io.leftfold.toolkit.process.ProcessOptions;
import io.leftfold.toolkit.process.ProcessRunner;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/// What an application runs on its events: projections and processes, declared once.
///
/// ```java
/// var shop =
///     Topology.named("shop")
///         .projection(STOCK, stockModel)
///         .process(DELIVERY, store -> CommandTarget.of(handlerOn(store), Refusal::message), options);
///
/// try (var running = shop.run(store, Mode.named(configured, hostName), clock, threads)) {
///   var handler = handlerOn(running.store()); // whoever appends there waits as the mode says
///   …
/// }
/// ```
///
/// The same declaration runs in a test's own thread, with each append, in the background, and
/// spread over processes ([Mode]), and comes to the same states.
public final class Topology {

  private final String name;
  private final List<Part> parts;

  private Topology(String name, List<Part> parts) {
    this.name = name;
    this.parts = parts;
  }

  /// Something to run.
  ///
  /// @param name among the parts of a topology
  /// @param kind what it is
  /// @param maker makes what runs it, anew each time it is to run
  private record Part(String name, PartStatus.Kind kind, Maker maker) {}

  private interface Maker {
    RunningPart on(EventStore store, Clock clock, ThreadFactory threads);
  }

  /// One in which nothing runs yet.
  ///
  /// @param name of the application: processes that share the work of one ([Mode.Shared]) call it
  ///   the same
  /// @return to which parts are added
  /// @throws IllegalArgumentException if it has a dot, or no stream can have it in its name
  public static Topology named(String name) {
    if (name.isEmpty() || name.indexOf('.') >= 0) {
      throw new IllegalArgumentException(
          "A topology has a name without dots, got \"%s\"".formatted(name));
    }
    var _ = leases(name, "x");
    return new Topology(name, List.of());
  }

  private static StreamName leases(String topology, String part) {
    return StreamName.of("leases.topology-%s.%s".formatted(topology, part));
  }

  /// And a projection, with default options.
  ///
  /// @param projection what events do
  /// @param readModel what they do it to
  /// @param <E> the events of the application
  /// @param <V> what a fold writes to
  /// @return the new topology
  /// @throws IllegalArgumentException if there is a part of that name
  public <E, V> Topology projection(Projection<E, V> projection, ReadModel<V> readModel) {
    return projection(projection, readModel, FoldingOptions.defaults());
  }

  /// And a projection. Its threads are those of its options.
  ///
  /// @param projection what events do
  /// @param readModel what they do it to
  /// @param options how it is run
  /// @param <E> the events of the application
  /// @param <V> what a fold writes to
  /// @return the new topology
  /// @throws IllegalArgumentException if there is a part of that name
  public <E, V> Topology projection(
      Projection<E, V> projection, ReadModel<V> readModel, FoldingOptions options) {
    return with(
        nameOf(projection),
        PartStatus.Kind.PROJECTION,
        (store, _, _) ->
            new RunningPart.OfProjection(Projector.of(store, projection, readModel, options)));
  }

  static String nameOf(Projection<?, ?> projection) {
    return "%s.%d".formatted(projection.version().projection(), projection.version().version());
  }

  /// And a process.
  ///
  /// @param definition which
  /// @param target makes, for the store that the topology is run on, where commands go
  /// @param options how it is run
  /// @param <E> the events that are followed
  /// @param <S> the state of an instance
  /// @param <C> the commands
  /// @return the new topology
  /// @throws IllegalArgumentException if there is a part of that name
  public <E, S, C> Topology process(
      ProcessDefinition<E, S, C> definition,
      Function<? super EventStore, CommandTarget<C>> target,
      ProcessOptions options) {
    return with(
        definition.name(),
        PartStatus.Kind.PROCESS,
        (store, clock, threads) ->
            new RunningPart.OfProcess(
                ProcessRunner.of(store, definition, target.apply(store), clock, options), threads));
  }

  private Topology with(String part, PartStatus.Kind kind, Maker maker) {
    if (parts.stream().anyMatch(one -> one.name().equals(part))) {
      throw new IllegalArgumentException(
          "The parts of topology %s have different names, got two called %s".formatted(name, part));
    }
    var more = new ArrayList<>(parts);
    more.add(new Part(part, kind, maker));
    return new Topology(name, List.copyOf(more));
  }

  /// Runs it.
  ///
  /// @param store where events are; it is not closed
  /// @param mode how
  /// @param clock by which timers of processes are due and leases end
  /// @param threads makes the threads of processes, and the one that looks after leases; virtual
  ///   ones are right
  /// @return to be closed after use
  public RunningTopology run(EventStore store, Mode mode, Clock clock, ThreadFactory threads) {
    var running = prepare(store, mode, clock, threads);
    running.start();
    return running;
  }

  /// The same before it begins: for whoever wires an application first, and starts it then
  /// ([RunningTopology#start]).
  ///
  /// @param store where events are; it is not closed
  /// @param mode how
  /// @param clock by which timers of processes are due and leases end
  /// @param threads makes the threads of processes, and the one that looks after leases; virtual
  ///   ones are right
  /// @return to be closed after use, started or not
  /// @throws IllegalArgumentException if it is to be run inline with appends to a store in another
  ///   process
  public RunningTopology prepare(EventStore store, Mode mode, Clock clock, ThreadFactory threads) {
    if (mode instanceof Mode.Inline && !store.isInThisProcess()) {
      throw new IllegalArgumentException(
          "A topology is run inline on a store in the same process, and this one is in another: an append would return before its event came; run it after the commit (Mode.AfterCommit)");
    }
    var members =
        parts.stream()
            .map(part ->
                new Member(
                    part.name(),
                    part.kind(),
                    () -> part.maker().on(store, clock, threads),
                    mode instanceof Mode.Shared))
            .toList();
    return switch (mode) {
      case Mode.Stepped() -> new RunningTopology(store, new Stepping(members, false));
      case Mode.Inline() -> new RunningTopology(store, new Stepping(members, true));
      case Mode.AfterCommit(var patience) ->
          new RunningTopology(store, new Threaded(members, patience, clock));
      case Mode.Background() ->
          new RunningTopology(store, new Threaded(members, Duration.ZERO, clock));
      case Mode.Shared(var holder, var length) ->
          new RunningTopology(
              store,
              new Sharing(
                  members,
                  member -> new Lease(store, leases(name, member.name()), holder, length, clock),
                  length,
                  threads));
    };
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.observing;

import io.leftfold.api.EventStore;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.Boundary;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.Decider;
import io.leftfold.toolkit.Decision;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.HandlingOptions;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.States;
import io.leftfold.toolkit.process.CommandTarget;
import io.leftfold.toolkit.process.Correlation;
import io.leftfold.toolkit.process.Effect;
import io.leftfold.toolkit.process.Input;
import io.leftfold.toolkit.process.ProcessDefinition;
import io.leftfold.toolkit.process.ProcessManager;
import io.leftfold.toolkit.process.ProcessOptions;
import io.leftfold.toolkit.process.ProcessRunner;
import io.leftfold.toolkit.process.Retries;
import io.leftfold.toolkit.topology.Topology;
import java.time.Clock;
import java.util.List;
import java.util.Random;

/// A small application to look at: what was ordered is shipped by a process, and counted.
final class Parcels {

  private Parcels() {}

  sealed interface Event {
    String order();
  }

  record Ordered(String order) implements Event {}

  record Shipped(String order) implements Event {}

  sealed interface Command {
    String order();
  }

  record Order(String order) implements Command {}

  record Ship(String order) implements Command {}

  static final EventTypes<Event> EVENTS =
      EventTypes.of(Event.class)
          .type("Ordered", 1, Ordered.class, JsonBinding.jackson(Ordered.class))
          .type("Shipped", 1, Shipped.class, JsonBinding.jackson(Shipped.class))
          .build();

  private static final EventTypes<Ship> COMMANDS =
      EventTypes.of(Ship.class)
          .type("Ship", 1, Ship.class, JsonBinding.jackson(Ship.class))
          .build();

  static StreamName stream(String order) {
    return StreamName.of("order-" + order);
  }

  /// Whatever is ordered is ordered once.
  ///
  /// @param meanwhile what goes on while it is decided
  static <C extends Command> CommandHandler<C, Integer, Event, String> handler(
      EventStore store, HandlingOptions options, Runnable meanwhile) {
    var decider =
        Decider.<C, Integer, Event, String>of(
            0,
            (command, events) -> {
              meanwhile.run();
              Command wanted = command;
              return switch (wanted) {
                case Order(var order) when events == 0 -> Decision.accept(new Ordered(order));
                case Order _ -> Decision.reject("ordered before");
                case Ship(var order) -> Decision.accept(new Shipped(order));
              };
            },
            (events, _) -> events + 1);
    return CommandHandler.of(
            store, decider, EVENTS, command -> Boundary.<Event>stream(stream(command.order())))
        .with(options);
  }

  private static final class Shipping implements ProcessManager<Event, Integer, Ship> {
    @Override
    public Correlation correlate(Event event) {
      return event instanceof Ordered ? Correlation.start(event.order()) : Correlation.ignored();
    }

    @Override
    public Integer initialState() {
      return 0;
    }

    @Override
    public Integer evolve(Integer inputs, Input<Event, Ship> input) {
      return inputs + 1;
    }

    @Override
    public boolean isTerminal(Integer inputs) {
      return inputs == 2;
    }

    @Override
    public List<Effect<Ship>> react(Integer inputs, Input<Event, Ship> input) {
      return input instanceof Input.Occurred<Event, Ship>(var event, _)
          ? List.of(Effect.send(new Ship(event.order())))
          : List.of();
    }
  }

  private static final ProcessDefinition<Event, Integer, Ship> SHIPPING =
      ProcessDefinition.of("shipping", new Shipping(), EVENTS, COMMANDS);

  static Topology topology(HandlingOptions handling, ProcessOptions processing) {
    return Topology.named("parcels")
        .projection(counting(), new InMemoryReadModel<>())
        .process(SHIPPING, store -> target(store, handling), processing);
  }

  private static CommandTarget<Ship> target(EventStore store, HandlingOptions handling) {
    return CommandTarget.of(Parcels.<Ship>handler(store, handling, () -> {}), it -> it);
  }

  static ProcessRunner<Event, Integer, Ship> runner(
      EventStore store, HandlingOptions handling, ProcessOptions processing, Clock clock) {
    return ProcessRunner.of(store, SHIPPING, target(store, handling), clock, processing);
  }

  private static Projection<Event, States<Integer>> counting() {
    return Projection.folding("counts", 1, EVENTS, 0, (count, _) -> count + 1);
  }

  static ProcessOptions processing() {
    return ProcessOptions.of(Retries.defaults(new Random(7)));
  }
}

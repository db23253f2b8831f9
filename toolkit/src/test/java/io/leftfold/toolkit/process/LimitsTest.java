// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.LimitExceededException;
import io.leftfold.toolkit.process.Shop.Paid;
import io.leftfold.toolkit.process.Shop.Phase;
import io.leftfold.toolkit.process.Shop.Placed;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is too large for the store parks the one instance that wants it, and no more is taken than
/// can be done.
final class LimitsTest {

  private static final int BYTES_MAX = 2_000;

  private final ShopFloor shop = new ShopFloor();

  @AfterEach
  void close() {
    shop.close();
  }

  /// A store that takes small appends only.
  private static final class SmallStore extends ForwardingEventStore {
    SmallStore(EventStore store) {
      super(store);
    }

    @Override
    public AppendResult append(Commit commit) {
      var bytes =
          commit.parts().stream()
              .flatMap(part -> part.events().stream())
              .mapToLong(event -> event.data().length)
              .sum();
      if (bytes > BYTES_MAX) {
        throw LimitExceededException.append(bytes, BYTES_MAX);
      }
      return super.append(commit);
    }
  }

  private ProcessRunner<?, Shop.Order, ?> onSmallStore(CommandTarget<Shop.Ship> carrier) {
    var small = new SmallStore(shop.store);
    return ProcessRunner.of(
        small,
        Shop.DELIVERY,
        Shop.target(small, carrier),
        shop.clock,
        ProcessOptions.of(ShopFloor.RETRIES));
  }

  @Test
  void an_answer_that_is_too_large_is_a_failure_of_the_one_command() {
    shop.with(2).happens(new Placed("a"), new Placed("b"), new Paid("a"), new Paid("b"));
    var runner =
        onSmallStore((_, ship) ->
            new Settlement.Accepted(ship.order().equals("a") ? "x".repeat(BYTES_MAX) : "small"));
    ShopFloor.run(runner);

    assertThat(runner.state("b").phase()).isEqualTo(Phase.SHIPPED);
    assertThat(runner.parked()).containsExactly("a");
    assertThat(runner.report("a").parked().orElseThrow()).contains("Ship", "failed");
  }

  @Test
  void effects_that_are_too_large_park_the_one_instance() {
    var large = "l".repeat(490);
    var manager = new LargeReactions();
    shop.with(2).happens(new Placed(large), new Placed("b"));
    var small = new SmallStore(shop.store);
    var runner =
        ProcessRunner.of(
            small,
            ProcessDefinition.of("delivery", manager, Shop.EVENTS, Shop.COMMANDS)
                .following(Shop.DELIVERY.source()),
            Shop.target(small, shop.carrier),
            shop.clock,
            ProcessOptions.of(ShopFloor.RETRIES));
    ShopFloor.run(runner);

    assertThat(runner.parked()).containsExactly(large);
    assertThat(runner.state("b").phase()).isEqualTo(Phase.CANCELLED);
  }

  /// For each order puts five pieces back.
  private static final class LargeReactions
      implements ProcessManager<Shop.ShopEvent, Shop.Order, Shop.ShopCommand> {
    private final Shop.Delivery real = new Shop.Delivery();

    @Override
    public Correlation correlate(Shop.ShopEvent event) {
      return real.correlate(event);
    }

    @Override
    public Shop.Order initialState() {
      return real.initialState();
    }

    @Override
    public Shop.Order evolve(Shop.Order order, Input<Shop.ShopEvent, Shop.ShopCommand> input) {
      return real.evolve(order, input);
    }

    @Override
    public List<Effect<Shop.ShopCommand>> react(
        Shop.Order order, Input<Shop.ShopEvent, Shop.ShopCommand> input) {
      return input instanceof Input.Occurred
          ? IntStream.range(0, 5)
              .<Effect<Shop.ShopCommand>>mapToObj(
                  i -> Effect.send("lane" + i, new Shop.PutBack(order.name())))
              .toList()
          : List.of();
    }
  }

  @Test
  void no_more_inputs_are_taken_while_too_many_commands_are_open() {
    shop.with(9);
    IntStream.range(0, 9).forEach(i -> shop.happens(new Placed("o" + i), new Paid("o" + i)));
    var down =
        shop.runner(
            Shop.DELIVERY,
            (_, _) -> {
              throw new IOException("nobody there");
            },
            ProcessOptions.of(ShopFloor.RETRIES).withOpenCommandsMax(3));
    ShopFloor.run(down);

    assertThat(IntStream.range(0, 9).mapToObj(i -> shop.delivery.report("o" + i).phase()))
        .filteredOn(InstanceReport.Phase.RUNNING::equals)
        .hasSize(3);
    shop.run();
    assertThat(IntStream.range(0, 9)).allMatch(i -> shop.phase("o" + i) == Phase.SHIPPED);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.process.Shop.Delivery;
import io.leftfold.toolkit.process.Shop.Order;
import io.leftfold.toolkit.process.Shop.Paid;
import io.leftfold.toolkit.process.Shop.Phase;
import io.leftfold.toolkit.process.Shop.Placed;
import io.leftfold.toolkit.process.Shop.Ship;
import io.leftfold.toolkit.process.Shop.ShopCommand;
import io.leftfold.toolkit.process.Shop.ShopEvent;
import io.leftfold.toolkit.process.Shop.Take;
import io.leftfold.toolkit.process.Trace.Step;
import io.leftfold.toolkit.process.Trace.What;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// What an instance did is told in order, and done once more without doing anything.
final class TraceTest {

  private final ShopFloor shop = new ShopFloor();

  @AfterEach
  void close() {
    shop.close();
  }

  /// The process of the shop, in which some things are decided in another way.
  private ProcessRunner<ShopEvent, Order, ShopCommand> changed(List<Effect<ShopCommand>> ofPaid) {
    var real = new Delivery();
    return shop.runner(
        new ProcessDefinition<>(
            "delivery",
            new ProcessManager<>() {
              @Override
              public Correlation correlate(ShopEvent event) {
                return real.correlate(event);
              }

              @Override
              public Order initialState() {
                return real.initialState();
              }

              @Override
              public Order evolve(Order order, Input<ShopEvent, ShopCommand> input) {
                return isOfPaid(input) ? order.paid() : real.evolve(order, input);
              }

              @Override
              public List<Effect<ShopCommand>> react(
                  Order order, Input<ShopEvent, ShopCommand> input) {
                return isOfPaid(input) ? ofPaid : real.react(order, input);
              }

              @Override
              public boolean isTerminal(Order order) {
                return real.isTerminal(order);
              }
            },
            Shop.EVENTS,
            Shop.COMMANDS,
            Shop.DELIVERY.source(),
            0),
        (_, command) -> {
          throw new AssertionError(command + " is sent");
        },
        ProcessOptions.of(ShopFloor.RETRIES));
  }

  private static boolean isOfPaid(Input<ShopEvent, ShopCommand> input) {
    return input instanceof Input.Occurred<ShopEvent, ShopCommand>(Paid _, _);
  }

  private List<Step<ShopEvent, Order, ShopCommand>> steps(String order) {
    return shop.delivery.trace(order).steps();
  }

  @Test
  void what_came_what_was_made_of_it_and_what_was_wanted_is_told_in_order() {
    shop.with(1).happens(new Placed("a"));
    shop.run();
    shop.happens(new Paid("a"));
    shop.run();

    var trace = shop.delivery.trace("a");

    assertThat(trace.steps())
        .extracting(step -> step.what().getClass().getSimpleName())
        .containsExactly(
            "Handled",
            "Sent",
            "Handled",
            "TimerStarted",
            "Handled",
            "TimerCancelled",
            "Sent",
            "Handled",
            "Completed");
    assertThat(trace.steps())
        .extracting(step -> step.after().orElseThrow().phase())
        .containsExactly(
            Phase.TAKING,
            Phase.TAKING,
            Phase.WAITING,
            Phase.WAITING,
            Phase.PAID,
            Phase.PAID,
            Phase.PAID,
            Phase.SHIPPED,
            Phase.SHIPPED);
    assertThat(IntStream.range(1, 9))
        .allMatch(i ->
            trace.steps().get(i).before().equals(trace.steps().get(i - 1).after())
                && trace.steps().get(i).revision() == i);
    assertThat(trace.steps().getFirst())
        .isEqualTo(
            new Step<>(
                0,
                trace.steps().getFirst().position(),
                ShopFloor.START,
                new What.Handled<ShopEvent, ShopCommand>(
                    new Input.Occurred<>(new Placed("a"), ShopFloor.START), 0),
                java.util.Optional.of(Order.NEW),
                java.util.Optional.of(new Order("a", Phase.TAKING, false))));
    assertThat(trace.toString())
        .startsWith("a\n    0  2026-07-17T14:02:00Z  Handled[input=Occurred[event=Placed[order=a]")
        .contains("\n       = Order[name=a, phase=SHIPPED, isPaid=true]");
  }

  @Test
  void what_was_held_skipped_and_tried_again_is_told() {
    shop.with(1).happens(new Placed("poison"), new Paid("poison"), new Paid("poison"));
    shop.run();
    assertThat(steps("poison"))
        .extracting(Step::what)
        .filteredOn(What.Held.class::isInstance)
        .hasSizeGreaterThanOrEqualTo(2);
    shop.delivery.resume("poison", "ann");
    shop.run();
    shop.delivery.skip("poison", "ann");
    shop.run();

    assertThat(steps("poison"))
        .extracting(Step::what)
        .contains(new What.Resumed<>("ann"))
        .anyMatch(what ->
            what instanceof What.Skipped<ShopEvent, ShopCommand>(_, var by) && by.equals("ann"))
        .anyMatch(what ->
            what instanceof What.Parked<ShopEvent, ShopCommand>(var cause)
                && cause.contains("paid with poison"));
  }

  @Test
  void nobody_has_nothing_to_tell() {
    assertThat(steps("nobody")).isEmpty();
  }

  @Test
  void what_cannot_be_read_is_told_and_what_follows_too() {
    shop.with(1).happens(new Placed("a"));
    shop.run();
    shop.store.append(
        Shop.DELIVERY.stream("a"),
        ExpectedState.any(),
        ProposedEvent.json("$process-settled", "{}"));
    shop.happens(new Paid("a"));
    shop.run();

    assertThat(steps("a"))
        .anyMatch(step -> step.what() instanceof What.Unreadable && step.after().isEmpty())
        .last()
        .matches(step -> step.what() instanceof What.Parked);
  }

  // ---- replaying

  @Test
  void a_decision_is_made_again_and_the_other_way_is_noticed() {
    shop.with(1).happens(new Placed("a"));
    shop.run();
    shop.happens(new Paid("a"));
    shop.run();
    var head = shop.store.lastPosition();

    var same = shop.delivery.replay("a", 4);
    assertThat(same.before()).isEqualTo(new Order("a", Phase.WAITING, false));
    assertThat(same.after()).isEqualTo(new Order("a", Phase.PAID, true));
    assertThat(same.effects())
        .containsExactly(Effect.cancelTimer("payment"), Effect.send("parcels", new Ship("a")));
    assertThat(same.asRecorded()).isTrue();

    for (var other :
        List.<List<Effect<ShopCommand>>>of(
            List.of(),
            List.of(Effect.cancelTimer("payment")),
            List.of(Effect.send("parcels", new Ship("a"))),
            List.of(Effect.send("parcels", new Ship("a")), Effect.cancelTimer("payment")),
            List.of(Effect.cancelTimer("payment"), Effect.send("parcels", new Ship("b"))),
            List.of(Effect.cancelTimer("payment"), Effect.send("parcels", new Take("a"))),
            List.of(Effect.cancelTimer("payment"), Effect.send("letters", new Ship("a"))),
            List.of(
                Effect.cancelTimer("payment"),
                Effect.send("parcels", new Ship("a")),
                Effect.startTimer("more", Duration.ofDays(1))))) {
      assertThat(changed(other).replay("a", 4).asRecorded()).as("%s", other).isFalse();
    }
    assertThat(shop.store.lastPosition()).isEqualTo(head);
  }

  @Test
  void what_stopped_an_instance_is_thrown_again_until_it_is_repaired() {
    shop.with(1).happens(new Placed("poison"));
    shop.run();
    shop.happens(new Paid("poison"));
    shop.run();
    var came =
        steps("poison").stream()
            .filter(step -> step.what() instanceof What.Held)
            .findFirst()
            .orElseThrow()
            .revision();

    assertThatThrownBy(() -> shop.delivery.replay("poison", came)).hasMessageContaining("poison");
    assertThat(changed(List.of()).replay("poison", came))
        .matches(repaired -> repaired.after().isPaid() && !repaired.asRecorded());
  }

  @Test
  void only_inputs_are_replayed() {
    shop.with(1).happens(new Placed("a"));
    shop.run();

    for (var revision : List.of(1L, 3L, 4L, 100L)) {
      assertThatThrownBy(() -> shop.delivery.replay("a", revision))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("revision " + revision);
    }
  }

  @RepeatedTest(5)
  void whatever_happened_comes_out_as_it_was_recorded() {
    var seed = Steps.seed();
    var random = new Random(seed);
    shop.with(5);
    var flaky =
        shop.runner(
            Shop.DELIVERY,
            Shop.target(
                shop.store,
                (id, ship) -> {
                  if (random.nextInt(3) == 0) {
                    throw new IOException("nobody there");
                  }
                  return shop.carrier.handle(id, ship);
                }),
            ProcessOptions.of(ShopFloor.RETRIES.within(Duration.ZERO)));
    for (var i = 0; i < 40; i++) {
      var order = (random.nextInt(8) == 0 ? Shop.POISON : "o") + random.nextInt(8);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> shop.happens(new Placed(order));
        case 3, 4 -> shop.happens(new Paid(order));
        case 5 -> shop.clock.advance(Shop.PATIENCE.dividedBy(4));
        case 6 -> flaky.retry(order, "ann");
        default -> flaky.skip(order, "ann");
      }
      ShopFloor.run(flaky);
    }

    var replayed = 0;
    for (var order : IntStream.range(0, 8).mapToObj(i -> "o" + i).toList()) {
      for (var step : steps(order)) {
        if (step.what() instanceof What.Handled<ShopEvent, ShopCommand>(var input, var came)) {
          var again = flaky.replay(order, came);
          assertThat(again.asRecorded()).as("seed %d, %s: %s", seed, order, step).isTrue();
          assertThat(again.input()).isEqualTo(input);
          assertThat(again.after()).isEqualTo(step.after().orElseThrow());
          replayed++;
        }
      }
    }
    assertThat(replayed).as("seed %d", seed).isGreaterThan(10);
  }
}

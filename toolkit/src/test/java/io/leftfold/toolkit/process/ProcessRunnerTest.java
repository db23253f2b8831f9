// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.Tracking;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventCodec;
import io.leftfold.toolkit.keys.KeysUnavailableException;
import io.leftfold.toolkit.process.Shop.Delivery;
import io.leftfold.toolkit.process.Shop.Order;
import io.leftfold.toolkit.process.Shop.Paid;
import io.leftfold.toolkit.process.Shop.Phase;
import io.leftfold.toolkit.process.Shop.Placed;
import io.leftfold.toolkit.process.Shop.ShopCommand;
import io.leftfold.toolkit.process.Shop.ShopEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// What a process does, step by step: the ways things go, doubles, disorder, and history.
final class ProcessRunnerTest {

  private final ShopFloor shop = new ShopFloor();

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void what_is_paid_is_shipped() {
    shop.with(1).happens(new Placed("a"));
    shop.run();
    shop.happens(new Paid("a"));
    shop.run();

    assertThat(shop.phase("a")).isEqualTo(Phase.SHIPPED);
    assertThat(shop.delivery.report("a").phase()).isEqualTo(InstanceReport.Phase.COMPLETED);
    assertThat(shop.carrier.calls().get("a")).hasSize(1);
    assertThat(shop.stock()).containsExactly(1, -1);
    assertThat(shop.entries("a"))
        .extracting(RecordedEvent::type)
        .containsExactly(
            "$>",
            "$process-issued",
            "$process-settled",
            "$process-timer-started",
            "$>",
            "$process-timer-cancelled",
            "$process-issued",
            "$process-settled",
            "$process-completed");
  }

  @Test
  void what_is_not_there_is_not_sold() {
    shop.happens(new Placed("a"), new Paid("a"));
    shop.run();

    assertThat(shop.phase("a")).isEqualTo(Phase.SOLD_OUT);
    assertThat(shop.carrier.calls()).isEmpty();
  }

  @Test
  void an_event_that_continues_nothing_is_passed_over() {
    shop.happens(new Paid("nobody"));
    shop.run();

    assertThat(shop.delivery.report("nobody").phase()).isEqualTo(InstanceReport.Phase.ABSENT);
  }

  @Test
  void ids_of_commands_follow_from_what_led_to_them() {
    // Kept for ever: a command that was given before an update must still be known after it.
    assertThat(Shop.DELIVERY.commandId("a", Instance.key(new Entry.Place(17, 0)), 1).value())
        .isEqualTo(Shop.DELIVERY.commandId("a", "event 17.0", 1).value())
        .isEqualTo("3931a9ae-26a4-81cb-b20d-e520428d3aba");
    assertThat(
            IntStream.range(0, 50)
                .mapToObj(i -> Shop.DELIVERY.commandId("a" + i % 5, "event " + i / 10, i / 5 % 2)))
        .doesNotHaveDuplicates();
  }

  // ---- doubles and disorder

  @Test
  void events_that_come_once_more_do_nothing() {
    shop.with(5).happens(new Placed("a"), new Placed("b"), new Paid("a"));
    shop.run();
    shop.happens(new Placed("c"), new Paid("c"));
    shop.run();
    var before = shop.entryTypes();

    shop.store.delete(Tracking.streamOf("process.delivery"), ExpectedState.any());
    assertThat(shop.store.trackingPosition("process.delivery")).isEmpty();
    shop.run();

    assertThat(shop.entryTypes())
        .containsAllEntriesOf(
            before.entrySet().stream()
                .filter(type -> type.getKey().startsWith("$process"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    assertThat(shop.stock()).containsExactly(5, -1, -1, -1);
    assertThat(shop.carrier.calls()).containsOnlyKeys("a", "c");
    assertThat(shop.carrier.calls().values()).allMatch(ids -> ids.size() == 1);
  }

  /// Two of the same process, customers and the clock, in any order: a payment meets its deadline,
  /// the outcome of a command, and another runner that has done half of it.
  @RepeatedTest(20)
  void in_whatever_order_things_happen_an_order_ends_in_one_way() {
    var seed = Steps.seed();
    var random = new Random(seed);
    shop.with(8);
    var orders = IntStream.range(0, 10).mapToObj(i -> "order" + i).toList();
    var happenings = new ArrayList<Runnable>();
    for (var order : orders) {
      var after = random.nextInt(2);
      happenings.add(random.nextInt(happenings.size() + 1), () -> shop.happens(new Placed(order)));
      happenings.add(
          Math.min(happenings.size(), after + random.nextInt(happenings.size())),
          () -> shop.happens(new Paid(order)));
    }
    for (var i = 0; i < 8; i++) {
      happenings.add(
          random.nextInt(happenings.size()),
          () -> shop.clock.advance(Shop.PATIENCE.dividedBy(1 + random.nextInt(4))));
    }

    try (var one = shop.delivery.stepByStep();
        var other = shop.runner(shop.carrier).stepByStep()) {
      for (var happening : happenings) {
        happening.run();
        for (var steps = random.nextInt(6); steps > 0; steps--) {
          var _ = (random.nextBoolean() ? one : other).step();
        }
      }
      one.untilIdle();
      other.untilIdle();
      shop.clock.advance(Shop.PATIENCE);
      one.untilIdle();
      other.untilIdle();
    }

    var shipped = shop.carrier.calls().keySet();
    var taken = shop.stock().stream().filter(pieces -> pieces == -1).count();
    var putBack = shop.stock().stream().filter(pieces -> pieces == 1).count();
    var phases = orders.stream().map(shop::phase).toList();
    assertThat(phases)
        .as("seed %d", seed)
        .allMatch(phase ->
            List.of(Phase.SHIPPED, Phase.CANCELLED, Phase.SOLD_OUT, Phase.NEW).contains(phase));
    assertThat(orders.stream().filter(order -> shop.phase(order) == Phase.SHIPPED))
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(shipped);
    assertThat(shop.isShippedByOneIdEach(shipped)).as("seed %d", seed).isTrue();
    assertThat(phases)
        .as("seed %d", seed)
        .filteredOn(Phase.CANCELLED::equals)
        .hasSize((int) putBack);
    assertThat(taken).as("seed %d", seed).isEqualTo(shipped.size() + putBack);
    assertThat(shop.delivery.parked()).as("seed %d", seed).isEmpty();
  }

  // ---- history

  /// The process of the shop, in which whoever reacts to history is found out.
  private ProcessManager<ShopEvent, Order, ShopCommand> foldingOnly() {
    var real = new Delivery();
    return new ProcessManager<>() {
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
        return real.evolve(order, input);
      }

      @Override
      public List<Effect<ShopCommand>> react(Order order, Input<ShopEvent, ShopCommand> input) {
        throw new AssertionError("It is known what came of " + input);
      }

      @Override
      public boolean isTerminal(Order order) {
        return real.isTerminal(order);
      }
    };
  }

  private ProcessRunner<ShopEvent, Order, ShopCommand> foldingOnly(String name, long reactsFrom) {
    return shop.runner(
        ProcessDefinition.of(name, foldingOnly(), Shop.EVENTS, Shop.COMMANDS)
            .following(Shop.DELIVERY.source())
            .reactingFrom(reactsFrom),
        (_, command) -> {
          throw new AssertionError(command + " is sent again");
        },
        ProcessOptions.of(ShopFloor.RETRIES));
  }

  private void somethingHappens() {
    shop.with(3).happens(new Placed("a"), new Placed("b"), new Placed("c"), new Placed("d"));
    shop.run();
    shop.happens(new Paid("a"));
    shop.run();
  }

  @Test
  void a_new_start_folds_and_repeats_nothing() {
    somethingHappens();
    var before = shop.store.lastPosition();

    var redeployed = foldingOnly("delivery", 0);
    ShopFloor.run(redeployed);

    assertThat(shop.store.lastPosition()).isEqualTo(before);
    assertThat(List.of("a", "b", "c", "d"))
        .extracting(order -> redeployed.state(order).phase())
        .containsExactly(Phase.SHIPPED, Phase.WAITING, Phase.WAITING, Phase.SOLD_OUT);
  }

  @Test
  void a_process_that_begins_with_history_does_nothing_about_it() {
    somethingHappens();
    var head = shop.store.lastPosition().orElseThrow() + 1;
    var commands = shop.entryTypes().get("$process-issued");

    var late = foldingOnly("later", head);
    ShopFloor.run(late);

    assertThat(shop.entryTypes().get("$process-issued")).isEqualTo(commands);
    assertThat(late.state("a")).isEqualTo(new Order("a", Phase.TAKING, true));
    assertThat(late.state("b")).isEqualTo(new Order("b", Phase.TAKING, false));
  }

  @Test
  void a_process_that_began_with_history_acts_from_there_on() {
    shop.happens(new Placed("a"));
    var head = shop.store.lastPosition().orElseThrow() + 1;
    shop.with(1).happens(new Placed("b"));
    var late =
        shop.runner(
            Shop.DELIVERY.reactingFrom(head),
            Shop.target(shop.store, shop.carrier),
            ProcessOptions.of(ShopFloor.RETRIES));
    ShopFloor.run(late);
    shop.happens(new Paid("b"));
    ShopFloor.run(late);

    assertThat(late.state("a").phase()).isEqualTo(Phase.TAKING);
    assertThat(late.state("b").phase()).isEqualTo(Phase.SHIPPED);
  }

  @Test
  void what_was_looked_at_in_vain_is_not_looked_at_for_ever() {
    var everything =
        shop.runner(
            Shop.DELIVERY.following(EventFilter.everything()),
            Shop.target(shop.store, shop.carrier),
            ProcessOptions.of(ShopFloor.RETRIES));
    for (var i = 0; i < 1_500; i++) {
      shop.store.append(
          StreamName.of("noise"), ExpectedState.any(), ProposedEvent.json("Noise", "" + i));
    }
    ShopFloor.run(everything);

    assertThat(shop.store.trackingPosition("process.delivery").orElseThrow())
        .isBetween(900L, 1_100L);
  }

  // ---- events that mean several, or nothing

  /// Stored are several orders at once.
  private static final EventCodec<ShopEvent> AT_ONCE =
      EventCodec.of(
          event -> ProposedEvent.json("OrdersPlaced", event.order()),
          event ->
              new Decoded.Known<>(
                  List.of(event.dataAsText().split(",")).stream()
                      .<ShopEvent>map(Placed::new)
                      .toList()));

  @Test
  void an_event_that_means_several_concerns_each() {
    var several =
        shop.with(3)
            .runner(
                ProcessDefinition.of("several", new Delivery(), AT_ONCE, Shop.COMMANDS)
                    .following(new EventFilter.Types(Set.of("OrdersPlaced"))),
                Shop.target(shop.store, shop.carrier),
                ProcessOptions.of(ShopFloor.RETRIES));
    shop.store.append(
        StreamName.of("orders"), ExpectedState.any(), ProposedEvent.json("OrdersPlaced", "a,b,c"));
    ShopFloor.run(several);
    ShopFloor.run(several);

    assertThat(List.of("a", "b", "c"))
        .allMatch(order -> several.state(order).equals(new Order(order, Phase.WAITING, false)));
    assertThat(shop.stock()).containsExactly(3, -1, -1, -1);
  }

  @Test
  void an_event_that_cannot_be_read_is_set_aside_and_the_next_one_is_taken() {
    shop.with(1);
    shop.store.append(
        StreamName.of("order-x"), ExpectedState.any(), ProposedEvent.json("OrderPlaced", ""));
    shop.happens(new Placed("a"));
    shop.run();

    assertThat(shop.phase("a")).isEqualTo(Phase.WAITING);
    assertThat(
            shop.store
                .read(StreamName.of("process.delivery"), ReadOptions.forwards().resolvingLinks())
                .events())
        .extracting(event -> event.stream().value())
        .containsExactly("order-x");
  }

  @Test
  void an_event_whose_keys_cannot_be_asked_is_not_set_aside_and_comes_again() {
    var isThere = new AtomicBoolean();
    EventCodec<ShopEvent> sealed =
        EventCodec.of(
            Shop.EVENTS::encode,
            event -> {
              if (!isThere.get()) {
                throw new KeysUnavailableException(new IOException("the disk is gone"));
              }
              return Shop.EVENTS.decode(event);
            });
    var delivery =
        shop.with(1)
            .runner(
                ProcessDefinition.of("sealed", new Delivery(), sealed, Shop.COMMANDS)
                    .following(Shop.DELIVERY.source()),
                Shop.target(shop.store, shop.carrier),
                ProcessOptions.of(ShopFloor.RETRIES));
    shop.happens(new Placed("a"));

    assertThatThrownBy(() -> ShopFloor.run(delivery)).isInstanceOf(KeysUnavailableException.class);
    isThere.set(true);
    ShopFloor.run(delivery);
    assertThat(delivery.state("a").phase()).isEqualTo(Phase.WAITING);

    // The same when an instance is read, which is not parked for it.
    shop.happens(new Paid("a"));
    isThere.set(false);
    assertThatThrownBy(() -> ShopFloor.run(delivery)).isInstanceOf(KeysUnavailableException.class);
    isThere.set(true);
    ShopFloor.run(delivery);
    assertThat(delivery.state("a").phase()).isEqualTo(Phase.SHIPPED);
    assertThat(shop.store.state(StreamName.of("process.sealed")))
        .isNotInstanceOf(StreamState.Present.class);
  }

  @Test
  void an_event_that_is_hidden_by_now_is_still_folded() {
    shop.with(1).happens(new Placed("a"));
    shop.run();
    shop.store.delete(StreamName.of("order-a"), ExpectedState.any());

    assertThat(shop.phase("a")).isEqualTo(Phase.WAITING);
    shop.clock.advance(Shop.PATIENCE);
    shop.run();
    assertThat(shop.phase("a")).isEqualTo(Phase.CANCELLED);
  }

  @Test
  void an_instance_whose_stream_was_closed_for_ever_is_at_its_end() {
    shop.with(1).happens(new Placed("a"));
    shop.run();
    shop.store.tombstone(Shop.DELIVERY.stream("a"), ExpectedState.any());
    shop.happens(new Paid("a"));
    shop.clock.advance(Duration.ofDays(100));
    shop.run();

    assertThat(shop.delivery.report("a").phase()).isEqualTo(InstanceReport.Phase.COMPLETED);
  }
}

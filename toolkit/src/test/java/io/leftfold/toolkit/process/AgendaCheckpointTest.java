// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static io.leftfold.toolkit.process.Shop.DELIVERY;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.process.Shop.Order;
import io.leftfold.toolkit.process.Shop.Paid;
import io.leftfold.toolkit.process.Shop.Phase;
import io.leftfold.toolkit.process.Shop.Placed;
import io.leftfold.toolkit.process.Shop.ShopCommand;
import io.leftfold.toolkit.process.Shop.ShopEvent;
import io.leftfold.toolkit.process.Timers.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// A new start reads what came since the last checkpoint, and finds all that is open, however long
/// it has been.
final class AgendaCheckpointTest {

  private static final StreamName CHECKPOINTS = StreamName.of("agendas.process-delivery");

  private final ShopFloor shop = new ShopFloor();
  private final Map<String, Instance<?, ?, ?>> orders = new HashMap<>();

  @AfterEach
  void close() {
    shop.close();
  }

  /// Somebody who listens from where on entries are followed.
  private static final class Overheard extends ForwardingEventStore {
    private final List<SubscribeOptions.Start> starts = new ArrayList<>();

    Overheard(EventStore store) {
      super(store);
    }

    @Override
    public Subscription subscribeToAll(SubscribeOptions options) {
      if (options.filter() instanceof EventFilter.Category) {
        starts.add(options.start());
      }
      return super.subscribeToAll(options);
    }
  }

  private ProcessRunner<ShopEvent, Order, ShopCommand> runner(EventStore store, int every) {
    return ProcessRunner.of(
        store,
        DELIVERY,
        Shop.target(store, shop.carrier),
        shop.clock,
        ProcessOptions.of(ShopFloor.RETRIES).withCheckpointEvery(every));
  }

  private long last() {
    return shop.store.lastPosition().orElseThrow();
  }

  @Test
  void a_new_start_reads_what_came_since_the_last_checkpoint() {
    shop.with(100).happens(new Placed("first"));
    IntStream.range(0, 50).forEach(i -> shop.happens(new Placed("o" + i), new Paid("o" + i)));
    ShopFloor.run(runner(shop.store, 10));
    var store = new Overheard(shop.store);
    ShopFloor.run(runner(store, 10));

    assertThat(store.starts)
        .singleElement()
        .isInstanceOfSatisfying(
            SubscribeOptions.Start.After.class,
            start -> assertThat(start.last()).isGreaterThan(last() - 60));
    assertThat(shop.store.read(CHECKPOINTS, ReadOptions.forwards()).events()).hasSize(1);

    shop.clock.advance(Shop.PATIENCE);
    ShopFloor.run(runner(shop.store, 10));
    assertThat(shop.phase("first")).isEqualTo(Phase.CANCELLED);
  }

  @Test
  void what_was_parked_long_before_a_checkpoint_is_tried_again_behind_it() {
    shop.with(100).happens(new Placed("a"), new Paid("a"));
    var down =
        shop.runner(
            DELIVERY,
            (_, _) -> {
              throw new IOException("nobody there");
            },
            ProcessOptions.of(ShopFloor.RETRIES.within(Duration.ZERO)).withCheckpointEvery(1));
    ShopFloor.run(down);
    assertThat(shop.delivery.parked()).containsExactly("a");
    IntStream.range(0, 20).forEach(i -> shop.happens(new Placed("o" + i), new Paid("o" + i)));
    ShopFloor.run(runner(shop.store, 1));

    assertThat(shop.delivery.retry("a", "ann")).isTrue();
    ShopFloor.run(runner(shop.store, 1));
    ShopFloor.run(runner(shop.store, 1));

    assertThat(shop.phase("a")).isEqualTo(Phase.SHIPPED);
  }

  @Test
  void a_checkpoint_that_cannot_be_read_is_as_none() {
    shop.with(1).happens(new Placed("a"));
    ShopFloor.run(runner(shop.store, 1));
    for (var broken : List.of("", "{}", "[]", "{\"position\":1000}", "{\"instances\":[\"a\"]}")) {
      shop.store.append(
          CHECKPOINTS, ExpectedState.any(), ProposedEvent.json("$process-agenda", broken));
      var store = new Overheard(shop.store);
      ShopFloor.run(runner(store, 100));

      assertThat(store.starts).as(broken).containsExactly(new SubscribeOptions.Start.Beginning());
    }
    shop.clock.advance(Shop.PATIENCE);
    ShopFloor.run(runner(shop.store, 1));
    assertThat(shop.phase("a")).isEqualTo(Phase.CANCELLED);
  }

  @Test
  void a_checkpoint_that_cannot_be_written_harms_nobody() {
    var store =
        new ForwardingEventStore(shop.store) {
          @Override
          public io.leftfold.api.AppendResult append(io.leftfold.api.Commit commit) {
            if (commit.parts().stream().anyMatch(part -> part.stream().equals(CHECKPOINTS))) {
              throw new IllegalStateException("No checkpoint today");
            }
            return super.append(commit);
          }
        };
    shop.with(1).happens(new Placed("a"), new Paid("a"));
    ShopFloor.run(runner(store, 1));

    assertThat(shop.phase("a")).isEqualTo(Phase.SHIPPED);
  }

  // ---- checkpoints at any place of any history

  /// What an agenda wants to be done.
  ///
  /// @param timers of instances that take inputs now: those of others wait
  /// @param holding the instances that have to handle what they hold
  private record Wanted(
      int openCommands, Set<Running> timers, Set<String> holding, Census census) {}

  private Wanted wanted(Agenda agenda) {
    var holding = new HashSet<>(agenda.checkpoint(last(), Integer.MAX_VALUE).instances());
    holding.removeIf(name -> order(name).nextHeld().isEmpty());
    // Whoever was let go on by an operator may have something open again: that shows when somebody
    // looks, as who works does first.
    for (var changed = agenda.nextChanged(); changed.isPresent(); changed = agenda.nextChanged()) {
      var _ = agenda.look(order(changed.get()));
      agenda.done(changed.get());
    }
    var taking = new HashSet<Running>();
    agenda
        .timers()
        .forEach(timer -> {
          if (!order(timer.instance()).isHolding()) {
            taking.add(timer);
          }
        });
    return new Wanted(agenda.openCommands(), taking, holding, agenda.census());
  }

  /// Read once, when everything has happened.
  private Instance<?, ?, ?> order(String name) {
    return orders.computeIfAbsent(name, new Instances<>(shop.store, DELIVERY, 0)::of);
  }

  private static Agenda folded(Iterable<RecordedEvent> entries) {
    var agenda = new Agenda(1_000);
    entries.forEach(entry -> take(agenda, entry));
    return agenda;
  }

  private static void take(Agenda agenda, RecordedEvent entry) {
    agenda.take(DELIVERY.instance(entry.stream()).orElseThrow(), entry);
  }

  @RepeatedTest(10)
  void from_a_checkpoint_at_any_place_the_same_is_found_open_as_from_the_beginning() {
    var seed = Steps.seed();
    var random = new Random(seed);
    shop.with(12);
    var flaky =
        shop.runner(
            DELIVERY,
            Shop.target(
                shop.store,
                (id, ship) -> {
                  if (random.nextInt(3) == 0) {
                    throw new IOException("nobody there");
                  }
                  return shop.carrier.handle(id, ship);
                }),
            ProcessOptions.of(ShopFloor.RETRIES.within(Duration.ofSeconds(random.nextInt(20)))));
    try (var stepped = flaky.stepByStep()) {
      for (var i = 0; i < 60; i++) {
        var order = (random.nextInt(8) == 0 ? Shop.POISON : "o") + random.nextInt(12);
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> shop.happens(new Placed(order));
          case 3, 4 -> shop.happens(new Paid(order));
          case 5 ->
              shop.clock.advance(
                  random.nextBoolean() ? Duration.ofSeconds(3) : Shop.PATIENCE.dividedBy(4));
          case 6 -> flaky.retry(order, "ann");
          default -> flaky.skip(order, "ann");
        }
        IntStream.range(0, random.nextInt(8)).forEach(_ -> stepped.step());
      }
    }

    List<RecordedEvent> entries;
    try (var all =
        shop.store.readAll(
            ReadOptions.forwards().filteredBy(new EventFilter.Category("process.delivery")))) {
      entries = all.stream().map(resolved -> resolved.original()).toList();
    }
    var expected = wanted(folded(entries));
    var agenda = new Agenda(1_000);
    for (var entry : entries) {
      take(agenda, entry);
      var named = random.nextInt(6);
      var checkpoint = agenda.checkpoint(entry.position(), named);
      assertThat(checkpoint.instances()).hasSizeLessThanOrEqualTo(named);
      var again = new Agenda(1_000);
      again.begin(checkpoint);
      checkpoint.instances().forEach(name -> again.recall(order(name)));
      entries.stream()
          .filter(later -> later.position() > checkpoint.position())
          .forEach(later -> take(again, later));

      assertThat(wanted(again)).as("seed %d, %s", seed, checkpoint).isEqualTo(expected);
    }
  }
}

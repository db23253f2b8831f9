// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ReadOptions;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.process.Shop.Phase;
import io.leftfold.toolkit.process.Shop.Placed;
import io.leftfold.toolkit.process.Timers.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Timers fire once, in the order in which they are due, never before, and few of them are known.
///
/// `-Dtests.timers=1000000` lets as many be due in the same second: 17 s of one core, and at most
/// 330 MB of heap, most of it the entries that this test remembers in the place of a store.
final class TimersTest {

  private static final int TIMERS = Integer.getInteger("tests.timers", 100_000);
  private static final Instant START = ShopFloor.START;

  /// What the entries of all instances say about timers.
  private sealed interface Entry {
    long position();

    record Started(Running timer) implements Entry {
      @Override
      public long position() {
        return timer.position();
      }
    }

    record Stopped(String instance, String timer, long position) implements Entry {}
  }

  /// Whether an entry cannot be read.
  private BooleanSupplier trouble = () -> false;

  private final List<Entry> entries = new ArrayList<>();
  private long position;

  private Running running(String instance, Instant due) {
    position++;
    return new Running(instance, "end", due, position, position);
  }

  private void start(Timers timers, Running timer) {
    entries.add(new Entry.Started(timer));
    timers.start(timer);
  }

  private void stop(Timers timers, String instance) {
    entries.add(new Entry.Stopped(instance, "end", ++position));
    timers.stop(instance, "end");
  }

  private void refill(Timers timers) {
    var from = timers.unknownFrom();
    timers.refill(wanted -> {
      for (var entry : entries) {
        if (trouble.getAsBoolean()) {
          throw new UncheckedIOException(new IOException("It cannot be read now"));
        }
        if (entry.position() >= from) {
          switch (entry) {
            case Entry.Started(var timer) when wanted.test(timer) -> timers.start(timer);
            case Entry.Started(var timer) -> timers.stop(timer.instance(), timer.timer());
            case Entry.Stopped(var instance, var timer, _) -> timers.stop(instance, timer);
          }
        }
      }
    });
  }

  private void refillInTheEnd(Timers timers) {
    while (true) {
      try {
        refill(timers);
        return;
      } catch (UncheckedIOException _) {
        // Somebody asks again.
      }
    }
  }

  /// Fires what is due, as it is said to be.
  private List<Running> fire(Timers timers, Instant now, int knownMax) {
    var fired = new ArrayList<Running>();
    while (true) {
      if (timers.isExhausted(now)) {
        refillInTheEnd(timers);
      }
      assertThat(timers.size()).isLessThanOrEqualTo(knownMax);
      var due = timers.due(now);
      if (due.isPresent()) {
        fired.add(due.get());
        stop(timers, due.get().instance());
      } else if (!timers.isExhausted(now)) {
        return fired;
      }
    }
  }

  @Test
  void a_great_many_in_the_same_second_fire_with_a_bounded_number_known() {
    var timers = new Timers(10_000);
    for (var i = 0; i < TIMERS; i++) {
      start(timers, running("i" + i, START));
    }

    var fired = fire(timers, START, 10_000);

    assertThat(fired).hasSize(TIMERS);
    assertThat(fired.stream().distinct()).hasSize(TIMERS);
  }

  @RepeatedTest(30)
  void whatever_is_started_replaced_and_cancelled_exactly_what_runs_fires() {
    var seed = Steps.seed();
    var random = new Random(seed);
    var luck = new Random(seed);
    trouble = () -> luck.nextInt(300) == 0;
    var knownMax = 1 + random.nextInt(6);
    var timers = new Timers(knownMax);
    Map<String, Running> model = new LinkedHashMap<>();
    var now = START;
    for (var step = 0; step < 200; step++) {
      var instance = "i" + random.nextInt(25);
      switch (random.nextInt(5)) {
        case 0 -> {
          stop(timers, instance);
          model.remove(instance);
        }
        case 1 -> {
          now = now.plusSeconds(random.nextInt(8));
          var time = now;
          var fired = fire(timers, now, knownMax);
          var due = model.values().stream().filter(timer -> !timer.due().isAfter(time)).toList();
          assertThat(fired)
              .as("seed %d, step %d", seed, step)
              .containsExactlyInAnyOrderElementsOf(due);
          due.forEach(timer -> model.remove(timer.instance()));
        }
        default -> {
          var timer = running(instance, now.plusSeconds(random.nextInt(20)));
          start(timers, timer);
          model.put(instance, timer);
        }
      }
    }
  }

  @Test
  void timers_of_a_process_fire_in_the_order_in_which_they_are_due() {
    try (var shop = new ShopFloor().with(30)) {
      var orders = IntStream.range(0, 30).mapToObj(i -> "o" + i).toList();
      var few =
          shop.runner(
              Shop.DELIVERY,
              Shop.target(shop.store, shop.carrier),
              ProcessOptions.of(ShopFloor.RETRIES).withTimersMax(4));
      for (var order : orders) {
        shop.happens(new Placed(order));
        ShopFloor.run(few);
        shop.clock.advance(Duration.ofSeconds(1));
      }
      shop.clock.advance(Shop.PATIENCE.multipliedBy(3));
      ShopFloor.run(few);

      assertThat(orders).allMatch(order -> shop.phase(order) == Phase.CANCELLED);
      try (var all = shop.store.readAll(ReadOptions.forwards())) {
        assertThat(
                all.stream()
                    .map(resolved -> resolved.original())
                    .filter(event -> event.type().equals("$process-timer-fired"))
                    .map(event -> Shop.DELIVERY.instance(event.stream()).orElseThrow()))
            .containsExactlyElementsOf(orders);
      }
    }
  }

  @Test
  void a_clock_that_is_turned_back_lets_no_timer_fire_early() {
    try (var shop = new ShopFloor().with(1)) {
      shop.happens(new Placed("a"));
      shop.run();
      shop.clock.advance(Duration.ofHours(-1));
      shop.run();
      shop.clock.advance(Shop.PATIENCE);
      shop.run();
      assertThat(shop.phase("a")).isEqualTo(Phase.WAITING);

      shop.clock.advance(Duration.ofHours(1));
      shop.run();
      assertThat(shop.phase("a")).isEqualTo(Phase.CANCELLED);
    }
  }

  // ---- clocks that differ

  /// The process of a shop on a machine whose clock is ahead of the store's, or behind it.
  private static ProcessRunner<?, ?, ?> elsewhere(ShopFloor shop, Duration ahead) {
    var clock = Clock.offset(shop.clock, ahead);
    return ProcessRunner.of(
        shop.store,
        Shop.DELIVERY,
        Shop.target(shop.store, shop.carrier),
        clock,
        ProcessOptions.of(ShopFloor.RETRIES));
  }

  @ParameterizedTest
  @CsvSource({"PT0S, PT0S", "PT1H, PT1H", "PT0S, PT1H", "PT1H, PT0S", "PT-1H, PT0S"})
  void a_timer_is_due_by_the_stores_clock_wherever_it_is_started_and_fired(
      Duration startedAhead, Duration firedAhead) {
    try (var shop = new ShopFloor().with(1)) {
      shop.happens(new Placed("a"));
      ShopFloor.run(elsewhere(shop, startedAhead));
      var there = elsewhere(shop, firedAhead);

      shop.clock.advance(Shop.PATIENCE.minusMinutes(1));
      ShopFloor.run(there);
      assertThat(shop.phase("a")).isEqualTo(Phase.WAITING);

      shop.clock.advance(Duration.ofMinutes(1));
      ShopFloor.run(there);
      assertThat(shop.phase("a")).isEqualTo(Phase.CANCELLED);
    }
  }

  @Test
  void a_clock_that_is_behind_fires_late() {
    try (var shop = new ShopFloor().with(1)) {
      shop.happens(new Placed("a"));
      shop.run();
      var there = elsewhere(shop, Duration.ofHours(-1));
      shop.clock.advance(Shop.PATIENCE);
      ShopFloor.run(there);
      assertThat(shop.phase("a")).isEqualTo(Phase.WAITING);

      shop.clock.advance(Duration.ofHours(1));
      ShopFloor.run(there);
      assertThat(shop.phase("a")).isEqualTo(Phase.CANCELLED);
    }
  }

  @Test
  void the_store_is_asked_for_its_time_once_for_all_that_is_due_and_now_and_then_if_it_is_behind() {
    try (var shop = new ShopFloor().with(20)) {
      IntStream.range(0, 10).forEach(i -> shop.happens(new Placed("o" + i)));
      shop.run();
      shop.clock.advance(Shop.PATIENCE);
      shop.run();
      assertThat(shop.phase("o9")).isEqualTo(Phase.CANCELLED);
      assertThat(asked(shop)).isEqualTo(1);

      shop.happens(new Placed("a"));
      shop.run();
      shop.clock.advance(Shop.PATIENCE.minusMinutes(59));
      try (var hasty = elsewhere(shop, Duration.ofHours(1)).stepByStep()) {
        for (var seconds = 0; seconds < 120; seconds++) {
          hasty.untilIdle();
          shop.clock.advance(Duration.ofSeconds(1));
        }
      }
      assertThat(asked(shop)).isBetween(3, 4);
    }
  }

  private static int asked(ShopFloor shop) {
    return shop.entryTypes().getOrDefault("$process-clock", 0);
  }
}

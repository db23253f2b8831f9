// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.toolkit.process.Shop.Paid;
import io.leftfold.toolkit.process.Shop.Placed;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Figures say what there is, also in a runner that has just begun.
final class ProcessFiguresTest {

  private final ShopFloor shop = new ShopFloor();

  @AfterEach
  void close() {
    shop.close();
  }

  private ProcessRunner<?, ?, ?> runner(CommandTarget<Shop.Ship> carrier, int checkpointEvery) {
    return shop.runner(
        Shop.DELIVERY,
        Shop.target(shop.store, carrier),
        ProcessOptions.of(ShopFloor.RETRIES).withCheckpointEvery(checkpointEvery));
  }

  @Test
  void before_the_first_turn_nothing_is_known_but_how_far_the_source_is_ahead() {
    shop.with(1).happens(new Placed("a"));
    shop.clock.advance(Duration.ofMinutes(3));
    shop.happens(new Paid("a"));
    try (var stepped = shop.delivery.stepByStep()) {
      var figures = stepped.figures();

      assertThat(figures.position()).isEqualTo(-1);
      assertThat(figures.lag()).isEqualTo(shop.store.lastPosition().orElseThrow() + 1);
      assertThat(figures.waiting()).isEqualTo(Duration.ofMinutes(3));
      assertThat(figures.isCaughtUp()).isFalse();
    }
  }

  @Test
  void instances_commands_and_timers_are_counted() {
    shop.with(10);
    IntStream.range(0, 4).forEach(i -> shop.happens(new Placed("o" + i), new Paid("o" + i)));
    shop.happens(new Placed("unpaid"), new Placed("poison"), new Paid("poison"));
    var down = Set.of("o1", "o2");
    var flaky =
        runner(
            (id, ship) -> {
              if (down.contains(ship.order())) {
                throw new IOException("nobody there");
              }
              return shop.carrier.handle(id, ship);
            },
            1_000);
    try (var stepped = flaky.stepByStep()) {
      stepped.untilIdle();
      var figures = stepped.figures();

      assertThat(figures)
          .extracting(
              ProcessFigures::begun,
              ProcessFigures::completed,
              ProcessFigures::parked,
              ProcessFigures::running)
          .containsExactly(6L, 2L, 1L, 3L);
      assertThat(figures)
          .extracting(
              ProcessFigures::openCommands, ProcessFigures::retrying, ProcessFigures::atTargets)
          .containsExactly(2, 2, 0);
      assertThat(figures.retries()).isEqualTo(2);
      assertThat(figures.isCaughtUp()).isTrue();
      assertThat(figures.isFull()).isFalse();
      assertThat(figures.lag()).isZero();
      assertThat(figures.waiting()).isZero();

      shop.clock.advance(Duration.ofSeconds(1));
      stepped.untilIdle();
      assertThat(stepped.figures().retries()).isEqualTo(4);
    }
    assertThat(shop.delivery.skip("poison", "ann")).isTrue();
    try (var stepped = shop.delivery.stepByStep()) {
      stepped.untilIdle();
      assertThat(stepped.figures())
          .extracting(
              ProcessFigures::begun,
              ProcessFigures::completed,
              ProcessFigures::parked,
              ProcessFigures::timers)
          .containsExactly(6L, 4L, 0L, 2);
    }
  }

  @Test
  void a_new_start_counts_on_from_a_checkpoint() {
    shop.with(100).happens(new Placed("poison"), new Paid("poison"));
    IntStream.range(0, 30).forEach(i -> shop.happens(new Placed("o" + i), new Paid("o" + i)));
    IntStream.range(0, 5).forEach(i -> shop.happens(new Placed("unpaid" + i)));
    for (var every : new int[] {7, 11, 1_000}) {
      try (var stepped = runner(shop.carrier, every).stepByStep()) {
        stepped.untilIdle();
        assertThat(stepped.figures())
            .as("every %d", every)
            .extracting(
                ProcessFigures::begun,
                ProcessFigures::completed,
                ProcessFigures::parked,
                ProcessFigures::running)
            .containsExactly(36L, 30L, 1L, 5L);
      }
    }
  }
}

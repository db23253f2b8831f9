// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.engine.Simulation.Tally;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The whole engine by seeds, on one thread.
@ExtendWith(QuietEngine.class)
final class SimulationTest {

  @Test
  void whatever_happens_at_once_a_store_answers_as_one_that_does_one_thing_after_the_other() {
    var all = new AtomicReference<>(Tally.NONE);
    Seeds.each(
        1000,
        seed -> {
          var tally = run(seed);
          all.updateAndGet(tally::plus);
        });
    System.out.println(all);
    if (all.get().histories() >= 500) {
      assertThat(all.get().survived()).as("commits that survived in doubt").isPositive();
      assertThat(all.get().forgotten()).as("events that scavenges took away").isPositive();
      assertThat(all.get().copied()).as("events in backups").isPositive();
    }
  }

  @Test
  void the_same_seed_gives_the_same_history() {
    for (var seed = 0; seed < 15; seed++) {
      assertThat(run(seed)).as("seed %d", seed).isEqualTo(run(seed));
    }
  }

  @Test
  void a_store_that_answers_before_anything_is_durable_is_found_out() {
    assertThatThrownBy(
            () -> {
              for (var seed = 0; seed < 200; seed++) {
                new Simulation(seed, Durability.OS, Simulation.NOBODY).run();
              }
            })
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("what lies below was acknowledged");
  }

  /// One that is run again is to be looked at.
  private static Tally run(long seed) {
    if (Long.getLong("tests.seed") == null) {
      return new Simulation(seed, Durability.FSYNC, Simulation.NOBODY).run();
    }
    var told = new ArrayList<String>();
    try {
      return new Simulation(seed, Durability.FSYNC, told::add).run();
    } finally {
      told.forEach(System.out::println);
    }
  }
}

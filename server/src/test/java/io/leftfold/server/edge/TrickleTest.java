// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What comes, and what only seems to.
final class TrickleTest {

  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final long LEAST = Trickle.least(PERIOD);

  private final Trickle trickle = new Trickle();

  @Test
  void what_comes_at_a_pace_is_waited_for_however_long_it_takes() {
    for (var period = 0; period < 100; period++) {
      trickle.came((int) LEAST);
      assertThat(trickle.isPretence(true, LEAST)).isFalse();
    }
  }

  @Test
  void what_comes_more_slowly_is_not_once_a_whole_period_is_over() {
    assertThat(trickle.isPretence(true, LEAST)).as("it may just have begun").isFalse();
    trickle.came((int) LEAST - 1);
    assertThat(trickle.isPretence(true, LEAST)).isTrue();
  }

  @Test
  void what_begins_after_something_else_has_time_again() {
    assertThat(trickle.isPretence(true, LEAST)).isFalse();
    trickle.begun();
    assertThat(trickle.isPretence(true, LEAST)).isFalse();
    assertThat(trickle.isPretence(true, LEAST)).isTrue();
  }

  @Test
  void where_nothing_is_to_come_nothing_is_missing() {
    for (var period = 0; period < 3; period++) {
      assertThat(trickle.isPretence(false, LEAST)).isFalse();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class FailedLoginsTest {

  private static final String HERE = "10.0.0.1";
  private static final String ELSEWHERE = "10.0.0.66";

  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final FailedLogins failed = new FailedLogins(clock);

  private void fail(int times, String user, String peer) {
    for (var i = 0; i < times; i++) {
      assertThat(failed.begin(user, peer)).as("attempt %d", i).isTrue();
    }
  }

  @Test
  void a_few_mistakes_are_free() {
    fail(5, "jo", HERE);
  }

  @Test
  void whoever_goes_on_waits_longer_each_time() {
    fail(5, "jo", HERE);
    assertThat(failed.begin("jo", HERE)).isFalse();

    clock.advance(Duration.ofMillis(250));
    fail(1, "jo", HERE);

    clock.advance(Duration.ofMillis(250));
    assertThat(failed.begin("jo", HERE)).isFalse();
    clock.advance(Duration.ofMillis(250));
    fail(1, "jo", HERE);
  }

  @Test
  void nobody_waits_longer_than_half_a_minute() {
    fail(5, "jo", HERE);
    for (var i = 0; i < 50; i++) {
      clock.advance(Duration.ofSeconds(30));
      fail(1, "jo", HERE);
      assertThat(failed.begin("jo", HERE)).isFalse();
    }
  }

  @Test
  void a_user_is_guessed_at_from_many_addresses_no_faster() {
    for (var i = 0; i < 5; i++) {
      fail(1, "jo", "10.0.1." + i);
    }

    assertThat(failed.begin("jo", ELSEWHERE)).isFalse();
    assertThat(failed.begin("ann", ELSEWHERE)).isTrue();
  }

  @Test
  void many_users_are_guessed_at_from_one_address_no_faster() {
    for (var i = 0; i < 20; i++) {
      fail(1, "user" + i, HERE);
    }

    assertThat(failed.begin("ann", HERE)).isFalse();
    assertThat(failed.begin("ann", ELSEWHERE)).isTrue();
  }

  @Test
  void whoever_has_logged_in_from_an_address_is_not_locked_out_by_strangers() {
    fail(1, "jo", HERE);
    failed.succeeded("jo", HERE);
    fail(5, "jo", ELSEWHERE);
    for (var i = 0; i < 20; i++) {
      fail(1, "user" + i, HERE);
    }

    assertThat(failed.begin("jo", ELSEWHERE)).isFalse();
    assertThat(failed.begin("ann", HERE)).isFalse();
    assertThat(failed.begin("jo", HERE)).isTrue();
  }

  @Test
  void but_guessing_from_there_is_slow_as_well() {
    fail(1, "jo", HERE);
    failed.succeeded("jo", HERE);
    fail(5, "jo", HERE);

    assertThat(failed.begin("jo", HERE)).isFalse();
  }

  @Test
  void many_who_log_in_from_one_address_do_not_hinder_each_other() {
    for (var i = 0; i < 1000; i++) {
      fail(1, "user" + i, HERE);
      failed.succeeded("user" + i, HERE);
    }
  }

  @Test
  void mistakes_are_forgotten() {
    fail(5, "jo", HERE);
    clock.advance(Duration.ofMinutes(16));

    fail(5, "jo", HERE);
  }

  @Test
  void however_many_are_tried_memory_is_bounded() {
    for (var i = 0; i < 30_000; i++) {
      fail(1, "user" + i, "10.%d.%d.1".formatted(i >> 8, i & 255));
    }

    assertThat(failed.remembered()).isLessThanOrEqualTo(10_000);
  }
}

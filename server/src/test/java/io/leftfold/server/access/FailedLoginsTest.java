// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class FailedLoginsTest {

  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final FailedLogins failed = new FailedLogins(clock);

  private void fail(int times, String user, String peer) {
    for (var i = 0; i < times; i++) {
      failed.failed(user, peer);
    }
  }

  @Test
  void a_few_mistakes_are_free() {
    fail(4, "jo", "10.0.0.1");

    assertThat(failed.mayTry("jo", "10.0.0.1")).isTrue();
  }

  @Test
  void whoever_goes_on_waits_longer_each_time() {
    fail(5, "jo", "10.0.0.1");
    assertThat(failed.mayTry("jo", "10.0.0.1")).isFalse();

    clock.advance(Duration.ofMillis(250));
    assertThat(failed.mayTry("jo", "10.0.0.1")).isTrue();

    failed.failed("jo", "10.0.0.1");
    clock.advance(Duration.ofMillis(250));
    assertThat(failed.mayTry("jo", "10.0.0.1")).isFalse();
    clock.advance(Duration.ofMillis(250));
    assertThat(failed.mayTry("jo", "10.0.0.1")).isTrue();
  }

  @Test
  void nobody_waits_longer_than_half_a_minute() {
    fail(1000, "jo", "10.0.0.1");

    clock.advance(Duration.ofSeconds(30));
    assertThat(failed.mayTry("jo", "10.0.0.1")).isTrue();
  }

  @Test
  void a_user_is_guessed_at_from_many_addresses_no_faster() {
    for (var i = 0; i < 5; i++) {
      failed.failed("jo", "10.0.0." + i);
    }

    assertThat(failed.mayTry("jo", "10.0.0.99")).isFalse();
    assertThat(failed.mayTry("ann", "10.0.0.99")).isTrue();
  }

  @Test
  void many_users_are_guessed_at_from_one_address_no_faster() {
    for (var i = 0; i < 5; i++) {
      failed.failed("user" + i, "10.0.0.1");
    }

    assertThat(failed.mayTry("ann", "10.0.0.1")).isFalse();
    assertThat(failed.mayTry("ann", "10.0.0.2")).isTrue();
  }

  @Test
  void whoever_has_logged_in_from_an_address_is_not_locked_out_by_strangers() {
    failed.succeeded("jo", "10.0.0.1");
    fail(100, "jo", "10.0.0.66");
    fail(100, "ann", "10.0.0.1");

    assertThat(failed.mayTry("jo", "10.0.0.1")).isTrue();
    assertThat(failed.mayTry("jo", "10.0.0.66")).isFalse();
  }

  @Test
  void but_guessing_from_there_is_slow_as_well() {
    failed.succeeded("jo", "10.0.0.1");
    fail(5, "jo", "10.0.0.1");

    assertThat(failed.mayTry("jo", "10.0.0.1")).isFalse();
  }

  @Test
  void mistakes_are_forgotten() {
    fail(5, "jo", "10.0.0.1");
    clock.advance(Duration.ofMinutes(16));
    failed.failed("jo", "10.0.0.1");

    assertThat(failed.mayTry("jo", "10.0.0.1")).isTrue();
  }
}

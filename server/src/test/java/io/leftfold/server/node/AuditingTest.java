// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.UserAccess;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A flood of what somebody may not fills no store.
final class AuditingTest {

  private static final int FLOOD = 500;

  /// As many as are recorded of it in ten seconds.
  private static final int RATION = 20;

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final UserAccess users =
      new UserAccess(
          store,
          new UserAccess.Options(Optional.empty(), Optional.empty(), false, false, 10),
          new UserAccess.Surroundings(
              clock, new Random(1), UUID::randomUUID, Thread.ofVirtual().factory(), 2));

  @AfterEach
  void close() {
    users.close();
    store.close();
  }

  private long recorded() {
    try (var read = store.read(StreamName.of("$audit"), ReadOptions.forwards())) {
      return read.events().stream()
          .filter(event -> event.dataAsText().contains("\"denied\""))
          .count();
    }
  }

  private static void deny() {
    throw new NotAuthorizedException("Not you");
  }

  @Test
  void denials_of_callers_without_a_name_are_not_recorded() {
    users.begin();
    var auditing = new Auditing(Optional.of(users), Caller.anonymous(), "10.0.0.1");
    for (var i = 0; i < FLOOD; i++) {
      assertThatThrownBy(() -> auditing.doing(AuditingTest::deny, "shutdown", "node", () -> true))
          .isInstanceOf(NotAuthorizedException.class);
    }
    assertThat(recorded()).isZero();
  }

  @Test
  void denials_of_users_are_recorded_at_a_rate_before_the_work_and_in_it() {
    users.begin();
    var auditing = new Auditing(Optional.of(users), Caller.trusted(), "10.0.0.1");
    for (var i = 0; i < FLOOD; i++) {
      assertThatThrownBy(() -> auditing.doing(AuditingTest::deny, "shutdown", "node", () -> true))
          .isInstanceOf(NotAuthorizedException.class);
      assertThatThrownBy(() ->
              auditing.changing(() -> {}, "change password", "jo", _ -> deny())) // the old is wrong
          .isInstanceOf(NotAuthorizedException.class);
    }
    assertThat(recorded()).isEqualTo(RATION);

    clock.advance(Duration.ofSeconds(11));
    for (var i = 0; i < FLOOD; i++) {
      assertThatThrownBy(() -> auditing.changing(() -> {}, "change password", "jo", _ -> deny()))
          .isInstanceOf(NotAuthorizedException.class);
    }
    assertThat(recorded()).isEqualTo(2 * RATION);
  }
}

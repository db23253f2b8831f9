// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.toolkit.Accounts.AccountEvent;
import io.leftfold.toolkit.Accounts.Deposited;
import io.leftfold.toolkit.ProjectionStatus.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Figures of a projection say how far, and how long, it is behind what it wants.
final class ProjectionFiguresTest {

  private static final Instant START = Instant.parse("2026-07-17T14:02:00Z");

  private final ManualClock clock = new ManualClock(START);
  private final InMemoryEventStore store = new InMemoryEventStore(clock);
  private final Projector<AccountEvent, States<Long>> sums =
      Projector.of(
          store,
          Projection.<AccountEvent, Long>folding(
                  "sums",
                  1,
                  Accounts.CODEC,
                  0L,
                  (sum, event) -> {
                    if (event instanceof Deposited(var amount) && amount == 13) {
                      throw new IllegalStateException("unlucky");
                    }
                    return sum + 1;
                  })
              .from(new EventFilter.Types(Set.of("MoneyDeposited"))),
          new InMemoryReadModel<Long>(),
          FoldingOptions.defaults().withAttemptsMax(1));

  @AfterEach
  void close() {
    sums.close();
    store.close();
  }

  private void deposited(String account, long amount) {
    store.append(
        Accounts.stream(account),
        ExpectedState.any(),
        Accounts.CODEC.encode(new Deposited(amount)));
  }

  private void noise() {
    store.append(StreamName.of("noise"), ExpectedState.any(), ProposedEvent.json("Noise", "{}"));
  }

  @Test
  void what_is_to_be_folded_lags_and_waits() {
    deposited("a", 1);
    clock.advance(Duration.ofMinutes(3));
    deposited("a", 2);
    noise();

    var before = sums.figures();
    assertThat(before)
        .isEqualTo(
            new ProjectionFigures(
                Phase.IDLE, -1, store.lastPosition().orElseThrow() + 1, Optional.of(START), 0));
    assertThat(before.waiting(clock.instant())).isEqualTo(Duration.ofMinutes(3));
    assertThat(before.waiting(START.minusSeconds(1))).isZero();

    sums.catchUp();
    noise();

    var behind = sums.figures();
    assertThat(behind.lag()).isZero();
    assertThat(behind.next()).isEmpty();
    assertThat(behind.waiting(clock.instant())).isZero();
  }

  @Test
  void what_stands_still_is_counted() {
    deposited("a", 13);
    deposited("b", 1);
    deposited("c", 13);
    sums.catchUp();

    assertThat(sums.figures().parked()).isEqualTo(2);
    assertThat(sums.figures().lag()).isZero();
  }
}

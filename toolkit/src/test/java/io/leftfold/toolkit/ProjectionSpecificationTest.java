// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventFilter;
import io.leftfold.api.Query;
import io.leftfold.toolkit.Accounts.AccountEvent;
import io.leftfold.toolkit.Accounts.Closed;
import io.leftfold.toolkit.Accounts.Deposited;
import io.leftfold.toolkit.Accounts.Opened;
import io.leftfold.toolkit.Accounts.Withdrawn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Projections by examples, and what examples say of projections that cannot be repeated.
final class ProjectionSpecificationTest {

  private static final Projection<AccountEvent, States<Long>> BALANCES =
      Projection.folding("balances", 1, Accounts.CODEC, 0L, ProjectionSpecificationTest::evolve);

  private static long evolve(long balance, AccountEvent event) {
    return switch (event) {
      case Opened(), Closed() -> balance;
      case Deposited(var amount) -> balance + amount;
      case Withdrawn(var amount) -> balance - amount;
    };
  }

  private static ProjectionSpecification<AccountEvent, Long> twoAccounts(
      Projection<AccountEvent, States<Long>> projection) {
    return ProjectionSpecification.of(projection)
        .given(Accounts.stream("7"), new Opened(), new Deposited(50))
        .given(Accounts.stream("8"), new Deposited(5))
        .given(Accounts.stream("7"), new Withdrawn(20));
  }

  @Test
  void a_projection_comes_to_states() {
    twoAccounts(BALANCES).then(Map.of("account-7", 30L, "account-8", 5L));
    twoAccounts(BALANCES).then("account-7", 30L);
    ProjectionSpecification.of(BALANCES).then(Map.of());
  }

  @Test
  void other_states_than_expected_fail_and_are_shown() {
    assertThatThrownBy(() -> twoAccounts(BALANCES).then("account-7", 31L))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("31")
        .hasMessageContaining("30");
    assertThatThrownBy(() -> twoAccounts(BALANCES).then(Map.of("account-7", 30L)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("account-8=5");
    assertThatThrownBy(() -> twoAccounts(BALANCES).then("account-9", 0L))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void a_given_event_that_the_projection_does_not_want_fails() {
    var narrow =
        BALANCES.from(
            EventFilter.matching(Query.of(Query.typed("MoneyDeposited", "MoneyWithdrawn"))));

    assertThatThrownBy(() -> twoAccounts(narrow))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("AccountOpened");
  }

  @Test
  void a_fold_that_remembers_something_itself_fails() {
    var calls = new AtomicLong();
    var counting =
        Projection.folding(
            "counting", 1, Accounts.CODEC, 0L, (Long _, AccountEvent _) -> calls.incrementAndGet());

    assertThatThrownBy(() -> twoAccounts(counting).then("account-8", 3L))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void a_fold_that_changes_a_state_instead_of_replacing_it_fails() {
    var changing =
        Projection.<AccountEvent, List<Long>>folding(
            "changing",
            1,
            Accounts.CODEC,
            new ArrayList<>(),
            (all, event) -> {
              all.add(evolve(0, event));
              return all;
            });

    assertThatThrownBy(() ->
            ProjectionSpecification.of(changing)
                .given(Accounts.stream("7"), new Deposited(5))
                .then("account-7", List.of(5L)))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void a_fold_that_looks_at_other_partitions_fails() {
    var total =
        Projection.<AccountEvent, States<Long>>of(
            "total",
            1,
            Accounts.CODEC,
            (states, occurred) -> states.put(occurred.partition(), (long) states.all().size()));

    assertThatThrownBy(() -> twoAccounts(total).then(Map.of("account-7", 2L, "account-8", 1L)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("partition by partition");
  }
}

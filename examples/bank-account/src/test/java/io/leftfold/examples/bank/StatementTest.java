// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AsOf;
import io.leftfold.examples.bank.BankCommand.Deposit;
import io.leftfold.examples.bank.BankCommand.Transfer;
import io.leftfold.examples.bank.BankCommand.Withdraw;
import io.leftfold.examples.bank.Refusal.NotReversible;
import io.leftfold.examples.bank.Statement.Entry;
import io.leftfold.toolkit.Outcome.Accepted;
import io.leftfold.toolkit.Outcome.Rejected;
import java.time.Duration;
import java.time.LocalDate;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Statements on both timelines, and corrections.
final class StatementTest {

  private static final LocalDate FRIDAY = LocalDate.of(2026, 7, 17);
  private static final LocalDate MONDAY = LocalDate.of(2026, 7, 20);

  private final TestBank test = TestBank.inMemory();

  @BeforeEach
  void open() {
    test.opened(0, "alice");
    test.opened(1, "bob");
  }

  @AfterEach
  void close() {
    test.close();
  }

  private Statement statement(AsOf moment, LocalDate day) {
    return test.bank.statement("alice", moment, day);
  }

  @Test
  void a_cheque_is_on_the_ledger_before_it_counts() {
    test.filled("alice", 5_000);
    test.does(new Deposit("alice", 700, MONDAY, "cheque"));

    assertThat(statement(AsOf.now(), FRIDAY).ledger()).isEqualTo(5_700);
    assertThat(statement(AsOf.now(), FRIDAY).valued()).isEqualTo(5_000);
    assertThat(statement(AsOf.now(), MONDAY).valued()).isEqualTo(5_700);
    assertThat(test.account("alice").available(FRIDAY)).isEqualTo(5_000);
    assertThat(test.account("alice").available(MONDAY)).isEqualTo(5_700);
  }

  @Test
  void the_past_says_what_was_known_then() {
    test.filled("alice", 5_000);
    var before = test.clock.instant();
    test.clock.advance(Duration.ofDays(3));
    var position = test.does(new Withdraw("alice", 2_000, MONDAY, "cash"));

    assertThat(statement(new AsOf.Time(before), MONDAY).ledger()).isEqualTo(5_000);
    assertThat(statement(new AsOf.Time(before.minusNanos(1_000)), MONDAY).entries()).isEmpty();
    assertThat(statement(AsOf.now(), MONDAY).entries())
        .element(1)
        .isEqualTo(new Entry(position, test.clock.instant(), MONDAY, -2_000, "cash", 3_000));
  }

  @Test
  void a_mistake_is_reversed_in_full_and_entered_again_at_its_value_date() {
    var position = test.does(new Deposit("alice", 50_000, FRIDAY, "salary"));
    var then = test.clock.instant();
    test.clock.advance(Duration.ofDays(3));

    var corrected = test.bank.correct("alice", position, OptionalLong.of(5_000));

    assertThat(corrected).isInstanceOf(Accepted.class);
    var now = statement(AsOf.now(), FRIDAY);
    assertThat(now.entries()).extracting(Entry::cents).containsExactly(50_000L, -50_000L, 5_000L);
    assertThat(now.entries()).extracting(Entry::valueDate).containsOnly(FRIDAY);
    assertThat(now.ledger()).isEqualTo(5_000);
    assertThat(now.valued()).isEqualTo(5_000);
    assertThat(statement(new AsOf.Time(then), FRIDAY).ledger()).isEqualTo(50_000);
  }

  @Test
  void a_mistake_is_corrected_once() {
    test.filled("alice", 5_000);
    var position = test.does(new Withdraw("alice", 2_000, FRIDAY, "cash"));

    IntStream.range(0, 8)
        .parallel()
        .forEach(_ -> test.bank.correct("alice", position, OptionalLong.empty()));

    assertThat(test.account("alice").balance()).isEqualTo(5_000);
    assertThat(test.account("alice").available(FRIDAY)).isEqualTo(5_000);
  }

  @Test
  void what_is_gone_is_gone_and_the_account_overdrawn() {
    var position = test.does(new Deposit("alice", 5_000, FRIDAY, "not hers"));
    test.does(new Withdraw("alice", 5_000, FRIDAY, "cash"));

    test.bank.correct("alice", position, OptionalLong.empty());

    assertThat(test.account("alice").balance()).isEqualTo(-5_000);
    assertThat(test.tries(new Withdraw("alice", 1, FRIDAY, "cash"))).isInstanceOf(Rejected.class);
  }

  @Test
  void only_a_deposit_or_withdrawal_of_the_account_can_be_corrected() {
    test.filled("alice", 5_000);
    var transfer = test.does(new Transfer("alice", "bob", 1_000, FRIDAY, "lunch"));
    var ofBob = test.does(new Deposit("bob", 700, FRIDAY, "cash"));

    for (var position : new long[] {0, 1, transfer, ofBob, ofBob + 100}) {
      assertThat(test.bank.correct("alice", position, OptionalLong.of(1)))
          .isEqualTo(new Rejected<BankEvent, Refusal>(new NotReversible("alice", position)));
    }
    assertThat(test.account("alice").balance()).isEqualTo(4_000);
  }
}

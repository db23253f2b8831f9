// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.Accounts.Account;
import io.leftfold.toolkit.Accounts.AccountCommand;
import io.leftfold.toolkit.Accounts.AccountEvent;
import io.leftfold.toolkit.Accounts.Close;
import io.leftfold.toolkit.Accounts.Closed;
import io.leftfold.toolkit.Accounts.Deposit;
import io.leftfold.toolkit.Accounts.Deposited;
import io.leftfold.toolkit.Accounts.Open;
import io.leftfold.toolkit.Accounts.Opened;
import io.leftfold.toolkit.Accounts.Refusal;
import io.leftfold.toolkit.Accounts.Withdraw;
import io.leftfold.toolkit.Accounts.Withdrawn;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/// The decider of accounts by examples, and what examples that are wrong say.
final class SpecificationTest {

  private final Specification<AccountCommand, Account, AccountEvent, Refusal> accounts =
      Specification.of(Accounts.DECIDER);

  @Test
  void money_that_is_there_can_be_taken() {
    accounts
        .given(new Opened(), new Deposited(50))
        .when(new Withdraw("7", 50))
        .then(new Withdrawn(50));
  }

  @Test
  void money_that_is_not_there_cannot_be_taken() {
    accounts
        .given(new Opened())
        .given(new Deposited(50), new Withdrawn(1))
        .when(new Withdraw("7", 50))
        .thenRejected(Refusal.OVERDRAWN);
  }

  @Test
  void closing_pays_out_what_is_left() {
    var open = accounts.given(new Opened());

    open.when(new Close("7")).then(new Closed());
    open.given(new Deposited(5)).when(new Close("7")).then(new Withdrawn(5), new Closed());
    open.given(new Closed()).when(new Open("7")).thenRejected(Refusal.OPEN_ALREADY);
  }

  @Test
  void nothing_is_nothing_to_do() {
    accounts.given(new Opened()).when(new Deposit("7", 0)).thenNothing();
  }

  // ---- examples that are wrong

  @Test
  void other_events_than_expected_fail_and_are_shown() {
    var then = accounts.given(new Opened(), new Deposited(50)).when(new Withdraw("7", 50));

    assertThatThrownBy(() -> then.then(new Withdrawn(49)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Withdrawn[amount=49]")
        .hasMessageContaining("Withdrawn[amount=50]")
        .hasMessageContaining("balance=50");
    assertThatThrownBy(() -> then.then(new Withdrawn(50), new Closed()))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(then::thenNothing).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> then.thenRejected(Refusal.OVERDRAWN))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void another_rejection_than_expected_fails() {
    var then = accounts.when(new Withdraw("7", 50));

    assertThatThrownBy(() -> then.thenRejected(Refusal.OVERDRAWN))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> then.then(new Withdrawn(50))).isInstanceOf(AssertionError.class);
    then.thenRejected(Refusal.NOT_OPEN);
  }

  @Test
  void a_given_event_outside_the_boundary_fails() {
    var narrow =
        accounts.within(
            Accounts.CODEC,
            command ->
                Boundary.query(
                    Query.of(Query.typed("AccountOpened", "MoneyWithdrawn")),
                    _ -> Accounts.stream(command.account())));

    narrow.given(new Opened()).when(new Withdraw("7", 50)).thenRejected(Refusal.OVERDRAWN);
    assertThatThrownBy(() -> narrow.given(new Deposited(50)).when(new Withdraw("7", 50)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Deposited[amount=50], stored as MoneyDeposited")
        .hasMessageContaining("AccountOpened");
  }

  @Test
  void a_given_event_in_another_stream_than_the_boundarys_fails() {
    var numbered =
        Specification.of(
                Decider.<String, Integer, String, String>of(
                    0, (command, _) -> Decision.accept(command), (count, _) -> count + 1))
            .within(
                EventCodec.of(
                    event -> ProposedEvent.json("Happened", event),
                    event -> Decoded.known(event.dataAsText())),
                command -> Boundary.stream(StreamName.of("account-" + command.charAt(0))),
                event -> StreamName.of("account-" + event.charAt(0)));

    numbered.given("7 opened", "7 paid").when("7 closed").then("7 closed");
    assertThatThrownBy(() -> numbered.given("7 opened", "8 paid").when("7 closed"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("8 paid, which lies in stream account-8")
        .hasMessageContaining("stream account-7");
  }

  @Test
  void what_a_handler_would_refuse_behind_the_end_fails() {
    var counting =
        Specification.of(
            new Decider<Integer, Integer, Integer, String>() {
              @Override
              public Integer initialState() {
                return 0;
              }

              @Override
              public Decision<Integer, String> decide(Integer command, Integer sum) {
                return Decision.accept(Collections.nCopies(command, 1));
              }

              @Override
              public Integer evolve(Integer sum, Integer event) {
                return sum + event;
              }

              @Override
              public boolean isTerminal(Integer sum) {
                return sum == 3;
              }
            });

    counting.given(1).when(2).then(1, 1);
    counting.given(1, 2).when(0).thenNothing();
    assertThatThrownBy(() -> counting.given(1, 2).when(1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("behind the end");
    assertThatThrownBy(() -> counting.given(1, 1).when(2)).isInstanceOf(AssertionError.class);
  }
}

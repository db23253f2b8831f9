// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.leftfold.examples.bank.BankCommand.ConfirmPayment;
import io.leftfold.examples.bank.BankCommand.Deposit;
import io.leftfold.examples.bank.BankCommand.OpenAccount;
import io.leftfold.examples.bank.BankCommand.OrderPayment;
import io.leftfold.examples.bank.BankCommand.ReturnPayment;
import io.leftfold.examples.bank.BankCommand.SetCreditLine;
import io.leftfold.examples.bank.BankCommand.Transfer;
import io.leftfold.examples.bank.BankCommand.Withdraw;
import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.BookingReversed;
import io.leftfold.examples.bank.BankEvent.CreditLineSet;
import io.leftfold.examples.bank.BankEvent.MoneyDeposited;
import io.leftfold.examples.bank.BankEvent.MoneyWithdrawn;
import io.leftfold.examples.bank.BankEvent.PaymentConfirmed;
import io.leftfold.examples.bank.BankEvent.PaymentOrdered;
import io.leftfold.examples.bank.BankEvent.PaymentReturned;
import io.leftfold.examples.bank.BankEvent.TransferReceived;
import io.leftfold.examples.bank.BankEvent.TransferSent;
import io.leftfold.examples.bank.Refusal.AccountExists;
import io.leftfold.examples.bank.Refusal.CreditInUse;
import io.leftfold.examples.bank.Refusal.IbanTaken;
import io.leftfold.examples.bank.Refusal.NoSuchAccount;
import io.leftfold.examples.bank.Refusal.NoSuchPayment;
import io.leftfold.examples.bank.Refusal.NotCovered;
import io.leftfold.examples.bank.Refusal.PaymentIsOver;
import io.leftfold.toolkit.Personal;
import io.leftfold.toolkit.Specification;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What each command does, and when it is rejected.
final class AccountsTest {

  private static final LocalDate TODAY = LocalDate.of(2026, 7, 17);
  private static final LocalDate TOMORROW = TODAY.plusDays(1);
  private static final String ALICES = "DE89370400440532013000";
  private static final String BOBS = "GB29NWBK60161331926819";
  private static final String ELSEWHERE = "FR1420041010050500013M02606";

  private static final AccountOpened ALICE =
      new AccountOpened("alice", ALICES, Personal.of("Alice"));
  private static final AccountOpened BOB = new AccountOpened("bob", BOBS, Personal.of("Bob"));
  private static final MoneyDeposited FIFTY =
      new MoneyDeposited("alice", 5_000, TODAY, "fifty euros");
  private static final PaymentOrdered ORDERED =
      new PaymentOrdered("alice", "p1", ELSEWHERE, 3_000, TODAY, "rent");

  private static Specification<BankCommand, Books, BankEvent, Refusal> accounts() {
    var keys = SubjectKeys.inMemory(new SecureRandom());
    return Specification.of(Accounts.DECIDER)
        .within(Accounts.EVENTS.with(keys), Accounts::boundary);
  }

  private static OpenAccount open(String account, String iban, String owner) {
    return new OpenAccount(account, Iban.of(iban), owner);
  }

  private static Withdraw withdraw(long cents) {
    return new Withdraw("alice", cents, TODAY, "cash");
  }

  @Test
  void an_account_is_opened_with_a_name_and_an_iban_that_nobody_has() {
    accounts().when(open("alice", ALICES, "Alice")).then(ALICE);
    accounts()
        .given(ALICE)
        .when(open("alice", BOBS, "Bob"))
        .thenRejected(new AccountExists("alice"));
    accounts().given(ALICE).when(open("bob", ALICES, "Bob")).thenRejected(new IbanTaken(ALICES));
  }

  @Test
  void money_goes_into_an_account_that_is_there() {
    accounts().given(ALICE).when(new Deposit("alice", 5_000, TODAY, "fifty euros")).then(FIFTY);
    accounts()
        .when(new Deposit("alice", 5_000, TODAY, "fifty euros"))
        .thenRejected(new NoSuchAccount("alice"));
  }

  @Test
  void what_is_there_can_be_drawn_and_no_more() {
    accounts()
        .given(ALICE, FIFTY)
        .when(withdraw(5_000))
        .then(new MoneyWithdrawn("alice", 5_000, TODAY, "cash"));
    accounts()
        .given(ALICE, FIFTY)
        .when(withdraw(5_001))
        .thenRejected(new NotCovered("alice", 5_001, 5_000));
    accounts().when(withdraw(1)).thenRejected(new NoSuchAccount("alice"));
  }

  @Test
  void what_comes_in_can_be_drawn_from_its_value_date_on() {
    var cheque = new MoneyDeposited("alice", 700, TOMORROW, "cheque");

    accounts()
        .given(ALICE, FIFTY, cheque)
        .when(withdraw(5_700))
        .thenRejected(new NotCovered("alice", 5_700, 5_000));
    accounts()
        .given(ALICE, FIFTY, cheque)
        .when(new Withdraw("alice", 5_700, TOMORROW, "cash"))
        .then(new MoneyWithdrawn("alice", 5_700, TOMORROW, "cash"));
  }

  @Test
  void what_goes_out_tomorrow_is_gone_today() {
    accounts()
        .given(ALICE, FIFTY, new MoneyWithdrawn("alice", 4_000, TOMORROW, "a clock was ahead"))
        .when(withdraw(2_000))
        .thenRejected(new NotCovered("alice", 2_000, 1_000));
  }

  @Test
  void a_line_of_credit_can_be_drawn_on_and_cannot_fall_below_what_is_in_use() {
    var line = new CreditLineSet("alice", 10_000);
    accounts().given(ALICE).when(new SetCreditLine("alice", 10_000, TODAY)).then(line);
    accounts()
        .given(ALICE, line)
        .when(withdraw(10_000))
        .then(new MoneyWithdrawn("alice", 10_000, TODAY, "cash"));

    var used = new MoneyWithdrawn("alice", 6_000, TODAY, "cash");
    accounts()
        .given(ALICE, line, used)
        .when(withdraw(4_001))
        .thenRejected(new NotCovered("alice", 4_001, 4_000));
    accounts()
        .given(ALICE, line, used)
        .when(new SetCreditLine("alice", 5_999, TODAY))
        .thenRejected(new CreditInUse("alice", 5_999, 6_000));
    accounts()
        .given(ALICE, line, used)
        .when(new SetCreditLine("alice", 6_000, TODAY))
        .then(new CreditLineSet("alice", 6_000));
    accounts()
        .when(new SetCreditLine("alice", 6_000, TODAY))
        .thenRejected(new NoSuchAccount("alice"));
  }

  @Test
  void a_transfer_concerns_two_accounts_or_none() {
    var transfer = new Transfer("alice", "bob", 3_000, TODAY, "lunch");
    accounts()
        .given(ALICE, BOB, FIFTY)
        .when(transfer)
        .then(
            new TransferSent("alice", "bob", 3_000, TODAY, "lunch"),
            new TransferReceived("bob", "alice", 3_000, TODAY, "lunch"));
    accounts().given(ALICE, BOB).when(transfer).thenRejected(new NotCovered("alice", 3_000, 0));
    accounts().given(ALICE, FIFTY).when(transfer).thenRejected(new NoSuchAccount("bob"));
    accounts().given(BOB).when(transfer).thenRejected(new NoSuchAccount("alice"));
  }

  @Test
  void a_reversal_takes_back_what_was_booked() {
    accounts()
        .given(ALICE, FIFTY, new BookingReversed("alice", -5_000, TODAY, "a mistake"))
        .when(withdraw(1))
        .thenRejected(new NotCovered("alice", 1, 0));
    accounts()
        .given(
            ALICE,
            FIFTY,
            new MoneyWithdrawn("alice", 5_000, TODAY, "cash"),
            new BookingReversed("alice", 5_000, TODAY, "a mistake"))
        .when(withdraw(5_000))
        .then(new MoneyWithdrawn("alice", 5_000, TODAY, "cash"));
  }

  @Test
  void a_payment_takes_the_money_out_at_once() {
    accounts()
        .given(ALICE, FIFTY)
        .when(new OrderPayment("alice", "p1", Iban.of(ELSEWHERE), 3_000, TODAY, "rent"))
        .then(ORDERED);
    accounts()
        .given(ALICE, FIFTY, ORDERED)
        .when(withdraw(2_001))
        .thenRejected(new NotCovered("alice", 2_001, 2_000));
    accounts()
        .given(ALICE)
        .when(new OrderPayment("alice", "p1", Iban.of(ELSEWHERE), 3_000, TODAY, "rent"))
        .thenRejected(new NotCovered("alice", 3_000, 0));
  }

  @Test
  void a_payment_is_confirmed_or_returned_and_never_both() {
    var confirm = new ConfirmPayment("alice", "p1");
    var giveBack = new ReturnPayment("alice", "p1", TODAY, "no such account");
    var confirmed = new PaymentConfirmed("alice", "p1");
    var returned = new PaymentReturned("alice", "p1", 3_000, TODAY, "no such account");

    var open = accounts().given(ORDERED);
    open.when(confirm).then(confirmed);
    open.when(giveBack).then(returned);
    open.given(confirmed).when(confirm).thenNothing();
    open.given(returned).when(giveBack).thenNothing();
    open.given(confirmed)
        .when(giveBack)
        .thenRejected(new PaymentIsOver("p1", Payment.Phase.CONFIRMED));
    open.given(returned)
        .when(confirm)
        .thenRejected(new PaymentIsOver("p1", Payment.Phase.RETURNED));
    accounts().when(confirm).thenRejected(new NoSuchPayment("alice", "p1"));
    accounts().when(giveBack).thenRejected(new NoSuchPayment("alice", "p1"));
    open.when(new ConfirmPayment("bob", "p1")).thenRejected(new NoSuchPayment("bob", "p1"));
    accounts()
        .given(ALICE, FIFTY, ORDERED, returned)
        .when(withdraw(5_000))
        .then(new MoneyWithdrawn("alice", 5_000, TODAY, "cash"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "DE", "DE88370400440532013000", "DE8937040044053201300X", "DE89-3704-0044"})
  void an_iban_with_a_slip_of_the_pen_is_none(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Iban.of(text))
        .withMessageContaining("got \"" + text + "\"");
    assertThat(Iban.of("gb29 nwbk 6016 1331 9268 19").value()).isEqualTo(BOBS);
  }

  @Test
  void what_makes_no_sense_is_no_command() {
    for (var cents : List.of(0L, -1L, BankCommand.CENTS_MAX + 1)) {
      assertThatIllegalArgumentException().isThrownBy(() -> withdraw(cents));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Deposit("alice", cents, TODAY, "x"));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Transfer("alice", "bob", cents, TODAY, "x"));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new OrderPayment("alice", "p", Iban.of(BOBS), cents, TODAY, "x"));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new SetCreditLine("alice", -1, TODAY));
    for (var day : List.of("+12345-01-01", "-0044-03-15", "0999-12-31")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Deposit("alice", 1, LocalDate.parse(day), "x"))
          .withMessageEndingWith("got " + day);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Transfer("alice", "alice", 1, TODAY, "x"));
    assertThatIllegalArgumentException().isThrownBy(() -> open("Alice!", ALICES, "Alice"));
    assertThatIllegalArgumentException().isThrownBy(() -> open("alice", ALICES, " "));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Withdraw("alice", 1, TODAY, "x".repeat(141)));
  }
}

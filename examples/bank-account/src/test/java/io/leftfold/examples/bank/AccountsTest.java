// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.examples.bank.BankCommand.Deposit;
import io.leftfold.examples.bank.BankCommand.OpenAccount;
import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.MoneyDeposited;
import io.leftfold.examples.bank.Refusal.AccountExists;
import io.leftfold.examples.bank.Refusal.IbanTaken;
import io.leftfold.examples.bank.Refusal.NoSuchAccount;
import io.leftfold.toolkit.Specification;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

/// What each command does, and when it is rejected.
final class AccountsTest {

  private static final LocalDate TODAY = LocalDate.of(2026, 7, 17);
  private static final String ALICES = "DE89370400440532013000";
  private static final String BOBS = "GB29NWBK60161331926819";

  private static final AccountOpened ALICE = new AccountOpened("alice", ALICES, "Alice");
  private static final AccountOpened BOB = new AccountOpened("bob", BOBS, "Bob");

  private static Specification<BankCommand, Books, BankEvent, Refusal> accounts() {
    return Specification.of(Accounts.DECIDER).within(Accounts.EVENTS, Accounts::boundary);
  }

  private static OpenAccount open(String account, String iban, String owner) {
    return new OpenAccount(account, Iban.of(iban), owner);
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
  void a_deposit_goes_into_an_account_that_is_there() {
    accounts()
        .given(BOB)
        .when(new Deposit("bob", 5_000, TODAY, "cash"))
        .then(new MoneyDeposited("bob", 5_000, TODAY, "cash"));
    accounts()
        .when(new Deposit("bob", 5_000, TODAY, "cash"))
        .thenRejected(new NoSuchAccount("bob"));
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.toolkit.Personal;
import java.time.LocalDate;

/// What happened to an account. Amounts are cents.
sealed interface BankEvent {

  /// Whose it is.
  String account();

  /// Who owns it is personal: it can be erased, and the account goes on.
  record AccountOpened(String account, String iban, Personal<String> owner) implements BankEvent {}

  record CreditLineSet(String account, long cents) implements BankEvent {}

  /// The other bank has taken a payment: the money is gone for good.
  record PaymentConfirmed(String account, String payment) implements BankEvent {}

  /// What changes a balance. It is on the ledger from the moment it is recorded, and counts from
  /// its value date on: these are two timelines over the same events.
  sealed interface Booking extends BankEvent {

    /// By how much the balance changes; negative if money goes away.
    long change();

    /// The day from which on it counts.
    LocalDate valueDate();

    /// What it says on a statement.
    String text();
  }

  /// A booking that can be taken back if it was a mistake. What lies between accounts or banks
  /// cannot, for it is not up to one of them.
  sealed interface Correctable extends Booking {

    /// The same with another amount.
    Booking of(long cents);

    /// What takes it back.
    default Booking reversed() {
      return new BookingReversed(account(), -change(), valueDate(), "Reversal: " + text());
    }
  }

  record MoneyDeposited(String account, long cents, LocalDate valueDate, String text)
      implements Correctable {
    @Override
    public long change() {
      return cents;
    }

    @Override
    public Booking of(long other) {
      return new MoneyDeposited(account, other, valueDate, text);
    }
  }

  record MoneyWithdrawn(String account, long cents, LocalDate valueDate, String text)
      implements Correctable {
    @Override
    public long change() {
      return -cents;
    }

    @Override
    public Booking of(long other) {
      return new MoneyWithdrawn(account, other, valueDate, text);
    }
  }

  record TransferSent(String account, String to, long cents, LocalDate valueDate, String text)
      implements Booking {
    @Override
    public long change() {
      return -cents;
    }
  }

  record TransferReceived(String account, String from, long cents, LocalDate valueDate, String text)
      implements Booking {
    @Override
    public long change() {
      return cents;
    }
  }

  /// A booking was a mistake: this takes it back in full, at the same value date.
  record BookingReversed(String account, long change, LocalDate valueDate, String text)
      implements Booking {}

  /// Money was set aside for an account at another bank.
  record PaymentOrdered(
      String account, String payment, String iban, long cents, LocalDate valueDate, String text)
      implements Booking {
    @Override
    public long change() {
      return -cents;
    }
  }

  /// The other bank did not take a payment: the money is back.
  record PaymentReturned(
      String account, String payment, long cents, LocalDate valueDate, String text)
      implements Booking {
    @Override
    public long change() {
      return cents;
    }
  }
}

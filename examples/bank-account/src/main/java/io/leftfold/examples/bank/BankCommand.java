// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import java.time.LocalDate;
import java.util.List;
import java.util.regex.Pattern;

/// What somebody wants. What makes no sense whatever has happened is refused by the constructors
/// here; what depends on what has happened, by [Accounts]. Decisions are functions, so the day on
/// which one is made comes with the command.
sealed interface BankCommand {

  /// Whose events it leads to; of a transfer, from whom money goes.
  String account();

  /// The accounts that must be there.
  default List<String> accounts() {
    return List.of(account());
  }

  record OpenAccount(String account, Iban iban, String owner) implements BankCommand {
    public OpenAccount {
      requireName(account);
      requireText(owner, "The owner of an account");
    }

    @Override
    public List<String> accounts() {
      return List.of();
    }
  }

  record SetCreditLine(String account, long cents, LocalDate today) implements BankCommand {
    public SetCreditLine {
      requireName(account);
      require(
          cents >= 0 && cents <= CENTS_MAX,
          "A line of credit is 0 to %d cents, got %d".formatted(CENTS_MAX, cents));
    }
  }

  /// Money comes in, and counts from its value date on.
  record Deposit(String account, long cents, LocalDate valueDate, String text)
      implements BankCommand {
    public Deposit {
      requireName(account);
      requireAmount(cents);
      requireText(text, "The text of a deposit");
      require(
          valueDate.getYear() >= 1000 && valueDate.getYear() <= 9999,
          "A value date has a year of four digits, got " + valueDate);
    }
  }

  /// Money goes away, if the account has it.
  sealed interface Debit extends BankCommand {
    long cents();

    LocalDate today();
  }

  record Withdraw(String account, long cents, LocalDate today, String text) implements Debit {
    public Withdraw {
      requireName(account);
      requireAmount(cents);
      requireText(text, "The text of a withdrawal");
    }
  }

  /// From one account of this bank to another: both or neither.
  record Transfer(String account, String to, long cents, LocalDate today, String text)
      implements Debit {
    public Transfer {
      requireName(account);
      requireName(to);
      requireAmount(cents);
      requireText(text, "The text of a transfer");
      require(
          !account.equals(to),
          "A transfer is between two accounts, got \"%s\" twice".formatted(to));
    }

    @Override
    public List<String> accounts() {
      return List.of(account, to);
    }
  }

  /// To an account of another bank. What becomes of it is up to [Payments].
  record OrderPayment(
      String account, String payment, Iban iban, long cents, LocalDate today, String text)
      implements Debit {
    public OrderPayment {
      requireName(account);
      requireAmount(cents);
      requireText(text, "The text of a payment");
    }
  }

  /// What ends a payment. It asks for nothing but the payment: that its account was there, the
  /// payment says.
  sealed interface PaymentEnd extends BankCommand {
    String payment();

    @Override
    default List<String> accounts() {
      return List.of();
    }
  }

  /// The other bank takes a payment.
  record ConfirmPayment(String account, String payment) implements PaymentEnd {
    public ConfirmPayment {
      requireName(account);
    }
  }

  /// The other bank does not take a payment, or said nothing for too long.
  record ReturnPayment(String account, String payment, LocalDate today, String why)
      implements PaymentEnd {
    public ReturnPayment {
      requireName(account);
    }
  }

  /// A hundred million euros.
  long CENTS_MAX = 10_000_000_000L;

  int TEXT_CHARACTERS_MAX = 140;

  Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");

  private static void requireName(String account) {
    require(
        NAME.matcher(account).matches(),
        "An account is named by 1 to 40 of a to z, 0 to 9 and \"-\", got \"%s\""
            .formatted(account));
  }

  static void requireAmount(long cents) {
    require(
        cents > 0 && cents <= CENTS_MAX,
        "An amount is 1 to %d cents, got %d".formatted(CENTS_MAX, cents));
  }

  static void requireText(String text, String what) {
    require(
        !text.isBlank() && text.length() <= TEXT_CHARACTERS_MAX,
        "%s has 1 to %d characters, got %d".formatted(what, TEXT_CHARACTERS_MAX, text.length()));
  }

  /// As much of a text of others as goes onto a statement.
  static String shortened(String text) {
    return text.length() <= TEXT_CHARACTERS_MAX ? text : text.substring(0, TEXT_CHARACTERS_MAX);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}

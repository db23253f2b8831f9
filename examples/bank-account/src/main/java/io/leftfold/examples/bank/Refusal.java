// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

/// Why a command is rejected: data, so that whoever asked can be told precisely.
sealed interface Refusal {

  /// For people.
  String message();

  record NoSuchAccount(String account) implements Refusal {
    @Override
    public String message() {
      return "There is no account \"%s\"".formatted(account);
    }
  }

  record AccountExists(String account) implements Refusal {
    @Override
    public String message() {
      return "There is an account \"%s\" already; choose another name".formatted(account);
    }
  }

  record IbanTaken(String iban) implements Refusal {
    @Override
    public String message() {
      return "The IBAN %s belongs to another account".formatted(iban);
    }
  }

  record NotCovered(String account, long cents, long available) implements Refusal {
    @Override
    public String message() {
      return "Wanted were %d cents of account \"%s\", but available are only %d"
          .formatted(cents, account, available);
    }
  }

  record CreditInUse(String account, long cents, long used) implements Refusal {
    @Override
    public String message() {
      return "The line of credit of account \"%s\" cannot be %d cents, for %d are in use"
          .formatted(account, cents, used);
    }
  }

  record NoSuchPayment(String account, String payment) implements Refusal {
    @Override
    public String message() {
      return "Account \"%s\" has no payment \"%s\"".formatted(account, payment);
    }
  }

  record PaymentIsOver(String payment, Payment.Phase phase) implements Refusal {
    @Override
    public String message() {
      return "Payment \"%s\" is %s already".formatted(payment, phase.word());
    }
  }

  /// The id of a command was another command's before.
  record IdIsTaken() implements Refusal {
    @Override
    public String message() {
      return "Something else was asked with this key before; what is asked now needs a key of its own";
    }
  }

  record AlreadyCorrected(String account, long position) implements Refusal {
    @Override
    public String message() {
      return "What is at position %d of account \"%s\" was corrected before, to something else; correct that"
          .formatted(position, account);
    }
  }

  record NotReversible(String account, long position) implements Refusal {
    @Override
    public String message() {
      return "At position %d there is no deposit or withdrawal of account \"%s\" that could be corrected"
          .formatted(position, account);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import java.util.Locale;

/// A payment to another bank.
///
/// @param name of the payment
/// @param account that the money comes from
record Payment(String name, String account, String iban, long cents, Phase phase) {

  /// None at all.
  static final Payment NONE = new Payment("", "", "", 0, Phase.OPEN);

  enum Phase {
    OPEN,
    CONFIRMED,
    RETURNED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  boolean is(String otherName, String otherAccount) {
    return name.equals(otherName) && account.equals(otherAccount);
  }

  Payment in(Phase next) {
    return new Payment(name, account, iban, cents, next);
  }
}

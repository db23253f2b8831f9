// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import java.util.Locale;
import java.util.regex.Pattern;

/// The number of an account, the same for all banks.
///
/// @param value without blanks
record Iban(String value) {

  /// Of 00, 01 and 99 as check digits, which would do as well, none is ever given: a number has one
  /// IBAN.
  private static final Pattern SHAPE =
      Pattern.compile("[A-Z]{2}(?!00|01|99)[0-9]{2}[A-Z0-9]{11,30}");

  /// Checks shape and check digits (ISO 7064, mod 97).
  Iban {
    if (!SHAPE.matcher(value).matches() || remainder(value) != 1) {
      throw new IllegalArgumentException(
          "An IBAN is a country, two check digits and up to 30 letters and digits, got \"%s\""
              .formatted(value));
    }
  }

  /// As people write it.
  static Iban of(String text) {
    return new Iban(text.replace(" ", "").toUpperCase(Locale.ROOT));
  }

  private static int remainder(String iban) {
    var remainder = 0;
    for (var character : (iban.substring(4) + iban.substring(0, 4)).toCharArray()) {
      var value = Character.digit(character, 36);
      remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
    }
    return remainder;
  }

  @Override
  public String toString() {
    return value;
  }
}

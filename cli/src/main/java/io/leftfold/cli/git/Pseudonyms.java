// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/// Names people by a keyed hash of their e-mail address: the same person by the same 32 hexadecimal
/// digits within one imported repository, by others in the next. Whoever can read the key (it is in
/// the repository's first event) can test a guessed address; nobody can read an address off.
final class Pseudonyms {

  static final int SALT_BYTES = 32;

  private static final int PSEUDONYM_BYTES = 16;

  private final byte[] salt;

  /// @throws IllegalArgumentException if the key is not in hexadecimal
  static Pseudonyms withKey(String hexadecimal) {
    return new Pseudonyms(HexFormat.of().parseHex(hexadecimal));
  }

  private Pseudonyms(byte[] salt) {
    this.salt = salt;
  }

  /// Addresses that differ in case or outer blanks only are the same person.
  String of(String email) {
    var address = email.strip().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of()
        .formatHex(Arrays.copyOf(Hashes.hmacSha256(salt, address), PSEUDONYM_BYTES));
  }
}

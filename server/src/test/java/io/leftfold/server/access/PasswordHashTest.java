// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PasswordHashTest {

  /// The second test vector of RFC 6070 has two rounds of HMAC-SHA-1.
  @Test
  void pbkdf2_with_sha_1_is_as_the_rfc_has_it() {
    var hash =
        new PasswordHash(
            PasswordHash.KURRENT_ALGORITHM,
            2,
            "salt".getBytes(StandardCharsets.UTF_8),
            HexFormat.of().parseHex("ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"));

    assertThat(hash.matches("password")).isTrue();
    assertThat(hash.matches("Password")).isFalse();
    assertThat(hash.isWeakerThan(PasswordHash.ITERATIONS)).isTrue();
  }

  @Test
  void a_new_hash_recognises_its_password_and_no_other() {
    var hash = PasswordHash.of("pässword", 10, new Random(1));

    assertThat(hash.matches("pässword")).isTrue();
    assertThat(hash.matches("password")).isFalse();
    assertThat(hash.matches("")).isFalse();
    assertThat(hash.isWeakerThan(10)).isFalse();
    assertThat(hash.isWeakerThan(11)).isTrue();
  }

  @Test
  void the_same_password_is_hashed_and_stamped_otherwise_each_time() {
    var random = new Random(2);
    var one = PasswordHash.of("same", 10, random);
    var other = PasswordHash.of("same", 10, random);

    assertThat(one.hash()).isNotEqualTo(other.hash());
    assertThat(one.stamp()).isNotEqualTo(other.stamp());
  }

  @Test
  void nothing_of_it_is_printed() {
    var hash = PasswordHash.of("secret", 10, new Random(3));

    assertThat(hash.toString()).isEqualTo("PBKDF2WithHmacSHA512 with 10 rounds");
  }

  @Test
  void a_cost_that_would_keep_us_busy_for_ever_is_not_paid() {
    var hash = PasswordHash.of("x", 1, new Random(4));
    var forged = new PasswordHash(hash.algorithm(), Integer.MAX_VALUE, hash.salt(), hash.hash());

    assertThat(forged.matches("x")).isFalse();
  }
}

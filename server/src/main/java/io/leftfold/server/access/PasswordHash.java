// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.spec.InvalidKeySpecException;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// What is kept of a password: enough to recognise it, too little to find it.
///
/// It says how it was made, so that the cost can grow: PBKDF2 with HMAC-SHA-512 and [#ITERATIONS]
/// rounds for new ones; with HMAC-SHA-1 and 1000 rounds in the databases of KurrentDB.
///
/// @param algorithm as the JDK calls it
/// @param iterations how many rounds
/// @param salt of random bytes
/// @param hash what the rounds make of password and salt
record PasswordHash(String algorithm, int iterations, byte[] salt, byte[] hash) {

  static final String ALGORITHM = "PBKDF2WithHmacSHA512";
  static final String KURRENT_ALGORITHM = "PBKDF2WithHmacSHA1";
  static final int KURRENT_ITERATIONS = 1000;

  /// What OWASP asks for with this algorithm.
  static final int ITERATIONS = 210_000;

  /// More than anybody would choose: whoever writes a larger number wants to keep us busy.
  private static final int ITERATIONS_MAX = 10_000_000;

  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  /// Of a new password.
  static PasswordHash of(String password, int iterations, RandomGenerator random) {
    var salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return new PasswordHash(
        ALGORITHM, iterations, salt, derive(ALGORITHM, password, salt, iterations, HASH_BYTES));
  }

  /// Whether this is the password. Takes the same time for all that are not.
  boolean matches(String password) {
    if (iterations < 1 || iterations > ITERATIONS_MAX || hash.length == 0 || salt.length == 0) {
      return false;
    }
    return MessageDigest.isEqual(hash, derive(algorithm, password, salt, iterations, hash.length));
  }

  /// Whether new ones are dearer to guess.
  boolean isWeakerThan(int iterationsNow) {
    return !algorithm.equals(ALGORITHM) || iterations < iterationsNow;
  }

  /// Differs from the stamps of other passwords, and says nothing about this one.
  long stamp() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      return ByteBuffer.wrap(digest.digest(hash)).getLong();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static byte[] derive(
      String algorithm, String password, byte[] salt, int iterations, int bytes) {
    var spec = new PBEKeySpec(password.toCharArray(), salt, iterations, bytes * Byte.SIZE);
    try {
      return SecretKeyFactory.getInstance(algorithm).generateSecret(spec).getEncoded();
    } catch (InvalidKeySpecException e) {
      throw new IllegalArgumentException("A password cannot be used with " + algorithm, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "A password was hashed with \"%s\", which this JDK has not".formatted(algorithm), e);
    } finally {
      spec.clearPassword();
    }
  }

  /// Without what is kept.
  @Override
  public String toString() {
    return "%s with %d rounds".formatted(algorithm, iterations);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES-256 in Galois/counter mode, as every JDK has it.
///
/// ```
/// | format 1, a byte | nonce 12 | ciphertext, as long as the plain bytes | tag 16 |
/// ```
///
/// The nonce is by chance, other each time. After 2³² seals with one key, the odds that two of them
/// share one are 1 to 2³³: a subject has a key of its own, so that is far away.
final class Aes {

  static final int KEY_BYTES = 32;

  private static final byte FORMAT = 1;
  private static final int NONCE_AT = 1;
  private static final int NONCE_BYTES = 12;
  private static final int SEALED_AT = NONCE_AT + NONCE_BYTES;
  private static final int TAG_BYTES = 16;

  private Aes() {}

  static byte[] newKey(SecureRandom random) {
    var key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return key;
  }

  static byte[] seal(byte[] key, SecureRandom random, byte[] plain, byte[] context) {
    var nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    var sealed = new byte[SEALED_AT + plain.length + TAG_BYTES];
    sealed[0] = FORMAT;
    System.arraycopy(nonce, 0, sealed, NONCE_AT, NONCE_BYTES);
    try {
      var cipher = cipher(Cipher.ENCRYPT_MODE, key, sealed, context);
      cipher.doFinal(plain, 0, plain.length, sealed, SEALED_AT);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has AES-256-GCM, this one has not", e);
    }
  }

  /// @throws BrokenSealException if it was not sealed with this key and context, or was changed
  static byte[] open(byte[] key, byte[] sealed, byte[] context) {
    if (sealed.length < SEALED_AT + TAG_BYTES || sealed[0] != FORMAT) {
      throw new BrokenSealException(
          "What is sealed begins with %d and has %d bytes or more, but there are %d%s"
              .formatted(
                  FORMAT,
                  SEALED_AT + TAG_BYTES,
                  sealed.length,
                  sealed.length == 0 ? "" : ", the first is " + sealed[0]));
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, key, sealed, context)
          .doFinal(sealed, SEALED_AT, sealed.length - SEALED_AT);
    } catch (AEADBadTagException e) {
      throw new BrokenSealException(
          "What is sealed was changed or moved, or was sealed with another key", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has AES-256-GCM, this one has not", e);
    }
  }

  private static Cipher cipher(int mode, byte[] key, byte[] sealed, byte[] context)
      throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(key, "AES"),
        new GCMParameterSpec(TAG_BYTES * Byte.SIZE, sealed, NONCE_AT, NONCE_BYTES));
    cipher.updateAAD(context);
    return cipher;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// Private keys that PKCS #8 encrypts with a password (`BEGIN ENCRYPTED PRIVATE KEY`).
final class EncryptedKeys {

  private EncryptedKeys() {}

  /// The same key, not encrypted.
  static byte[] pkcs8(byte[] encrypted, Optional<String> password, String file)
      throws UnusableCertificateException {
    if (password.isEmpty()) {
      throw new UnusableCertificateException(
          "The private key in %s is encrypted, and no password is known. Give it (tls-key-password), or write the key without one (\"openssl pkey -in <file>\") and keep it readable by its owner alone"
              .formatted(file));
    }
    var secret = new PBEKeySpec(password.get().toCharArray());
    try {
      var info = new EncryptedPrivateKeyInfo(encrypted);
      var algorithm = info.getAlgName();
      var cipher = Cipher.getInstance(algorithm);
      cipher.init(
          Cipher.DECRYPT_MODE,
          SecretKeyFactory.getInstance(algorithm).generateSecret(secret),
          info.getAlgParameters());
      return info.getKeySpec(cipher).getEncoded();
    } catch (IOException | GeneralSecurityException e) {
      // What the cipher says of a wrong password is that padding is wrong, or less.
      throw new UnusableCertificateException(
          "The private key in %s cannot be read with the password that was given. Is it another one? Or is the key encrypted in a way that the JDK does not know: \"openssl pkcs8 -topk8 -v2 aes256\" writes one that it does (%s)"
              .formatted(file, e.getMessage()),
          e);
    } finally {
      secret.clearPassword();
    }
  }
}

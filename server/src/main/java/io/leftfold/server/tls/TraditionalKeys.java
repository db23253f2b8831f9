// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import java.io.IOException;
import java.io.StringReader;
import java.security.PublicKey;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/// Private keys as OpenSSL wrote them once (`BEGIN EC PRIVATE KEY`, `BEGIN RSA PRIVATE KEY`), which
/// the JDK does not read. Loaded only when there is one.
final class TraditionalKeys {

  private TraditionalKeys() {}

  /// The same key in the form that PKCS #8 gives it.
  ///
  /// @param open the public key, which says the curve if the private key does not
  static byte[] pkcs8(String block, PublicKey open, String file)
      throws UnusableCertificateException {
    try (var parser = new PEMParser(new StringReader(block))) {
      if (parser.readObject() instanceof PEMKeyPair pair) {
        var kind = SubjectPublicKeyInfo.getInstance(open.getEncoded()).getAlgorithm();
        return new PrivateKeyInfo(kind, pair.getPrivateKeyInfo().parsePrivateKey()).getEncoded();
      }
    } catch (IOException | RuntimeException e) {
      throw new UnusableCertificateException(
          "%s holds a private key that cannot be read: %s".formatted(file, e.getMessage()), e);
    }
    throw new UnusableCertificateException(
        "%s holds a private key of an unknown kind; write it with \"openssl pkcs8 -topk8 -nocrypt\""
            .formatted(file));
  }
}

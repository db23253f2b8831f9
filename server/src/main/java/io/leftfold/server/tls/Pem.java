// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Certificates and keys as text:
///
/// ```
/// -----BEGIN CERTIFICATE-----
/// base64 of the bytes, 64 characters a line
/// -----END CERTIFICATE-----
/// ```
final class Pem {

  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
  private static final Base64.Encoder BASE64 =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  static String of(X509Certificate certificate) {
    try {
      return block(CERTIFICATE, certificate.getEncoded());
    } catch (CertificateException e) {
      throw new IllegalStateException("A certificate that was read or made has no bytes", e);
    }
  }

  /// A key in the form that PKCS #8 gives it, not encrypted.
  static String of(PrivateKey key) {
    return block(PRIVATE_KEY, key.getEncoded());
  }

  private static String block(String kind, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, BASE64.encodeToString(bytes), kind);
  }

  /// All certificates of a text, in its order.
  ///
  /// @param file whose text it is, for messages
  static List<X509Certificate> certificates(String text, String file)
      throws UnusableCertificateException {
    var certificates = new ArrayList<X509Certificate>();
    var blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      if (blocks.group(1).equals(CERTIFICATE)) {
        certificates.add(certificate(blocks.group(2), file));
      }
    }
    if (certificates.isEmpty()) {
      throw new UnusableCertificateException(
          "%s holds no certificate: there is no -----BEGIN CERTIFICATE----- in it. Certificates are read as PEM; \"openssl pkcs12 -in <file> -nokeys\" turns PKCS #12 into that"
              .formatted(file));
    }
    return certificates;
  }

  private static X509Certificate certificate(String base64, String file)
      throws UnusableCertificateException {
    try {
      var bytes = Base64.getMimeDecoder().decode(base64);
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes));
    } catch (CertificateException | IllegalArgumentException e) {
      throw new UnusableCertificateException(
          "%s holds a certificate that cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /// The private key of a text.
  ///
  /// @param open the public key that it belongs to
  /// @param password of a key that is encrypted
  /// @param file whose text it is, for messages
  static PrivateKey key(String text, PublicKey open, Optional<String> password, String file)
      throws UnusableCertificateException {
    var blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      var kind = blocks.group(1);
      if (kind.equals(PRIVATE_KEY)) {
        return key(decoded(blocks.group(2), file), open, file);
      }
      if (kind.equals("ENCRYPTED PRIVATE KEY")) {
        return key(EncryptedKeys.pkcs8(decoded(blocks.group(2), file), password, file), open, file);
      }
      if (blocks.group(2).contains("ENCRYPTED")) {
        throw new UnusableCertificateException(
            "The private key in %s is encrypted in a form that is not read any more. Write it as PKCS #8, with \"openssl pkcs8 -topk8 -v2 aes256 -in <file>\""
                .formatted(file));
      }
      if (kind.endsWith(PRIVATE_KEY)) {
        return key(TraditionalKeys.pkcs8(blocks.group(), open, file), open, file);
      }
    }
    throw new UnusableCertificateException(
        "%s holds no private key: there is no -----BEGIN PRIVATE KEY----- in it".formatted(file));
  }

  private static byte[] decoded(String base64, String file) throws UnusableCertificateException {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new UnusableCertificateException(
          "%s holds a private key that cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static PrivateKey key(byte[] pkcs8, PublicKey open, String file)
      throws UnusableCertificateException {
    try {
      return KeyFactory.getInstance(open.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException e) {
      throw new UnusableCertificateException(
          "%s holds no private key of the kind that the certificate wants, which is %s: %s"
              .formatted(file, open.getAlgorithm(), e.getMessage()),
          e);
    }
  }
}

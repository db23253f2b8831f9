// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A certificate, with those between it and an authority, and the private key that belongs to it.
///
/// @param chain the certificate first, then the one it was issued by, and so on
/// @param key the private key of the first
public record Identity(List<X509Certificate> chain, PrivateKey key) {

  private static final byte[] CHALLENGE = "leftfold".getBytes(StandardCharsets.US_ASCII);

  /// Copies the chain.
  public Identity {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("An identity has at least one certificate");
    }
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  Instant begins() {
    return certificate().getNotBefore().toInstant();
  }

  Instant ends() {
    return certificate().getNotAfter().toInstant();
  }

  /// The names and addresses that the certificate is for, in small letters.
  Set<String> names() {
    var names = new HashSet<String>();
    try {
      var alternatives = Optional.ofNullable(certificate().getSubjectAlternativeNames());
      for (var alternative : alternatives.orElse(List.of())) {
        names.add(HostNames.normal(String.valueOf(alternative.get(1))));
      }
    } catch (CertificateParsingException _) {
      return Set.of();
    }
    return names;
  }

  /// Whether the key is the one of the certificate: what it signs, the certificate verifies.
  boolean belongsTogether() {
    return isPair(certificate().getPublicKey(), key);
  }

  boolean isIssuedBy(X509Certificate authority) {
    try {
      certificate().verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  static boolean isPair(PublicKey open, PrivateKey secret) {
    var algorithm =
        switch (open.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          case String other -> other;
        };
    try {
      var signing = Signature.getInstance(algorithm);
      signing.initSign(secret);
      signing.update(CHALLENGE);
      var verifying = Signature.getInstance(algorithm);
      verifying.initVerify(open);
      verifying.update(CHALLENGE);
      return verifying.verify(signing.sign());
    } catch (GeneralSecurityException _) {
      return false;
    }
  }
}

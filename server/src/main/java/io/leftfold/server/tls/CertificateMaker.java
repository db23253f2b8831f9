// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Makes authorities and certificates. Loaded only when there is one to make: reading them needs
/// the JDK alone.
final class CertificateMaker {

  /// How long an authority is good for.
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);

  /// How long a certificate is good for: browsers refuse longer ones.
  private static final Duration CERTIFICATE_LIFE = Duration.ofDays(397).minusMinutes(1);

  /// Clocks of other machines may be behind by this.
  private static final Duration CLOCKS_APART_MAX = Duration.ofHours(1);

  private static final int SERIAL_BYTES = 16;
  private static final int COMMON_NAME_CHARS_MAX = 64;

  private final SecureRandom random;

  CertificateMaker(SecureRandom random) {
    this.random = random;
  }

  /// Makes an authority.
  ///
  /// @param host whose it is, to be read by people
  /// @param now when it begins
  Identity authority(String host, Instant now) {
    var serial = serial();
    // Two authorities of one name would be taken for each other.
    var suffix = HexFormat.of().formatHex(serial.toByteArray()).substring(0, 8);
    var name = "Leftfold CA " + suffix + " of " + host;
    var subject =
        new X500NameBuilder()
            .addRDN(BCStyle.O, "Leftfold")
            .addRDN(BCStyle.CN, name.substring(0, Math.min(name.length(), COMMON_NAME_CHARS_MAX)));
    try {
      var keys = keys();
      var principal = new X500Principal(subject.build().getEncoded());
      var begin = now.minus(CLOCKS_APART_MAX);
      var builder =
          new JcaX509v3CertificateBuilder(
              principal,
              serial,
              Date.from(begin),
              Date.from(begin.plus(AUTHORITY_LIFE)),
              principal,
              keys.getPublic());
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
          .addExtension(
              Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
      return new Identity(List.of(signed(builder, keys.getPrivate())), keys.getPrivate());
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("A certificate authority cannot be made", e);
    }
  }

  /// Issues a certificate for a server.
  ///
  /// @param authority who issues it; its certificate ends no earlier
  /// @param names by which the server is reached, names and addresses
  /// @param now when it begins
  Identity issue(Identity authority, Collection<String> names, Instant now) {
    try {
      var keys = keys();
      var issuer = authority.certificate();
      var begin = now.minus(CLOCKS_APART_MAX);
      var end = begin.plus(CERTIFICATE_LIFE);
      var subject =
          new X500NameBuilder().addRDN(BCStyle.O, "Leftfold").addRDN(BCStyle.CN, "Leftfold");
      var extensions = new JcaX509ExtensionUtils();
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer.getSubjectX500Principal(),
              serial(),
              Date.from(begin),
              Date.from(end.isBefore(authority.ends()) ? end : authority.ends()),
              new X500Principal(subject.build().getEncoded()),
              keys.getPublic());
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
          .addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
          .addExtension(Extension.subjectAlternativeName, false, alternatives(names))
          .addExtension(
              Extension.authorityKeyIdentifier,
              false,
              extensions.createAuthorityKeyIdentifier(issuer))
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              extensions.createSubjectKeyIdentifier(keys.getPublic()));
      return new Identity(List.of(signed(builder, authority.key())), keys.getPrivate());
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("A certificate cannot be issued for " + names, e);
    }
  }

  private static GeneralNames alternatives(Collection<String> names) {
    return new GeneralNames(
        names.stream()
            .map(name ->
                new GeneralName(
                    HostNames.isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
            .toArray(GeneralName[]::new));
  }

  private KeyPair keys() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private BigInteger serial() {
    var bytes = new byte[SERIAL_BYTES];
    random.nextBytes(bytes);
    // Positive, and of one length.
    bytes[0] = (byte) ((bytes[0] & 0x3F) | 0x40);
    return new BigInteger(bytes);
  }

  private X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").setSecureRandom(random).build(key);
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.testkit.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnCertificatesTest {

  @TempDir private Path directory;
  private final ManualClock clock = new ManualClock(InstantSource.system().instant());
  private Path certificate;
  private Path key;
  private Identity first;

  @BeforeEach
  void writeFiles() throws Exception {
    certificate = directory.resolve("tls.crt");
    key = directory.resolve("tls.key");
    first = make();
    write(first);
  }

  private Identity make() throws Exception {
    return MadeCertificates.inMemory(
            directory.resolve("ca.crt"), () -> List.of("localhost"), clock, new SecureRandom())
        .first();
  }

  private void write(Identity identity) throws Exception {
    Files.writeString(certificate, Pem.of(identity.certificate()));
    Files.writeString(key, Pem.of(identity.key()));
  }

  private OwnCertificates source() {
    return source(Optional.empty());
  }

  private OwnCertificates source(Optional<String> password) {
    return new OwnCertificates(certificate, key, password, clock);
  }

  private static String encrypted(PrivateKey key, String password, String algorithm)
      throws Exception {
    var secret =
        SecretKeyFactory.getInstance(algorithm)
            .generateSecret(new PBEKeySpec(password.toCharArray()));
    var cipher = Cipher.getInstance(algorithm);
    cipher.init(Cipher.ENCRYPT_MODE, secret);
    var kind =
        new AlgorithmIdentifier(
            algorithm.contains("Hmac")
                ? PKCSObjectIdentifiers.id_PBES2
                : PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC,
            ASN1Primitive.fromByteArray(cipher.getParameters().getEncoded()));
    var info = new EncryptedPrivateKeyInfo(kind, cipher.doFinal(key.getEncoded()));
    return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n%s\n-----END ENCRYPTED PRIVATE KEY-----\n"
        .formatted(Base64.getMimeEncoder().encodeToString(info.getEncoded()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PBEWithHmacSHA256AndAES_256",
        "PBEWithHmacSHA512AndAES_128",
        "PBEWithSHA1AndDESede"
      })
  void an_encrypted_key_is_read_with_its_password_alone(String algorithm) throws Exception {
    Files.writeString(key, encrypted(first.key(), "hunter2", algorithm));

    assertThat(source(Optional.of("hunter2")).first()).isEqualTo(first);
    assertThatThrownBy(source(Optional.of("hunter3"))::first)
        .isInstanceOf(UnusableCertificateException.class)
        .hasMessageContaining("cannot be read with the password that was given")
        .hasMessageNotContainingAny("hunter");
    assertThatThrownBy(source()::first)
        .isInstanceOf(UnusableCertificateException.class)
        .hasMessageContaining("is encrypted, and no password is known");
  }

  @Test
  void a_certificate_and_its_key_are_read_and_read_again_when_they_changed() throws Exception {
    var source = source();
    assertThat(source.first()).isEqualTo(first);
    assertThat(source.next()).isEmpty();
    var second = make();
    replace(second);

    assertThat(source.next()).as("it may be changing still").isEmpty();
    assertThat(source.next()).contains(second);
    assertThat(source.next()).isEmpty();
  }

  /// As those do who renew certificates: by other files of the same names.
  private void replace(Identity identity) throws Exception {
    Files.delete(certificate);
    Files.delete(key);
    write(identity);
  }

  @Test
  void of_new_files_that_are_of_no_use_is_told_once() throws Exception {
    var source = source();
    source.first();
    Files.delete(certificate);
    Files.writeString(certificate, Pem.of(make().certificate()));
    assertThat(source.next()).isEmpty();

    assertThatThrownBy(source::next)
        .isInstanceOf(UnusableCertificateException.class)
        .hasMessageContaining("tls.key is not the key of the first certificate in");
    assertThat(source.next()).isEmpty();
    assertThat(source.next()).isEmpty();

    var third = make();
    replace(third);
    assertThat(source.next()).isEmpty();
    assertThat(source.next()).contains(third);
  }

  @Test
  void files_that_went_away_and_came_back_are_read() throws Exception {
    var source = source();
    source.first();
    Files.delete(key);
    assertThat(source.next()).isEmpty();
    assertThatThrownBy(source::next).hasMessageContaining("There is no file");
    write(first);
    assertThat(source.next()).isEmpty();
    assertThat(source.next()).contains(first);
  }

  @Test
  void certificates_of_authorities_come_behind_and_are_shown_too() throws Exception {
    var authority = Files.readString(directory.resolve("ca.crt"));
    Files.writeString(certificate, "Some words.\n" + Pem.of(first.certificate()) + authority);

    assertThat(source().first().chain()).hasSize(2).startsWith(first.certificate());

    Files.writeString(certificate, authority + Pem.of(first.certificate()));
    assertThatThrownBy(source()::first).hasMessageContaining("comes first");
  }

  @Test
  void keys_as_openssl_wrote_them_once_are_read() throws Exception {
    var info = PrivateKeyInfo.getInstance(first.key().getEncoded());
    var secret = ((ECPrivateKey) first.key()).getS();
    var curve = info.getPrivateKeyAlgorithm().getParameters();
    for (var form :
        List.of(
            new org.bouncycastle.asn1.sec.ECPrivateKey(256, secret, curve),
            new org.bouncycastle.asn1.sec.ECPrivateKey(256, secret))) {
      Files.writeString(
          key, block("EC PRIVATE KEY", form.getEncoded()) + "-----BEGIN EC PARAMETERS-----\n");
      assertThat(source().first().belongsTogether()).isTrue();
    }
  }

  private static String block(String kind, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder().encodeToString(bytes), kind);
  }

  @Test
  void what_cannot_be_used_is_refused_with_its_file_and_a_reason() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    var rsa = Pem.of(generator.generateKeyPair().getPrivate());
    for (var wrong :
        List.of(
            "", "no key", rsa, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")) {
      Files.writeString(key, wrong);
      assertThatThrownBy(source()::first)
          .isInstanceOf(UnusableCertificateException.class)
          .hasMessageContaining("tls.key holds no private key");
    }
    Files.writeString(
        key, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    assertThatThrownBy(source()::first)
        .hasMessageContaining("is encrypted, and no password is known");
    Files.writeString(key, "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    assertThatThrownBy(source()::first).hasMessageContaining("tls.key holds a private key that");
    Files.writeString(certificate, "x");
    assertThatThrownBy(source()::first).hasMessageContaining("tls.crt holds no certificate");
  }

  @Test
  void a_certificate_that_is_over_or_has_not_begun_is_refused() throws Exception {
    clock.advance(Duration.ofDays(398));
    assertThatThrownBy(source()::first).hasMessageContaining("is good from");
    clock.advance(Duration.ofDays(-400));
    assertThatThrownBy(source()::first).hasMessageContaining("is good from");
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A certificate and its key in files that somebody else writes, and writes again when it is
/// renewed.
///
/// Two files cannot be written at once: what changed is read only after it did not change between
/// two looks.
public final class OwnCertificates implements CertificateSource {

  private final Path certificate;
  private final Path key;
  private final Optional<String> password;
  private final Clock clock;

  private @Nullable Looks given;
  private @Nullable Looks lastSeen;

  /// A source on two files, which may be one.
  ///
  /// @param certificate PEM: the certificate, and those between it and an authority
  /// @param key PEM: its private key
  /// @param password of the key, if that is encrypted
  /// @param clock tells when a certificate is over
  public OwnCertificates(Path certificate, Path key, Optional<String> password, Clock clock) {
    this.certificate = certificate;
    this.key = key;
    this.password = password;
    this.clock = clock;
  }

  @Override
  public Identity first() throws UnusableCertificateException {
    given = looks();
    lastSeen = given;
    return read();
  }

  @Override
  public Optional<Identity> next() throws UnusableCertificateException {
    var seen = looks();
    var settled = seen.equals(lastSeen);
    lastSeen = seen;
    if (!settled || seen.equals(given)) {
      return Optional.empty();
    }
    given = seen;
    return Optional.of(read());
  }

  private Identity read() throws UnusableCertificateException {
    var chain = Pem.certificates(text(certificate), certificate.toString());
    var open = chain.getFirst().getPublicKey();
    var identity = new Identity(chain, Pem.key(text(key), open, password, key.toString()));
    if (!identity.belongsTogether()) {
      throw new UnusableCertificateException(
          "%s is not the key of the first certificate in %s. The node's own certificate comes first, those of authorities behind it"
              .formatted(key, certificate));
    }
    var now = clock.instant();
    if (now.isAfter(identity.ends()) || now.isBefore(identity.begins())) {
      throw new UnusableCertificateException(
          "The certificate in %s is good from %s until %s, and it is %s"
              .formatted(certificate, identity.begins(), identity.ends(), now));
    }
    return identity;
  }

  private static String text(Path file) throws UnusableCertificateException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new UnusableCertificateException("There is no file " + file, e);
    } catch (IOException e) {
      throw new UnusableCertificateException("%s cannot be read: %s".formatted(file, e), e);
    }
  }

  private Looks looks() {
    return new Looks(look(certificate), look(key));
  }

  private static @Nullable Look look(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Look(
          attributes.lastModifiedTime(),
          attributes.size(),
          Objects.requireNonNullElse(attributes.fileKey(), ""));
    } catch (IOException _) {
      return null;
    }
  }

  private record Looks(@Nullable Look certificate, @Nullable Look key) {}

  /// What changes when a file is written or replaced.
  private record Look(FileTime modified, long bytes, Object file) {}
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An authority of the node's own, and a certificate that it issues to itself.
///
/// The authority is made once: it is what clients trust. The certificate is made when there is none
/// that is good, and again when a third of its life is left or when it lacks a name by which the
/// node is reached. Four files keep them:
///
/// | file | what | who may read it |
/// |---|---|---|
/// | `ca.crt` | the authority's certificate | everybody: clients are given it |
/// | `ca.key` | its private key | the owner |
/// | `server.crt` | the certificate | everybody |
/// | `server.key` | its private key | the owner |
///
/// A key is written before its certificate, so a certificate that is there has its key, unless
/// somebody took it away. That may be done with `ca.key`: the certificate is good until it ends.
public final class MadeCertificates implements CertificateSource {

  static final String AUTHORITY = "ca.crt";
  static final String AUTHORITY_KEY = "ca.key";
  static final String CERTIFICATE = "server.crt";
  static final String CERTIFICATE_KEY = "server.key";

  private static final System.Logger LOG = System.getLogger("io.leftfold.server.tls");

  private final Vault vault;
  private final Supplier<? extends Collection<String>> names;
  private final Clock clock;
  private final SecureRandom random;

  private @Nullable Identity current;
  private boolean complained;

  private MadeCertificates(
      Vault vault, Supplier<? extends Collection<String>> names, Clock clock, SecureRandom random) {
    this.vault = vault;
    this.names = names;
    this.clock = clock;
    this.random = random;
  }

  /// Kept in a directory.
  ///
  /// @param directory made when there is something to keep
  /// @param names by which the node is reached, asked when there is a certificate to judge or make;
  ///   the first is the one that people know it by
  /// @param clock tells when a certificate is over
  /// @param random makes keys
  /// @return the source
  public static MadeCertificates in(
      Path directory,
      Supplier<? extends Collection<String>> names,
      Clock clock,
      SecureRandom random) {
    return new MadeCertificates(new Vault.Directory(directory), names, clock, random);
  }

  /// Kept in memory, and gone with the process.
  ///
  /// @param authorityFile where the authority's certificate is written, for clients
  /// @param names by which the node is reached
  /// @param clock tells when a certificate is over
  /// @param random makes keys
  /// @return the source
  public static MadeCertificates inMemory(
      Path authorityFile,
      Supplier<? extends Collection<String>> names,
      Clock clock,
      SecureRandom random) {
    return new MadeCertificates(new Vault.Memory(authorityFile), names, clock, random);
  }

  @Override
  public Identity first() throws UnusableCertificateException {
    try {
      current = goodOne();
      return current;
    } catch (IOException e) {
      throw new UnusableCertificateException(
          "The certificates in %s can be neither read nor made: %s"
              .formatted(vault.describe(""), e),
          e);
    }
  }

  @Override
  public Optional<Identity> next() throws UnusableCertificateException {
    if (current != null && !isNearItsEnd(current)) {
      return Optional.empty();
    }
    try {
      var next = goodOne();
      var isNew = !next.equals(current);
      current = next;
      return isNew ? Optional.of(next) : Optional.empty();
    } catch (IOException | UnusableCertificateException e) {
      if (complained) {
        return Optional.empty();
      }
      complained = true;
      throw new UnusableCertificateException(
          "The certificate is to be renewed, and cannot be: " + e.getMessage(), e);
    }
  }

  private Identity goodOne() throws IOException, UnusableCertificateException {
    var authority = vault.read(AUTHORITY);
    if (authority.isEmpty()) {
      return issue(newAuthority());
    }
    var certificate = Pem.certificates(authority.get(), vault.describe(AUTHORITY)).getFirst();
    if (certificate.getNotAfter().toInstant().isBefore(clock.instant())) {
      throw new UnusableCertificateException(
          "The authority of %s ended at %s. Move the directory away to have another one made, and let clients trust that"
              .formatted(vault.describe(AUTHORITY), certificate.getNotAfter().toInstant()));
    }
    var authorityKey = vault.read(AUTHORITY_KEY);
    var kept = kept(certificate);
    if (kept.isPresent() && !isNearItsEnd(kept.get()) && hasItsNames(kept.get())) {
      return kept.get();
    }
    if (authorityKey.isPresent()) {
      var key =
          Pem.key(
              authorityKey.get(),
              certificate.getPublicKey(),
              Optional.empty(),
              vault.describe(AUTHORITY_KEY));
      if (!Identity.isPair(certificate.getPublicKey(), key)) {
        throw new UnusableCertificateException(
            "%s is not the key of %s. Put the right one back, or move both away to have others made"
                .formatted(vault.describe(AUTHORITY_KEY), vault.describe(AUTHORITY)));
      }
      return issue(new Identity(List.of(certificate), key));
    }
    return withoutAuthorityKey(kept);
  }

  private Identity withoutAuthorityKey(Optional<Identity> kept)
      throws UnusableCertificateException {
    var good = kept.filter(identity -> identity.ends().isAfter(clock.instant()));
    if (good.isEmpty()) {
      throw new UnusableCertificateException(
          "There is no certificate that is good, and none can be issued: %s is missing. Put it back, or move %s away to have another authority made, and let clients trust that"
              .formatted(vault.describe(AUTHORITY_KEY), vault.describe(AUTHORITY)));
    }
    if (!complained) {
      complained = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "The certificate ends at {0} or lacks a name of this node, and cannot be renewed: {1} is missing",
          good.get().ends(),
          vault.describe(AUTHORITY_KEY));
    }
    return good.get();
  }

  /// The certificate that is kept, if it is whole, has its key and is of this authority.
  private Optional<Identity> kept(X509Certificate authority) throws IOException {
    var certificate = vault.read(CERTIFICATE);
    var key = vault.read(CERTIFICATE_KEY);
    if (certificate.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    try {
      var chain = Pem.certificates(certificate.get(), vault.describe(CERTIFICATE));
      var open = chain.getFirst().getPublicKey();
      var identity =
          new Identity(
              chain, Pem.key(key.get(), open, Optional.empty(), vault.describe(CERTIFICATE_KEY)));
      return identity.belongsTogether() && identity.isIssuedBy(authority)
          ? Optional.of(identity)
          : Optional.empty();
    } catch (UnusableCertificateException e) {
      LOG.log(System.Logger.Level.WARNING, "{0}; another one is issued", e.getMessage());
      return Optional.empty();
    }
  }

  private Identity newAuthority() throws IOException {
    var authority = new CertificateMaker(random).authority(names().getFirst(), clock.instant());
    vault.writeSecret(AUTHORITY_KEY, Pem.of(authority.key()));
    vault.write(AUTHORITY, Pem.of(authority.certificate()));
    return authority;
  }

  private Identity issue(Identity authority) throws IOException {
    var issued =
        new CertificateMaker(random).issue(authority, Set.copyOf(names()), clock.instant());
    vault.writeSecret(CERTIFICATE_KEY, Pem.of(issued.key()));
    vault.write(CERTIFICATE, Pem.of(issued.certificate()));
    LOG.log(
        System.Logger.Level.DEBUG,
        "Issued a certificate for {0}, good until {1}",
        new TreeSet<>(issued.names()),
        issued.ends());
    complained = false;
    return issued;
  }

  private List<String> names() {
    return names.get().stream().map(HostNames::normal).distinct().toList();
  }

  private boolean hasItsNames(Identity identity) {
    return identity.names().containsAll(names());
  }

  /// A third of its life, or less, is left.
  private boolean isNearItsEnd(Identity identity) {
    var life = Duration.between(identity.begins(), identity.ends());
    var left = Duration.between(clock.instant(), identity.ends());
    return left.compareTo(life.dividedBy(3)) <= 0;
  }
}

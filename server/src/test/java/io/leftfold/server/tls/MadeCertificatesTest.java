// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MadeCertificatesTest {

  private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";

  @TempDir private Path parent;
  private final ManualClock clock = new ManualClock(InstantSource.system().instant());

  private Path directory() {
    return parent.resolve("tls");
  }

  private MadeCertificates source(String... names) {
    return MadeCertificates.in(directory(), () -> List.of(names), clock, new SecureRandom());
  }

  private X509Certificate authority() throws Exception {
    var file = directory().resolve("ca.crt");
    return Pem.certificates(Files.readString(file), file.toString()).getFirst();
  }

  @Test
  void an_authority_and_a_certificate_are_made_that_clients_can_believe() throws Exception {
    var identity = source("Machine", "localhost", "127.0.0.1", "::1").first();
    var authority = authority();

    assertThat(authority.getBasicConstraints()).isZero();
    assertThat(authority.getKeyUsage()[5]).as("may sign certificates").isTrue();
    assertThat(authority.getSubjectX500Principal().getName()).contains("of machine");
    assertThat(life(authority)).isEqualTo(Duration.ofDays(3650));
    var certificate = identity.certificate();
    certificate.verify(authority.getPublicKey());
    assertThat(certificate.getIssuerX500Principal()).isEqualTo(authority.getSubjectX500Principal());
    assertThat(certificate.getBasicConstraints()).as("is no authority").isEqualTo(-1);
    assertThat(certificate.getExtendedKeyUsage()).containsExactly(SERVER_AUTHENTICATION);
    assertThat(life(certificate)).isLessThan(Duration.ofDays(397)).isPositive();
    assertThat(certificate.getNotBefore().toInstant())
        .isBefore(clock.instant().minus(Duration.ofMinutes(59)));
    assertThat(certificate.getPublicKey()).isInstanceOf(ECPublicKey.class);
    assertThat(
            ((ECPublicKey) certificate.getPublicKey())
                .getParams()
                .getCurve()
                .getField()
                .getFieldSize())
        .isEqualTo(256);
    assertThat(identity.names())
        .containsExactlyInAnyOrder("machine", "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    assertThat(identity.belongsTogether()).isTrue();
  }

  private static Duration life(X509Certificate certificate) {
    return Duration.between(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has other permissions")
  void keys_are_for_their_owner_alone() throws Exception {
    source("localhost").first();

    for (var key : List.of("ca.key", "server.key")) {
      assertThat(Files.getPosixFilePermissions(directory().resolve(key)))
          .isEqualTo(Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
    }
    assertThat(Files.getPosixFilePermissions(directory().resolve("ca.crt")))
        .contains(PosixFilePermission.OTHERS_READ);
    try (var files = Files.list(directory())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("ca.crt", "ca.key", "server.crt", "server.key");
    }
  }

  @Test
  void the_next_start_shows_the_same() throws Exception {
    var first = source("localhost").first();

    assertThat(source("localhost").first()).isEqualTo(first);
    clock.advance(Duration.ofDays(264));
    assertThat(source("localhost").first()).isEqualTo(first);
  }

  @Test
  void a_certificate_with_a_third_of_its_life_left_is_renewed_at_a_start() throws Exception {
    var first = source("localhost").first();
    var authority = authority();
    clock.advance(Duration.ofDays(265));

    var renewed = source("localhost").first();

    assertThat(renewed.ends()).isAfter(first.ends());
    assertThat(renewed.key()).isNotEqualTo(first.key());
    renewed.certificate().verify(authority.getPublicKey());
    assertThat(authority()).isEqualTo(authority);
  }

  @Test
  void a_certificate_is_renewed_while_the_node_runs() throws Exception {
    var source = source("localhost");
    var first = source.first();
    assertThat(source.next()).isEmpty();
    clock.advance(Duration.ofDays(265));

    var renewed = source.next();

    assertThat(renewed).isPresent();
    assertThat(renewed.get().ends()).isAfter(first.ends());
    assertThat(source.next()).isEmpty();
    assertThat(source("localhost").first()).isEqualTo(renewed.get());
  }

  @Test
  void a_name_that_lacks_has_a_certificate_issued_and_one_less_does_not() throws Exception {
    var first = source("localhost").first();

    var more = source("localhost", "db.example", "10.0.0.7").first();

    assertThat(more).isNotEqualTo(first);
    assertThat(more.names()).contains("db.example", "10.0.0.7");
    assertThat(source("LOCALHOST").first()).isEqualTo(more);
  }

  @ParameterizedTest
  @ValueSource(strings = {"server.crt", "server.key"})
  void a_certificate_that_is_missing_or_broken_is_issued_again(String name) throws Exception {
    source("localhost").first();
    var authority = authority();
    for (var content : List.of("", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----")) {
      Files.writeString(directory().resolve(name), content);
      assertThat(source("localhost").first().isIssuedBy(authority)).isTrue();
    }
    Files.delete(directory().resolve(name));
    assertThat(source("localhost").first().isIssuedBy(authority)).isTrue();
  }

  @Test
  void a_certificate_of_another_authority_is_not_shown() throws Exception {
    source("localhost").first();
    var key = Files.readString(directory().resolve("server.key"));
    var certificate = Files.readString(directory().resolve("server.crt"));
    Files.delete(directory().resolve("ca.crt"));
    source("localhost").first();
    Files.writeString(directory().resolve("server.key"), key);
    Files.writeString(directory().resolve("server.crt"), certificate);

    assertThat(source("localhost").first().isIssuedBy(authority())).isTrue();
  }

  @Test
  void the_authority_key_may_be_kept_elsewhere_until_it_is_needed() throws Exception {
    var first = source("localhost").first();
    Files.delete(directory().resolve("ca.key"));

    assertThat(source("localhost").first()).isEqualTo(first);
    clock.advance(Duration.ofDays(300));
    var source = source("localhost");
    assertThat(source.first()).isEqualTo(first);
    assertThat(source.next()).isEmpty();
    clock.advance(Duration.ofDays(100));
    assertThatThrownBy(source("localhost")::first)
        .isInstanceOf(UnusableCertificateException.class)
        .hasMessageContaining("ca.key is missing");
  }

  @Test
  void what_cannot_go_on_is_said_once_while_the_node_runs() throws Exception {
    var source = source("localhost");
    source.first();
    Files.delete(directory().resolve("ca.key"));
    clock.advance(Duration.ofDays(400));

    assertThatThrownBy(source::next).isInstanceOf(UnusableCertificateException.class);
    assertThat(source.next()).isEmpty();
  }

  @Test
  void an_authority_that_is_broken_over_or_without_its_key_is_refused() throws Exception {
    source("localhost").first();
    var certificate = Files.readString(directory().resolve("ca.crt"));
    Files.writeString(directory().resolve("ca.crt"), "nothing");
    assertThatThrownBy(source("localhost")::first).hasMessageContaining("ca.crt holds no certif");
    Files.writeString(directory().resolve("ca.crt"), certificate);
    Files.copy(
        directory().resolve("server.key"),
        directory().resolve("ca.key"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(source("localhost", "another")::first)
        .hasMessageContaining("ca.key is not the key of");
    clock.advance(Duration.ofDays(3700));
    assertThatThrownBy(source("localhost")::first).hasMessageContaining("ended at");
  }

  @Test
  void a_crash_between_a_key_and_its_certificate_is_overcome() throws Exception {
    Files.createDirectories(directory());
    Files.writeString(directory().resolve("ca.key"), "half");
    Files.writeString(directory().resolve("ca.crt.new"), "half");

    assertThat(source("localhost").first().isIssuedBy(authority())).isTrue();
  }

  @Test
  void in_memory_only_the_authority_is_written() throws Exception {
    Files.createDirectories(directory());
    var file = directory().resolve("ca.crt");
    var source =
        MadeCertificates.inMemory(file, () -> List.of("localhost"), clock, new SecureRandom());

    var first = source.first();

    assertThat(first.isIssuedBy(authority())).isTrue();
    clock.advance(Duration.ofDays(300));
    assertThat(source.next().orElseThrow().isIssuedBy(authority())).isTrue();
    assertThat(files()).containsExactly("ca.crt");
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(directory())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}

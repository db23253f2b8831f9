// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.eventstore.dbclient.EventStoreDBClient;
import com.eventstore.dbclient.EventStoreDBConnectionString;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.ReadStreamOptions;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.server.Security.Certificates;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients over TLS: the official ones in Java and our own. Those for Node are in
/// [NodeClientsTest].
final class TlsTest {

  private static final StreamName STREAM = StreamName.of("account-7");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"kurrentdb", "kurrentdb+discover", "esdb"})
  void the_official_java_client_trusts_the_authority_that_was_made(String scheme) throws Exception {
    try (var server = TestServer.withTls(directory)) {
      var client =
          KurrentDBClient.create(
              KurrentDBConnectionString.parseOrThrow(
                  "%s://admin:changeit@localhost:%d?%s"
                      .formatted(scheme, server.port(), server.parameters())));
      client.appendToStream("a", EventData.builderAsJson("T", "{}".getBytes(UTF_8)).build()).get();
      assertThat(client.readStream("a", ReadStreamOptions.get()).get().getEvents()).hasSize(1);
      client.shutdown().get();
    }
  }

  @Test
  void the_older_official_java_client_does_as_well() throws Exception {
    try (var server = TestServer.withTls(directory)) {
      var client =
          EventStoreDBClient.create(
              EventStoreDBConnectionString.parseOrThrow(
                  "esdb://admin:changeit@127.0.0.1:%d?%s"
                      .formatted(server.port(), server.parameters())));
      client
          .appendToStream(
              "a",
              com.eventstore.dbclient.EventData.builderAsJson("T", "{}".getBytes(UTF_8)).build())
          .get();
      assertThat(
              client
                  .readStream("a", com.eventstore.dbclient.ReadStreamOptions.get())
                  .get()
                  .getEvents())
          .hasSize(1);
      client.shutdown().get();
    }
  }

  @Test
  void our_client_trusts_the_authority_and_with_tlsVerifyCert_false_anybody() {
    try (var server = TestServer.withTls(directory)) {
      for (var parameters : List.of(server.parameters(), "tls=true&tlsVerifyCert=false")) {
        for (var host : List.of("localhost", "127.0.0.1")) {
          try (var client = connect(host, server, parameters)) {
            client.append(STREAM, ExpectedState.any(), ProposedEvent.json("T", "{}"));
          }
        }
      }
      assertThat(server.store().read(STREAM, ReadOptions.forwards()).events()).hasSize(4);
    }
  }

  private static RemoteEventStore connect(String host, TestServer server, String parameters) {
    return RemoteEventStore.connect(
        "kurrentdb://admin:changeit@%s:%d?%s".formatted(host, server.port(), parameters));
  }

  @Test
  void who_does_not_trust_the_authority_is_told_what_to_do() {
    try (var server = TestServer.withTls(directory);
        var client = connect("localhost", server, "tls=true")) {
      assertThatThrownBy(() -> client.state(STREAM))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("is not signed by an authority that is trusted here")
          .hasMessageContaining("tlsCaFile=");
    }
  }

  @Test
  void tls_against_plain_text_and_plain_text_against_tls_say_what_is_the_matter() {
    try (var server = TestServer.inMemory();
        var client = connect("localhost", server, "tls=true")) {
      assertThatThrownBy(() -> client.state(STREAM))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("add tls=false");
    }
    try (var server = TestServer.withTls(directory);
        var client = connect("localhost", server, "tls=false")) {
      assertThatThrownBy(() -> client.state(STREAM))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("This port speaks TLS only");
    }
  }

  @Test
  void certificates_in_files_are_read_again_without_a_restart() throws Exception {
    for (var name : List.of("one", "two")) {
      TestServer.withTls(
              directory.resolve("data"), new Certificates.Made(directory.resolve(name), List.of()))
          .close();
    }
    var shown = directory.resolve("shown.crt");
    var key = directory.resolve("shown.key");
    Files.copy(directory.resolve("one/server.crt"), shown);
    Files.copy(directory.resolve("one/server.key"), key);
    try (var server =
        TestServer.withTls(directory.resolve("data"), new Certificates.OfFiles(shown, key))) {
      assertThat(trusts("one", server)).isTrue();
      assertThat(trusts("two", server)).isFalse();
      Files.writeString(shown, "broken");
      for (var i = 0; i < 5; i++) {
        assertThat(trusts("one", server)).isTrue();
      }

      Files.delete(shown);
      Files.delete(key);
      Files.copy(directory.resolve("two/server.crt"), shown);
      Files.copy(directory.resolve("two/server.key"), key);

      Await.until("the other certificate", () -> trusts("two", server));
      assertThat(trusts("one", server)).isFalse();
    }
  }

  private boolean trusts(String authority, TestServer server) {
    var parameters = "tls=true&tlsCaFile=" + directory.resolve(authority).resolve("ca.crt");
    try (var client = connect("localhost", server, parameters)) {
      client.state(STREAM);
      return true;
    } catch (UnavailableException _) {
      return false;
    }
  }

  @Test
  void a_certificate_that_cannot_be_shown_stops_the_start() {
    var missing = new Certificates.OfFiles(directory.resolve("a.crt"), directory.resolve("a.key"));
    assertThatThrownBy(() -> TestServer.withTls(directory, missing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("There is no file");
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.verification.running.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The clients of the old TCP protocol, unmodified, by the programmes in `verification/clients` and
/// `verification/node/tcp`: each in a process of its own, for each needs libraries that nobody else
/// can bear. They go through all that they can do, and the server is started again under them.
///
/// Without Node.js, or without its packages, that client cannot run: that is said, and fails where
/// `CI` is set.
final class OldClientsTest {

  private static final long PATIENCE_SECONDS = 120;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "esjc, esjc/Esjc.java",
    "eventstore-2.12, eventstore-2.13/ForScala.java",
    "eventstore-2.13, eventstore-2.13/ForScala.java"
  })
  void a_client_does_all_that_it_can_and_survives_a_server_that_is_started_again(
      String client, String programme) throws Exception {
    passesWithARestart(port -> start(client, programme, List.of(Integer.toString(port))));
  }

  @Test
  void the_client_for_node_does_all_that_it_can_and_survives_a_server_that_is_started_again()
      throws Exception {
    var folder = Path.of("node").toAbsolutePath();
    NodeClientsTest.requireNode(folder);
    passesWithARestart(port ->
        watched(
            new ProcessBuilder("node", "tcp/acceptance.mjs", Integer.toString(port))
                .directory(folder.toFile())));
  }

  /// Starts a client.
  private interface Start {
    Process at(int port) throws IOException;
  }

  private void passesWithARestart(Start client) throws Exception {
    var server = TestServer.withTcp(directory, 0);
    var port = server.tcpPort();
    var said = new ArrayList<String>();
    var process = client.at(port);
    try {
      var lines = lines(process);
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
        if (line.equals("restart")) {
          server.close();
          server = TestServer.withTcp(directory, port);
          process.getOutputStream().write('\n');
          process.getOutputStream().flush();
        }
      }
      assertPassed(process, said);
    } finally {
      process.destroyForcibly();
      server.close();
    }
  }

  @Test
  void a_client_speaks_over_tls_as_a_user() throws Exception {
    try (var server = TestServer.withTcpAndTls(directory)) {
      var certificate = directory.resolve("tls").resolve("server.crt").toString();
      var process =
          start("esjc", "esjc/Esjc.java", List.of(Integer.toString(server.tcpPort()), certificate));
      try {
        assertPassed(process, lines(process).lines().toList());
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static void assertPassed(Process process, List<String> said) throws Exception {
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as("the end of a client, which said:%n%s", String.join("\n", said))
        .isZero();
    assertThat(said).contains("passed");
  }

  private static BufferedReader lines(Process process) {
    return process.inputReader(StandardCharsets.UTF_8);
  }

  private static Process start(String client, String programme, List<String> arguments)
      throws IOException {
    var clients = Path.of("clients").toAbsolutePath();
    var classpath = Files.readString(clients.resolve(client).resolve("target/classpath")).strip();
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classpath,
                clients.resolve(programme).toString()));
    command.addAll(arguments);
    return watched(new ProcessBuilder(command));
  }

  private static Process watched(ProcessBuilder builder) throws IOException {
    var process = builder.redirectErrorStream(true).start();
    CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
    return process;
  }
}

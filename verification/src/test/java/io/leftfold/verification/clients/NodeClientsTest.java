// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The official Node clients, by the tests in `verification/node`, against a server in this
/// process; and what TypeScript says of the typings of projections.
///
/// Without Node.js, or without its packages, they cannot run: that is said, and fails where `CI` is
/// set.
final class NodeClientsTest {

  private static final long PATIENCE_SECONDS = 120;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"kurrent.test.js", "eventstore.test.js"})
  void an_official_node_client_passes_its_tests(String file) throws Exception {
    try (var server = TestServer.on(directory.resolve("data"))) {
      passes(file, server);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kurrent.test.js", "eventstore.test.js"})
  void an_official_node_client_passes_its_tests_over_tls(String file) throws Exception {
    try (var server = TestServer.withTls(directory.resolve("data"))) {
      passes(file, server);
    }
  }

  @Test
  void the_typings_of_projections_accept_what_may_be_said_and_nothing_else() throws Exception {
    passes("typings.test.js", Map.of());
  }

  private void passes(String file, TestServer server) throws Exception {
    passes(
        file,
        Map.of(
            "LEFTFOLD_PORT", Integer.toString(server.port()),
            "LEFTFOLD_ENCRYPTION", server.parameters(),
            "LEFTFOLD_ADMINISTRATOR", server.administrator()));
  }

  private void passes(String file, Map<String, String> environment) throws Exception {
    var folder = Path.of("node").toAbsolutePath();
    requireNode(folder);
    var output = directory.resolve("output.txt");
    var builder =
        new ProcessBuilder("node", "--test", "--test-reporter=spec", "test/" + file)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    var process = builder.start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        fail("%s took longer than %d s:%n%s", file, PATIENCE_SECONDS, Files.readString(output));
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    var said = Files.readString(output);
    assertThat(process.exitValue()).as("the end of %s, which said:%n%s", file, said).isZero();
    assertThat(said).containsPattern("pass [1-9]").contains("fail 0");
  }

  /// Goes on only if Node.js is there, and its packages.
  static void requireNode(Path folder) throws InterruptedException {
    require(
        Files.isDirectory(folder.resolve("node_modules")),
        "The packages of Node.js are missing: run \"npm ci\" in verification/node");
    require(nodeRuns(), "Node.js is missing: put node, version 20 or newer, on the PATH");
  }

  private static boolean nodeRuns() throws InterruptedException {
    try {
      var process =
          new ProcessBuilder("node", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException _) {
      return false;
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (condition) {
      return;
    }
    if (System.getenv("CI") != null) {
      fail(otherwise);
    }
    abort(otherwise);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.leftfold.verification.running.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients in Python, by the tests in `verification/python`, against a server in this process.
///
/// Without their packages they cannot run: that is said, and fails where `CI` is set.
final class PythonClientsTest {

  private static final long PATIENCE_SECONDS = 120;

  @TempDir private Path directory;

  @Test
  void the_client_of_umadb_passes_its_tests() throws Exception {
    try (var server = TestServer.on(directory.resolve("data"))) {
      pass("umadb_test.py", Map.of("LEFTFOLD_PORT", Integer.toString(server.port())));
    }
  }

  @Test
  void the_official_client_of_kurrentdb_passes_its_tests_over_TLS() throws Exception {
    var data = directory.resolve("data");
    try (var server = TestServer.withTls(data)) {
      pass(
          "kurrentdb_test.py",
          Map.of(
              "LEFTFOLD_PORT", Integer.toString(server.port()),
              "LEFTFOLD_CA", data.resolve("tls/ca.crt").toString()));
    }
  }

  private void pass(String tests, Map<String, String> environment) throws Exception {
    var folder = Path.of("python").toAbsolutePath();
    var python = folder.resolve(".venv/bin/python");
    if (!Files.isExecutable(python)) {
      var otherwise =
          "The packages of Python are missing: in verification/python run \"python3 -m venv .venv && .venv/bin/pip install -r requirements.txt\"";
      if (System.getenv("CI") != null) {
        fail(otherwise);
      }
      abort(otherwise);
    }
    var output = directory.resolve("output.txt");
    var builder =
        new ProcessBuilder(python.toString(), tests)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    var process = builder.start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        fail("It took longer than %d s:%n%s", PATIENCE_SECONDS, Files.readString(output));
      }
    } finally {
      process.destroyForcibly();
    }
    var said = Files.readString(output);
    assertThat(process.exitValue()).as("the end of the tests, which said:%n%s", said).isZero();
    assertThat(said).containsPattern("Ran [1-9][0-9]* tests").contains("OK");
  }
}

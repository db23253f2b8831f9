// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Runs commands as from a shell in a directory, and keeps what they say.
final class TestShell {

  private final Path directory;
  private final Random random = new Random(99);

  private final Map<String, String> environment;

  TestShell(Path directory) {
    this(directory, Map.of());
  }

  TestShell(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = environment;
  }

  Result run(String... arguments) {
    return runWith("", arguments);
  }

  Result runWith(String in, String... arguments) {
    return runWith(in.getBytes(StandardCharsets.UTF_8), new Stop(), arguments);
  }

  Result runWith(byte[] in, Stop stop, String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var code = Main.run(shell(in, out, err, stop), arguments);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  Shell shell(byte[] in, ByteArrayOutputStream out, ByteArrayOutputStream err, Stop stop) {
    return new Shell(
        new ByteArrayInputStream(in),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        false,
        directory,
        environment,
        Clock.systemUTC(),
        random,
        stop);
  }

  record Result(int code, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }
}

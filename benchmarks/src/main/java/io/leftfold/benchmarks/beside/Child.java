// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import io.leftfold.benchmarks.measure.JavaCommand;
import io.leftfold.benchmarks.measure.Processes;
import io.leftfold.benchmarks.measure.Resident;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// Another process, which is asked with a byte and answers with a line.
final class Child implements AutoCloseable {

  private static final int SECONDS_TO_END = 5;

  private final String name;
  private final Process process;
  private final BufferedReader out;
  private final String first;

  /// Starts it, and waits for its first line.
  Child(String heap, Class<?> main, List<String> arguments) throws IOException {
    this.name = main.getSimpleName();
    this.process =
        new ProcessBuilder(JavaCommand.of(heap, main, arguments))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.first = line();
  }

  private String line() throws IOException {
    var line = out.readLine();
    if (line == null) {
      throw new IOException("The process of %s ended early".formatted(name));
    }
    return line;
  }

  /// What it said first.
  String first() {
    return first;
  }

  String ask() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    return line();
  }

  /// The processor time it used so far.
  Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  long residentBytes() throws IOException {
    return Resident.anonymousBytes(process.pid());
  }

  @Override
  public void close() throws IOException {
    end();
  }

  /// Lets it end, and sees to it that it does.
  void end() throws IOException {
    Processes.end(process, SECONDS_TO_END);
  }
}

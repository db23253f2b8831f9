// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.benchmarks.measure.JavaCommand;
import io.leftfold.benchmarks.measure.Resident;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The process with the store, seen from outside. For one thread.
final class StoreProcess {

  private static final int SECONDS_TO_CLOSE = 60;

  private final Process process;
  private final BufferedReader out;
  private final Duration untilReady;
  private final Duration opening;
  private boolean killed;

  /// Starts it and waits until it is ready.
  StoreProcess(Path directory, Path backups, int port, String heap) throws IOException {
    var command =
        JavaCommand.of(
            heap,
            StoreMain.class,
            List.of(directory.toString(), backups.toString(), Integer.toString(port)));
    var begin = System.nanoTime();
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    out = process.inputReader(StandardCharsets.UTF_8);
    var line = out.readLine();
    while (line != null && !line.startsWith(StoreMain.READY)) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException("The store ended before it was ready");
    }
    untilReady = Duration.ofNanos(System.nanoTime() - begin);
    opening = Duration.ofMillis(Long.parseLong(line.substring(StoreMain.READY.length())));
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// From starting the process until it took calls.
  Duration untilReady() {
    return untilReady;
  }

  /// The part of it in which the store was opened.
  Duration opening() {
    return opening;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Ends it as a power failure of the process would: nothing of it runs any more.
  void kill() throws InterruptedException {
    killed = true;
    process.destroyForcibly().waitFor();
  }

  boolean isKilled() {
    return killed;
  }

  /// Lets it end by itself.
  ///
  /// @return its exit code; empty if it had to be killed
  OptionalLong close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (process.waitFor(SECONDS_TO_CLOSE, TimeUnit.SECONDS)) {
      return OptionalLong.of(process.exitValue());
    }
    kill();
    return OptionalLong.empty();
  }

  /// What it uses now.
  Memory memory() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    var heap = out.readLine();
    var proc = Path.of("/proc", Long.toString(process.pid()));
    return new Memory(
        heap == null ? -1 : Long.parseLong(heap),
        Resident.anonymousBytes(process.pid()),
        Resident.mappedBytes(process.pid()),
        count(proc.resolve("fd")),
        lines(proc.resolve("maps")));
  }

  private static long count(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return -1;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  private static long lines(Path file) throws IOException {
    if (!Files.exists(file)) {
      return -1;
    }
    try (var lines = Files.lines(file)) {
      return lines.count();
    }
  }

  /// What a process uses; −1 where nobody says.
  ///
  /// @param heap in use after a collection
  /// @param anonymous resident memory that is its own
  /// @param mapped resident memory of mapped files, which the system can have back
  /// @param files how many are open
  /// @param mappings how many there are
  record Memory(long heap, long anonymous, long mapped, long files, long mappings) {}
}

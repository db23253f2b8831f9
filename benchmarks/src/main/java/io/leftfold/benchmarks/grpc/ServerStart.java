// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Directories;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// From `leftfold serve` on an empty directory, launcher and all, to the answer to the first append
/// over gRPC.
public final class ServerStart implements Benchmark {

  /// Where the launcher says which file it is.
  private static final String LAUNCHER = "LEFTFOLD_LAUNCHER";

  private static final double ASKED_MILLIS = 500;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long BETWEEN_TRIES_NANOS = Duration.ofMillis(1).toNanos();
  private static final long SECONDS_TO_END = 30;

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String question() {
    return "How long is it from \"leftfold serve\" on an empty directory to the first answer over gRPC?";
  }

  @Override
  public String sketch() {
    return "30 ms of virtual machine, as much again for the classes of a server, a few syncs, and code that nobody has compiled yet";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var launcher =
        Optional.ofNullable(System.getenv(LAUNCHER))
            .orElseThrow(() ->
                new IllegalStateException(
                    "Which launcher starts the server is said by %s, which is not set; \"leftfold bench\" sets it"
                        .formatted(LAUNCHER)));
    // Builds, if there is something to build.
    finish(new ProcessBuilder(launcher, "--version").redirectOutput(Redirect.DISCARD));
    var cache = settings.directory().resolve("line.aot").toString();
    finish(
        printLine("-XX:AOTCacheOutput=" + cache)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD));
    var data = settings.directory().resolve("data");
    var rounds =
        new Rounds(settings)
            .with("leftfold", _ -> millisToAnswer(launcher, data))
            .with("command", _ -> millisToLine(new ProcessBuilder(launcher, "--version")))
            .with("limit", _ -> millisToLine(printLine("-XX:AOTCache=" + cache)))
            .run();
    rows.accept(
        new Row(
            name(),
            rounds.median("leftfold"),
            "ms",
            rounds.median("limit"),
            "a virtual machine that prints a line, with a start-up cache of its own",
            rounds.ratio("limit", "leftfold"),
            new Asked.AtMost(ASKED_MILLIS),
            Map.of("leftfold --version, in ms", rounds.median("command")),
            List.of()));
  }

  private static ProcessBuilder printLine(String option) {
    return new ProcessBuilder(
        JAVA,
        "-XX:+UseCompactObjectHeaders",
        option,
        "-cp",
        System.getProperty("java.class.path"),
        PrintLine.class.getName());
  }

  private static double millisToAnswer(String launcher, Path data) throws Exception {
    var port = freePort();
    var builder =
        new ProcessBuilder(
                launcher,
                "serve",
                "--insecure",
                "--data",
                data.toString(),
                "--port",
                Integer.toString(port))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.INHERIT);
    var begin = System.nanoTime();
    var server = builder.start();
    try {
      try (var connection = connect(server, port, begin + PATIENCE_NANOS)) {
        Load.answer(connection);
      }
      return (System.nanoTime() - begin) / NANOS_PER_MILLI;
    } finally {
      end(server);
      Directories.delete(data);
    }
  }

  /// Again and again until somebody listens, as a client would that was started with the server.
  private static Connection connect(Process server, int port, long deadline) throws IOException {
    while (true) {
      try {
        return new Connection(port, Door.OPEN, new Requests(0, false, 1), Requests.APPEND, false);
      } catch (ConnectException e) {
        if (!server.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("The server does not listen at port " + port, e);
        }
        LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
      }
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static double millisToLine(ProcessBuilder builder) throws Exception {
    var begin = System.nanoTime();
    var process = builder.redirectError(Redirect.INHERIT).start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      if (out.readLine() == null) {
        throw new IOException("%s printed no line".formatted(builder.command()));
      }
      var millis = (System.nanoTime() - begin) / NANOS_PER_MILLI;
      end(process);
      return millis;
    }
  }

  private static void finish(ProcessBuilder builder) throws Exception {
    var code = builder.start().waitFor();
    if (code != 0) {
      throw new IOException("%s ended with %d".formatted(builder.command(), code));
    }
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}

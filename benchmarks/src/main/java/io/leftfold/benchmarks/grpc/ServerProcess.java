// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.benchmarks.measure.Processes;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A server in a process of its own, started with the options of this one.
public final class ServerProcess implements AutoCloseable {

  static final String APPEND_ANSWER = "append.answer";
  static final String READ_ANSWER = "read.answer";

  /// What stands before the port in a server's output.
  static final String PORT = "port ";

  /// What stands before the port of the old TCP protocol, said first by a store.
  static final String TCP_PORT = "tcp ";

  /// What stands before the bytes of heap in use.
  static final String HEAP = "heap ";

  private static final String STORE = "store";
  private static final int SECONDS_TO_END = 10;

  private final Process process;
  private final Door door;
  private final BufferedReader out;
  private final int tcpPort;
  private final int port;

  private ServerProcess(Door door, List<String> options, List<String> arguments)
      throws IOException {
    this.door = door;
    var runtime = ManagementFactory.getRuntimeMXBean();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    runtime.getInputArguments().stream()
        .filter(option -> !option.startsWith("-XX:AOT") && !option.startsWith("-XX:StartFlight"))
        .forEach(command::add);
    command.addAll(options);
    command.addAll(extraOptions());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ServerMain.class.getName());
    command.addAll(arguments);
    this.process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      this.out = process.inputReader(StandardCharsets.UTF_8);
      this.tcpPort = arguments.getFirst().equals(STORE) ? Math.toIntExact(read(TCP_PORT)) : 0;
      this.port = Math.toIntExact(read(PORT));
    } catch (IOException | RuntimeException e) {
      process.destroy();
      throw e;
    }
  }

  /// For looking into a server: options for its virtual machine only.
  private static List<String> extraOptions() {
    var options = System.getProperty("leftfold.bench.serverOptions", "");
    return options.isBlank() ? List.of() : List.of(options.split(","));
  }

  private long read(String what) throws IOException {
    for (var line = out.readLine(); line != null; line = out.readLine()) {
      // The virtual machine may have something to say too.
      if (line.startsWith(what)) {
        return Long.parseLong(line, what.length(), line.length(), 10);
      }
    }
    throw new IOException("The server ended before it said its " + what);
  }

  /// How much heap is in use after a collection. Of a store only.
  long heapBytes() throws IOException {
    var in = process.outputWriter(StandardCharsets.UTF_8);
    in.write('\n');
    in.flush();
    return read(HEAP);
  }

  /// A server of a store.
  ///
  /// @param directory of the store
  /// @param streams with so many streams of ten events, which are appended before
  /// @return the server, when it answers
  /// @throws IOException if it did not start
  public static ServerProcess store(Path directory, int streams) throws IOException {
    return store(directory, streams, Door.OPEN);
  }

  static ServerProcess store(Path directory, int streams, Door door) throws IOException {
    return new ServerProcess(door, List.of(), storeArguments(directory, streams, door));
  }

  static ServerProcess store(Path directory, int streams, String heap) throws IOException {
    return new ServerProcess(
        Door.OPEN,
        List.of("-Xmx" + heap, "-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError"),
        storeArguments(directory, streams, Door.OPEN));
  }

  private static List<String> storeArguments(Path directory, int streams, Door door) {
    return List.of(STORE, directory.toString(), Integer.toString(streams), door.name());
  }

  static ServerProcess echo(Path directory) throws IOException {
    return new ServerProcess(Door.OPEN, List.of(), List.of("echo", directory + File.separator));
  }

  Door door() {
    return door;
  }

  /// Where it listens, on loopback.
  public int port() {
    return port;
  }

  /// Where the old TCP protocol is spoken, on loopback. Of a store only.
  int tcpPort() {
    return tcpPort;
  }

  /// The processor time it used, with all that its virtual machine does besides.
  Duration processorTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  @Override
  public void close() throws IOException {
    Processes.end(process, SECONDS_TO_END);
  }
}

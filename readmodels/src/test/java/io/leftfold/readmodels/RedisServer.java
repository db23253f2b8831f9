// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.abort;

import io.leftfold.readmodels.redis.RedisReadModel;
import io.leftfold.toolkit.JsonBinding;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import redis.clients.jedis.RedisClient;
import redis.embedded.core.ExecutableProvider;

/// A Redis of its own, on the loopback: a program from Maven where that runs, otherwise whatever
/// `redis-server` is on the path. Tests are left out where there is neither, but not in CI.
public final class RedisServer implements AutoCloseable {

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Map<String, RedisClient> CLIENTS = new ConcurrentHashMap<>();

  private final Process process;
  private final int port;

  private RedisServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// The one for all tests of this process, which keeps nothing when that ends.
  private static final class Shared {
    static final RedisServer SERVER = start(Path.of("target"), "--save", "", "--appendonly", "no");

    private Shared() {}

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVER::kill));
    }
  }

  private static final class Program {
    static final List<String> FOUND = find();

    private Program() {}

    private static List<String> find() {
      return Stream.of(fromMaven(), Optional.of("redis-server"))
          .flatMap(Optional::stream)
          .filter(Program::runs)
          .limit(1)
          .toList();
    }

    /// A copy for this process alone, which another may not write to while it runs.
    private static Optional<String> fromMaven() {
      try {
        var directory = Files.createTempDirectory(Path.of("target"), "redis").toFile();
        // Behind what is in it, for what is asked first is deleted last.
        directory.deleteOnExit();
        var program = ExecutableProvider.newJarResourceProvider(directory).get();
        program.deleteOnExit();
        return Optional.of(program.getAbsolutePath());
      } catch (IOException | RuntimeException _) {
        return Optional.empty();
      }
    }

    private static boolean runs(String program) {
      try {
        return new ProcessBuilder(program, "--version")
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
      } catch (IOException | InterruptedException _) {
        return false;
      }
    }
  }

  /// An empty room of the shared one.
  ///
  /// @return the server's address, a number sign, and a prefix of keys
  public static String room() {
    if (Program.FOUND.isEmpty()) {
      return unavailable();
    }
    return "%s#readers%d".formatted(Shared.SERVER.url(), NUMBER.incrementAndGet());
  }

  /// The read model in a room.
  ///
  /// @param room where
  /// @param binding between states and JSON
  /// @param <S> the state of a partition
  /// @return the read model
  public static <S> RedisReadModel<S> at(String room, JsonBinding<S> binding) {
    var parts = room.split("#", 2);
    return RedisReadModel.ofStates(
        CLIENTS.computeIfAbsent(parts[0], RedisClient::create), parts[1], binding);
  }

  private static String unavailable() {
    var why = "There is no redis-server that runs here: neither that from Maven, nor on the path";
    if (System.getenv("CI") != null) {
      throw new IllegalStateException(why);
    }
    return abort(why);
  }

  /// One that is to be closed, or killed.
  ///
  /// @param directory where its files are
  /// @param settings each with two hyphens, and its values
  /// @return the server, which answers
  public static RedisServer start(Path directory, String... settings) {
    if (Program.FOUND.isEmpty()) {
      unavailable();
    }
    try {
      var port = freePort();
      var command = new ArrayList<>(Program.FOUND);
      command.addAll(List.of("--bind", "127.0.0.1", "--port", "" + port));
      command.addAll(List.of("--dir", directory.toAbsolutePath().toString()));
      command.addAll(List.of(settings));
      return new RedisServer(started(command), port);
    } catch (IOException e) {
      throw new UncheckedIOException("Redis does not start", e);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Process started(List<String> command) throws IOException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new StringBuilder();
    var lines = process.inputReader(UTF_8);
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      said.append(line).append('\n');
      if (line.contains("Ready to accept connections")) {
        Thread.ofVirtual().start(() -> readOn(lines));
        return process;
      }
    }
    throw new IOException("%s ended with: %s".formatted(command, said));
  }

  /// Or it would wait for a reader.
  private static void readOn(BufferedReader lines) {
    try {
      lines.transferTo(Writer.nullWriter());
    } catch (IOException _) {
      // It has ended.
    }
  }

  /// Where it is.
  ///
  /// @return an address
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /// A client of it.
  ///
  /// @return which is to be closed
  public RedisClient client() {
    return RedisClient.create(url());
  }

  @Override
  public void close() {
    kill();
  }

  /// Kills it, whatever it is doing, and waits for its end.
  public void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

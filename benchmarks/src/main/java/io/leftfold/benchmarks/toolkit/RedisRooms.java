// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import redis.embedded.core.ExecutableProvider;

/// Prefixes of a Redis that is started for them, which syncs behind each command. Its files are on
/// the disk that is measured.
final class RedisRooms implements Rooms {

  private final Process process;
  private final int port;

  private RedisRooms(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static RedisRooms start(Path directory) throws IOException {
    Files.createDirectories(directory);
    var program = ExecutableProvider.newJarResourceProvider(directory.toFile()).get();
    var port = freePort();
    var process =
        new ProcessBuilder(
                List.of(
                    program.getAbsolutePath(),
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(port),
                    "--dir",
                    directory.toAbsolutePath().toString(),
                    "--save",
                    "",
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    "always"))
            .redirectErrorStream(true)
            .start();
    var lines = process.inputReader(UTF_8);
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains("Ready to accept connections")) {
        // Or it would wait for a reader.
        Thread.ofVirtual()
            .start(() -> {
              try (lines) {
                lines.transferTo(Writer.nullWriter());
              } catch (IOException _) {
                // It has ended.
              }
            });
        return new RedisRooms(process, port);
      }
    }
    throw new IOException("Redis does not start here: %s ended".formatted(program));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// The server's address, a number sign, and a prefix of keys.
  @Override
  public String of(Path path) {
    return "redis://127.0.0.1:%d#%s".formatted(port, path.getFileName());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import io.leftfold.benchmarks.embedded.Population;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.Authentication;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.Security;
import io.leftfold.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The process of the server: `<directory> <streams> <true for TLS and users>`. Says its port, and
/// for each byte that it reads, what it holds.
public final class BesideServer {

  /// Shorter than usual, so that it can be seen what comes of it while a kind is measured.
  private static final Duration OPENING_TIMEOUT = Duration.ofSeconds(2);

  private BesideServer() {}

  /// Serves until its standard input ends.
  ///
  /// @param arguments as above
  /// @throws IOException if the disk fails
  public static void main(String[] arguments) throws IOException {
    var directory = Path.of(arguments[0]);
    var options =
        ServerOptions.insecure().withAddress("127.0.0.1", 0).withOpeningTimeout(OPENING_TIMEOUT);
    if (Boolean.parseBoolean(arguments[2])) {
      var made = new Security.Certificates.Made(tls(directory), List.of());
      options = options.withSecurity(Security.tls(Authentication.defaults(), made));
    }
    try (var store = LocalEventStore.open(directory)) {
      new Population(Integer.parseInt(arguments[1])).appendTo(store);
      try (var server = LeftfoldServer.start(store, options)) {
        server.usersWithDefaultPassword().toCompletableFuture().join();
        System.out.println(server.port());
        while (System.in.read() >= 0) {
          System.gc();
          var runtime = Runtime.getRuntime();
          System.out.printf(
              "%d %d %d%n",
              runtime.totalMemory() - runtime.freeMemory(),
              server.connections(),
              server.openCalls());
        }
        server.close(Duration.ZERO, _ -> {});
      }
    }
  }

  private static Path tls(Path directory) {
    return directory.resolveSibling("tls");
  }

  /// The certificate by which clients know the server.
  static Path authority(Path directory) {
    return tls(directory).resolve("ca.crt");
  }
}

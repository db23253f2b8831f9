// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/// What runs in the process that is killed: a server whose log files and index tables are small, so
/// that all that happens to a store in a month happens in minutes.
public final class StoreMain {

  static final String READY = "ready ";

  private static final long CHUNK_BYTES_MAX = 2L << 20;
  private static final int TABLE_EVENTS = 5000;

  private StoreMain() {}

  /// Serves until its standard input ends: `<directory> <directory of backups> <port>`. Says when
  /// it is ready, and for each line that it reads, how much heap is in use after a collection.
  ///
  /// @param arguments as above
  /// @throws IOException if the disk fails
  public static void main(String[] arguments) throws IOException {
    var options =
        EngineOptions.defaults()
            .withChunkBytesMax(CHUNK_BYTES_MAX)
            .withIndexTableEvents(TABLE_EVENTS);
    var serving =
        ServerOptions.insecure()
            .withAddress("127.0.0.1", Integer.parseInt(arguments[2]))
            .withBackups(Path.of(arguments[1]));
    var begin = System.nanoTime();
    try (var store = LocalEventStore.open(Path.of(arguments[0]), options)) {
      var opened = Duration.ofNanos(System.nanoTime() - begin);
      try (var _ = LeftfoldServer.start(store, serving)) {
        System.out.println(READY + opened.toMillis());
        answer();
      }
    }
  }

  private static void answer() throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      System.gc();
      var runtime = Runtime.getRuntime();
      System.out.println(runtime.totalMemory() - runtime.freeMemory());
    }
  }
}

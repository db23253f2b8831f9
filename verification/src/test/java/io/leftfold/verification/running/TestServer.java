// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.running;

import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/// A server in this process, on loopback and any free port, in front of a store of its own.
public final class TestServer implements AutoCloseable {

  private final LocalEventStore store;
  private final LeftfoldServer server;

  private TestServer(LocalEventStore store, ServerOptions options) {
    this.store = store;
    this.server = LeftfoldServer.start(store, options);
  }

  /// Serves what is in a directory.
  public static TestServer on(Path directory) {
    return on(directory, 0);
  }

  /// Serves what is in a directory, on a port that a server had before.
  public static TestServer on(Path directory, int port) {
    return new TestServer(
        LocalEventStore.open(directory), ServerOptions.defaults().withAddress("127.0.0.1", port));
  }

  /// Serves a new store in memory.
  public static TestServer inMemory() {
    return inMemory(EngineOptions.defaults());
  }

  /// Serves a new store in memory.
  public static TestServer inMemory(EngineOptions options) {
    return new TestServer(
        LocalEventStore.inMemory(options), ServerOptions.defaults().withAddress("127.0.0.1", 0));
  }

  /// Serves a store that is open, and closes it in the end.
  public static TestServer of(LocalEventStore store) {
    return new TestServer(store, ServerOptions.defaults().withAddress("127.0.0.1", 0));
  }

  /// What is served.
  public LocalEventStore store() {
    return store;
  }

  /// Where it listens.
  public int port() {
    return server.port();
  }

  /// How many calls are under way.
  public int openCalls() {
    return server.openCalls();
  }

  /// How many connections are open.
  public int connections() {
    return server.connections();
  }

  /// How an official client reaches it directly.
  public String connectionString() {
    return "kurrentdb://127.0.0.1:%d?tls=false".formatted(port());
  }

  /// Ends the server and leaves the store open.
  public void closeServer() {
    server.close();
  }

  /// Ends the server, telling what it waits for, and leaves the store open.
  public void closeServer(Duration patience, Consumer<LeftfoldServer.Remaining> progress) {
    server.close(patience, progress);
  }

  /// Whether an operator has asked the server to end.
  public boolean isAskedToShutDown() {
    return server.shutdownAsked().toCompletableFuture().isDone();
  }

  @Override
  public void close() {
    server.close();
    store.close();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.api.UnavailableException;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.access.Access;
import io.leftfold.server.access.Authenticator;
import io.leftfold.server.edge.Edge;
import io.leftfold.server.edge.EdgeOptions;
import io.leftfold.server.group.Groups;
import io.leftfold.server.grpc.calls.Authenticating;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.grpc.dcb.DcbService;
import io.leftfold.server.grpc.groups.GroupsService;
import io.leftfold.server.grpc.node.HealthService;
import io.leftfold.server.grpc.node.NodeServices;
import io.leftfold.server.grpc.operations.OperationsService;
import io.leftfold.server.grpc.store.StoreService;
import io.leftfold.server.grpc.streams.StreamLimits;
import io.leftfold.server.grpc.streams.StreamsService;
import io.leftfold.server.http.NodePages;
import io.leftfold.server.node.Node;
import io.leftfold.server.tls.UnusableCertificateException;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A node on the network, in front of a store that somebody else opened and will close.
///
/// It speaks to the official EventStoreDB and KurrentDB clients and to those of UmaDB over gRPC,
/// answers a few questions over HTTP, all on one port, with TLS or without.
///
/// ```java
/// try (var store = LocalEventStore.open(directory);
///     var server = LeftfoldServer.start(store, ServerOptions.insecure())) { … }
/// ```
public final class LeftfoldServer implements AutoCloseable {

  /// The version of Leftfold, as the build wrote it.
  public static final String VERSION = readVersion();

  private static final System.Logger LOGGER = System.getLogger(LeftfoldServer.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Edge edge;
  private final ScheduledExecutorService timer;

  private final Groups groups;

  private LeftfoldServer(Edge edge, Groups groups, ScheduledExecutorService timer) {
    this.edge = edge;
    this.groups = groups;
    this.timer = timer;
  }

  private static String readVersion() {
    try (var file = LeftfoldServer.class.getResourceAsStream("version.properties")) {
      var properties = new Properties();
      properties.load(Objects.requireNonNull(file, "version.properties"));
      return properties.getProperty("version", "(unknown)");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Listens.
  ///
  /// @param store what is served; to be closed after the server
  /// @param options where
  /// @return the running server
  /// @throws UnavailableException if the port cannot be had
  /// @throws IllegalArgumentException if there is no certificate that can be shown
  public static LeftfoldServer start(LocalEventStore store, ServerOptions options) {
    var timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("leftfold-timer").factory());
    var groups =
        new Groups(
            store,
            Clock.systemUTC(),
            UUID::randomUUID,
            Thread.ofVirtual().name("leftfold-group-", 0).factory());
    try {
      return new LeftfoldServer(edge(store, groups, options, timer), groups, timer);
    } catch (UnusableCertificateException e) {
      timer.shutdownNow();
      throw new IllegalArgumentException(e.getMessage(), e);
    } catch (IOException e) {
      timer.shutdownNow();
      throw new UnavailableException(
          UnavailableException.Reason.IN_USE, String.valueOf(e.getMessage()), e);
    }
  }

  private static Edge edge(
      LocalEventStore store, Groups groups, ServerOptions options, ScheduledExecutorService timer)
      throws IOException, UnusableCertificateException {
    var node = new Node(store, options.backups(), Access.open());
    var clock = Clock.systemUTC();
    var threads = Thread.ofVirtual().name("leftfold-call-", 0).factory();
    var authenticating = new Authenticating(node, Authenticator.trusting(), threads);
    Map<String, SessionHandler> guarded = new HashMap<>();
    guarded.putAll(
        new StreamsService(
                new StreamLimits(store.eventBytesMax(), store.appendBytesMax()),
                clock,
                UUID::randomUUID,
                (delay, task) -> later(timer, delay, task),
                threads)
            .handlers());
    guarded.putAll(new StoreService(threads, Math.toIntExact(store.appendBytesMax())).handlers());
    guarded.putAll(
        new DcbService(
                options.dcbStream(),
                UUID::randomUUID,
                threads,
                Math.toIntExact(store.appendBytesMax()))
            .handlers());
    guarded.putAll(new OperationsService(threads).handlers());
    guarded.putAll(new GroupsService(groups, threads).handlers());
    var calls = new HashMap<>(authenticating.guard(guarded));
    calls.putAll(new HealthService(node, calls.keySet()).handlers());
    // Calls may come before this method knows a port that was 0.
    var port = new AtomicInteger(options.port());
    calls.putAll(
        new NodeServices(
                node,
                clock,
                () ->
                    new NodeServices.Address(
                        reachedBy(options),
                        options.advertisedPort() == 0 ? port.get() : options.advertisedPort()),
                calls.keySet())
            .handlers());
    var edge =
        listen(
            options, calls, new NodePages(node, NodeServices.WIRE_VERSION, VERSION)::addTo, timer);
    port.set(edge.port());
    node.whenReady(() -> threads.newThread(() -> start(groups)).start());
    return edge;
  }

  private static Edge listen(
      ServerOptions options,
      Map<String, GrpcHandler> calls,
      Consumer<Router> http,
      ScheduledExecutorService timer)
      throws IOException, UnusableCertificateException {
    var defaults = EdgeOptions.defaults();
    var edgeOptions =
        defaults
            .withAddress(options.host(), options.port())
            .withPatience(defaults.openingTimeout(), options.keepAlive());
    return switch (options.security()) {
      case Security.Insecure(), Security.Plaintext(_) -> Edge.start(edgeOptions, calls, http);
      case Security.Tls(_, var certificates) -> {
        var source = ShownIdentity.source(certificates, options);
        var edge = Edge.start(edgeOptions, source.first(), calls, http);
        var millis = ShownIdentity.BETWEEN_LOOKS.toMillis();
        var _ =
            timer.scheduleWithFixedDelay(
                () -> ShownIdentity.showNext(source, edge), millis, millis, TimeUnit.MILLISECONDS);
        yield edge;
      }
    };
  }

  private static void start(Groups groups) {
    try {
      groups.start();
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.ERROR, "Persistent subscriptions are not available", e);
    }
  }

  private static void later(ScheduledExecutorService timer, Duration delay, Runnable task) {
    var scheduled = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    assert !scheduled.isCancelled();
  }

  private static String reachedBy(ServerOptions options) {
    if (!options.advertisedHost().isEmpty()) {
      return options.advertisedHost();
    }
    return options.listensEverywhere() ? "localhost" : options.host();
  }

  /// The port it listens on.
  ///
  /// @return the one asked for, or the one that was free
  public int port() {
    return edge.port();
  }

  /// How many calls are under way, subscriptions and other long ones among them.
  ///
  /// @return the number at this moment
  public int openCalls() {
    return edge.openCalls();
  }

  /// How many clients are connected.
  ///
  /// @return the number of connections at this moment
  public int connections() {
    return edge.connections();
  }

  /// Takes no more calls, lets those under way come to an end for a few seconds, and closes.
  @Override
  public void close() {
    // In this order: what consumers have acked by then counts for the last checkpoints.
    edge.close(PATIENCE);
    groups.close();
    timer.shutdownNow();
  }
}

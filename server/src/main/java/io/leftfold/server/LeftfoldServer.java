// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.api.UnavailableException;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.projections.ProjectionRuntime;
import io.leftfold.projections.Projections;
import io.leftfold.server.access.UserAccess;
import io.leftfold.server.edge.Edge;
import io.leftfold.server.edge.EdgeOptions;
import io.leftfold.server.edge.FrameOptions;
import io.leftfold.server.edge.GrpcHandler;
import io.leftfold.server.edge.KeepAlive;
import io.leftfold.server.edge.Shortage;
import io.leftfold.server.group.Groups;
import io.leftfold.server.indexes.IndexLimits;
import io.leftfold.server.indexes.UserIndexes;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.PastFolds;
import io.leftfold.server.node.Readiness;
import io.leftfold.server.node.ServedProjections;
import io.leftfold.server.node.UnderWay;
import io.leftfold.server.tcp.TcpHandler;
import io.leftfold.server.tls.UnusableCertificateException;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A node on the network, in front of a store that somebody else opened and will close.
///
/// It speaks to the official EventStoreDB and KurrentDB clients and to those of UmaDB over gRPC,
/// serves streams and answers questions over plain HTTP, all on one port, with TLS or without.
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

  /// So that a call does not find much to look at, be there few calls and many events.
  private static final Duration BETWEEN_LOOKS_AT_CHANGES = Duration.ofSeconds(1);

  private static final Duration BETWEEN_LOOKS_AT_WRITES = Duration.ofMillis(250);
  private static final Duration BETWEEN_STARTS = Duration.ofSeconds(10);

  /// Somebody waits for it, and it takes a processor.
  private static final Duration LONGEST_FOLD = Duration.ofMinutes(10);

  private final Node node;
  private final Edge edge;
  private final ScheduledExecutorService timer;
  private final Optional<UserAccess> users;

  private final Groups groups;
  private final Optional<ServedProjections> projections;
  private final UserIndexes indexes;
  private final Insight insight;

  private LeftfoldServer(
      Node node,
      Edge edge,
      Groups groups,
      Optional<ServedProjections> projections,
      UserIndexes indexes,
      ScheduledExecutorService timer,
      Optional<UserAccess> users,
      Insight insight) {
    this.insight = insight;
    this.indexes = indexes;
    this.projections = projections;
    this.node = node;
    this.edge = edge;
    this.groups = groups;
    this.timer = timer;
    this.users = users;
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
    var users = users(store, options);
    var insight = Insight.of(store, options.telemetry(), VERSION);
    var node = new Node(store, options.backups(), users, insight.measures());
    var groups =
        new Groups(
            store,
            store.storeId(),
            Clock.systemUTC(),
            UUID::randomUUID,
            Thread.ofVirtual().name("leftfold-group-", 0).factory());
    insight.show(groups);
    node.askOfGroups(() -> howTheyAre(groups));
    var projections = projections(store, options.projections(), users);
    projections.ifPresent(insight::show);
    var indexes = indexes(store, options.projections());
    insight.metrics().showIndexes(indexes::figures);
    try {
      var edge = edge(store, node, groups, projections, indexes, options, timer, users, insight);
      users.ifPresent(known -> begin(known, store, timer));
      options.telemetry().otlp().ifPresent(otlp -> look(insight, otlp.metricsEvery(), timer));
      return new LeftfoldServer(node, edge, groups, projections, indexes, timer, users, insight);
    } catch (UnusableCertificateException | IOException e) {
      insight.close();
      timer.shutdownNow();
      throw e instanceof IOException
          ? new UnavailableException(
              UnavailableException.Reason.IN_USE, String.valueOf(e.getMessage()), e)
          : new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static void look(Insight insight, Duration every, ScheduledExecutorService timer) {
    var threads = Thread.ofVirtual().name("leftfold-figures").factory();
    var _ =
        timer.scheduleWithFixedDelay(
            () -> threads.newThread(insight.metrics()::lookAtProjections).start(),
            every.toNanos(),
            every.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private static Optional<ServedProjections> projections(
      LocalEventStore store, ServerProjections wanted, Optional<UserAccess> users) {
    return wanted.areThere()
        ? Optional.of(
            new ServedProjections(
                store,
                stream -> users.isEmpty() || users.get().everybodyReads(stream),
                guarded -> Projections.open(guarded, wanted.options(), wanted::runs),
                new PastFolds(
                    Math.max(2, wanted.options().workers()),
                    LONGEST_FOLD,
                    Clock.systemUTC(),
                    Thread.ofPlatform().daemon().name("leftfold-past-", 0).factory())))
        : Optional.empty();
  }

  private static UserIndexes indexes(LocalEventStore store, ServerProjections scripts) {
    return new UserIndexes(
        store,
        () ->
            ProjectionRuntime.open(
                Thread.ofPlatform().name("leftfold-indexes-watchdog").daemon().factory()),
        IndexLimits.DEFAULT.withScripts(scripts.options().limits()),
        Clock.systemUTC(),
        Thread.ofPlatform().daemon().name("leftfold-index-", 0).factory());
  }

  private static Optional<UserAccess> users(LocalEventStore store, ServerOptions options) {
    return switch (options.security()) {
      case Security.Insecure() -> Optional.empty();
      case Security.Plaintext(var authentication) -> Optional.of(users(store, authentication));
      case Security.Tls(var authentication, _) -> Optional.of(users(store, authentication));
    };
  }

  private static UserAccess users(LocalEventStore store, Authentication authentication) {
    return new UserAccess(
        store,
        new UserAccess.Options(
            authentication.adminPassword(),
            authentication.opsPassword(),
            authentication.anonymousEndpoints(),
            authentication.anonymousStreams(),
            authentication.passwordRounds()),
        new UserAccess.Surroundings(
            Clock.systemUTC(),
            new SecureRandom(),
            UUID::randomUUID,
            Thread.ofPlatform().daemon().name("leftfold-users").factory(),
            Runtime.getRuntime().availableProcessors()));
  }

  /// Users are kept in the store, so they are known as soon as it answers everything.
  private static void begin(
      UserAccess users, LocalEventStore store, ScheduledExecutorService timer) {
    var seconds = BETWEEN_LOOKS_AT_CHANGES.toSeconds();
    var _ =
        store
            .whenIndexed()
            .thenRun(users::begin)
            .thenRun(() -> {
              var _ =
                  timer.scheduleWithFixedDelay(
                      users::lookAtChanges, seconds, seconds, TimeUnit.SECONDS);
            })
            .exceptionally(e -> {
              LOGGER.log(System.Logger.Level.WARNING, "Nobody can log in: {0}", e.getMessage());
              return null;
            });
  }

  private static Edge edge(
      LocalEventStore store,
      Node node,
      Groups groups,
      Optional<ServedProjections> projections,
      UserIndexes indexes,
      ServerOptions options,
      ScheduledExecutorService timer,
      Optional<UserAccess> users,
      Insight insight)
      throws IOException, UnusableCertificateException {
    var threads = Thread.ofVirtual().name("leftfold-call-", 0).factory();
    var wires =
        new Wires(
            store,
            node,
            groups,
            projections,
            indexes,
            users,
            options,
            insight,
            underWay(options, timer),
            timer,
            threads);
    // Calls may come before this method knows a port that was 0.
    var port = new AtomicInteger(options.port());
    var tcpPort = new AtomicInteger(options.tcp().map(TcpOptions::port).orElse(0));
    var edge =
        listen(
            options,
            insight.trace(wires.calls(port::get)),
            router -> {
              insight.trace(router);
              wires.addPages(router, tcpPort::get);
            },
            timer,
            store.appendBytesMax());
    port.set(edge.port());
    if (options.tcp().isPresent()) {
      listen(edge, options.tcp().get(), wires);
      tcpPort.set(edge.framePort());
    }
    insight.metrics().show(edge::connections, edge::openCalls);
    insight.metrics().showWaiting(node::waitingWrites);
    insight.metrics().showHeld("requests", edge::requestBytes);
    insight.metrics().showHeld("answers", edge::answerBytes);
    for (var shortage : Shortage.values()) {
      insight.metrics().showRefused(shortage.label(), () -> edge.refused(shortage));
    }
    node.whenReady(() -> {
      threads.newThread(() -> start(groups, timer, threads)).start();
      projections.ifPresent(served -> threads.newThread(served::begin).start());
      threads.newThread(() -> start(indexes)).start();
    });
    return edge;
  }

  private static UnderWay underWay(ServerOptions options, ScheduledExecutorService timer) {
    var underWay = new UnderWay(options.writeTimeout(), System::nanoTime);
    var millis = BETWEEN_LOOKS_AT_WRITES.toMillis();
    var _ = timer.scheduleWithFixedDelay(underWay::look, millis, millis, TimeUnit.MILLISECONDS);
    return underWay;
  }

  private static void listen(Edge edge, TcpOptions tcp, Wires wires) throws IOException {
    try {
      edge.listen(
          new FrameOptions(
              tcp.port(),
              TcpHandler.PACKAGE_BYTES_MAX,
              new KeepAlive(tcp.heartbeatInterval(), tcp.heartbeatTimeout())),
          wires.tcp());
    } catch (IOException e) {
      edge.close(Duration.ZERO);
      throw e;
    }
  }

  private static Edge listen(
      ServerOptions options,
      Map<String, GrpcHandler> calls,
      Consumer<Router> http,
      ScheduledExecutorService timer,
      long appendBytesMax)
      throws IOException, UnusableCertificateException {
    var edgeOptions =
        EdgeOptions.defaults()
            .withAddress(options.host(), options.port())
            .withLimits(options.limits().edge(Runtime.getRuntime().maxMemory(), appendBytesMax))
            .withPatience(
                options.openingTimeout(),
                new KeepAlive(options.keepAlive(), options.keepAliveTimeout()));
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

  private static void start(UserIndexes indexes) {
    try {
      indexes.begin();
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.ERROR, "User-defined indexes are not available", e);
    }
  }

  /// Until they run: somebody may mend what keeps them from it.
  private static void start(Groups groups, ScheduledExecutorService timer, ThreadFactory threads) {
    try {
      groups.start();
    } catch (RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.ERROR,
          "Persistent subscriptions do not run, which is tried again in %d s"
              .formatted(BETWEEN_STARTS.toSeconds()),
          e);
      if (!timer.isShutdown()) {
        var _ =
            timer.schedule(
                () -> threads.newThread(() -> start(groups, timer, threads)).start(),
                BETWEEN_STARTS.toMillis(),
                TimeUnit.MILLISECONDS);
      }
    }
  }

  private static Readiness.OfGroups howTheyAre(Groups groups) {
    return new Readiness.OfGroups(
        groups.failure(),
        groups.unusable().entrySet().stream()
            .map(entry -> "%s: %s".formatted(entry.getKey(), entry.getValue()))
            .toList());
  }

  /// The port it listens on.
  ///
  /// @return the one asked for, or the one that was free
  public int port() {
    return edge.port();
  }

  /// The port on which the old TCP protocol is spoken.
  ///
  /// @return the one asked for, or the one that was free; 0 if it is not spoken
  public int tcpPort() {
    return edge.framePort();
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

  /// The users who can log in with the password that everybody knows.
  ///
  /// @return told as soon as that is known; nobody, where there are no users
  public CompletionStage<List<String>> usersWithDefaultPassword() {
    return users.isPresent()
        ? users.get().withDefaultPassword()
        : CompletableFuture.completedStage(List.of());
  }

  /// An operator wants the server to end: with the call `Shutdown` of KurrentDB's clients. The
  /// server goes on until its owner closes it.
  ///
  /// @return completes with the first such wish
  public CompletionStage<@Nullable Void> shutdownAsked() {
    return node.shutdownAsked();
  }

  /// What a server that is being closed waits for.
  ///
  /// @param appends calls that write
  /// @param reads calls that read
  /// @param others other calls
  /// @param connections over which callers take the rest of their answers
  public record Remaining(int appends, int reads, int others, int connections) {

    private static final Pattern WRITES =
        Pattern.compile(".*/(\\w*Append\\w*|Delete|Tombstone|WriteMetadata)");
    private static final Pattern READS = Pattern.compile(".*/(\\w*Read\\w*|Subscribe\\w*)");

    private static Remaining of(Edge.Remaining edge) {
      var appends = count(edge, path -> WRITES.matcher(path).matches());
      var reads = count(edge, path -> READS.matcher(path).matches());
      var all = count(edge, _ -> true);
      return new Remaining(appends, reads, all - appends - reads, edge.connections());
    }

    private static int count(Edge.Remaining edge, Predicate<String> kind) {
      return edge.calls().entrySet().stream()
          .filter(entry -> kind.test(entry.getKey()))
          .mapToInt(Map.Entry::getValue)
          .sum();
    }

    @Override
    public String toString() {
      var kinds =
          Stream.of(
                  words(appends, "append"),
                  words(reads, "read"),
                  words(others, "other call"),
                  words(connections, "connection"))
              .filter(words -> !words.isEmpty())
              .toList();
      return kinds.isEmpty() ? "nothing" : String.join(", ", kinds);
    }

    private static String words(int count, String what) {
      return count == 0 ? "" : "%,d %s%s".formatted(count, what, count == 1 ? "" : "s");
    }
  }

  /// Takes no more calls, says that it is not ready, ends subscriptions, lets other calls come to
  /// an end for a few seconds, and closes.
  @Override
  public void close() {
    close(PATIENCE, _ -> {});
  }

  /// Takes no more calls, says that it is not ready, ends subscriptions with UNAVAILABLE, lets
  /// appends under way be acknowledged and reads be taken, and closes. Only the first call does
  /// something.
  ///
  /// @param patience how long to wait for calls; a caller that never takes its answer is left then
  /// @param progress told each second what is waited for
  public void close(Duration patience, Consumer<? super Remaining> progress) {
    node.closing();
    // In this order: what consumers have acked by then counts for the last checkpoints.
    edge.close(patience, remaining -> progress.accept(Remaining.of(remaining)));
    groups.close();
    projections.ifPresent(ServedProjections::close);
    indexes.close();
    timer.shutdownNow();
    insight.close();
    users.ifPresent(UserAccess::close);
  }
}

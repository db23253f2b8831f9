// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.access.Authenticator;
import io.leftfold.server.access.Right;
import io.leftfold.server.access.UserAccess;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcHandler;
import io.leftfold.server.group.Groups;
import io.leftfold.server.grpc.calls.Authenticating;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.grpc.dcb.DcbService;
import io.leftfold.server.grpc.groups.GroupsService;
import io.leftfold.server.grpc.indexes.IndexesService;
import io.leftfold.server.grpc.manystreams.ManyStreamsService;
import io.leftfold.server.grpc.node.HealthService;
import io.leftfold.server.grpc.node.NodeServices;
import io.leftfold.server.grpc.operations.MonitoringService;
import io.leftfold.server.grpc.operations.OperationsService;
import io.leftfold.server.grpc.operations.RedactionService;
import io.leftfold.server.grpc.projections.ControlsService;
import io.leftfold.server.grpc.projections.InquiriesService;
import io.leftfold.server.grpc.projections.ProjectionsService;
import io.leftfold.server.grpc.registry.RegistryService;
import io.leftfold.server.grpc.store.StoreService;
import io.leftfold.server.grpc.streams.StreamLimits;
import io.leftfold.server.grpc.streams.StreamsService;
import io.leftfold.server.grpc.users.AccessService;
import io.leftfold.server.grpc.users.UsersService;
import io.leftfold.server.http.IndexPages;
import io.leftfold.server.http.MetricsPage;
import io.leftfold.server.http.NoBrowserPages;
import io.leftfold.server.http.NodePages;
import io.leftfold.server.http.ProjectionPages;
import io.leftfold.server.http.StatisticsCheck;
import io.leftfold.server.http.TokenPage;
import io.leftfold.server.http.atom.AtomOptions;
import io.leftfold.server.http.atom.Reading;
import io.leftfold.server.http.atom.StreamPages;
import io.leftfold.server.http.atom.Writing;
import io.leftfold.server.http.events.EventsPages;
import io.leftfold.server.http.exchange.Exchanges;
import io.leftfold.server.http.exchange.Waiting;
import io.leftfold.server.http.groups.GroupPages;
import io.leftfold.server.http.operations.AdminPages;
import io.leftfold.server.http.operations.GossipPage;
import io.leftfold.server.http.operations.OptionsPage;
import io.leftfold.server.http.operations.StatisticsPages;
import io.leftfold.server.http.users.UserPages;
import io.leftfold.server.indexes.UserIndexes;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.ServedProjections;
import io.leftfold.server.node.UnderWay;
import io.leftfold.server.registry.SchemaGroups;
import io.leftfold.server.registry.Schemas;
import io.leftfold.server.tcp.TcpHandler;
import io.vertx.core.Handler;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/// The wires in front of a node: what answers each call and each page, and which of them want to
/// know who asks. How bytes come and go is the business of the edge.
///
/// @param threads for calls that may take a while
record Wires(
    LocalEventStore store,
    Node node,
    Groups groups,
    Optional<ServedProjections> projections,
    UserIndexes indexes,
    Optional<UserAccess> users,
    ServerOptions options,
    Insight insight,
    UnderWay underWay,
    ScheduledExecutorService timer,
    ThreadFactory threads) {

  private static final Clock CLOCK = Clock.systemUTC();

  /// As with EventStoreDB.
  private static final long EVENT_BYTES_MAX_OVER_HTTP = 4L << 20;

  private Authenticator authenticator() {
    return users.<Authenticator>map(known -> known).orElseGet(Authenticator::trusting);
  }

  /// What answers calls.
  ///
  /// @param port where they come in, asked for at each call that tells others
  /// @return by path
  Map<String, GrpcHandler> calls(IntSupplier port) {
    var authenticating = new Authenticating(node, authenticator(), threads);
    var calls = new HashMap<>(authenticating.guard(guarded()));
    calls.putAll(new HealthService(node, calls.keySet()).handlers());
    calls.putAll(
        new NodeServices(node, CLOCK, call -> reached(call, port.getAsInt()), calls.keySet())
            .handlers());
    return calls;
  }

  /// Where a caller reaches this node: where it is said to be, or else as this caller has reached
  /// it.
  private NodeServices.Address reached(GrpcCall call, int port) {
    var authority = call.authority().filter(_ -> options.listensEverywhere());
    var host =
        options.advertisedHost().isEmpty()
            ? authority
                .map(GrpcCall.Authority::host)
                .orElse(options.listensEverywhere() ? "localhost" : options.host())
            : options.advertisedHost();
    if (options.advertisedPort() != 0 || port == 0) {
      return new NodeServices.Address(host, options.advertisedPort());
    }
    return new NodeServices.Address(
        host,
        options.advertisedHost().isEmpty()
            ? authority.map(GrpcCall.Authority::port).filter(said -> said > 0).orElse(port)
            : port);
  }

  /// What is answered to somebody, not to everybody.
  private Map<String, SessionHandler> guarded() {
    var appendBytesMax = Math.toIntExact(store.appendBytesMax());
    var guarded = new HashMap<String, SessionHandler>();
    guarded.putAll(
        new StreamsService(
                new StreamLimits(store.eventBytesMax(), appendBytesMax),
                indexes,
                CLOCK,
                UUID::randomUUID,
                this::later,
                underWay,
                threads)
            .handlers());
    guarded.putAll(
        new ManyStreamsService(UUID::randomUUID, store.eventBytesMax(), appendBytesMax, underWay)
            .handlers());
    guarded.putAll(new StoreService(threads, appendBytesMax).handlers());
    guarded.putAll(
        new DcbService(options.dcbStream(), UUID::randomUUID, threads, appendBytesMax).handlers());
    guarded.putAll(new OperationsService(groups::restart, threads).handlers());
    guarded.putAll(new RedactionService(threads).handlers());
    if (users.isPresent()) {
      guarded.putAll(new UsersService(threads).handlers());
      guarded.putAll(new AccessService(threads).handlers());
    }
    guarded.putAll(new IndexesService(indexes, threads).handlers());
    guarded.putAll(new MonitoringService(this::later, threads).handlers());
    guarded.putAll(new GroupsService(groups, threads).handlers());
    guarded.putAll(
        new RegistryService(
                new Schemas(store, UUID::randomUUID),
                new SchemaGroups(store, UUID::randomUUID),
                threads)
            .handlers());
    projections.ifPresent(served -> {
      guarded.putAll(new ProjectionsService(served, UUID::randomUUID, threads).handlers());
      guarded.putAll(new InquiriesService(served, UUID::randomUUID, CLOCK, threads).handlers());
      guarded.putAll(new ControlsService(served, UUID::randomUUID, threads).handlers());
    });
    return guarded;
  }

  /// What answers on the port of the old TCP protocol.
  TcpHandler tcp() {
    return new TcpHandler(
        node,
        authenticator(),
        groups,
        new TcpHandler.Limits(
            store.eventBytesMax(),
            store.appendBytesMax(),
            Runtime.getRuntime().maxMemory(),
            Runtime.getRuntime().availableProcessors()),
        underWay,
        UUID::randomUUID,
        System::nanoTime,
        threads,
        insight.watchOfTcp());
  }

  private void later(Duration delay, Runnable task) {
    var scheduled = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    assert !scheduled.isCancelled();
  }

  private Exchanges exchanges() {
    return new Exchanges(
        node, authenticator(), threads, store.appendBytesMax(), options.openingTimeout());
  }

  private void addAtom(Router router, Exchanges exchanges) {
    var atom =
        new AtomOptions(
            options.atom().isCached(),
            Math.min(store.eventBytesMax(), EVENT_BYTES_MAX_OVER_HTTP),
            options.writeTimeout());
    var reading = new Reading(atom, new Waiting(CLOCK, node::isClosing), groups::names);
    var streams = new StreamPages(reading, new Writing(atom, UUID::randomUUID));
    addBeneath(router, "/streams", exchanges.answering(streams));
    addBeneath(router, "/subscriptions", exchanges.answering(new GroupPages(groups, reading)));
  }

  /// What is beneath a path as it was sent as well: a stream may be called `..`, and the router
  /// takes that for a way up.
  private static void addBeneath(Router router, String path, Handler<RoutingContext> pages) {
    router
        .route()
        .handler(context -> {
          if (String.valueOf(context.request().path()).startsWith(path + "/")) {
            pages.handle(context);
          } else {
            context.next();
          }
        });
    router.route(path + "/*").handler(pages);
  }

  /// Events for whoever has HTTP and nothing else.
  private void addEvents(Router router, Exchanges exchanges) {
    var events =
        exchanges.answering(
            new EventsPages(
                new Waiting(CLOCK, node::isClosing),
                CLOCK,
                node::isClosing,
                options.writeTimeout()));
    router.route("/events").handler(events);
    router.route("/openapi.json").handler(events);
  }

  /// What operators and administrators do over plain HTTP.
  private void addOperations(Router router, Exchanges exchanges, IntSupplier tcpPort) {
    if (users.isPresent()) {
      router.route("/users/*").handler(exchanges.answering(new UserPages()));
      router
          .route("/admin/login")
          .handler(exchanges.answering(_ -> Optional.of(UserPages.login())));
    }
    var admin = exchanges.answering(new AdminPages(projections.isPresent()));
    router.route("/admin/*").handler(admin);
    router.route("/sys/subsystems").handler(admin);
    router.route("/auto-scavenge/*").handler(admin);
    var shown = new OptionsPage(options.shown().stream().map(Wires::option).toList()).resource();
    router.route("/info/options").handler(exchanges.answering(_ -> Optional.of(shown)));
    if (options.atom().hasStatistics()) {
      router
          .route("/stats/*")
          .handler(exchanges.answering(new StatisticsPages(() -> tcpPort(tcpPort.getAsInt()))));
    }
    if (options.atom().hasGossip()) {
      var gossip =
          new GossipPage(node, CLOCK, NodeServices.WIRE_VERSION, url -> reached(url, tcpPort))
              .resource();
      router.route("/gossip").handler(exchanges.answering(_ -> Optional.of(gossip)));
    }
  }

  private static OptionsPage.Option option(ShownOption shown) {
    return new OptionsPage.Option(
        shown.name(), shown.description(), shown.type(), shown.value(), shown.source());
  }

  private StatisticsPages.TcpPort tcpPort(int port) {
    return new StatisticsPages.TcpPort(
        "%s:%d".formatted(options.host(), port), options.security() instanceof Security.Tls);
  }

  /// Where others reach this node, as far as somebody knows who has reached it by a URL.
  private GossipPage.Address reached(URI url, IntSupplier tcpPort) {
    // Not what a URI takes for a host: names of containers have underscores.
    var said =
        Optional.ofNullable(url.getRawAuthority())
            .map(authority -> HostAndPort.parseAuthority(authority, options.port()));
    var host =
        !options.advertisedHost().isEmpty()
            ? options.advertisedHost()
            : options.listensEverywhere()
                ? said.map(HostAndPort::host).orElse("localhost")
                : options.host();
    var port =
        options.advertisedPort() != 0
            ? options.advertisedPort()
            : said.map(HostAndPort::port).orElse(options.port());
    return new GossipPage.Address(
        host, port, tcpPort.getAsInt(), options.security() instanceof Security.Tls);
  }

  /// Adds what is no call.
  ///
  /// @param tcpPort where the old TCP protocol is spoken; 0 for nowhere
  void addPages(Router router, IntSupplier tcpPort) {
    var exchanges = exchanges();
    if (options.atom().isServed()) {
      addAtom(router, exchanges);
    }
    addEvents(router, exchanges);
    addOperations(router, exchanges, tcpPort);
    var about =
        new NodePages.About(
            NodeServices.WIRE_VERSION,
            LeftfoldServer.VERSION,
            projections.isPresent(),
            options.atom().isServed());
    new NodePages(node, about, threads).addTo(router, exchanges);
    projections.ifPresent(served -> {
      var pages =
          exchanges.answering(
              new ProjectionPages(served, UUID::randomUUID, CLOCK), ProjectionPages.BODY_BYTES_MAX);
      router.route("/projections/*").handler(pages);
      router.route("/projection/*").handler(pages);
    });
    router
        .route("/v2/indexes/*")
        .handler(exchanges.answering(new IndexPages(indexes), IndexPages.BODY_BYTES_MAX));
    if (options.atom().hasStatistics()) {
      new MetricsPage(insight.metrics(), statisticsCheck(), threads).addTo(router);
      router.route("/metrics").handler(exchanges.otherwise("GET"));
    }
    users.ifPresent(known -> {
      new TokenPage(node, known, threads).addTo(router);
      router.route("/auth/token").handler(exchanges.otherwise("POST"));
    });
    var forPeople = exchanges.answering(new NoBrowserPages());
    router.route("/ui/*").handler(forPeople);
    router.route("/web/*").handler(forPeople);
    router.route().handler(exchanges.answering(_ -> Optional.empty()));
  }

  private Handler<RoutingContext> statisticsCheck() {
    return options.telemetry().openMetrics()
        ? RoutingContext::next
        : new StatisticsCheck(
            caller -> node.as(caller).require(Right.OnNode.STATISTICS), authenticator(), threads);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.leftfold.server.tls.Identity;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The port: HTTP/1.1, HTTP/2 with and without upgrade, and gRPC, told apart by what arrives.
///
/// ```java
/// var edge = Edge.start(EdgeOptions.defaults(), Map.of("/my.Service/Method", handler), http -> {
///   http.get("/ping").handler(context -> context.end("pong"));
/// });
/// ```
public final class Edge {

  /// The place among a router's routes where pages are counted. What stands before it is answered
  /// however busy the server is.
  public static final int PAGES_COUNTED = -1;

  /// The place of pages that are not counted.
  public static final int PAGES_NOT_COUNTED = -2;

  /// The place of what watches all requests, and answers none.
  public static final int PAGES_WATCHED = -3;

  private static final String PAGE_NAME = "leftfold.page";

  private static final int STREAM_WINDOW_BYTES = 1024 * 1024;
  private static final int CONNECTION_WINDOW_BYTES = 4 * 1024 * 1024;
  private static final String RETRY_AFTER_SECONDS = "1";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String EVENT_STREAM = "text/event-stream";

  /// How many streams a peer may reset in [#RESETS_SECONDS]. Callers cancel reads and subscriptions
  /// as a habit, so this is far above Vert.x's 200; a reset costs about as much as a call. The
  /// shorter the time, the less a peer can send at once before it is stopped.
  private static final int RESETS_MAX = 20_000;

  private static final int RESETS_SECONDS = 3;
  private static final int ACCEPT_BACKLOG = 4096;
  private static final int URI_CHARS_MAX = 8 * 1024;
  private static final Duration START_PATIENCE = Duration.ofSeconds(30);

  /// What connections get to close after their calls have ended.
  private static final Duration LAST_WORDS = Duration.ofMillis(500);

  /// How often it is told what closing waits for.
  private static final Duration PROGRESS = Duration.ofSeconds(1);

  /// All servers of one Vert.x that name this number share one port that is free.
  private static final int SHARED_PORT = 1;

  private static final String GRPC = "application/grpc";

  /// Stands for connections that speak in frames, among the paths of calls.
  private static final String FRAMES = "frames";

  /// Whoever sends one of these asks for what has not happened yet.
  private static final List<String> WAITING_HEADERS = List.of("kurrent-longpoll", "es-longpoll");

  private final EdgeOptions options;
  private final @Nullable Identity identity;
  private final Map<String, GrpcHandler> calls;
  private final HostileLog log = new HostileLog(System::nanoTime);
  private final Budget budget;
  private final Admission admission;
  private final Vertx vertx;
  private final Router router;
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile @Nullable Identity shown;
  private volatile @Nullable FramePort frames;

  private Edge(
      EdgeOptions options,
      @Nullable Identity identity,
      Map<String, GrpcHandler> calls,
      Consumer<? super Router> http) {
    this.options = options;
    this.identity = identity;
    this.shown = identity;
    this.calls = Map.copyOf(calls);
    this.budget = new Budget(options.limits(), new Refusals(System::nanoTime));
    this.admission = new Admission(options.limits(), budget);
    this.vertx =
        Vertx.builder()
            .with(
                new VertxOptions()
                    .setEventLoopPoolSize(options.eventLoops())
                    .setInternalBlockingPoolSize(handshakeThreads(options))
                    .setFileSystemOptions(
                        new FileSystemOptions()
                            .setFileCachingEnabled(false)
                            .setClassPathResolvingEnabled(false)))
            .withTransport(new GuardedTransport(options, admission, log, identity != null))
            .build();
    this.router = Router.router(vertx);
    router.route().order(PAGES_COUNTED).handler(this::countPage);
    http.accept(router);
  }

  /// TLS handshakes are worked on beside the event loops, and leave them half of the processors.
  private static int handshakeThreads(EdgeOptions options) {
    return Math.max(1, options.eventLoops() / 2);
  }

  /// Listens, in plain text.
  ///
  /// @param options where, and how much
  /// @param calls what answers gRPC methods, by path (`/package.Service/Method`)
  /// @param http adds routes for what is not gRPC
  /// @return the open edge
  /// @throws IOException if the port cannot be had
  public static Edge start(
      EdgeOptions options, Map<String, GrpcHandler> calls, Consumer<? super Router> http)
      throws IOException {
    return start(new Edge(options, null, calls, http));
  }

  /// Listens, and speaks TLS with whoever connects.
  ///
  /// @param options where, and how much
  /// @param identity what is shown to clients
  /// @param calls what answers gRPC methods, by path (`/package.Service/Method`)
  /// @param http adds routes for what is not gRPC
  /// @return the open edge
  /// @throws IOException if the port cannot be had
  public static Edge start(
      EdgeOptions options,
      Identity identity,
      Map<String, GrpcHandler> calls,
      Consumer<? super Router> http)
      throws IOException {
    return start(new Edge(options, identity, calls, http));
  }

  private static Edge start(Edge edge) throws IOException {
    var options = edge.options;
    try {
      await(
          edge.vertx.deployVerticle(
              () -> edge.new Listening(),
              new DeploymentOptions().setInstances(options.eventLoops())),
          START_PATIENCE);
    } catch (IOException | RuntimeException e) {
      edge.vertx.close();
      throw new IOException(
          "Cannot listen on %s:%d: %s".formatted(options.host(), options.port(), e.getMessage()),
          e);
    }
    return edge;
  }

  /// Listens on a second port as well, for those who speak in frames; with TLS if the first does.
  ///
  /// @param options where, and what is taken
  /// @param handler answers
  /// @throws IOException if the port cannot be had
  public void listen(FrameOptions options, FrameHandler handler) throws IOException {
    var internal = (VertxInternal) vertx;
    var port =
        new FramePort(
            options,
            this.options.openingTimeout(),
            handler,
            admission,
            log,
            task -> internal.internalWorkerPool().executor().execute(task),
            loops);
    if (shown != null) {
      port.show(shown);
    }
    port.listen(
        this.options.host(), internal.acceptorEventLoopGroup(), internal.nettyEventLoopGroup());
    frames = port;
  }

  /// The port for those who speak in frames.
  ///
  /// @return the one asked for, or the one that was free; 0 if there is none
  public int framePort() {
    return frames == null ? 0 : frames.port();
  }

  /// Shows another certificate from now on. Connections that are open stay as they are.
  ///
  /// @param next what is shown to clients
  /// @throws IOException if TLS cannot be spoken with it; what was shown before still is
  public void show(Identity next) throws IOException {
    var tls = new ServerSSLOptions();
    Encryption.configure(tls, next, options.openingTimeout());
    // All servers of the port share one context.
    await(servers.getFirst().updateSSLOptions(tls, true), START_PATIENCE);
    shown = next;
    if (frames != null) {
      frames.show(next);
    }
  }

  /// The port.
  ///
  /// @return the one asked for, or the one that was free
  public int port() {
    return servers.getFirst().actualPort();
  }

  /// The open connections.
  ///
  /// @return how many there are
  public int connections() {
    return admission.connections();
  }

  /// The open gRPC calls.
  ///
  /// @return how many there are
  public int openCalls() {
    return loops.stream().mapToInt(Loop::openCalls).sum();
  }

  /// How much was refused.
  ///
  /// @param shortage for what reason
  /// @return how many calls, pages or connections since the start
  public long refused(Shortage shortage) {
    return budget.refusals.count(shortage);
  }

  /// The pages that are being answered.
  ///
  /// @return how many there are
  int openPages() {
    return budget.pages();
  }

  /// What requests take that have not come whole or are not answered yet.
  ///
  /// @return bytes, of all calls
  public long requestBytes() {
    return budget.requestBytes();
  }

  /// What of answers peers have not taken yet.
  ///
  /// @return bytes, of all calls
  public long answerBytes() {
    return budget.answerBytes();
  }

  /// What still keeps the edge from closing.
  ///
  /// @param calls how many calls of each path are under way
  /// @param connections how many are open, be it for those calls or to take the end of an answer
  public record Remaining(Map<String, Integer> calls, int connections) {
    /// Copies the numbers.
    public Remaining {
      calls = Map.copyOf(calls);
    }
  }

  /// Closes, and tells nobody what is waited for.
  ///
  /// @param patience how long to wait for calls
  public void close(Duration patience) {
    close(patience, _ -> {});
  }

  /// Stops listening, tells calls to come to an end, waits for them and for callers to take their
  /// answers, fails those that are left with UNAVAILABLE, and closes. Only the first call does
  /// something.
  ///
  /// @param patience how long to wait
  /// @param progress told each second what is waited for
  public void close(Duration patience, Consumer<? super Remaining> progress) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    var framed = frames;
    var closed =
        Future.join(
            Stream.concat(
                    servers.stream().map(server -> server.shutdown(patience.plus(LAST_WORDS))),
                    Stream.ofNullable(framed)
                        .map(port -> Future.fromCompletionStage(port.shutDown())))
                .toList());
    for (var loop : loops) {
      loop.execute(() -> loop.calls().forEach(Http2Call::shuttingDown));
    }
    for (var left = patience; left.isPositive() && !closed.isComplete(); ) {
      var step = left.compareTo(PROGRESS) < 0 ? left : PROGRESS;
      awaitQuietly(closed, step);
      left = left.minus(step);
      if (!closed.isComplete()) {
        progress.accept(remaining());
      }
    }
    for (var loop : loops) {
      loop.execute(() -> loop.calls().forEach(Http2Call::shutDown));
    }
    if (framed != null) {
      framed.closeAll();
    }
    awaitQuietly(closed, LAST_WORDS.multipliedBy(2));
    awaitQuietly(vertx.close(), START_PATIENCE);
  }

  private Remaining remaining() {
    var calls = new ConcurrentHashMap<String, Integer>();
    var asked = new CountDownLatch(loops.size());
    for (var loop : loops) {
      loop.execute(() -> {
        loop.calls().forEach(call -> calls.merge(call.path(), 1, Integer::sum));
        asked.countDown();
      });
    }
    try {
      if (!asked.await(PROGRESS.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Remaining(Map.of(), connections()); // a loop is busy: say what is known
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var framed = frames;
    if (framed != null && framed.busy() > 0) {
      calls.put(FRAMES, framed.busy());
    }
    return new Remaining(calls, connections());
  }

  /// Ends a request whose answer was begun and cannot be ended: whoever asked is to see that it is
  /// not whole. On the event loop of the request.
  ///
  /// @param request of HTTP
  public static void breakOff(HttpServerRequest request) {
    var guard = guard(request.connection());
    if (request.version() == HttpVersion.HTTP_2 || guard == null) {
      var _ = request.response().reset();
    } else {
      guard.close();
    }
  }

  /// The same, of somebody who does not take the answer.
  ///
  /// @param request of HTTP
  /// @param patience how long it was waited for
  public static void leave(HttpServerRequest request, Duration patience) {
    var guard = guard(request.connection());
    if (guard != null) {
      guard.complain("it took nothing of an answer for %d ms".formatted(patience.toMillis()));
    }
    breakOff(request);
  }

  /// Closes the connection of a request of HTTP/1 that was answered before it had come whole, so
  /// that the peer sees the answer: what is still to come is thrown away, up to a bound. On the
  /// event loop of the request, when the answer was given.
  ///
  /// @param request of HTTP/1
  public static void hangUp(HttpServerRequest request) {
    var guard = guard(request.connection());
    if (guard != null) {
      guard.refused();
    }
    var _ = request.connection().close();
  }

  /// Gives a page one name with others of its kind, for those who watch.
  ///
  /// @param context of the request
  /// @param name in place of the path, with its slash in front
  public static void namePage(RoutingContext context, String name) {
    context.put(PAGE_NAME, name);
  }

  /// What a page is called by those who watch.
  ///
  /// @param context of the request
  /// @return the name that it was given; if it was given none, the path
  public static String pageName(RoutingContext context) {
    var name = context.<String>get(PAGE_NAME);
    return name == null ? context.normalizedPath() : name;
  }

  /// A page that waits for something to happen is open as long as a call is, and counts as one.
  private void countPage(RoutingContext context) {
    if (isPatient(context.request())) {
      countPatientPage(context);
      return;
    }
    if (budget.openPage()) {
      context.addEndHandler(_ -> budget.closePage());
      context.next();
      return;
    }
    var why =
        "%d pages are being answered, as many as may be".formatted(options.limits().pagesMax());
    budget.refusals.refused(Shortage.PAGES, why);
    tooBusy(context, why);
  }

  /// Whether two digits follow each percent sign: the router would tell the log of each that has
  /// not.
  private static boolean isEncoded(String uri) {
    for (var i = uri.indexOf('%'); i >= 0; i = uri.indexOf('%', i + 1)) {
      if (i + 2 >= uri.length()
          || !HexFormat.isHexDigit(uri.charAt(i + 1))
          || !HexFormat.isHexDigit(uri.charAt(i + 2))) {
        return false;
      }
    }
    return true;
  }

  /// Netty refuses lengths that contradict each other. What is encoded otherwise than in chunks,
  /// somebody in between might have understood otherwise.
  private static boolean hasClearLength(HttpServerRequest request) {
    var encodings = request.headers().getAll("transfer-encoding");
    return encodings.isEmpty()
        || (encodings.size() == 1 && encodings.getFirst().equalsIgnoreCase("chunked"));
  }

  /// Whether it is clear which host is meant; only HTTP/1.0 need not say so.
  private static boolean hasClearHost(HttpServerRequest request) {
    var hosts = request.headers().getAll("host").size();
    return hosts == 0
        ? request.version() == HttpVersion.HTTP_1_0
        : hosts == 1 && request.authority() != null;
  }

  private static void refuse(HttpServerRequest request, String why) {
    var _ =
        request
            .response()
            .setStatusCode(400)
            .putHeader("connection", "close")
            .putHeader("content-type", TEXT)
            .end(why + "\n")
            .onComplete(_ -> hangUp(request));
  }

  private static boolean isPatient(HttpServerRequest request) {
    return WAITING_HEADERS.stream().anyMatch(request.headers()::contains)
        || request.headers().getAll("accept").stream()
            .anyMatch(accepted -> accepted.toLowerCase(Locale.ROOT).contains(EVENT_STREAM))
        || request.getParam("wait") != null
        || "live".equals(request.getParam("format"));
  }

  private void countPatientPage(RoutingContext context) {
    if (budget.openCall()) {
      context.addEndHandler(_ -> budget.closeCall());
      context.next();
      return;
    }
    var why = "%d calls are open, as many as may be".formatted(options.limits().callsMax());
    budget.refusals.refused(Shortage.CALLS, why);
    tooBusy(context, why);
  }

  private static void tooBusy(RoutingContext context, String why) {
    context
        .response()
        .setStatusCode(503)
        .putHeader("retry-after", RETRY_AFTER_SECONDS)
        .putHeader("content-type", TEXT)
        .end("The server is too busy: %s; try again in a moment\n".formatted(why));
  }

  private void accept(Loop loop, HttpServerRequest request) {
    var path = request.uri();
    var handler = path == null ? null : calls.get(path);
    if (!isGrpc(request.getHeader("content-type"))) {
      if (handler != null) {
        request.response().setStatusCode(415).end("This path is a gRPC method\n");
      } else if ("*".equals(path)) {
        // Of the server as a whole there is nothing to ask but whether it is there.
        request
            .response()
            .setStatusCode(request.method().equals(HttpMethod.OPTIONS) ? 200 : 400)
            .end();
      } else if (path != null && !isEncoded(path)) {
        request
            .response()
            .setStatusCode(400)
            .putHeader("content-type", TEXT)
            .end("The URL is not encoded as it should be\n");
      } else {
        router.handle(request);
      }
    } else if (request.version() != HttpVersion.HTTP_2) {
      request.response().setStatusCode(426).putHeader("upgrade", "h2c").end("gRPC needs HTTP/2\n");
    } else if (!request.method().equals(HttpMethod.POST)) {
      request.response().setStatusCode(405).putHeader("allow", "POST").end();
    } else {
      answer(loop, request, handler);
    }
  }

  private void answer(Loop loop, HttpServerRequest request, @Nullable GrpcHandler handler) {
    var share = share(loop, request.connection());
    var refusal = share.refusesCalls();
    if (refusal.isPresent()) {
      new Http2Call(loop, request, log, 0, share, () -> {})
          .open(call -> tooBusy(call, refusal.get()));
    } else if (budget.openCall()) {
      new Http2Call(loop, request, log, options.messageBytesMax(), share, budget::closeCall)
          .open(closing.get() ? Edge::refuse : handler != null ? handler : Edge::unimplemented);
    } else {
      new Http2Call(loop, request, log, 0, share, () -> {}).open(this::tooManyCalls);
    }
  }

  private Share share(Loop loop, HttpConnection connection) {
    var guard = guard(connection);
    var share = guard != null ? guard.share() : new Share(budget);
    share.on(loop);
    return share;
  }

  /// What a connection of this edge holds.
  static Share share(HttpConnection connection) {
    return Objects.requireNonNull(guard(connection), "Each connection has its guard").share();
  }

  private static @Nullable Guard guard(HttpConnection connection) {
    return connection instanceof ConnectionBase base
        ? base.channelHandlerContext().pipeline().get(Guard.class)
        : null;
  }

  private GrpcListener tooManyCalls(GrpcCall call) {
    var why = "%d calls are open, as many as may be".formatted(options.limits().callsMax());
    budget.refusals.refused(Shortage.CALLS, why);
    return tooBusy(call, "Server Is Too Busy: %s; try again in a moment".formatted(why));
  }

  private static GrpcListener tooBusy(GrpcCall call, String why) {
    call.fail(GrpcStatus.RESOURCE_EXHAUSTED, why);
    return new Ignoring();
  }

  private static boolean isGrpc(@Nullable String contentType) {
    if (contentType == null || !contentType.startsWith(GRPC)) {
      return false;
    }
    return contentType.length() == GRPC.length()
        || contentType.charAt(GRPC.length()) == '+'
        || contentType.charAt(GRPC.length()) == ';';
  }

  private static GrpcListener unimplemented(GrpcCall call) {
    call.fail(GrpcStatus.UNIMPLEMENTED, "There is no method " + call.path());
    return new Ignoring();
  }

  private static GrpcListener refuse(GrpcCall call) {
    call.fail(GrpcStatus.UNAVAILABLE, "The server is shutting down");
    return new Ignoring();
  }

  private HttpServerOptions httpOptions() throws IOException {
    var http = new HttpServerOptions();
    if (identity != null) {
      http.setSsl(true).setUseAlpn(true);
      // Each costs milliseconds, and whoever begins them by the thousand is to hold up no calls.
      http.setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true));
      Encryption.configure(http.getSslOptions(), identity, options.openingTimeout());
    }
    return http.setHost(options.host())
        .setAcceptBacklog(ACCEPT_BACKLOG)
        .setTcpNoDelay(true)
        .setTcpKeepAlive(true)
        .setMaxHeaderSize(options.headerBytesMax())
        .setMaxInitialLineLength(URI_CHARS_MAX)
        .setHandle100ContinueAutomatically(true)
        .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
        .setHttp2RstFloodMaxRstFramePerWindow(RESETS_MAX)
        .setHttp2RstFloodWindowDuration(RESETS_SECONDS)
        .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(options.limits().callsPerConnectionMax())
                .setInitialWindowSize(STREAM_WINDOW_BYTES)
                .setMaxHeaderListSize(options.headerBytesMax()));
  }

  private static void await(Future<?> future, Duration patience) throws IOException {
    try {
      future
          .toCompletionStage()
          .toCompletableFuture()
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("nothing happened for " + patience, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void awaitQuietly(Future<?> future, Duration patience) {
    try {
      await(future, patience);
    } catch (IOException _) {
      // What did not end by itself in time is ended by the next step.
    }
  }

  /// One event loop's part of the port. Vert.x spreads the connections.
  private final class Listening extends VerticleBase {

    @Override
    public Future<?> start() throws IOException {
      var loop = new Loop(((ContextInternal) context()).nettyEventLoop());
      var server =
          vertx
              .createHttpServer(httpOptions())
              .requestHandler(request -> received(loop, request))
              .invalidRequestHandler(this::refuseInvalid)
              .connectionHandler(this::opened)
              .exceptionHandler(_ -> {});
      loop.checkArrivals(options.openingTimeout());
      loops.add(loop);
      servers.add(server);
      return server.listen(
          options.port() == 0
              ? SocketAddress.sharedRandomPort(SHARED_PORT, options.host())
              : SocketAddress.inetSocketAddress(options.port(), options.host()));
    }

    private Context context() {
      return context;
    }

    private void received(Loop loop, HttpServerRequest request) {
      if (request.version() != HttpVersion.HTTP_2) {
        var guard = guard(request.connection());
        if (guard != null) {
          if (guard.isRefused()) {
            return;
          }
          guard.asked(request);
        }
        if (!hasClearLength(request)) {
          refuse(request, "The only Transfer-Encoding of a request is chunked");
          return;
        }
        if (!hasClearHost(request)) {
          refuse(
              request,
              "A request has one header Host, a name or an address with or without a port");
          return;
        }
      }
      accept(loop, request);
    }

    private void opened(HttpConnection connection) {
      var guard = guard(connection);
      if (guard != null) {
        guard.opened(connection);
        connection.exceptionHandler(failure -> {
          if (!(failure instanceof IOException)) {
            guard.complain(String.valueOf(failure.getMessage()));
          }
        });
      }
    }

    private void refuseInvalid(HttpServerRequest request) {
      var guard = guard(request.connection());
      if (guard != null) {
        var cause = request.decoderResult().cause();
        guard.complain("it sent what is not HTTP: " + (cause == null ? "?" : cause.getMessage()));
        guard.refused();
      }
      HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
    }
  }

  /// Hears nothing: the call has failed already.
  private static final class Ignoring implements GrpcListener {
    @Override
    public void message(byte[] bytes, int offset, int length) {}

    @Override
    public void halfClosed() {}
  }
}

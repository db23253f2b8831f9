// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import io.leftfold.toolkit.TooManyConflictsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// JSON over the HTTP server of the JDK, a virtual thread for each request: finds the route, reads
/// the body, and answers what goes wrong as problems (RFC 9457). Knows nothing of banks.
final class HttpEdge implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(HttpEdge.class.getName());

  /// Of two fields of one name nobody knows which one is meant.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final int BODY_BYTES_MAX = 64 * 1024;

  private final HttpServer server;
  private final ExecutorService threads;
  private final List<Route> routes;

  /// What is served at a path, in which `{name}` stands for any segment.
  record Route(String method, String path, Handler handler) {
    Optional<Map<String, String>> match(List<String> segments) {
      var wanted = Arrays.asList(path.split("/", -1));
      if (wanted.size() != segments.size()) {
        return Optional.empty();
      }
      var names = new HashMap<String, String>();
      for (var i = 0; i < wanted.size(); i++) {
        var segment = wanted.get(i);
        if (segment.startsWith("{")) {
          names.put(segment.substring(1, segment.length() - 1), segments.get(i));
        } else if (!segment.equals(segments.get(i))) {
          return Optional.empty();
        }
      }
      return Optional.of(names);
    }
  }

  @FunctionalInterface
  interface Handler {
    Response answer(Request request) throws InterruptedException;
  }

  /// @param segments what the names of the route stand for
  /// @param query the parameters behind the question mark
  /// @param body an empty object if there is none
  record Request(
      String method,
      String path,
      Map<String, String> segments,
      Map<String, String> query,
      ObjectNode body,
      Optional<String> idempotencyKey) {
    String segment(String name) {
      return segments.getOrDefault(name, "");
    }

    Optional<String> query(String name) {
      return Optional.ofNullable(query.get(name));
    }
  }

  record Response(int status, String contentType, Map<String, String> headers, byte[] body) {
    static Response json(int status, Object body) {
      return new Response(status, "application/json", Map.of(), JSON.writeValueAsBytes(body));
    }

    Response with(String header, String value) {
      var more = new HashMap<>(headers);
      more.put(header, value);
      return new Response(status, contentType, more, body);
    }
  }

  /// What went wrong with a request, for whoever made it.
  static final class Problem extends RuntimeException {
    private final int status;
    private final String code;

    Problem(int status, String code, @Nullable String detail) {
      super(detail);
      this.status = status;
      this.code = code;
    }

    Response response() {
      var body =
          JSON.createObjectNode()
              .put("title", code)
              .put("status", status)
              .put("detail", getMessage());
      return new Response(
          status, "application/problem+json", Map.of(), JSON.writeValueAsBytes(body));
    }
  }

  private HttpEdge(HttpServer server, ExecutorService threads, List<Route> routes) {
    this.server = server;
    this.threads = threads;
    this.routes = routes;
  }

  /// Serves routes on loopback.
  ///
  /// @param port 0 for any that is free
  static HttpEdge start(int port, List<Route> routes, ThreadFactory factory) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      var server = HttpServer.create(address, 0);
      var threads = Executors.newThreadPerTaskExecutor(factory);
      var edge = new HttpEdge(server, threads, List.copyOf(routes));
      server.createContext("/", edge::serve);
      server.setExecutor(threads);
      server.start();
      return edge;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Port %d could not be taken: %s".formatted(port, e.getMessage()), e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      var response = answer(exchange);
      exchange.getResponseHeaders().set("Content-Type", response.contentType());
      response.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(response.status(), response.body().length);
      exchange.getResponseBody().write(response.body());
    }
  }

  private Response answer(HttpExchange exchange) throws IOException {
    try {
      return route(exchange);
    } catch (Problem problem) {
      return problem.response();
    } catch (UnavailableException | TooManyConflictsException e) {
      return later(exchange.getRequestMethod(), e).response().with("Retry-After", "1");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Problem(503, "unavailable", "The bank closes").response();
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.ERROR, "A request failed", e);
      return new Problem(500, "failed", "This is our fault; the log says more").response();
    }
  }

  /// What may have been done is asked for again as it was.
  private static Problem later(String method, RuntimeException failure) {
    if (!(failure instanceof UnavailableException unavailable)
        || unavailable.reason() != Reason.UNREACHABLE) {
      return new Problem(503, "unavailable", failure.getMessage());
    }
    return method.equals("GET")
        ? new Problem(503, "unavailable", "The store did not answer; ask again")
        : new Problem(
            503,
            "unanswered",
            "The store did not answer, so this may have been done or not; ask again with the same Idempotency-Key, and it is done once");
  }

  private Response route(HttpExchange exchange) throws IOException, InterruptedException {
    var path = exchange.getRequestURI().getRawPath();
    var segments = Arrays.stream(path.split("/", -1)).map(HttpEdge::decoded).toList();
    var others = new TreeSet<String>();
    for (var route : routes) {
      var names = route.match(segments);
      if (names.isPresent() && route.method().equals(exchange.getRequestMethod())) {
        return route.handler().answer(request(exchange, path, names.get()));
      }
      names.ifPresent(_ -> others.add(route.method()));
    }
    if (others.isEmpty()) {
      throw new Problem(
          404, "not-found", "There is nothing at %s; see /openapi.json".formatted(path));
    }
    return new Problem(
            405,
            "method-not-allowed",
            "At %s there is %s, but no %s"
                .formatted(path, String.join(", ", others), exchange.getRequestMethod()))
        .response()
        .with("Allow", String.join(", ", others));
  }

  private static Request request(HttpExchange exchange, String path, Map<String, String> names)
      throws IOException {
    return new Request(
        exchange.getRequestMethod(),
        path,
        names,
        query(exchange.getRequestURI().getRawQuery()),
        body(exchange),
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Idempotency-Key")));
  }

  private static Map<String, String> query(@Nullable String text) {
    var query = new HashMap<String, String>();
    if (text != null) {
      for (var part : text.split("&", -1)) {
        var words = part.split("=", 2);
        query.put(decoded(words[0]), words.length == 1 ? "" : decoded(words[1]));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static ObjectNode body(HttpExchange exchange) throws IOException {
    var bytes = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
    if (bytes.length == 0) {
      return JSON.createObjectNode();
    }
    if (bytes.length > BODY_BYTES_MAX) {
      throw new Problem(
          413,
          "too-large",
          "A body has at most %d bytes; this one has more".formatted(BODY_BYTES_MAX));
    }
    var type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type == null || !type.startsWith("application/json")) {
      throw new Problem(
          415, "not-json", "A body is application/json, got " + (type == null ? "none" : type));
    }
    try {
      if (JSON.readTree(bytes) instanceof ObjectNode object) {
        return object;
      }
      throw new Problem(400, "not-json", "A body is a JSON object, and this one is not");
    } catch (JacksonException e) {
      throw new Problem(400, "not-json", "The body is no JSON: " + e.getOriginalMessage());
    }
  }

  /// Takes no more requests, and ends those under way.
  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Pages and forms over the HTTP server of the JDK, a virtual thread for each request. Knows
/// nothing of carts.
final class HttpEdge implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(HttpEdge.class.getName());
  private static final int FORM_BYTES_MAX = 16 * 1024;

  /// Nothing comes from elsewhere, and nothing that is written into a page is run.
  private static final Map<String, String> ALWAYS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
              + " img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "same-origin");

  private final HttpServer server;
  private final ExecutorService threads;
  private final List<Route> routes;
  private final Function<Problem, Response> problems;

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
  /// @param form what was filled in
  record Request(
      Map<String, String> segments,
      Map<String, String> query,
      Map<String, String> form,
      Map<String, String> cookies) {
    String segment(String name) {
      return segments.getOrDefault(name, "");
    }

    String form(String name) {
      return form.getOrDefault(name, "");
    }
  }

  record Response(int status, Map<String, String> headers, byte[] body) {
    static Response of(int status, String contentType, byte[] body) {
      return new Response(status, Map.of("Content-Type", contentType), body);
    }

    /// To be asked for with GET, also by whoever has posted.
    static Response seeOther(String path) {
      return new Response(303, Map.of("Location", path), new byte[0]);
    }

    Response with(String header, String value) {
      var more = new HashMap<>(headers);
      more.put(header, value);
      return new Response(status, more, body);
    }
  }

  /// What went wrong with a request, for whoever made it.
  static final class Problem extends RuntimeException {
    private final int status;

    Problem(int status, String message) {
      super(message);
      this.status = status;
    }

    int status() {
      return status;
    }

    String message() {
      return String.valueOf(getMessage());
    }
  }

  private HttpEdge(
      HttpServer server,
      ExecutorService threads,
      List<Route> routes,
      Function<Problem, Response> problems) {
    this.server = server;
    this.threads = threads;
    this.routes = routes;
    this.problems = problems;
  }

  /// Serves routes on loopback.
  ///
  /// @param port 0 for any that is free
  /// @param problems how somebody is told what went wrong
  static HttpEdge start(
      int port, List<Route> routes, Function<Problem, Response> problems, ThreadFactory factory) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      var server = HttpServer.create(address, 0);
      var threads = Executors.newThreadPerTaskExecutor(factory);
      var edge = new HttpEdge(server, threads, List.copyOf(routes), problems);
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
      ALWAYS.forEach(exchange.getResponseHeaders()::set);
      response.headers().forEach(exchange.getResponseHeaders()::set);
      if (response.body().length == 0) {
        exchange.sendResponseHeaders(response.status(), -1);
      } else {
        exchange.sendResponseHeaders(response.status(), response.body().length);
        exchange.getResponseBody().write(response.body());
      }
    }
  }

  private Response answer(HttpExchange exchange) throws IOException {
    try {
      return route(exchange);
    } catch (Problem problem) {
      return problems.apply(problem);
    } catch (UnavailableException | TooManyConflictsException e) {
      return problems.apply(new Problem(503, whatToDo(e))).with("Retry-After", "1");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return problems.apply(new Problem(503, "The shop closes"));
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.ERROR, "A request failed", e);
      return problems.apply(new Problem(500, "This is our fault; the log says more"));
    }
  }

  private static String whatToDo(RuntimeException failure) {
    return failure instanceof UnavailableException unavailable
            && unavailable.reason() == Reason.UNREACHABLE
        ? "The store did not answer, so this may have been done or not; look into the cart before you do it again"
        : String.valueOf(failure.getMessage());
  }

  private Response route(HttpExchange exchange) throws IOException, InterruptedException {
    var path = exchange.getRequestURI().getRawPath();
    var segments = Arrays.stream(path.split("/", -1)).map(HttpEdge::decoded).toList();
    var methods = new ArrayList<String>();
    for (var route : routes) {
      var names = route.match(segments);
      if (names.isPresent() && route.method().equals(exchange.getRequestMethod())) {
        return route.handler().answer(request(exchange, names.get()));
      }
      names.ifPresent(_ -> methods.add(route.method()));
    }
    if (methods.isEmpty()) {
      throw new Problem(404, "There is nothing at %s".formatted(path));
    }
    var allowed = String.join(", ", methods);
    return problems
        .apply(
            new Problem(
                405,
                "At %s there is %s, but no %s"
                    .formatted(path, allowed, exchange.getRequestMethod())))
        .with("Allow", allowed);
  }

  private static Request request(HttpExchange exchange, Map<String, String> names)
      throws IOException {
    return new Request(
        names,
        pairs(exchange.getRequestURI().getRawQuery()),
        exchange.getRequestMethod().equals("POST") ? form(exchange) : Map.of(),
        cookies(exchange.getRequestHeaders()));
  }

  /// Forms of other sites are not taken: their reader did not see what they want here.
  private static Map<String, String> form(HttpExchange exchange) throws IOException {
    var site = exchange.getRequestHeaders().getFirst("Sec-Fetch-Site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      throw new Problem(403, "This form was sent from another site");
    }
    var bytes = exchange.getRequestBody().readNBytes(FORM_BYTES_MAX + 1);
    if (bytes.length > FORM_BYTES_MAX) {
      throw new Problem(
          413, "A form has at most %d bytes; this one has more".formatted(FORM_BYTES_MAX));
    }
    return pairs(new String(bytes, UTF_8));
  }

  private static Map<String, String> pairs(@Nullable String text) {
    var pairs = new HashMap<String, String>();
    if (text != null && !text.isEmpty()) {
      for (var part : text.split("&", -1)) {
        var words = part.split("=", 2);
        pairs.put(decoded(words[0]), words.length == 1 ? "" : decoded(words[1]));
      }
    }
    return pairs;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Problem(400, "This is no address: %s".formatted(e.getMessage()));
    }
  }

  private static Map<String, String> cookies(Headers headers) {
    var cookies = new HashMap<String, String>();
    for (var header : headers.getOrDefault("Cookie", List.of())) {
      for (var part : header.split(";", -1)) {
        var words = part.strip().split("=", 2);
        cookies.put(words[0], words.length == 1 ? "" : words[1]);
      }
    }
    return cookies;
  }

  /// Takes no more requests, and ends those under way.
  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}

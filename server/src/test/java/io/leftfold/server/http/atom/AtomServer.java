// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A server in memory, and a client of plain HTTP that does not follow redirects.
final class AtomServer implements AutoCloseable {

  static final String ATOM = "application/vnd.eventstore.atom+json";
  static final String EVENTS = "application/vnd.eventstore.events+json";

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3}[^\r]*)\r");

  final LocalEventStore store = LocalEventStore.inMemory();
  private final LeftfoldServer server;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  AtomServer() {
    this(ServerOptions.insecure());
  }

  AtomServer(ServerOptions options) {
    server = LeftfoldServer.start(store, options.withAddress("127.0.0.1", 0));
    store.whenIndexed().toCompletableFuture().join();
  }

  int port() {
    return server.port();
  }

  int connections() {
    return server.connections();
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.port() + path;
  }

  /// @param request a method, and a path or a URL of this server
  HttpResponse<String> ask(String request, String body, String... headers) {
    var words = request.split(" ", 2);
    var url = words[1].startsWith("http") ? words[1] : url(words[1]);
    var builder =
        HttpRequest.newBuilder(URI.create(url))
            .method(
                words[0], body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (headers.length > 0) {
      builder.headers(headers);
    }
    try {
      return http.send(builder.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(request, e);
    }
  }

  HttpResponse<String> get(String path, String... headers) {
    return ask("GET " + path, "", headers);
  }

  JsonObject feed(String path, String... headers) {
    var all = Stream.concat(Stream.of("Accept", ATOM), Stream.of(headers)).toArray(String[]::new);
    var response = get(path, all);
    if (response.statusCode() != 200) {
      throw new IllegalStateException("%s: %s %s".formatted(path, response, response.body()));
    }
    return new JsonObject(response.body());
  }

  static Map<String, String> links(JsonObject feed) {
    return feed.getJsonArray("links").stream()
        .map(JsonObject.class::cast)
        .collect(
            Collectors.toMap(link -> link.getString("relation"), link -> link.getString("uri")));
  }

  static String link(JsonObject feed, String relation) {
    return Objects.requireNonNull(links(feed).get(relation), relation);
  }

  static List<JsonObject> entries(JsonObject feed) {
    return feed.getJsonArray("entries").stream().map(JsonObject.class::cast).toList();
  }

  static List<String> titles(JsonObject feed) {
    return entries(feed).stream().map(entry -> entry.getString("title")).toList();
  }

  /// Appends without HTTP.
  void append(String stream, int count) {
    var events =
        IntStream.range(0, count)
            .mapToObj(i -> ProposedEvent.json("Tested", "{\"n\":%d}".formatted(i)))
            .toList();
    store.append(StreamName.of(stream), ExpectedState.any(), events);
  }

  static String event(String type, String data) {
    return "{\"eventId\":\"%s\",\"eventType\":\"%s\",\"data\":%s}"
        .formatted(UUID.randomUUID(), type, data);
  }

  static String events(String... events) {
    return "[" + String.join(",", events) + "]";
  }

  static JsonArray array(String body) {
    return new JsonArray(body);
  }

  /// What comes back for bytes, until the server closes the connection.
  List<String> raw(String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return STATUS.matcher(answer).results().map(found -> found.group(1)).toList();
    }
  }

  @Override
  public void close() {
    http.close();
    server.close();
    store.close();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One port for HTTP and gRPC, and gRPC as no library would speak it.
@Timeout(60)
class EdgeHttpTest {

  private static final int MESSAGE_BYTES_MAX = 100_000;

  /// Of which a connection may have all.
  private static final int REQUEST_BYTES_MAX = 500_000;

  private Edge edge;
  private Vertx vertx;
  private io.vertx.core.http.HttpClient client;

  @BeforeEach
  void listen() throws IOException {
    edge =
        Edge.start(
            EdgeOptions.defaults()
                .withAddress("127.0.0.1", 0)
                .withEventLoops(2)
                .withMessages(MESSAGE_BYTES_MAX)
                .withLimits(
                    EdgeOptions.defaults()
                        .limits()
                        .withRequests(REQUEST_BYTES_MAX, REQUEST_BYTES_MAX)),
            Map.of("/test.Test/Echo", EdgeHttpTest::echo, "/test.Test/Keep", EdgeHttpTest::keep),
            http -> {
              http.get("/ping").handler(context -> context.end("pong"));
              http.get("/slow").handler(context -> vertx.setTimer(50, _ -> context.end("slow")));
            });
    vertx = Vertx.vertx();
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MultiplexingLimit(100));
  }

  @AfterEach
  void close() throws Exception {
    edge.close(Duration.ZERO);
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static GrpcListener keep(GrpcCall call) {
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        call.keep(length);
      }

      @Override
      public void halfClosed() {
        call.complete();
      }
    };
  }

  private static GrpcListener echo(GrpcCall call) {
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        call.send(bytes, offset, length);
      }

      @Override
      public void halfClosed() {
        call.complete();
      }
    };
  }

  // ---- HTTP

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void http_is_answered_in_both_versions(HttpClient.Version version) throws Exception {
    try (var http = HttpClient.newBuilder().version(version).build()) {
      var request = HttpRequest.newBuilder(URI.create(url("/ping"))).build();
      var response = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(response.body()).isEqualTo("pong");
      assertThat(response.version()).isEqualTo(version);
    }
  }

  @Test
  void pipelined_requests_are_answered_in_order() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), edge.port())) {
      var slow = "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n";
      var ping = "GET /ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
      socket.getOutputStream().write((slow + ping).getBytes(US_ASCII));
      var answers = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      assertThat(answers.indexOf("slow")).isPositive().isLessThan(answers.indexOf("pong"));
    }
  }

  @Test
  void an_unknown_path_is_not_found() throws Exception {
    assertThat(http1("GET", "/nothing", "text/plain").statusCode()).isEqualTo(404);
  }

  @Test
  void a_grpc_path_wants_grpc() throws Exception {
    assertThat(http1("POST", "/test.Test/Echo", "application/json").statusCode()).isEqualTo(415);
    assertThat(http1("POST", "/test.Test/Echo", "application/grpc-web").statusCode())
        .isEqualTo(415);
  }

  @Test
  void grpc_wants_http_2() throws Exception {
    assertThat(http1("POST", "/test.Test/Echo", "application/grpc").statusCode()).isEqualTo(426);
  }

  @Test
  void grpc_wants_post() throws Exception {
    var answer = grpc(HttpMethod.PUT, Map.of(), Buffer.buffer());
    assertThat(answer.response.statusCode()).isEqualTo(405);
  }

  // ---- gRPC, by hand

  @ParameterizedTest
  @ValueSource(strings = {"application/grpc", "application/grpc+proto", "application/grpc;x=y"})
  void every_content_type_of_grpc_is_taken(String type) throws Exception {
    var answer = grpc(HttpMethod.POST, Map.of("content-type", type), frame(0, "hi"));
    assertThat(answer.status()).isEqualTo("0");
    assertThat(answer.body.getBytes()).isEqualTo(frame(0, "hi").getBytes());
    assertThat(answer.response.getHeader("content-type")).isEqualTo("application/grpc");
  }

  @Test
  void a_request_that_ends_within_a_message_is_an_error() throws Exception {
    var whole = frame(0, "hello");
    for (var length = 1; length < whole.length(); length++) {
      var answer = grpc(HttpMethod.POST, Map.of(), whole.getBuffer(0, length));
      assertThat(answer.status()).as("cut to %d", length).isEqualTo("13");
    }
  }

  @ParameterizedTest
  @CsvSource({"1,,13", "1,identity,13", "1,snappy,12", "1,gzip,13", "2,gzip,13", "0,snappy,0"})
  void compression_is_refused_as_the_specification_says(int flag, String encoding, String expected)
      throws Exception {
    var headers = encoding == null ? Map.<String, String>of() : Map.of("grpc-encoding", encoding);
    var answer = grpc(HttpMethod.POST, headers, frame(flag, "not compressed"));
    assertThat(answer.status()).isEqualTo(expected);
    assertThat(answer.response.getHeader("grpc-accept-encoding")).contains("gzip");
  }

  @Test
  void a_giant_length_is_refused_at_once() throws Exception {
    var answer = grpc(HttpMethod.POST, Map.of(), Buffer.buffer(new byte[] {0, -1, -1, -1, -1}));
    assertThat(answer.status()).isEqualTo("8");
    assertThat(answer.message()).contains("100000").contains("4294967295");
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-1S", "100000000000S", "1"})
  void a_timeout_that_is_none_is_an_error(String timeout) throws Exception {
    var answer = grpc(HttpMethod.POST, Map.of("grpc-timeout", timeout), frame(0, "hi"));
    assertThat(answer.status()).isEqualTo("13");
    assertThat(answer.message()).isEqualTo("\"%s\" is no grpc-timeout".formatted(timeout));
  }

  @Test
  void a_timeout_of_nothing_is_over_at_once() throws Exception {
    assertThat(grpc(HttpMethod.POST, Map.of("grpc-timeout", "0n"), frame(0, "hi")).status())
        .isEqualTo("4");
  }

  @Test
  void a_message_in_pieces_of_one_byte_is_put_together() throws Exception {
    var request = request(HttpMethod.POST, Map.of());
    var bytes = frame(0, "piece by piece");
    var response = request.response().compose(EdgeHttpTest::whole);
    for (var i = 0; i < bytes.length(); i++) {
      get(request.write(bytes.getBuffer(i, i + 1)));
    }
    request.end();
    var answer = get(response);
    assertThat(answer.status()).isEqualTo("0");
    assertThat(answer.body).isEqualTo(bytes);
  }

  @Test
  void unfinished_messages_of_all_calls_together_are_limited() throws Exception {
    // Each call sends 90,000 bytes of a message of 100,000; five fit into the limit.
    var prefix = frame(0, "x".repeat(100_000)).getBuffer(0, 90_005);
    var refused = 0;
    for (var i = 0; i < 12; i++) {
      var request = request(HttpMethod.POST, Map.of());
      get(request.write(prefix));
      var response = request.response().compose(EdgeHttpTest::whole);
      if (i >= 8) {
        assertThat(get(response).status()).isEqualTo("8");
        refused++;
      }
    }
    assertThat(refused).isEqualTo(4);
    // What fits goes on.
    assertThat(grpc(HttpMethod.POST, Map.of(), frame(0, "small")).status()).isEqualTo("0");
  }

  @Test
  void what_is_kept_of_unfinished_requests_of_all_calls_together_is_limited() throws Exception {
    // Each call keeps 90,000 bytes; five fit into the limit, as often as they are made.
    var part = frame(0, "x".repeat(45_000));
    for (var times = 0; times < 3; times++) {
      var kept = new ArrayList<HttpClientRequest>();
      for (var i = 0; i < 5; i++) {
        var request = keeping();
        get(request.write(part));
        get(request.write(part));
        kept.add(request);
      }
      var oneTooMany = keeping();
      var refused = oneTooMany.response().compose(EdgeHttpTest::whole);
      oneTooMany.write(part);
      oneTooMany.write(part);
      assertThat(get(refused).status()).isEqualTo("8");
      for (var request : kept) {
        var answer = request.response().compose(EdgeHttpTest::whole);
        get(request.end());
        assertThat(get(answer).status()).isEqualTo("0");
      }
    }
  }

  @Test
  void a_port_that_is_taken_says_so() {
    var taken = EdgeOptions.defaults().withAddress("127.0.0.1", edge.port());
    assertThatThrownBy(() -> Edge.start(taken, Map.of(), http -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot listen on 127.0.0.1:" + edge.port());
  }

  @Test
  void a_fixed_port_is_shared_by_all_event_loops() throws IOException {
    edge.close(Duration.ZERO);
    var again =
        Edge.start(
            EdgeOptions.defaults().withAddress("127.0.0.1", edge.port()).withEventLoops(3),
            Map.of(),
            http -> {});
    assertThat(again.port()).isEqualTo(edge.port());
    again.close(Duration.ZERO);
  }

  // ---- tools

  private record Answer(HttpClientResponse response, Buffer body) {
    String status() {
      var status = response.getTrailer("grpc-status");
      return status != null ? status : String.valueOf(response.getHeader("grpc-status"));
    }

    String message() throws Exception {
      var message = response.getTrailer("grpc-message");
      return java.net.URLDecoder.decode(
          message != null ? message : String.valueOf(response.getHeader("grpc-message")), UTF_8);
    }
  }

  private Answer grpc(HttpMethod method, Map<String, String> headers, Buffer body)
      throws Exception {
    var request = request(method, headers);
    // Before anything is sent: a body that nobody asks for as it arrives is gone.
    var answer = request.response().compose(EdgeHttpTest::whole);
    get(request.end(body));
    return get(answer);
  }

  private static Future<Answer> whole(HttpClientResponse response) {
    return response.body().map(body -> new Answer(response, body));
  }

  private HttpClientRequest keeping() throws Exception {
    return request(HttpMethod.POST, "/test.Test/Keep", Map.of());
  }

  private HttpClientRequest request(HttpMethod method, Map<String, String> headers)
      throws Exception {
    return request(method, "/test.Test/Echo", headers);
  }

  private HttpClientRequest request(HttpMethod method, String path, Map<String, String> headers)
      throws Exception {
    var request = get(client.request(method, edge.port(), "127.0.0.1", path));
    request.putHeader("content-type", "application/grpc");
    headers.forEach(request::putHeader);
    request.setChunked(true);
    return request;
  }

  private HttpResponse<String> http1(String method, String path, String contentType)
      throws Exception {
    try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var body =
          method.equals("GET")
              ? HttpRequest.BodyPublishers.noBody()
              : HttpRequest.BodyPublishers.ofString("{}");
      return http.send(
          HttpRequest.newBuilder(URI.create(url(path)))
              .method(method, body)
              .header("content-type", contentType)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private String url(String path) {
    return "http://127.0.0.1:" + edge.port() + path;
  }

  private static Buffer frame(int flag, String message) {
    var bytes = message.getBytes(UTF_8);
    return Buffer.buffer().appendByte((byte) flag).appendInt(bytes.length).appendBytes(bytes);
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}

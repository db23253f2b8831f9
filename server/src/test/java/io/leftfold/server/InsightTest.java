// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.grpc.stub.StreamObserver;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.groups.ReadReq;
import io.leftfold.protocol.messages.groups.ReadResp;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.store.Wire;
import io.leftfold.protocol.messages.tcp.WriteEvents;
import io.leftfold.server.GroupMetricsTest.GroupsOf;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is sent by OTLP, to a receiver in this process.
@Timeout(60)
final class InsightTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "b7ad6b7169203331";

  private final BlockingQueue<Span> spans = new LinkedBlockingQueue<>();
  private final BlockingQueue<ExportMetricsServiceRequest> metrics = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> secrets = new LinkedBlockingQueue<>();
  private HttpServer receiver;
  private Telemetry telemetry;
  private RunningServer server;

  @BeforeEach
  void start() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/v1/traces",
        exchange -> {
          secrets.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-secret")));
          var request = ExportTraceServiceRequest.parseFrom(plain(exchange));
          request
              .getResourceSpansList()
              .forEach(resource ->
                  resource
                      .getScopeSpansList()
                      .forEach(scope -> spans.addAll(scope.getSpansList())));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    receiver.createContext(
        "/v1/metrics",
        exchange -> {
          metrics.add(ExportMetricsServiceRequest.parseFrom(plain(exchange)));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    receiver.start();
    var otlp =
        new Telemetry.Otlp(
            URI.create("http://127.0.0.1:%d/".formatted(receiver.getAddress().getPort())),
            Map.of("x-secret", "s3cret"),
            1,
            Duration.ofMillis(20),
            Duration.ofSeconds(1));
    telemetry = Telemetry.defaults().withOtlp(otlp);
    server = new RunningServer(LocalEventStore.inMemory(), telemetry);
  }

  private static InputStream plain(com.sun.net.httpserver.HttpExchange exchange)
      throws IOException {
    var body = new ByteArrayInputStream(exchange.getRequestBody().readAllBytes());
    return "gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding"))
        ? new GZIPInputStream(body)
        : body;
  }

  @AfterEach
  void stop() {
    server.close();
    receiver.stop(0);
  }

  private Span await(Predicate<Span> wanted) throws InterruptedException {
    while (true) {
      var span = spans.poll(30, TimeUnit.SECONDS);
      assertThat(span).as("a span").isNotNull();
      if (wanted.test(span)) {
        return span;
      }
    }
  }

  private static String hex(com.google.protobuf.ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  @Test
  void a_call_is_a_span_below_that_of_its_caller() throws InterruptedException {
    var client = server.clientWith("traceparent", "00-%s-%s-01".formatted(TRACE, PARENT));

    RunningServer.append(client, "account-1", 1, "");

    var span = await(each -> each.getName().equals("leftfold.v1.Store/Append"));
    assertThat(hex(span.getTraceId())).isEqualTo(TRACE);
    assertThat(hex(span.getParentSpanId())).isEqualTo(PARENT);
    assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(span.getAttributesList().toString()).contains("rpc.grpc.status_code");
    assertThat(secrets).containsOnly("s3cret");
  }

  @Test
  void a_request_to_a_page_is_a_span_below_that_of_its_caller() throws Exception {
    var parent = "00-%s-%s-01".formatted(TRACE, PARENT);
    for (var page : List.of("/info", "/metrics", "/health/live", "/health/ready", "/ping")) {
      assertThat(server.get(page, "traceparent", parent).statusCode()).isLessThan(300);

      var span = await(each -> each.getName().equals("GET " + page));
      assertThat(hex(span.getTraceId())).isEqualTo(TRACE);
      assertThat(hex(span.getParentSpanId())).isEqualTo(PARENT);
      assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
      assertThat(span.getAttributesList().toString())
          .contains("http.route", page, "http.response.status_code", "http.request.method");
    }
  }

  @Test
  void a_request_over_tcp_is_a_span_with_the_kind_of_its_answer() throws Exception {
    var options =
        ServerOptions.insecure()
            .withAddress("127.0.0.1", 0)
            .withTelemetry(telemetry)
            .withTcp(TcpOptions.defaults().withPort(0));
    var write =
        WriteEvents.newBuilder()
            .setEventStreamId(ByteString.copyFromUtf8("account-1"))
            .setExpectedVersion(-2)
            .build()
            .toByteArray();
    var length = 18 + write.length;
    var frame =
        ByteBuffer.allocate(4 + length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(length)
            .put((byte) 0x82)
            .put(new byte[17])
            .put(write);
    try (var store = LocalEventStore.inMemory();
        var traced = LeftfoldServer.start(store, options);
        var socket = new Socket(InetAddress.getLoopbackAddress(), traced.tcpPort())) {
      socket.getOutputStream().write(frame.array());

      var span = await(each -> each.getName().equals("tcp/WRITE_EVENTS"));
      assertThat(span.getParentSpanId().isEmpty()).isTrue();
      assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
      assertThat(span.getAttributesList().toString())
          .contains("rpc.method", "leftfold.answer", "WRITE_EVENTS_COMPLETED");
    }
  }

  @Test
  void what_is_no_page_is_a_span_without_its_name_and_without_credentials() throws Exception {
    assertThat(server.get("/secret?password=s3", "authorization", "Basic abc").statusCode())
        .isEqualTo(404);

    var span = await(each -> each.getKind() == Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(span.getName()).isEqualTo("GET");
    assertThat(span.toString()).contains("404").doesNotContain("secret", "s3", "abc");
  }

  @Test
  void a_caller_that_does_not_want_its_trace_kept_gets_no_span() throws InterruptedException {
    var client = server.clientWith("traceparent", "00-%s-%s-00".formatted(TRACE, PARENT));

    RunningServer.append(client, "account-1", 1, "");
    server.append("account-2", 1);

    var first = await(each -> each.getName().equals("leftfold.v1.Store/Append"));
    assertThat(hex(first.getTraceId())).isNotEqualTo(TRACE);
  }

  @Test
  void an_event_that_carries_a_trace_shows_in_it_when_it_is_delivered()
      throws InterruptedException {
    var metadata = "{\"$traceId\":\"%s\",\"$spanId\":\"%s\"}".formatted(TRACE, PARENT);
    RunningServer.append(server.client(), "account-1", 1, metadata);
    RunningServer.append(server.client(), "account-1", 1, "{\"$traceId\":7,\"$spanId\":[]}");
    RunningServer.append(server.client(), "account-1", 1, "not JSON: \"$trace");

    var answers =
        server
            .client()
            .subscribe(
                Wire.SubscribeRequest.newBuilder()
                    .setStream("account-1")
                    .setBeginning(Wire.Nothing.getDefaultInstance())
                    .build());
    assertThat(answers.hasNext()).isTrue();

    var span = await(each -> each.getName().equals("deliver"));
    assertThat(hex(span.getTraceId())).isEqualTo(TRACE);
    assertThat(hex(span.getParentSpanId())).isEqualTo(PARENT);
    assertThat(span.getAttributesList().toString()).contains("account-1");
  }

  @Test
  void so_it_does_when_a_consumer_of_a_persistent_subscription_is_given_it()
      throws InterruptedException {
    var metadata = "{\"$traceId\":\"%s\",\"$spanId\":\"%s\"}".formatted(TRACE, PARENT);
    RunningServer.append(server.client(), "account-2", 1, metadata);

    consume("account-2");

    var span = await(each -> each.getName().equals("deliver"));
    assertThat(hex(span.getTraceId())).isEqualTo(TRACE);
    assertThat(span.getAttributesList().toString()).contains("account-2");
  }

  private void consume(String stream) {
    GroupsOf.awaitRunning(server);
    GroupsOf.create(server, stream);
    server
        .asynchronousGroups()
        .read(
            new StreamObserver<>() {
              @Override
              public void onNext(ReadResp answer) {
                // What it is given shows in its trace.
              }

              @Override
              public void onError(Throwable failure) {
                // The server is closed when the test ends.
              }

              @Override
              public void onCompleted() {
                // Nobody waits for the end.
              }
            })
        .onNext(
            ReadReq.newBuilder()
                .setOptions(
                    ReadReq.Options.newBuilder()
                        .setStreamIdentifier(GroupsOf.stream(stream))
                        .setGroupName("mail")
                        .setBufferSize(2)
                        .setUuidOption(
                            ReadReq.Options.UUIDOption.newBuilder()
                                .setString(Empty.getDefaultInstance())))
                .build());
  }

  @Test
  void what_is_recorded_is_what_was_sent() {
    var metadata = "{ \"$traceId\" : \"%s\",\"b\":1, \"a\":2}".formatted(TRACE);

    RunningServer.append(server.client(), "account-1", 1, metadata);

    var read = Wire.ReadRequest.newBuilder().setStream("account-1").build();
    var events =
        com.google.common.collect.Lists.newArrayList(server.client().read(read)).stream()
            .flatMap(answer -> answer.getEvents().getEventsList().stream())
            .toList();
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().getEvent().getMetadata().toStringUtf8()).isEqualTo(metadata);
  }

  @Test
  void metrics_are_sent_too() throws InterruptedException {
    server.append("account-1", 3);

    while (true) {
      var request = metrics.poll(30, TimeUnit.SECONDS);
      assertThat(request).as("metrics").isNotNull();
      var names =
          request.getResourceMetricsList().stream()
              .flatMap(resource -> resource.getScopeMetricsList().stream())
              .flatMap(scope -> scope.getMetricsList().stream())
              .map(metric -> metric.getName())
              .toList();
      if (names.containsAll(
          List.of("leftfold.written.events", "leftfold.write.duration", "leftfold.disk.usable"))) {
        return;
      }
    }
  }

  @Test
  void options_show_no_secrets() {
    var otlp = Telemetry.Otlp.to(URI.create("http://127.0.0.1:4318"));
    var secret =
        new Telemetry.Otlp(
            otlp.endpoint(),
            Map.of("authorization", "Bearer abc"),
            1,
            otlp.traceDelay(),
            otlp.metricsEvery());

    assertThat(Telemetry.defaults().withOtlp(secret).toString())
        .contains("authorization")
        .doesNotContain("Bearer");
  }
}

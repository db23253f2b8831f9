// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.EMPTY;
import static io.leftfold.verification.wire.Wire.readOf;
import static io.leftfold.verification.wire.Wire.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.features.ServerFeaturesGrpc;
import io.leftfold.protocol.messages.features.SupportedMethod;
import io.leftfold.protocol.messages.gossip.EndPoint;
import io.leftfold.protocol.messages.gossip.GossipGrpc;
import io.leftfold.protocol.messages.gossip.MemberInfo;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.streams.BatchAppendReq;
import io.leftfold.protocol.messages.streams.BatchAppendResp;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadResp;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import io.leftfold.verification.wire.Wire.Replies;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What a node says about itself, over gRPC and HTTP on one port, and how it ends.
final class NodeWireTest {

  private final TestServer server = TestServer.inMemory();
  private final Wire wire = Wire.to(server);

  @AfterEach
  void close() {
    wire.close();
    server.close();
  }

  // ---- gRPC

  @Test
  void a_node_lists_its_methods_in_lower_case_with_their_features() {
    var methods = ServerFeaturesGrpc.newBlockingStub(wire.channel()).getSupportedMethods(EMPTY);

    assertThat(methods.getEventStoreServerVersion()).matches("\\d+\\.\\d+\\.\\d+");
    assertThat(methods.getMethodsList())
        .allSatisfy(method -> {
          assertThat(method.getServiceName()).isLowerCase().contains(".");
          assertThat(method.getMethodName()).isLowerCase().doesNotContain("/");
        });
    Map<String, List<String>> ofStreams =
        methods.getMethodsList().stream()
            .filter(method -> method.getServiceName().equals("event_store.client.streams.streams"))
            .collect(
                Collectors.toMap(
                    SupportedMethod::getMethodName,
                    method -> List.copyOf(method.getFeaturesList())));
    assertThat(ofStreams)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "read", List.of("position", "events"),
                "append", List.of(),
                "batchappend", List.of("deadline_duration"),
                "delete", List.of(),
                "tombstone", List.of()));
    assertThat(methods.getMethodsList())
        .extracting(method -> method.getServiceName() + "/" + method.getMethodName())
        .contains(
            "kurrentdb.protocol.v2.streams.streamsservice/appendsession",
            "kurrentdb.protocol.v2.streams.streamsservice/appendrecords",
            "event_store.client.monitoring.monitoring/stats",
            "event_store.client.operations.operations/shutdown",
            "event_store.client.operations.operations/mergeindexes",
            "event_store.client.operations.operations/resignnode",
            "event_store.client.operations.operations/setnodepriority",
            "event_store.client.operations.operations/restartpersistentsubscriptions");
  }

  @Test
  void a_node_alone_says_in_gossip_that_it_leads() {
    var before = System.currentTimeMillis();

    var gossip = GossipGrpc.newBlockingStub(wire.channel()).read(EMPTY);

    assertThat(gossip.getMembersList()).hasSize(1);
    var member = gossip.getMembers(0);
    assertThat(member.getState()).isEqualTo(MemberInfo.VNodeState.Leader);
    assertThat(member.getIsAlive()).isTrue();
    assertThat(member.getHttpEndPoint().getAddress()).isEqualTo("127.0.0.1");
    assertThat(member.getHttpEndPoint().getPort()).isEqualTo(server.port());
    assertThat(member.getTimeStamp() / 10_000).isBetween(before, System.currentTimeMillis());
    var id = member.getInstanceId().getStructured();
    assertThat(new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits()))
        .isEqualTo(server.store().storeId());
  }

  /// A client that discovers nodes goes on with the address in gossip, wherever it is itself.
  @Test
  void who_listens_everywhere_is_where_the_caller_has_reached_it() {
    var store = LocalEventStore.inMemory();
    try (store;
        var everywhere =
            LeftfoldServer.start(store, ServerOptions.insecure().withAddress("0.0.0.0", 0));
        var direct = Wire.to(everywhere.port());
        var byName = Wire.to(everywhere.port())) {
      assertThat(endPoint(direct.channel()))
          .extracting(EndPoint::getAddress, EndPoint::getPort)
          .containsExactly("127.0.0.1", everywhere.port());
      var renamed = ClientInterceptors.intercept(byName.channel(), calledBy("db.example:4711"));
      assertThat(endPoint(renamed))
          .extracting(EndPoint::getAddress, EndPoint::getPort)
          .containsExactly("db.example", 4711);
    }
  }

  private static EndPoint endPoint(Channel channel) {
    return GossipGrpc.newBlockingStub(channel).read(EMPTY).getMembers(0).getHttpEndPoint();
  }

  private static ClientInterceptor calledBy(String authority) {
    return new ClientInterceptor() {
      @Override
      public <Q, R> ClientCall<Q, R> interceptCall(
          MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return next.newCall(method, options.withAuthority(authority));
      }
    };
  }

  @Test
  void a_method_that_is_not_there_is_unimplemented() {
    var channel = wire.channel();
    var method =
        MethodDescriptor.<Empty, Empty>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("event_store.client.streams.Streams/Rewrite")
            .setRequestMarshaller(ProtoUtils.marshaller(EMPTY))
            .setResponseMarshaller(ProtoUtils.marshaller(EMPTY))
            .build();

    var refusal =
        Wire.refusal(
            () -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, EMPTY));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  /// Clients ask every few seconds whether their idle connection still is one, without a call.
  @Test
  void an_idle_connection_may_ask_for_a_sign_of_life_as_often_as_it_likes() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(Math.toIntExact(Await.LIMIT.toMillis()));
      var out = socket.getOutputStream();
      var in = new DataInputStream(socket.getInputStream());
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
      for (var i = 0; i < 100; i++) {
        out.write(new byte[] {0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, (byte) i});
        var ping = new byte[8];
        while (ping[7] != i || ping[0] != 1) {
          var length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
          var type = in.readUnsignedByte();
          in.skipNBytes(5);
          var payload = in.readNBytes(length);
          assertThat(type).as("the type of a frame, of which 7 is a farewell").isNotEqualTo(7);
          ping = type == 6 ? payload : ping;
        }
      }
    }
  }

  // ---- HTTP

  private HttpResponse<String> send(HttpClient.Version version, String method, String path)
      throws IOException, InterruptedException {
    try (var client = HttpClient.newBuilder().version(version).build()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
              .timeout(Await.LIMIT)
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  @ParameterizedTest(name = "{0} {1} gives {2}")
  @CsvSource({
    "GET,  /health/live,                204",
    "HEAD, /health/live,                204",
    "GET,  /health/live?liveCode=200,   200",
    "HEAD, /health/live?liveCode=299,   299",
    "GET,  /health/live?liveCode=99,    400",
    "GET,  /health/live?liveCode=never, 400",
    "POST, /health/live,                405",
    "GET,  /health/ready,               200",
    "HEAD, /health/ready,               200",
    "POST, /health/ready,               405",
    "GET,  /info,                       200",
    "GET,  /ping,                       200",
    "GET,  /,                           302",
    "GET,  /auto-scavenge/status,       503",
    "POST, /auto-scavenge/pause,        503",
    "GET,  /auto-scavenge/pause,        405",
    "GET,  /license,                    404",
    "GET,  /nothing,                    404"
  })
  void pages_are_answered(String method, String path, int code) throws Exception {
    for (var version : HttpClient.Version.values()) {
      if (version == HttpClient.Version.HTTP_1_1 || version == HttpClient.Version.HTTP_2) {
        assertThat(send(version, method, path).statusCode()).as("%s", version).isEqualTo(code);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpClient.Version.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void a_node_tells_its_version_and_that_it_leads(HttpClient.Version version) throws Exception {
    var info = send(version, "GET", "/info");

    assertThat(info.headers().firstValue("content-type"))
        .hasValue("application/json; charset=utf-8");
    assertThat(info.body())
        .containsPattern("\"esVersion\":\"\\d+\\.\\d+\\.\\d+\"")
        .containsPattern("\"dBVersion\":\"\\d+\\.\\d+\\.\\d+\"")
        .contains("\"state\":\"leader\"");
    assertThat(send(version, "GET", "/ping").body()).contains("Ping request successfully handled");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text/plain                      | Ping request successfully handled
          text/xml                        | <?xml version="1.0" encoding="utf-8"?><ping><text>Ping request successfully handled</text></ping>
          text/plain;q=0.1,application/*  | {"text":"Ping request successfully handled"}
          """)
  void a_ping_is_answered_in_the_form_that_is_asked_for(String accept, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/ping".formatted(server.port())))
            .header("Accept", accept)
            .build();

    try (var client = HttpClient.newHttpClient()) {
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body()).isEqualTo(body);
    }
  }

  // ---- the end

  @Test
  void the_end_of_a_server_ends_every_kind_of_call_as_unavailable() {
    for (var i = 0; i < 100; i++) {
      server
          .store()
          .append(
              StreamName.of("s"),
              ExpectedState.any(),
              ProposedEvent.binary("T", new byte[100_000]),
              ProposedEvent.binary("T", new byte[100_000]));
    }
    var subscription =
        readOf("s").setSubscription(ReadReq.Options.SubscriptionOptions.getDefaultInstance());
    var following = wire.follow(subscription);
    var stuck = new Replies<ReadReq, ReadResp>(call -> call.disableAutoRequestWithInitial(1));
    wire.streams().read(request(subscription), stuck);
    var reading = new Replies<ReadReq, ReadResp>(call -> call.disableAutoRequestWithInitial(1));
    wire.streams().read(request(readOf("s")), reading);
    var appending = new Replies<BatchAppendReq, BatchAppendResp>();
    wire.streams().batchAppend(appending);
    following.next(202);
    reading.next();
    stuck.next();
    Await.until("four calls", () -> server.openCalls() == 4);

    server.closeServer();

    for (var end : List.of(following.end, appending.end)) {
      assertThat(Await.result(end).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    for (var unready : List.of(reading, stuck)) {
      unready.call().request(Integer.MAX_VALUE);
      assertThat(Await.result(unready.end).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(server.openCalls()).isZero();
    assertThat(server.connections()).isZero();
    assertThat(server.store().lastPosition()).hasValue(200L);
  }

  @Test
  void a_server_whose_store_is_closed_says_that_it_is_not_ready() {
    wire.append("s", "A");
    var batch = new Replies<BatchAppendReq, BatchAppendResp>();
    var requests = wire.streams().batchAppend(batch);

    server.store().close();

    var append =
        wire.append(List.of(request(Wire.to("s").setAny(EMPTY)), request(Wire.proposed("B"))))
            .refused();
    for (var refusal : List.of(append, wire.refusal(readOf("s")), wire.refusal(Wire.readOfAll()))) {
      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(Wire.text(refusal)).isEqualTo("Server Is Not Ready");
    }
    requests.onNext(
        BatchAppendReq.newBuilder()
            .setCorrelationId(Wire.text(UUID.randomUUID()))
            .setOptions(
                BatchAppendReq.Options.newBuilder()
                    .setStreamIdentifier(Wire.stream("s"))
                    .setAny(com.google.protobuf.Empty.getDefaultInstance()))
            .setIsFinal(true)
            .build());
    assertThat(batch.next().getError().getMessage()).isEqualTo("Server Is Not Ready");
  }
}

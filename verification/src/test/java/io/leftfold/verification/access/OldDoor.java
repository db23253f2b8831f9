// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.tcp.DeleteStream;
import io.leftfold.protocol.messages.tcp.DeleteStreamCompleted;
import io.leftfold.protocol.messages.tcp.OperationResult;
import io.leftfold.protocol.messages.tcp.ReadAllEvents;
import io.leftfold.protocol.messages.tcp.ReadAllEventsCompleted;
import io.leftfold.protocol.messages.tcp.ReadAllResult;
import io.leftfold.protocol.messages.tcp.ReadEvent;
import io.leftfold.protocol.messages.tcp.ReadEventCompleted;
import io.leftfold.protocol.messages.tcp.ReadEventCompleted.ReadEventResult;
import io.leftfold.protocol.messages.tcp.ReadStreamEvents;
import io.leftfold.protocol.messages.tcp.ReadStreamEventsCompleted;
import io.leftfold.protocol.messages.tcp.ReadStreamEventsCompleted.ReadStreamResult;
import io.leftfold.protocol.messages.tcp.SubscribeToStream;
import io.leftfold.protocol.messages.tcp.SubscriptionDropped;
import io.leftfold.protocol.messages.tcp.SubscriptionDropped.SubscriptionDropReason;
import io.leftfold.protocol.messages.tcp.TransactionStart;
import io.leftfold.protocol.messages.tcp.TransactionStartCompleted;
import io.leftfold.protocol.messages.tcp.WriteEvents;
import io.leftfold.protocol.messages.tcp.WriteEventsCompleted;
import io.leftfold.verification.running.TestServer;
import io.leftfold.verification.wire.TcpPeer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// What somebody does with a store without gRPC: over Atom, `/events` and TCP, in each way that
/// there is for it. The ways agree whether it may be done.
final class OldDoor implements AccessMatrixTest.Door {

  private static final long NOT_SO = 999_999;
  private static final String FEED = "application/vnd.eventstore.atom+json";
  private static final String EVENTS = "application/vnd.eventstore.events+json";
  private static final String CLOUD_EVENT = "application/cloudevents+json";

  /// What whoever may is told.
  private static final Set<Integer> ALLOWED = Set.of(200, 400, 404, 409, 410);

  private final TestServer server;
  private final String user;
  private final String password;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final TcpPeer tcp;

  private OldDoor(TestServer server, String user, String password) {
    this.server = server;
    this.user = user;
    this.password = password;
    this.tcp = peer();
  }

  /// @param user empty for nobody in particular
  static OldDoor of(TestServer server, String user, String password) {
    return new OldDoor(server, user, password);
  }

  private TcpPeer peer() {
    var peer = new TcpPeer(server.tcpPort());
    if (!user.isEmpty()) {
      peer.as(user, password);
    }
    return peer;
  }

  // ---- what is done

  @Override
  public void read(StreamName stream) {
    var name = encoded(stream);
    agreed(
        Map.of(
            "Atom", () -> isDenied(get("/streams/%s?embed=body".formatted(name), FEED)),
            "an event of Atom", () -> isDenied(get("/streams/%s/0".formatted(name), FEED)),
            "/events", () -> isDenied(get("/events?stream=" + name, "application/x-ndjson")),
            "live", () -> isDenied(get("/events?stream=" + name, "text/event-stream")),
            "a page of TCP", () -> isReadDenied(stream),
            "an event of TCP", () -> isEventDenied(stream),
            "a subscription of TCP", () -> isSubscriptionDenied(stream.value())));
  }

  @Override
  public void readAll() {
    agreed(
        Map.of(
            "Atom", () -> isDenied(get("/streams/$all?embed=body", FEED)),
            "Atom, filtered",
                () ->
                    isDenied(
                        get(
                            "/streams/$all/filtered?context=streamid&type=prefix&data=order-",
                            FEED)),
            "/events", () -> isDenied(get("/events", "application/x-ndjson")),
            "/events with those of the system",
                () -> isDenied(get("/events?system=true", "application/x-ndjson")),
            "/events of a category",
                () -> isDenied(get("/events?category=order", "application/x-ndjson")),
            "live", () -> isDenied(get("/events", "text/event-stream")),
            "a page of TCP", this::isReadAllDenied,
            "a subscription of TCP", () -> isSubscriptionDenied("")));
  }

  @Override
  public void query() {
    agreed(
        Map.of(
            "/events", () -> isDenied(get("/events?tags=a", "application/x-ndjson")),
            "live", () -> isDenied(get("/events?types=Happened", "text/event-stream"))));
  }

  @Override
  public void write(StreamName stream) {
    var path = "/streams/" + encoded(stream);
    agreed(
        Map.of(
            "Atom", () -> isDenied(post(path, EVENTS, event())),
            "/events",
                () ->
                    isDenied(
                        post(
                            "/events?expected=%d&stream=%s".formatted(NOT_SO, encoded(stream)),
                            CLOUD_EVENT,
                            cloudEvent())),
            "TCP", () -> isWriteDenied(stream),
            "a transaction of TCP", () -> isTransactionDenied(stream)));
  }

  @Override
  public void delete(StreamName stream) {
    agreed(
        Map.of(
            "Atom", () -> isDenied(delete(stream, false)),
            "Atom, for ever", () -> isDenied(delete(stream, true)),
            "TCP", () -> isDeletionDenied(stream, false),
            "TCP, for ever", () -> isDeletionDenied(stream, true)));
  }

  @Override
  public void readMetadata(StreamName stream) {
    read(stream.metastream());
    agreed(
        Map.of(
            "Atom", () -> isDenied(get("/streams/%s/metadata".formatted(encoded(stream)), FEED))));
  }

  @Override
  public void writeMetadata(StreamName stream) {
    write(stream.metastream());
    agreed(
        Map.of(
            "Atom",
            () ->
                isDenied(
                    post(
                        "/streams/%s/metadata".formatted(encoded(stream)),
                        EVENTS,
                        event().replace("Happened", "$metadata")))));
  }

  @Override
  public void close() {
    tcp.close();
    http.close();
  }

  // ---- HTTP

  private static String encoded(StreamName stream) {
    return URLEncoder.encode(stream.value(), UTF_8);
  }

  private static String event() {
    return "[{\"eventId\":\"%s\",\"eventType\":\"Happened\",\"data\":{}}]"
        .formatted(UUID.randomUUID());
  }

  private static String cloudEvent() {
    return "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/here\",\"type\":\"Happened\",\"data\":{}}"
        .formatted(UUID.randomUUID());
  }

  private HttpRequest.Builder at(String path) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("ES-ExpectedVersion", Long.toString(NOT_SO));
    if (!user.isEmpty()) {
      var basic = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
      request.header("Authorization", "Basic " + basic);
    }
    return request;
  }

  private HttpRequest.Builder get(String path, String accept) {
    return at(path).header("Accept", accept);
  }

  private HttpRequest.Builder post(String path, String type, String body) {
    return at(path).header("Content-Type", type).POST(BodyPublishers.ofString(body));
  }

  private HttpRequest.Builder delete(StreamName stream, boolean forEver) {
    return at("/streams/" + encoded(stream))
        .header("ES-HardDelete", forEver ? "True" : "False")
        .DELETE();
  }

  private boolean isDenied(HttpRequest.Builder request) throws Exception {
    var answer = http.send(request.build(), BodyHandlers.ofInputStream());
    // What is live has no end.
    try (InputStream _ = answer.body()) {
      assertThat(answer.statusCode())
          .as("%s", answer)
          .satisfiesAnyOf(
              status -> assertThat(status).isEqualTo(401),
              status -> assertThat(ALLOWED).contains(status));
      return answer.statusCode() == 401;
    }
  }

  // ---- TCP

  private byte[] ask(int command, MessageLite message) throws IOException {
    return tcp.ask(command, message, command + 1);
  }

  private boolean isReadDenied(StreamName stream) throws IOException {
    var message =
        ReadStreamEvents.newBuilder()
            .setEventStreamId(TcpPeer.stream(stream.value()))
            .setMaxCount(1)
            .build();
    return ReadStreamEventsCompleted.parseFrom(ask(0xB2, message)).getResult()
        == ReadStreamResult.AccessDenied;
  }

  private boolean isEventDenied(StreamName stream) throws IOException {
    var message = ReadEvent.newBuilder().setEventStreamId(TcpPeer.stream(stream.value())).build();
    return ReadEventCompleted.parseFrom(ask(0xB0, message)).getResult()
        == ReadEventResult.AccessDenied;
  }

  private boolean isReadAllDenied() throws IOException {
    var message = ReadAllEvents.newBuilder().setMaxCount(1).build();
    return ReadAllEventsCompleted.parseFrom(ask(0xB6, message)).getResult()
        == ReadAllResult.ReadAllAccessDenied;
  }

  /// On a connection of its own, which ends it.
  private boolean isSubscriptionDenied(String stream) throws IOException {
    var message = SubscribeToStream.newBuilder().setEventStreamId(TcpPeer.stream(stream)).build();
    try (var peer = peer()) {
      var said = peer.ask(0xC0, message);
      if (said.command() == 0xC1) {
        return false;
      }
      assertThat(said.command()).isEqualTo(0xC4);
      assertThat(SubscriptionDropped.parseFrom(said.message()).getReason())
          .isEqualTo(SubscriptionDropReason.AccessDenied);
      return true;
    }
  }

  private boolean isWriteDenied(StreamName stream) throws IOException {
    var message =
        WriteEvents.newBuilder()
            .setEventStreamId(TcpPeer.stream(stream.value()))
            .setExpectedVersion(NOT_SO)
            .addEvents(TcpPeer.event(UUID.randomUUID(), "Happened", "{}"))
            .build();
    return isDenied(WriteEventsCompleted.parseFrom(ask(0x82, message)).getResult());
  }

  private boolean isTransactionDenied(StreamName stream) throws IOException {
    var message =
        TransactionStart.newBuilder()
            .setEventStreamId(TcpPeer.stream(stream.value()))
            .setExpectedVersion(NOT_SO)
            .build();
    return TransactionStartCompleted.parseFrom(ask(0x84, message)).getResult()
        == OperationResult.AccessDenied;
  }

  private boolean isDeletionDenied(StreamName stream, boolean forEver) throws IOException {
    var message =
        DeleteStream.newBuilder()
            .setEventStreamId(TcpPeer.stream(stream.value()))
            .setExpectedVersion(NOT_SO)
            .setHardDelete(forEver)
            .build();
    return isDenied(DeleteStreamCompleted.parseFrom(ask(0x8A, message)).getResult());
  }

  private static boolean isDenied(OperationResult result) {
    assertThat(result)
        .as("what is not so was not taken for granted")
        .isNotEqualTo(OperationResult.Success);
    return result == OperationResult.AccessDenied;
  }

  // ---- whether they agree

  private interface Attempt {
    boolean isDenied() throws Exception;
  }

  private static void agreed(Map<String, Attempt> attempts) {
    var denied = new LinkedHashMap<String, Boolean>();
    attempts.forEach((way, attempt) -> {
      try {
        denied.put(way, attempt.isDenied());
      } catch (IOException e) {
        throw new UncheckedIOException(way, e);
      } catch (Exception e) {
        throw new AssertionError(way, e);
      }
    });
    assertThat(denied.values().stream().collect(Collectors.toSet()))
        .as("whether it is denied: %s", denied)
        .hasSize(1);
    if (denied.containsValue(true)) {
      throw new NotAuthorizedException("Access Denied");
    }
  }
}

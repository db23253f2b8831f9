// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.EMPTY;
import static io.leftfold.verification.wire.Wire.readOf;
import static io.leftfold.verification.wire.Wire.readOfAll;
import static io.leftfold.verification.wire.Wire.request;
import static io.leftfold.verification.wire.Wire.to;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.protocol.messages.streams.AppendResp;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadResp;
import io.leftfold.server.ServerLimits;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a server does that many use at once: who asks for too much is told so, and nobody else
/// notices. After each test, the server holds nothing.
@Timeout(120)
final class LimitsWireTest {

  private static final int REQUEST_BYTES_OF_ONE = 400_000;
  private static final int ANSWER_BYTES_OF_ONE = 1_000_000;
  private static final int SUBSCRIPTIONS = 500;
  private static final int SUBSCRIBING_CONNECTIONS = 10;
  private static final int WRITERS = 100;
  private static final int APPENDS_OF_EACH = 10;

  private static TestServer server;
  private static HttpClient http;
  private final List<Wire> wires = new ArrayList<>();

  @BeforeAll
  static void start() {
    server =
        TestServer.inMemory(
            ServerLimits.defaults()
                .withRequests(4L * REQUEST_BYTES_OF_ONE, REQUEST_BYTES_OF_ONE)
                .withAnswers(4L * ANSWER_BYTES_OF_ONE, ANSWER_BYTES_OF_ONE));
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    http.close();
    server.close();
  }

  @AfterEach
  void nothingIsLeft() {
    wires.forEach(Wire::close);
    Await.until("no open calls", () -> server.openCalls() == 0);
    for (var kind : List.of("requests", "answers")) {
      var held = "leftfold_held_bytes{kind=\"%s\"}".formatted(kind);
      Await.until(() -> "%s, got %s".formatted(held, metric(held)), () -> metric(held) == 0);
    }
    assertThat(metric("leftfold_writes_waiting")).isZero();
  }

  private Wire connect() {
    var wire = Wire.to(server);
    wires.add(wire);
    return wire;
  }

  @Test
  void many_subscriptions_that_nothing_comes_for_and_many_writers_get_along() throws Exception {
    var connections = IntStream.range(0, SUBSCRIBING_CONNECTIONS).mapToObj(_ -> connect()).toList();
    var subscriptions = new ArrayList<Wire.Replies<ReadReq, ReadResp>>();
    for (var i = 0; i < SUBSCRIPTIONS; i++) {
      var wire = connections.get(i % SUBSCRIBING_CONNECTIONS);
      subscriptions.add(wire.follow(i % 2 == 0 ? toStream("idle%d-1".formatted(i)) : toPrefix(i)));
    }
    for (var subscription : subscriptions) {
      assertThat(subscription.next().hasConfirmation()).isTrue();
      assertThat(subscription.next().hasCaughtUp()).isTrue();
    }
    write(connections);
    // Nobody was told of anything, and everybody can be.
    for (var subscription : subscriptions) {
      assertThat(subscription.messages).isEmpty();
      assertThat(subscription.end).isNotDone();
    }
    var writer = connect();
    for (var i = 0; i < SUBSCRIPTIONS; i += 25) {
      writer.append("idle%d-1".formatted(i), "Wanted");
      assertThat(subscriptions.get(i).next().getEvent().getEvent().getMetadataMap())
          .containsEntry("type", "Wanted");
    }
    var all = new ArrayList<Wire.Replies<ReadReq, ReadResp>>();
    for (var i = 0; i < SUBSCRIPTIONS; i++) {
      all.add(connections.get(i % SUBSCRIBING_CONNECTIONS).follow(toStream("everybody")));
      assertThat(all.getLast().next(2).getLast().hasCaughtUp()).isTrue();
    }
    writer.append("everybody", "ForAll");
    for (var subscription : all) {
      assertThat(subscription.next().hasEvent()).isTrue();
    }
  }

  private static ReadReq.Options.Builder toStream(String stream) {
    var options = readOf(stream);
    options.getStreamBuilder().setEnd(EMPTY);
    return subscribing(options);
  }

  private static ReadReq.Options.Builder toPrefix(int number) {
    var options = readOfAll();
    options.getAllBuilder().setEnd(EMPTY);
    options
        .getFilterBuilder()
        .setMax(32)
        .setCheckpointIntervalMultiplier(10_000)
        .getStreamIdentifierBuilder()
        .addPrefix("idle%d-".formatted(number));
    return subscribing(options);
  }

  private static ReadReq.Options.Builder subscribing(ReadReq.Options.Builder options) {
    options
        .setSubscription(ReadReq.Options.SubscriptionOptions.getDefaultInstance())
        .getControlOptionBuilder()
        .setCompatibility(1);
    return options;
  }

  private static void write(List<Wire> connections) throws InterruptedException {
    var written = new AtomicInteger();
    try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < WRITERS; i++) {
        var number = i;
        writers.execute(() -> {
          for (var n = 0; n < APPENDS_OF_EACH; n++) {
            connections.get(number % connections.size()).append("busy-" + number, "Written");
            written.incrementAndGet();
          }
        });
      }
    }
    assertThat(written.get()).isEqualTo(WRITERS * APPENDS_OF_EACH);
  }

  @Test
  void thousands_of_appends_in_flight_are_all_answered_and_one_beside_them_too() {
    var greedy = connect();
    var flying = new ArrayList<Wire.Replies<AppendReq, AppendResp>>();
    for (var i = 0; i < 3000; i++) {
      flying.add(
          greedy.append(
              List.of(
                  request(to("greedy-" + i % 50).setAny(EMPTY)), request(Wire.proposed("Piled")))));
      if (i % 500 == 0) {
        connect().append("modest", "Alone");
      }
    }
    for (var each : flying) {
      assertThat(each.only().hasSuccess()).isTrue();
    }
  }

  @Test
  void requests_of_one_connection_that_take_too_much_are_refused_to_it_alone() {
    var greedy = connect();
    var open = new ArrayList<Wire.Replies<AppendReq, AppendResp>>();
    for (var i = 0; i < 5; i++) {
      var replies = new Wire.Replies<AppendReq, AppendResp>();
      var call = greedy.streams().append(replies);
      call.onNext(request(to("large-" + i).setAny(EMPTY)));
      call.onNext(
          request(
              Wire.proposed("Large")
                  .putMetadata("content-type", "application/octet-stream")
                  .setData(ByteString.copyFrom(new byte[90_000]))));
      open.add(replies);
    }
    // Which of them goes beyond is decided by what arrives last.
    var refused =
        (StatusRuntimeException)
            Await.result(
                CompletableFuture.anyOf(
                    open.stream().map(call -> call.failure).toArray(CompletableFuture[]::new)));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(Wire.text(refused))
        .startsWith("Server Is Too Busy: The requests of this connection")
        .contains("send less at a time");
    connect().append("modest", "Alone");
    open.removeIf(call -> call.failure.isDone());
    assertThat(open).hasSize(4);
    for (var replies : open) {
      replies.call().onCompleted();
      assertThat(replies.only().hasSuccess()).isTrue();
    }
    assertThat(metric("leftfold_refused_total{shortage=\"connection_requests\"}")).isEqualTo(1);
  }

  @Test
  void answers_that_are_not_taken_are_not_made_and_come_when_they_are() {
    var writer = connect();
    var events = 200;
    for (var i = 0; i < events; i++) {
      writer
          .append(
              List.of(
                  request(to("heavy").setAny(EMPTY)),
                  request(
                      Wire.proposed("Heavy")
                          .putMetadata("content-type", "application/octet-stream")
                          .setData(ByteString.copyFrom(new byte[50_000])))))
          .only();
    }
    // Twenty reads of ten megabytes, of which the client takes one message each.
    var slow = connect();
    var reads = new ArrayList<Wire.Replies<ReadReq, ReadResp>>();
    for (var i = 0; i < 20; i++) {
      var replies =
          new Wire.Replies<ReadReq, ReadResp>(call -> call.disableAutoRequestWithInitial(1));
      slow.streams().read(request(readOf("heavy")), replies);
      reads.add(replies);
    }
    for (var read : reads) {
      assertThat(read.next().hasEvent()).isTrue();
    }
    assertThat(metric("leftfold_held_bytes{kind=\"answers\"}"))
        .isLessThan(2 * ANSWER_BYTES_OF_ONE + 200_000);
    assertThat(connect().read(readOf("heavy"))).hasSizeGreaterThanOrEqualTo(events);
    for (var read : reads) {
      read.call().request(Integer.MAX_VALUE);
    }
    for (var read : reads) {
      assertThat(Await.result(read.end).isOk()).isTrue();
      assertThat(read.messages.stream().filter(ReadResp::hasEvent)).hasSize(events - 1);
    }
  }

  private static double metric(String name) {
    try {
      var page =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:%d/metrics".formatted(server.port())))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return page.body()
          .lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow(() -> new AssertionError("No metric " + name));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.groups.SubscriptionInfo;
import io.leftfold.protocol.messages.health.HealthCheckRequest;
import io.leftfold.protocol.messages.health.HealthCheckResponse;
import io.leftfold.protocol.messages.health.HealthCheckResponse.ServingStatus;
import io.leftfold.protocol.messages.health.HealthGrpc;
import io.leftfold.protocol.messages.manystreams.AppendRequest;
import io.leftfold.protocol.messages.manystreams.AppendSessionResponse;
import io.leftfold.protocol.messages.manystreams.StreamsServiceGrpc;
import io.leftfold.protocol.messages.monitoring.MonitoringGrpc;
import io.leftfold.protocol.messages.monitoring.StatsReq;
import io.leftfold.protocol.messages.monitoring.StatsResp;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.protocol.messages.streams.AppendResp;
import io.leftfold.protocol.messages.streams.BatchAppendReq;
import io.leftfold.protocol.messages.streams.BatchAppendResp;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadResp;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.LeftfoldServer.Remaining;
import io.leftfold.server.ServerOptions;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a server does with its calls when it is closed.
final class ClosingWireTest {

  /// Nothing here waits as long, unless something is wrong.
  private static final Duration LONG = Duration.ofMinutes(5);

  private final TestServer server = TestServer.inMemory();
  private final Wire wire = Wire.to(server);
  private final List<Remaining> told = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    wire.close();
    server.close();
  }

  private void awaitOpenCalls(int count) {
    Await.until(() -> "open calls " + server.openCalls(), () -> server.openCalls() == count);
  }

  private CompletableFuture<?> closing(Duration patience) {
    return CompletableFuture.runAsync(() -> server.closeServer(patience, told::add));
  }

  @Test
  void what_has_no_end_ends_with_unavailable_and_nothing_is_waited_for() {
    wire.append("a-1", "A");
    var stream = wire.follow(subscription(Wire.readOf("a-1")));
    var all = wire.follow(subscription(Wire.readOfAll()));
    var batch = new Wire.Replies<BatchAppendReq, BatchAppendResp>();
    wire.streams().batchAppend(batch);
    var unfinished = new Wire.Replies<AppendReq, AppendResp>();
    wire.streams().append(unfinished).onNext(Wire.request(Wire.to("a-1").setAny(Wire.EMPTY)));
    var session = new Wire.Replies<AppendRequest, AppendSessionResponse>();
    StreamsServiceGrpc.newStub(wire.channel())
        .appendSession(session)
        .onNext(ManyStreamsWireTest.to("a-1", "A").build());
    var health = new Wire.Replies<HealthCheckRequest, HealthCheckResponse>();
    HealthGrpc.newStub(wire.channel()).watch(HealthCheckRequest.getDefaultInstance(), health);
    assertThat(health.next().getStatus()).isEqualTo(ServingStatus.SERVING);
    var somebody = new As(wire, "", "");
    somebody.awaitGroups();
    assertThat(somebody.create("b-1")).isNotNull();
    var consumer = somebody.consume("b-1");
    assertThat(consumer.next().hasSubscriptionConfirmation()).isTrue();
    var figures = new Wire.Replies<StatsReq, StatsResp>();
    MonitoringGrpc.newStub(wire.channel())
        .stats(StatsReq.newBuilder().setRefreshTimePeriodInMs(60_000).build(), figures);
    assertThat(figures.next().getStatsMap()).isNotEmpty();
    awaitOpenCalls(8);

    Await.result(closing(LONG));

    for (var call : List.of(stream, all, batch, unfinished, session, health, consumer, figures)) {
      assertThat(Await.result(call.end).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(health.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
  }

  private static ReadReq.Options.Builder subscription(ReadReq.Options.Builder options) {
    return options
        .clearCount()
        .setSubscription(ReadReq.Options.SubscriptionOptions.getDefaultInstance());
  }

  @Test
  void what_a_consumer_has_acknowledged_is_not_given_again_after_the_end(@TempDir Path directory) {
    try (var first = TestServer.on(directory);
        var toFirst = Wire.to(first)) {
      var somebody = new As(toFirst, "", "");
      somebody.awaitGroups();
      toFirst.append("c-1", "A", "B", "C");
      assertThat(somebody.create("c-1")).isNotNull();
      var consumer = somebody.consume("c-1");
      assertThat(consumer.next().hasSubscriptionConfirmation()).isTrue();
      for (var event : consumer.next(3).subList(0, 2)) {
        consumer.call().onNext(ackOf(event));
      }
      Await.until("two were acked", () -> info(somebody).getTotalInFlightMessages() == 1);
      // Neither so many events nor so much time have passed that there would be a checkpoint.
      assertThat(info(somebody).getLastCheckpointedEventPosition()).isEmpty();
    }

    try (var second = TestServer.on(directory);
        var toSecond = Wire.to(second)) {
      var somebody = new As(toSecond, "", "");
      somebody.awaitGroups();
      assertThat(info(somebody).getLastCheckpointedEventPosition()).isEqualTo("1");
      var consumer = somebody.consume("c-1");
      assertThat(consumer.next().hasSubscriptionConfirmation()).isTrue();
      assertThat(consumer.next().getEvent().getEvent().getStreamRevision()).isEqualTo(2);
      consumer.call().cancel("enough", null);
    }
  }

  private static SubscriptionInfo info(As somebody) {
    return somebody.info("c-1").getSubscriptionInfo();
  }

  private static io.leftfold.protocol.messages.groups.ReadReq ackOf(
      io.leftfold.protocol.messages.groups.ReadResp event) {
    return io.leftfold.protocol.messages.groups.ReadReq.newBuilder()
        .setAck(
            io.leftfold.protocol.messages.groups.ReadReq.Ack.newBuilder()
                .addIds(event.getEvent().getEvent().getId()))
        .build();
  }

  @Test
  void every_append_that_was_acknowledged_is_there_and_none_is_left_without_an_answer() {
    var store = LocalEventStore.inMemory();
    var started = LeftfoldServer.start(store, ServerOptions.insecure().withAddress("127.0.0.1", 0));
    try (var many = Wire.to(started.port())) {
      var answers = new ArrayList<Wire.Replies<AppendReq, AppendResp>>();
      for (var i = 0; i < 2000; i++) {
        answers.add(
            many.append(
                List.of(
                    Wire.request(Wire.to("a-" + i).setAny(Wire.EMPTY)),
                    Wire.request(Wire.proposed("A")))));
      }
      answers.get(20).only();

      started.close(LONG, told::add);

      var acknowledged = 0;
      for (var i = 0; i < answers.size(); i++) {
        var status = Await.result(answers.get(i).end);
        if (status.isOk()) {
          acknowledged++;
          assertThat(store.read(StreamName.of("a-" + i), ReadOptions.forwards()).events())
              .as("a-%d", i)
              .hasSize(1);
        } else {
          assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
      }
      assertThat(acknowledged).isGreaterThan(20);
    } finally {
      started.close();
      store.close();
    }
  }

  @Test
  void who_does_not_take_an_answer_is_named_and_left_after_the_patience() {
    for (var i = 0; i < 10; i++) {
      wire.append(
              List.of(
                  Wire.request(Wire.to("a-1").setAny(Wire.EMPTY)),
                  Wire.request(
                      Wire.proposed("A")
                          .setData(com.google.protobuf.ByteString.copyFrom(new byte[1 << 20])))))
          .only();
    }
    var slow = new Wire.Replies<ReadReq, ReadResp>(call -> call.disableAutoRequestWithInitial(1));
    wire.streams().read(Wire.request(Wire.readOf("a-1")), slow);
    slow.next();

    Await.result(closing(Duration.ofSeconds(2)));

    assertThat(told)
        .isNotEmpty()
        .allSatisfy(remaining -> {
          assertThat(remaining.connections()).isEqualTo(1);
          assertThat(remaining).hasToString("1 connection");
        });
  }

  @Test
  void a_server_that_closes_refuses_new_calls_and_is_not_ready() {
    wire.append("a-1", "A");
    server.closeServer(LONG, told::add);

    assertThat(Wire.refusal(() -> wire.read(Wire.readOf("a-1"))).getStatus().getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(told).isEmpty();
  }

  @Test
  void what_is_waited_for_is_said_in_words() {
    assertThat(new Remaining(1, 2, 0, 1)).hasToString("1 append, 2 reads, 1 connection");
    assertThat(new Remaining(0, 0, 1, 2)).hasToString("1 other call, 2 connections");
    assertThat(new Remaining(0, 0, 0, 0)).hasToString("nothing");
  }
}

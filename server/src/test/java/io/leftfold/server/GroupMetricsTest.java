// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.groups.CreateReq;
import io.leftfold.protocol.messages.groups.DeleteReq;
import io.leftfold.protocol.messages.groups.ReadReq;
import io.leftfold.protocol.messages.groups.ReadResp;
import io.leftfold.protocol.messages.groups.UpdateReq;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What `/metrics` says of persistent subscriptions, asked over the network. The tests share the
/// server, and use groups of their own.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GroupMetricsTest {

  private static final Empty EMPTY = Empty.getDefaultInstance();

  private final RunningServer server =
      new RunningServer(LocalEventStore.inMemory(), Telemetry.defaults());

  @BeforeAll
  void wait_until_groups_run() {
    GroupsOf.awaitRunning(server);
  }

  @AfterAll
  void close() {
    server.close();
  }

  /// A consumer that answers by hand.
  private final class Consuming implements StreamObserver<ReadResp> {
    private final BlockingQueue<ReadResp> answers = new LinkedBlockingQueue<>();
    private final StreamObserver<ReadReq> say;

    Consuming(ReadReq.Options.Builder options) throws InterruptedException {
      say = server.asynchronousGroups().read(this);
      say.onNext(
          ReadReq.newBuilder()
              .setOptions(
                  options
                      .setBufferSize(2)
                      .setUuidOption(ReadReq.Options.UUIDOption.newBuilder().setString(EMPTY)))
              .build());
      assertThat(next().hasSubscriptionConfirmation()).isTrue();
    }

    @Override
    public void onNext(ReadResp answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      // Whoever waits for an answer gets none.
    }

    @Override
    public void onCompleted() {
      // Nobody waits for the end.
    }

    ReadResp next() throws InterruptedException {
      var next = answers.poll(30, TimeUnit.SECONDS);
      assertThat(next).as("an answer").isNotNull();
      return java.util.Objects.requireNonNull(next);
    }

    private static UUID id(ReadResp answer) {
      return answer.getEvent().getEvent().getId();
    }

    void ack(ReadResp answer) {
      say.onNext(ReadReq.newBuilder().setAck(ReadReq.Ack.newBuilder().addIds(id(answer))).build());
    }

    void nack(ReadResp answer, ReadReq.Nack.Action action) {
      say.onNext(
          ReadReq.newBuilder()
              .setNack(ReadReq.Nack.newBuilder().addIds(id(answer)).setAction(action))
              .build());
    }

    void leave() {
      say.onError(Status.CANCELLED.asRuntimeException());
    }
  }

  private static ReadReq.Options.Builder of(String stream) {
    return ReadReq.Options.newBuilder()
        .setStreamIdentifier(GroupsOf.stream(stream))
        .setGroupName("mail");
  }

  private static String series(String name, String stream) {
    return "leftfold_group_%s{group=\"mail\",stream=\"%s\"}".formatted(name, stream);
  }

  private void await(String name, String stream, double value) throws IOException {
    GroupsOf.await(server, series(name, stream), value);
  }

  @Test
  void a_group_is_shown_from_its_beginning_to_its_end() throws IOException {
    var before = server.metric("leftfold_groups");

    GroupsOf.create(server, "shown-1");
    assertThat(server.metric("leftfold_groups")).isEqualTo(before + 1);
    assertThat(server.metric(series("consumers", "shown-1"))).isZero();
    GroupsOf.update(server, "shown-1");
    assertThat(server.metric("leftfold_groups")).isEqualTo(before + 1);
    assertThat(server.metric(series("consumers", "shown-1"))).isZero();
    var restarted = server.groups().restartSubsystem(EMPTY);
    assertThat(restarted).isEqualTo(EMPTY);
    assertThat(server.metric("leftfold_groups")).isEqualTo(before + 1);
    assertThat(server.metric(series("consumers", "shown-1"))).isZero();

    GroupsOf.delete(server, "shown-1");
    assertThat(server.metric("leftfold_groups")).isEqualTo(before);
    assertThat(server.get("/metrics").body()).doesNotContain("shown-1");
  }

  @Test
  void what_consumers_do_shows() throws IOException, InterruptedException {
    server.append("worked-1", 5);
    GroupsOf.create(server, "worked-1");
    await("lag_events", "worked-1", 5);
    await("buffered", "worked-1", 5);

    var consumer = new Consuming(of("worked-1"));
    var first = consumer.next();
    var second = consumer.next();
    await("consumers", "worked-1", 1);
    await("in_flight", "worked-1", 2);
    await("buffered", "worked-1", 3);
    assertThat(server.metric(series("lag_seconds", "worked-1"))).isPositive();

    consumer.ack(second);
    var third = consumer.next();
    // The first is not done, so nothing behind it counts as done.
    await("lag_events", "worked-1", 5);
    consumer.nack(first, ReadReq.Nack.Action.Retry);
    var again = consumer.next();
    await("retries_total", "worked-1", 1);
    consumer.ack(again);
    await("lag_events", "worked-1", 3);
    consumer.nack(third, ReadReq.Nack.Action.Park);
    await("parked", "worked-1", 1);
    consumer.ack(consumer.next());
    consumer.ack(consumer.next());
    await("lag_events", "worked-1", 0);
    assertThat(server.metric(series("lag_seconds", "worked-1"))).isZero();

    consumer.leave();
    await("consumers", "worked-1", 0);
  }

  /// Its filter never wants anything, so it is at the end as soon as it has looked.
  @Test
  void behind_a_filter_what_it_passes_over_is_no_lag_once_it_is_live() throws IOException {
    server.append("noise-1", 7);
    var settings = GroupsOf.settings();
    var created =
        server
            .groups()
            .create(
                CreateReq.newBuilder()
                    .setOptions(
                        CreateReq.Options.newBuilder()
                            .setGroupName("mail")
                            .setSettings(settings)
                            .setAll(
                                CreateReq.AllOptions.newBuilder()
                                    .setStart(EMPTY)
                                    .setFilter(
                                        CreateReq.AllOptions.FilterOptions.newBuilder()
                                            .setMax(32)
                                            .setStreamIdentifier(
                                                CreateReq.AllOptions.FilterOptions.Expression
                                                    .newBuilder()
                                                    .addPrefix("wanted-")))))
                    .build());
    assertThat(created).isNotNull();

    await("lag_events", "$all", 0);
    server.append("noise-1", 7);
    await("lag_events", "$all", 0);
    server.append("wanted-1", 1);
    // Everything from the wanted event on: the group may have written its checkpoint behind it.
    awaitLag("$all");
  }

  private void awaitLag(String stream) throws IOException {
    while (server.metric(series("lag_events", stream)) < 1
        || server.metric(series("lag_seconds", stream)) <= 0) {
      LockSupport.parkNanos(GroupsOf.LOOK_AGAIN_NANOS);
    }
  }

  /// The shortest ways to say things about groups.
  static final class GroupsOf {
    static final long LOOK_AGAIN_NANOS = 5_000_000;

    private GroupsOf() {}

    static void awaitRunning(RunningServer server) {
      while (true) {
        try {
          create(server, "probe");
          delete(server, "probe");
          return;
        } catch (StatusRuntimeException notYet) {
          assertThat(notYet.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
          LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
      }
    }

    static void await(RunningServer server, String series, double value) throws IOException {
      while (server.metric(series) != value) {
        LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      }
    }

    static StreamIdentifier stream(String name) {
      return StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8(name)).build();
    }

    static CreateReq.Settings.Builder settings() {
      return CreateReq.Settings.newBuilder()
          .setMessageTimeoutMs(30_000)
          .setMaxRetryCount(10)
          .setCheckpointAfterMs(2_000)
          .setMinCheckpointCount(10)
          .setMaxCheckpointCount(1_000)
          .setLiveBufferSize(500)
          .setReadBatchSize(20)
          .setHistoryBufferSize(500)
          .setConsumerStrategy("RoundRobin");
    }

    static void create(RunningServer server, String stream) {
      var made =
          server
              .groups()
              .create(
                  CreateReq.newBuilder()
                      .setOptions(
                          CreateReq.Options.newBuilder()
                              .setGroupName("mail")
                              .setSettings(settings())
                              .setStream(
                                  CreateReq.StreamOptions.newBuilder()
                                      .setStreamIdentifier(stream(stream))
                                      .setStart(EMPTY)))
                      .build());
      assertThat(made).isNotNull();
    }

    static void update(RunningServer server, String stream) {
      var changed =
          server
              .groups()
              .update(
                  UpdateReq.newBuilder()
                      .setOptions(
                          UpdateReq.Options.newBuilder()
                              .setGroupName("mail")
                              .setStream(
                                  UpdateReq.StreamOptions.newBuilder()
                                      .setStreamIdentifier(stream(stream))
                                      .setStart(EMPTY))
                              .setSettings(
                                  UpdateReq.Settings.newBuilder()
                                      .setLiveBufferSize(10)
                                      .setReadBatchSize(5)
                                      .setHistoryBufferSize(10)))
                      .build());
      assertThat(changed).isNotNull();
    }

    static void delete(RunningServer server, String stream) {
      var gone =
          server
              .groups()
              .delete(
                  DeleteReq.newBuilder()
                      .setOptions(
                          DeleteReq.Options.newBuilder()
                              .setStreamIdentifier(stream(stream))
                              .setGroupName("mail"))
                      .build());
      assertThat(gone).isNotNull();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.ScavengeOptions;
import io.leftfold.protocol.messages.monitoring.MonitoringGrpc;
import io.leftfold.protocol.messages.monitoring.StatsReq;
import io.leftfold.protocol.messages.monitoring.StatsResp;
import io.leftfold.protocol.messages.operations.OperationsGrpc;
import io.leftfold.protocol.messages.operations.ScavengeResp;
import io.leftfold.protocol.messages.operations.ScavengeResp.ScavengeResult;
import io.leftfold.protocol.messages.operations.SetNodePriorityReq;
import io.leftfold.protocol.messages.operations.StartScavengeReq;
import io.leftfold.protocol.messages.operations.StopScavengeReq;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What an operator asks of a node.
final class OperationsWireTest {

  private static final StreamName STREAM = StreamName.of("counted-1");

  private final TestServer server =
      TestServer.inMemory(EngineOptions.defaults().withChunkBytesMax(4096).withIndexTableEvents(5));
  private final Wire wire = Wire.to(server);

  @AfterEach
  void close() {
    wire.close();
    server.close();
  }

  private ScavengeResp start() {
    return OperationsGrpc.newBlockingStub(wire.channel())
        .startScavenge(StartScavengeReq.getDefaultInstance());
  }

  private ScavengeResp stop(String id) {
    return OperationsGrpc.newBlockingStub(wire.channel())
        .stopScavenge(
            StopScavengeReq.newBuilder()
                .setOptions(StopScavengeReq.Options.newBuilder().setScavengeId(id))
                .build());
  }

  private void fill() {
    for (var i = 0; i < 20; i++) {
      server
          .store()
          .append(STREAM, ExpectedState.any(), ProposedEvent.binary("Filled", new byte[1000]));
    }
    server
        .store()
        .writeMetadata(STREAM, ExpectedState.any(), StreamMetadata.none().withMaxCount(1));
  }

  @Test
  void a_scavenge_is_started_and_forgets() throws InterruptedException {
    fill();

    var started = start();

    assertThat(started.getScavengeResult()).isEqualTo(ScavengeResult.Started);
    var scavenge = server.store().lastScavenge().orElseThrow();
    assertThat(scavenge.id()).hasToString(started.getScavengeId());
    assertThat(scavenge.await().eventsForgotten()).isGreaterThan(10);
  }

  @Test
  void while_one_runs_its_id_is_given_and_it_can_be_stopped_once() throws InterruptedException {
    fill();
    var slow = server.store().scavenge(ScavengeOptions.defaults().atMost(1));
    var id = slow.id().toString();

    assertThat(start())
        .isEqualTo(
            ScavengeResp.newBuilder()
                .setScavengeId(id)
                .setScavengeResult(ScavengeResult.InProgress)
                .build());
    assertThat(stop(id).getScavengeResult()).isEqualTo(ScavengeResult.Stopped);

    slow.await();
    assertIsUnknown(id);
  }

  private void assertIsUnknown(String id) {
    var refusal = catchThrowableOfType(StatusRuntimeException.class, () -> stop(id));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(refusal.getStatus().getDescription()).isEqualTo("Scavenge id was invalid.");
    assertThat(refusal.getTrailers()).isNotNull();
    assertThat(trailer(refusal, "exception")).isEqualTo("scavenge-not-found");
    assertThat(trailer(refusal, "scavenge-id")).isEqualTo(id);
  }

  private static String trailer(StatusRuntimeException refusal, String name) {
    var trailers = java.util.Objects.requireNonNull(refusal.getTrailers());
    return String.valueOf(trailers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
  }

  @Test
  void who_owns_the_server_hears_that_it_is_to_shut_down() {
    assertThat(server.isAskedToShutDown()).isFalse();

    OperationsGrpc.newBlockingStub(wire.channel()).shutdown(Wire.EMPTY);

    assertThat(server.isAskedToShutDown()).isTrue();
    assertThat(wire.append("still-1", "A").hasSuccess()).isTrue();
  }

  @Test
  void the_files_of_the_index_become_one() {
    var store = server.store();
    for (var i = 0; i < 40; i++) {
      store.append(STREAM, ExpectedState.any(), ProposedEvent.json("Counted", "{}"));
    }
    Await.until("files that nothing has merged", () -> store.indexState().segments() > 1);

    assertThat(OperationsGrpc.newBlockingStub(wire.channel()).mergeIndexes(Wire.EMPTY))
        .isEqualTo(Wire.EMPTY);

    Await.until("one file", () -> store.indexState().segments() == 1);
    assertThat(store.read(STREAM, ReadOptions.forwards()).events()).hasSize(40);
  }

  @Test
  void what_a_node_alone_has_no_need_of_is_answered() {
    var operations = OperationsGrpc.newBlockingStub(wire.channel());

    assertThat(operations.resignNode(Wire.EMPTY)).isEqualTo(Wire.EMPTY);
    assertThat(operations.setNodePriority(SetNodePriorityReq.newBuilder().setPriority(-3).build()))
        .isEqualTo(Wire.EMPTY);
    assertThat(server.isAskedToShutDown()).isFalse();
  }

  /// They are taken up in the background when the server begins.
  @Test
  void persistent_subscriptions_are_taken_up_again() {
    Await.until(
        "persistent subscriptions that are ready to be restarted",
        () -> {
          try {
            return OperationsGrpc.newBlockingStub(wire.channel())
                .restartPersistentSubscriptions(Wire.EMPTY)
                .equals(Wire.EMPTY);
          } catch (StatusRuntimeException notReady) {
            assertThat(notReady.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            return false;
          }
        });
  }

  // ---- monitoring

  private Wire.Replies<StatsReq, StatsResp> watch(long periodMillis) {
    var replies = new Wire.Replies<StatsReq, StatsResp>();
    MonitoringGrpc.newStub(wire.channel())
        .stats(StatsReq.newBuilder().setRefreshTimePeriodInMs(periodMillis).build(), replies);
    return replies;
  }

  @Test
  void figures_come_at_once_and_again_after_each_period() {
    var replies = watch(100);
    var first = replies.next();
    wire.append("counted-1", "A", "B");
    var later = new AtomicReference<>(first.getStatsMap());
    Await.until(
        "figures that count both events",
        () -> {
          later.set(replies.next().getStatsMap());
          return "3".equals(later.get().get("es-events"));
        });
    assertThat(later.get()).containsEntry("es-queue-writer-totalItemsProcessed", "1");
    assertThat(Long.parseLong(later.get().get("es-writer-lastFlushSize"))).isPositive();
    assertThat(Double.parseDouble(later.get().get("es-writer-maxFlushDelayMs"))).isNotNegative();

    assertThat(first.getStatsMap())
        .containsEntry("es-events", "1")
        .containsEntry("proc-id", Long.toString(ProcessHandle.current().pid()))
        .containsEntry("es-queue-writer-length", "0")
        .containsKeys("proc-startTime", "proc-mem", "proc-threadsCount", "es-log-bytes")
        .allSatisfy((name, figure) -> {
          assertThat(name).matches("(proc|sys|es)-[A-Za-z0-9-]+");
          assertThat(figure).isNotEmpty();
        });
  }

  /// Each look at the figures takes a thread; nobody may have them without a pause.
  @Test
  void no_period_is_shorter_than_the_shortest() {
    var replies = watch(0);
    var begun = System.nanoTime();
    replies.next(4);

    assertThat(System.nanoTime() - begun).isGreaterThan(200_000_000L);
  }

  @Test
  void a_period_beyond_all_reason_is_a_day_and_who_is_gone_is_forgotten() {
    var replies = watch(-1);
    replies.next();
    assertThat(server.openCalls()).isEqualTo(1);

    replies.call().cancel("enough", null);

    Await.until("no open calls", () -> server.openCalls() == 0);
  }

  @Test
  void our_own_client_starts_a_scavenge_and_reads_its_history() throws InterruptedException {
    fill();
    try (var remote = RemoteEventStore.connect(server.connectionString())) {
      var id = remote.startScavenge();
      server.store().lastScavenge().orElseThrow().await();
      assertThat(remote.read(StreamName.of("$scavenges"), ReadOptions.forwards()).events())
          .isNotEmpty()
          .allSatisfy(event -> assertThat(event.dataAsText()).contains(id));
    }
  }
}

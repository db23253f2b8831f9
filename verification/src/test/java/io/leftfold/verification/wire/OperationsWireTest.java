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
import io.leftfold.protocol.messages.operations.OperationsGrpc;
import io.leftfold.protocol.messages.operations.ScavengeResp;
import io.leftfold.protocol.messages.operations.ScavengeResp.ScavengeResult;
import io.leftfold.protocol.messages.operations.StartScavengeReq;
import io.leftfold.protocol.messages.operations.StopScavengeReq;
import io.leftfold.verification.running.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What an operator asks of a node.
final class OperationsWireTest {

  private static final StreamName STREAM = StreamName.of("counted-1");

  private final TestServer server =
      TestServer.inMemory(EngineOptions.defaults().withChunkBytesMax(4096));
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

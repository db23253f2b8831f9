// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.EMPTY;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.projections.CreateReq;
import io.leftfold.protocol.messages.projections.ProjectionsGrpc;
import io.leftfold.protocol.messages.projections.StatisticsReq;
import io.leftfold.protocol.messages.projections.StatisticsResp;
import io.leftfold.protocol.messages.projections.UpdateReq;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import io.leftfold.server.ServerProjections;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What KurrentDB's service of projections is asked in words that no official client has.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProjectionsWireTest {

  private static final String COUNT =
      "fromAll().when({ $init: () => ({ n: 0 }), Happened(s) { s.n++; } })";

  private final TestServer server = TestServer.inMemory();
  private final Wire wire = Wire.to(server);

  @BeforeAll
  void prepare() {
    Await.until(
        "projections are there",
        () -> {
          try {
            return !statistics(asked -> asked.setAll(EMPTY)).isEmpty();
          } catch (StatusRuntimeException _) {
            return false;
          }
        });
  }

  @AfterAll
  void close() {
    wire.close();
    server.close();
  }

  private static ProjectionsGrpc.ProjectionsBlockingStub projections(Wire wire) {
    return ProjectionsGrpc.newBlockingStub(wire.channel()).withDeadlineAfter(Await.LIMIT);
  }

  private void create(Consumer<CreateReq.Options.Builder> saying) {
    var options = CreateReq.Options.newBuilder().setQuery(COUNT);
    saying.accept(options);
    var _ = projections(wire).create(CreateReq.newBuilder().setOptions(options).build());
  }

  private static CreateReq.Options.Continuous.Builder continuous(String name) {
    return CreateReq.Options.Continuous.newBuilder().setName(name);
  }

  private List<StatisticsResp.Details> statistics(Consumer<StatisticsReq.Options.Builder> asking) {
    var options = StatisticsReq.Options.newBuilder();
    asking.accept(options);
    var found = new ArrayList<StatisticsResp.Details>();
    projections(wire)
        .statistics(StatisticsReq.newBuilder().setOptions(options).build())
        .forEachRemaining(answer -> found.add(answer.getDetails()));
    return found;
  }

  private static Status.Code code(Runnable call) {
    return Wire.refusal(call).getStatus().getCode();
  }

  @Test
  void statistics_are_of_those_of_one_mode_and_a_one_time_projection_is_called_by_a_new_id() {
    create(options -> options.setContinuous(continuous("for-ever")));
    create(options -> options.setTransient(CreateReq.Options.Transient.newBuilder().setName("q")));
    create(options -> options.setOneTime(EMPTY));
    create(options -> options.setOneTime(EMPTY));

    assertThat(statistics(asked -> asked.setTransient(EMPTY)))
        .extracting(StatisticsResp.Details::getName, StatisticsResp.Details::getMode)
        .containsExactly(org.assertj.core.api.Assertions.tuple("q", "Transient"));
    var once = statistics(asked -> asked.setOneTime(EMPTY));
    assertThat(once)
        .hasSize(2)
        .allSatisfy(one -> {
          assertThat(UUID.fromString(one.getName())).hasToString(one.getName());
          assertThat(one.getMode()).isEqualTo("OneTime");
        });
    assertThat(statistics(asked -> asked.setContinuous(EMPTY)))
        .extracting(StatisticsResp.Details::getName)
        .contains("for-ever", "$by_category")
        .doesNotContain("q");
    assertThat(statistics(asked -> asked.setName("q"))).hasSize(1);
    assertThat(statistics(asked -> asked.setAll(EMPTY)))
        .extracting(StatisticsResp.Details::getName)
        .contains("for-ever", "q", once.getFirst().getName(), once.getLast().getName());
    assertThat(code(() -> statistics(_ -> {}))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(code(() -> statistics(asked -> asked.setName("none"))))
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void there_are_two_versions_of_the_engine_and_both_are_served() {
    for (var version : List.of(0, 1, 2)) {
      create(options ->
          options.setContinuous(continuous("engine-" + version)).setEngineVersion(version));
      assertThat(statistics(asked -> asked.setName("engine-" + version))).hasSize(1);
    }
    for (var version : List.of(-1, 3)) {
      assertThat(
              code(() ->
                  create(options ->
                      options.setContinuous(continuous("none")).setEngineVersion(version))))
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
  }

  @Test
  void what_cannot_be_created_or_allowed_is_refused_as_clients_know_it() {
    var tracking =
        Wire.refusal(() ->
            create(options ->
                options.setContinuous(continuous("tracking").setTrackEmittedStreams(true))));
    assertThat(tracking.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(Wire.text(tracking)).startsWith("Exception was thrown by handler.");
    assertThat(code(() -> create(_ -> {}))).isEqualTo(Status.Code.INVALID_ARGUMENT);

    create(
        options -> options.setTransient(CreateReq.Options.Transient.newBuilder().setName("mute")));
    var emitting =
        UpdateReq.Options.newBuilder().setName("mute").setQuery(COUNT).setEmitEnabled(true);
    var refused =
        Wire.refusal(() -> {
          var _ = projections(wire).update(UpdateReq.newBuilder().setOptions(emitting).build());
        });
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(Wire.text(refused)).contains("keeps no checkpoints");
  }

  @Test
  void a_server_without_projections_does_not_know_the_service() {
    var defaults = ServerProjections.defaults();
    var none =
        new ServerProjections(
            ServerProjections.Running.NONE,
            0,
            0,
            defaults.queryExpiry(),
            defaults.compilationTimeout(),
            defaults.executionTimeout(),
            defaults.stateSizeMax());
    var options = ServerOptions.insecure().withAddress("127.0.0.1", 0).withProjections(none);
    try (var store = LocalEventStore.inMemory();
        var without = LeftfoldServer.start(store, options);
        var there = Wire.to(without.port())) {
      var all =
          StatisticsReq.newBuilder()
              .setOptions(StatisticsReq.Options.newBuilder().setAll(EMPTY))
              .build();
      assertThat(code(() -> projections(there).statistics(all).forEachRemaining(_ -> {})))
          .isEqualTo(Status.Code.UNIMPLEMENTED);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.EMPTY;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.inquiries.AsOfRequest;
import io.leftfold.protocol.messages.inquiries.AsOfResponse;
import io.leftfold.protocol.messages.inquiries.CreateContinuousRequest;
import io.leftfold.protocol.messages.inquiries.DebugRequest;
import io.leftfold.protocol.messages.inquiries.DebugResponse;
import io.leftfold.protocol.messages.inquiries.FoldProgress;
import io.leftfold.protocol.messages.projections.CreateReq;
import io.leftfold.protocol.messages.projections.ProjectionsGrpc;
import io.leftfold.protocol.messages.projections.ResetReq;
import io.leftfold.protocol.messages.projections.StatisticsReq;
import io.leftfold.protocol.messages.projections.StatisticsResp;
import io.leftfold.protocol.messages.projections.UpdateReq;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import io.leftfold.server.ServerProjections;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
  void properties_are_kept_as_metadata_of_what_was_wanted() {
    var owner = Map.of("owner", Value.newBuilder().setStringValue("books").build());
    create(options -> options.setContinuous(continuous("owned")).putAllProperties(owner));
    var update = UpdateReq.Options.newBuilder().setName("owned").setQuery(COUNT + " ");
    var _ = projections(wire).update(UpdateReq.newBuilder().setOptions(update).build());
    var other = Value.newBuilder().setNumberValue(7).build();
    update.setQuery(COUNT).putProperties("cost", other);
    var _ = projections(wire).update(UpdateReq.newBuilder().setOptions(update).build());

    var definitions = StreamName.of("$projections-owned");
    assertThat(server.store().read(definitions, ReadOptions.forwards()).events())
        .extracting(event -> new JsonObject(event.metadataAsText()))
        .containsExactly(
            new JsonObject("{\"owner\":\"books\"}"),
            new JsonObject("{\"owner\":\"books\"}"),
            new JsonObject("{\"cost\":7}"));
  }

  @Test
  void a_script_that_no_record_holds_is_an_invalid_argument() {
    var options = ServerOptions.insecure().withAddress("127.0.0.1", 0);
    try (var store =
            LocalEventStore.inMemory(EngineOptions.defaults().withSizes(64 << 10, 1 << 20));
        var small = LeftfoldServer.start(store, options);
        var there = Wire.to(small.port())) {
      var large =
          CreateReq.Options.newBuilder()
              .setQuery(COUNT + " // " + "x".repeat(100 << 10))
              .setContinuous(continuous("large"));
      var request = CreateReq.newBuilder().setOptions(large).build();
      Await.until(
          "projections are there",
          () ->
              code(() -> {
                var _ = projections(there).create(request);
              })
                  == Status.Code.INVALID_ARGUMENT);
    }
  }

  @Test
  void figures_are_those_of_the_version_that_runs() {
    create(options ->
        options
            .setContinuous(continuous("figures"))
            .setQuery(COUNT.replace("fromAll()", "fromStream('f')")));
    var last =
        server
            .store()
            .append(StreamName.of("f"), ExpectedState.any(), ProposedEvent.json("Happened", "{}"))
            .position()
            .orElseThrow();
    var at = "C:%d/P:%d".formatted(last, last);
    Await.until("a step", () -> figures().getLastCheckpoint().equals(at));
    Await.until("it is written", () -> figures().getWritesInProgress() == 0);
    var first = figures();
    assertThat(first.getCheckpointStatus()).isEmpty();
    assertThat(first.getBufferedEvents()).isZero();
    assertThat(first.getWritePendingEventsBeforeCheckpoint()).isZero();
    assertThat(first.getWritePendingEventsAfterCheckpoint()).isZero();
    assertThat(first.getVersion()).isEqualTo(first.getEpoch());
    assertThat(first.getEventsProcessedAfterRestart()).isEqualTo(1);

    var _ =
        projections(wire)
            .reset(
                ResetReq.newBuilder()
                    .setOptions(ResetReq.Options.newBuilder().setName("figures"))
                    .build());
    var again = figures();
    assertThat(again.getEpoch()).isGreaterThan(first.getEpoch());
    assertThat(again.getVersion()).isEqualTo(again.getEpoch());
  }

  private StatisticsResp.Details figures() {
    return statistics(asked -> asked.setName("figures")).getFirst();
  }

  private static final String SLOW =
      "fromStream('slow').when({ $init: () => ({ n: 0 }), Happened(s) { s.n++; const end = Date.now() + 1; while (Date.now() < end); } })";

  @Test
  void folds_that_take_a_while_are_told_of_on_the_way() {
    var slow = Stream.generate(() -> ProposedEvent.json("Happened", "{}")).limit(1_000);
    server
        .store()
        .append(StreamName.of("slow"), ExpectedState.any(), slow.toArray(ProposedEvent[]::new));
    var calls =
        io.leftfold.protocol.messages.inquiries.ProjectionsGrpc.newBlockingStub(wire.channel());
    var _ =
        calls.createContinuous(
            CreateContinuousRequest.newBuilder()
                .setProjection("slow")
                .setQuery(SLOW)
                .setDisabled(true)
                .build());
    var past = AsOfRequest.newBuilder().setProjection("slow").setPosition(999_999).build();
    var told = new ArrayList<AsOfResponse>();
    calls.asOf(past).forEachRemaining(told::add);
    assertThat(told.removeLast().getState().getJson()).isEqualTo("{\"n\":1000}");
    isOnTheWay(told.stream().map(AsOfResponse::getProgress).toList());

    var debug = DebugRequest.newBuilder().setQuery(SLOW).setPosition(999_999).build();
    var shown = new ArrayList<DebugResponse>();
    calls.debug(debug).forEachRemaining(shown::add);
    assertThat(shown.removeLast().getEnd().hasNext()).isFalse();
    isOnTheWay(shown.stream().map(DebugResponse::getProgress).toList());
  }

  private static void isOnTheWay(List<FoldProgress> progress) {
    assertThat(progress).isNotEmpty();
    assertThat(progress).extracting(FoldProgress::getPosition).isSorted().doesNotHaveDuplicates();
    assertThat(progress)
        .allSatisfy(one -> {
          assertThat(one.getEvents()).isBetween(1L, 1_000L);
          assertThat(one.getPosition()).isLessThan(one.getEnd());
        });
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

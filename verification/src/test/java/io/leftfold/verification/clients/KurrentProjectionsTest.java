// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.kurrent.dbclient.CreateProjectionOptions;
import io.kurrent.dbclient.DeleteProjectionOptions;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.GetProjectionResultOptions;
import io.kurrent.dbclient.GetProjectionStateOptions;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.KurrentDBProjectionManagementClient;
import io.kurrent.dbclient.ProjectionDetails;
import io.kurrent.dbclient.ReadStreamOptions;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.UpdateProjectionOptions;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The official Java client's projections, against one server on a directory.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KurrentProjectionsTest {

  private static final String COUNT =
      "fromStream('%s').when({ $init: () => ({ count: 0 }), Counted: (s, e) => { s.count += e.data.n; } })";

  private static final String ECHO =
      "fromStream('%s').when({ Counted: (s, e) => { emit('%s', 'Echoed', { n: e.data.n }); } })";

  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private TestServer server;

  @SuppressWarnings("NullAway.Init")
  private KurrentDBClient client;

  @SuppressWarnings("NullAway.Init")
  private KurrentDBProjectionManagementClient projections;

  @BeforeAll
  void start(@TempDir Path directory) {
    this.directory = directory;
    server = TestServer.on(directory);
    connect();
  }

  private void connect() {
    client =
        KurrentDBClient.create(
            KurrentDBConnectionString.parseOrThrow(
                server.connectionString() + "&defaultDeadline=20000"));
    projections = KurrentDBProjectionManagementClient.from(client);
    Await.until(
        "projections run",
        () -> {
          try {
            Await.result(projections.list());
            return true;
          } catch (AssertionError _) {
            return false;
          }
        });
  }

  @AfterAll
  void stop() {
    Await.result(client.shutdown());
    server.close();
  }

  // ---- the shortest ways to say things

  private static String name(String what) {
    return "%s-%s".formatted(what, UUID.randomUUID());
  }

  private void append(String stream, int from, int count) {
    Await.result(
        client.appendToStream(
            stream,
            IntStream.range(from, from + count)
                .mapToObj(n ->
                    EventDataBuilder.json("Counted", "{\"n\":%d}".formatted(n).getBytes(UTF_8))
                        .build())
                .iterator()));
  }

  private static void does(CompletableFuture<?> call) {
    Await.result(call);
  }

  private ProjectionDetails details(String name) {
    return Await.result(projections.getStatus(name));
  }

  /// Numbers come as protobuf has them, with a point.
  private Object state(String name, String partition) {
    return Await.result(
        projections.getState(
            name, Object.class, GetProjectionStateOptions.get().partition(partition)));
  }

  private Object result(String name, String partition) {
    return Await.result(
        projections.getResult(
            name, Object.class, GetProjectionResultOptions.get().partition(partition)));
  }

  private void awaitCount(String name, int count) {
    Await.until(
        "a count of " + count, () -> state(name, "").equals(Map.of("count", (double) count)));
  }

  // ---- from beginning to end

  @Test
  void a_projection_counts_what_was_and_what_comes() {
    var stream = name("counted");
    var name = name("count");
    append(stream, 0, 5);
    does(projections.create(name, COUNT.formatted(stream)));
    awaitCount(name, 10);
    append(stream, 5, 1);
    awaitCount(name, 15);

    var details = Await.result(projections.getStatistics(name));
    assertThat(details.getName()).isEqualTo(name);
    assertThat(details.getMode()).isEqualTo("Continuous");
    assertThat(details.getStatus()).isEqualTo("Running");
    assertThat(details.getPosition()).matches("C:\\d+/P:\\d+");
    assertThat(details.getEventsProcessedAfterRestart()).isGreaterThanOrEqualTo(6);
    assertThat(result(name, "")).isEqualTo(Map.of("count", 15.0));
  }

  @Test
  void partitions_have_states_and_results_of_their_own() {
    var category = "cat" + UUID.randomUUID().toString().replace("-", "");
    var name = name("partitioned");
    append(category + "-1", 1, 2);
    append(category + "-2", 5, 1);
    does(
        projections.create(
            name,
            """
            fromCategory('%s').foreachStream()
              .when({ $init: () => ({ sum: 0 }), Counted: (s, e) => { s.sum += e.data.n; } })
              .transformBy(s => ({ twice: s.sum * 2 }))
            """
                .formatted(category)));

    Await.until(
        "the sum of the first", () -> state(name, category + "-1").equals(Map.of("sum", 3.0)));
    assertThat(result(name, category + "-2")).isEqualTo(Map.of("twice", 10.0));
    assertThat(state(name, "nobody")).isEqualTo(Map.of());
  }

  @Test
  void a_projection_is_stopped_started_changed_reset_and_deleted() {
    var stream = name("counted");
    var name = name("life");
    append(stream, 1, 3);
    does(projections.create(name, COUNT.formatted(stream)));
    awaitCount(name, 6);

    does(projections.disable(name));
    assertThat(details(name).getStatus()).isEqualTo("Stopped");
    append(stream, 4, 1);
    does(projections.enable(name));
    awaitCount(name, 10);

    does(projections.abort(name));
    assertThat(details(name).getStatus()).isEqualTo("Aborted");
    does(projections.update(name, COUNT.formatted(stream).replace("e.data.n", "100")));
    does(projections.enable(name));
    append(stream, 5, 1);
    awaitCount(name, 110);

    does(projections.reset(name));
    awaitCount(name, 500);

    refused(projections.delete(name), Status.Code.FAILED_PRECONDITION, "stopped or faulted");
    does(projections.disable(name));
    does(projections.delete(name, DeleteProjectionOptions.get().deleteStateStream()));
    assertThat(Await.result(projections.list()))
        .extracting(ProjectionDetails::getName)
        .doesNotContain(name);
  }

  @Test
  void what_is_not_there_or_there_already_is_said_so() {
    var name = name("once");
    does(projections.create(name, COUNT.formatted("nothing")));
    refused(
        projections.create(name, COUNT.formatted("nothing")),
        Status.Code.ALREADY_EXISTS,
        "Projection '%s' already exists".formatted(name));
    for (CompletableFuture<?> call :
        List.<CompletableFuture<?>>of(
            projections.enable("nobody"),
            projections.disable("nobody"),
            projections.abort("nobody"),
            projections.reset("nobody"),
            projections.update("nobody", "fromAll()"),
            projections.delete("nobody"),
            projections.getStatus("nobody"),
            projections.getStatistics("nobody"),
            projections.getState("nobody", Object.class),
            projections.getResult("nobody", Object.class))) {
      refused(call, Status.Code.NOT_FOUND, "Projection 'nobody' not found");
    }
  }

  @Test
  void a_script_that_is_none_makes_a_projection_that_is_faulted_and_says_why() {
    var name = name("broken");
    does(projections.create(name, "fromAll().when({ this is no script })"));
    Await.until("it is faulted", () -> details(name).getStatus().startsWith("Faulted"));
    assertThat(details(name).getStateReason()).contains("SyntaxError");
  }

  @Test
  void built_in_ones_are_listed_enabled_and_disabled_but_not_deleted() {
    assertThat(Await.result(projections.list()))
        .extracting(ProjectionDetails::getName)
        .contains(
            "$by_category",
            "$by_correlation_id",
            "$by_event_type",
            "$stream_by_category",
            "$streams");
    does(projections.enable("$by_category"));
    assertThat(details("$by_category").getStatus()).isEqualTo("Running");
    assertThat(details("$by_category").getProgress()).isEqualTo(100);
    does(projections.disable("$by_category"));
    assertThat(details("$by_category").getStatus()).isEqualTo("Stopped");
    refused(projections.delete("$by_category"), Status.Code.FAILED_PRECONDITION, "System");
  }

  @Test
  void a_runaway_script_faults_only_itself_while_appends_go_on() {
    var stream = name("counted");
    var good = name("good");
    var bad = name("runaway");
    append(stream, 1, 1);
    does(projections.create(good, COUNT.formatted(stream)));
    does(
        projections.create(
            bad, "fromStream('%s').when({ $any: () => { for (;;) {} } })".formatted(stream)));
    append(stream, 2, 1);
    awaitCount(good, 3);
    Await.until("it is faulted", () -> details(bad).getStatus().startsWith("Faulted"));
    assertThat(details(bad).getStateReason()).isNotEmpty();
    append(stream, 3, 1);
    awaitCount(good, 6);
    assertThat(details(good).getStatus()).isEqualTo("Running");
  }

  @Test
  void a_restart_of_the_parts_or_of_the_server_repeats_and_loses_no_emit() {
    var stream = name("counted");
    var echoes = name("echoes");
    var name = name("echo");
    append(stream, 0, 3);
    does(
        projections.create(
            name, ECHO.formatted(stream, echoes), CreateProjectionOptions.get().emitEnabled(true)));
    awaitEchoes(echoes, 3);

    does(projections.restartSubsystem());
    append(stream, 3, 3);
    awaitEchoes(echoes, 6);

    Await.result(client.shutdown());
    server.close();
    server = TestServer.on(directory);
    connect();
    assertThat(details(name).getStatus()).isEqualTo("Running");
    append(stream, 6, 3);
    awaitEchoes(echoes, 9);
    assertThat(echoes(echoes))
        .extracting(event -> new String(event.getEvent().getEventData(), UTF_8))
        .containsExactlyElementsOf(
            IntStream.range(0, 9).mapToObj("{\"n\":%d}"::formatted).toList());
  }

  private List<ResolvedEvent> echoes(String stream) {
    try {
      return Await.result(client.readStream(stream, ReadStreamOptions.get())).getEvents();
    } catch (AssertionError _) {
      return List.of(); // nothing is there yet
    }
  }

  private void awaitEchoes(String stream, int count) {
    Await.until(count + " echoes", () -> echoes(stream).size() >= count);
  }

  @Test
  void a_projection_that_may_not_write_may_by_an_update() {
    var stream = name("counted");
    var echoes = name("echoes");
    var name = name("mute");
    append(stream, 0, 1);
    var script = ECHO.formatted(stream, echoes);
    does(projections.create(name, script));
    Await.until("it is faulted", () -> details(name).getStatus().startsWith("Faulted"));
    assertThat(details(name).getStateReason()).contains("emit");

    does(projections.update(name, script, UpdateProjectionOptions.get().emitEnabled(true)));
    awaitEchoes(echoes, 1);
  }

  private static void refused(CompletableFuture<?> call, Status.Code code, String words) {
    var failure = Await.failure(Throwable.class, call);
    var status = Status.fromThrowable(failure);
    assertThat(status.getCode()).as("%s", failure).isEqualTo(code);
    assertThat(status.getDescription()).contains(words);
  }
}

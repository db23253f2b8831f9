// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.RemoteUsers;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Projections over HTTP, page by page, on one server with users.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProjectionPagesTest {

  private static final String SUM =
      "fromStream('paid-1').when({ $init: () => ({ sum: 0 }), Paid: (s, e) => { s.sum += e.data.n } }).outputState()";

  private final TestServer server = TestServer.withUsers();
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  void prepare() {
    for (var n : List.of(1, 2, 3)) {
      server
          .store()
          .append(
              StreamName.of("paid-1"),
              ExpectedState.any(),
              ProposedEvent.json("Paid", "{\"n\":%d}".formatted(n)));
    }
    Await.until("projections run", () -> ask("GET /projections/any").statusCode() == 200);
  }

  @AfterAll
  void close() {
    http.close();
    server.close();
  }

  /// What an operator is answered who asks `METHOD path`.
  private HttpResponse<String> ask(String what) throws IOException, InterruptedException {
    return ask(what, "", "ops:changeit");
  }

  private HttpResponse<String> ask(String what, String body, String who)
      throws IOException, InterruptedException {
    var words = what.split(" ", 2);
    var request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d%s".formatted(server.port(), words[1])))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Await.LIMIT)
            .method(words[0], BodyPublishers.ofString(body));
    if (!who.isEmpty()) {
      request.header(
          "authorization", "Basic " + Base64.getEncoder().encodeToString(who.getBytes(UTF_8)));
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static String type(HttpResponse<?> answer) {
    return answer.headers().firstValue("content-type").orElse("");
  }

  /// One step of a story: what is asked, with which body, and what is answered.
  private record Asked(String what, String body, int status, String type, String part) {
    Asked(String what, int status, String type, String part) {
      this(what, "", status, type, part);
    }
  }

  private static final String JSON = "application/json; charset=utf-8";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String SCRIPT = "application/javascript; charset=utf-8";

  @Test
  void each_page_answers_with_its_status_and_its_media_type() throws Exception {
    var created = ask("POST /projections/continuous?name=sums&emit=yes", SUM, "ops:changeit");
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    assertThat(created.headers().firstValue("location"))
        .hasValue("http://127.0.0.1:%d/projection/sums".formatted(server.port()));
    Await.until("the sum", () -> ask("GET /projection/sums/state").body().equals("{\"sum\":6}"));

    for (var step :
        List.of(
            new Asked("POST /projections/continuous?name=sums", SUM, 409, TEXT, "already exists"),
            new Asked("GET /projections/any", 200, JSON, "\"name\":\"$by_category\""),
            new Asked("GET /projections/continuous", 200, JSON, "\"name\":\"sums\""),
            new Asked("GET /projections/all-non-transient", 200, JSON, "\"name\":\"sums\""),
            new Asked("GET /projections/onetime", 200, JSON, "{\"projections\":[]}"),
            new Asked("GET /projections/transient", 200, JSON, "{\"projections\":[]}"),
            new Asked("GET /projection/sums", 200, JSON, "\"status\":\"Running\""),
            new Asked("GET /projection/sums/statistics", 200, JSON, "{\"projections\":[{"),
            new Asked("GET /projection/sums/statistics", 200, JSON, "\"lagSeconds\":0.0"),
            new Asked("GET /projection/sums/query", 200, SCRIPT, SUM),
            new Asked("GET /projection/sums/query?config=yes", 200, JSON, "\"emitEnabled\":true"),
            new Asked("GET /projection/sums/query?config=1", 200, JSON, "\"streams\":[\"paid-1\"]"),
            new Asked("GET /projection/sums/query?config=maybe", 400, TEXT, "config is yes"),
            new Asked("GET /projection/sums/state", 200, JSON, "{\"sum\":6}"),
            new Asked("GET /projection/sums/result", 200, JSON, "{\"sum\":6}"),
            new Asked("GET /projection/sums/state?partition=none", 200, JSON, ""),
            new Asked(
                "GET /projection/sums/config", 200, JSON, "\"checkpointHandledThreshold\":4000"),
            new Asked("PUT /projection/sums/config", "{}", 500, TEXT, "Cannot update the config"),
            new Asked("DELETE /projection/sums", 500, TEXT, "hasn't been stopped or faulted"),
            new Asked("POST /projection/sums/command/disable", 200, JSON, "\"name\":\"sums\""),
            new Asked(
                "PUT /projection/sums/config",
                "{\"checkpointHandledThreshold\":7}",
                200,
                JSON,
                "sums"),
            new Asked("GET /projection/sums/config", 200, JSON, "\"checkpointHandledThreshold\":7"),
            new Asked(
                "PUT /projection/sums/config",
                "{\"checkpointHandledThreshold\":0}",
                400,
                TEXT,
                "checkpointHandledThreshold"),
            new Asked("PUT /projection/sums/config", "no JSON", 400, TEXT, "JSON object"),
            new Asked(
                "PUT /projection/sums/query?emit=no",
                SUM.replace("sum +=", "sum -="),
                200,
                JSON,
                "sums"),
            new Asked("GET /projection/sums/query", 200, SCRIPT, "sum -="),
            new Asked("POST /projection/sums/command/enable", 200, JSON, "sums"),
            new Asked("POST /projection/sums/command/reset", 200, JSON, "sums"),
            new Asked("POST /projection/sums/command/abort", 200, JSON, "sums"),
            new Asked("GET /projection/sums", 200, JSON, "\"status\":\"Aborted\""),
            new Asked("POST /projection/sums/command/jump", 404, "", ""),
            new Asked("DELETE /projection/sums?deleteStateStream=yes", 200, JSON, "sums"),
            new Asked("GET /projection/sums", 404, TEXT, "Projection 'sums' not found"),
            new Asked("GET /projection/sums/state", 404, TEXT, "not found"),
            new Asked("POST /projection/sums/command/enable", 404, TEXT, "not found"),
            new Asked("GET /projection/%24by_category", 200, JSON, "\"progress\":100"),
            new Asked("GET /projection/%24by_category/state", 200, JSON, ""),
            new Asked("GET /projection/%24by_category/result?partition=paid", 200, JSON, ""),
            new Asked("DELETE /projection/%24by_category", 500, TEXT, "System Projections"),
            new Asked(
                "POST /projections/continuous?name=n&type=native:X", "", 400, TEXT, "type is JS"),
            new Asked(
                "POST /projections/continuous?name=n&trackemittedstreams=1",
                SUM,
                400,
                TEXT,
                "emit"),
            new Asked(
                "POST /projections/onetime?name=n&emit=yes",
                SUM,
                500,
                TEXT,
                "keeps no checkpoints, and emitting requires them"),
            new Asked("POST /projections/restart", 200, TEXT, "Restarting"))) {
      requireAnswered(step);
    }
  }

  private void requireAnswered(Asked step) throws IOException, InterruptedException {
    var answer = ask(step.what(), step.body(), "ops:changeit");
    assertThat(answer.statusCode())
        .as("%s: %s", step.what(), answer.body())
        .isEqualTo(step.status());
    if (!step.type().isEmpty()) {
      assertThat(type(answer)).as(step.what()).isEqualTo(step.type());
    }
    assertThat(answer.body()).as(step.what()).contains(step.part());
  }

  @Test
  void what_the_options_of_a_creation_and_a_deletion_say_is_so() throws Exception {
    var emitting = SUM.replace("e.data.n }", "e.data.n; emit('optional', 'Sum', s) }");
    var create = "POST /projections/onetime?name=optional&checkpoints=yes&emit=yes";
    requireAnswered(new Asked(create + "&trackemittedstreams=yes", emitting, 201, JSON, ""));
    Await.until(
        "it is completed",
        () -> ask("GET /projection/optional").body().contains("\"status\":\"Completed\""));
    for (var stream : List.of("optional", "$projections-optional-checkpoint")) {
      assertThat(written(stream)).as(stream).isNotEmpty();
    }
    assertThat(written("$projections-optional-emittedstreams")).containsExactly("optional");

    for (var step :
        List.of(
            new Asked(
                "GET /projection/optional/query?config=yes", 200, JSON, "\"type\":\"OneTime\""),
            new Asked(
                "GET /projection/optional/query?config=yes",
                200,
                JSON,
                "\"trackEmittedStreams\":true,\"checkpointsEnabled\":true"),
            new Asked(
                "DELETE /projection/optional?deleteEmittedStreams=yes&deleteStateStream=yes&deleteCheckpointStream=yes",
                200,
                JSON,
                "optional"),
            new Asked("POST /projections/continuous?name=e2&engineversion=2", SUM, 201, JSON, "e2"),
            new Asked(
                "POST /projections/continuous?name=e3&engineversion=3",
                SUM,
                400,
                TEXT,
                "engineversion is 1 or 2, got 3"),
            new Asked("PUT /projection/e2/query?type=JS", SUM, 200, JSON, "e2"),
            new Asked("PUT /projection/e2/query?type=native:x", SUM, 400, TEXT, "its type is JS"),
            new Asked(
                "PUT /projection/$by_category/query?type=native:x",
                "first\r\n-",
                200,
                JSON,
                "$by_category"))) {
      requireAnswered(step);
    }
    assertThat(written("$projections-e2"))
        .hasSize(2)
        .allSatisfy(definition -> assertThat(definition).contains("\"engineVersion\":2"));
    for (var stream :
        List.of(
            "optional",
            "$projections-optional",
            "$projections-optional-checkpoint",
            "$projections-optional-emittedstreams",
            "$projections-optional-result")) {
      assertThat(written(stream)).as(stream).isEmpty();
    }
  }

  private List<String> written(String stream) {
    return server.store().read(StreamName.of(stream), ReadOptions.forwards()).events().stream()
        .map(RecordedEvent::dataAsText)
        .toList();
  }

  @Test
  void configurations_have_the_fields_that_tools_know() throws Exception {
    ask("POST /projections/continuous?name=known&enabled=no", SUM, "ops:changeit");
    var query = new JsonObject(ask("GET /projection/known/query?config=yes").body());
    assertThat(query.fieldNames())
        .containsExactlyInAnyOrder(
            "name",
            "query",
            "emitEnabled",
            "type",
            "trackEmittedStreams",
            "checkpointsEnabled",
            "definition",
            "outputConfig");
    assertThat(query.getJsonObject("definition").fieldNames())
        .containsExactlyInAnyOrder(
            "allStreams",
            "categories",
            "streams",
            "allEvents",
            "events",
            "byStreams",
            "byCustomPartitions",
            "definesStateTransform",
            "producesResults",
            "isBiState",
            "handlesDeletedNotifications",
            "includeLinks");
    assertThat(query.getJsonObject("outputConfig").fieldNames())
        .containsExactly("resultStreamName");
    assertThat(new JsonObject(ask("GET /projection/known/config").body()).fieldNames())
        .containsExactlyInAnyOrder(
            "emitEnabled",
            "trackEmittedStreams",
            "checkpointAfterMs",
            "checkpointHandledThreshold",
            "checkpointUnhandledBytesThreshold",
            "pendingEventsThreshold",
            "maxWriteBatchLength",
            "maxAllowedWritesInFlight",
            "projectionExecutionTimeout",
            "failurePolicy");
  }

  /// Each number and the least that it may be.
  @Test
  void each_number_of_a_configuration_has_its_bounds() throws Exception {
    ask("POST /projections/continuous?name=bounded&enabled=no", SUM, "ops:changeit");
    var bounds =
        List.of(
            Map.entry("checkpointAfterMs", 0),
            Map.entry("checkpointHandledThreshold", 1),
            Map.entry("checkpointUnhandledBytesThreshold", 1),
            Map.entry("pendingEventsThreshold", 1),
            Map.entry("maxWriteBatchLength", 1),
            Map.entry("maxAllowedWritesInFlight", -1),
            Map.entry("projectionExecutionTimeout", 0));
    for (var bound : bounds) {
      var least = bound.getValue();
      for (var number : List.of(least, least - 1)) {
        var body = "{\"%s\":%d}".formatted(bound.getKey(), number);
        var answer = ask("PUT /projection/bounded/config", body, "ops:changeit");
        assertThat(answer.statusCode())
            .as("%s: %s", body, answer.body())
            .isEqualTo(number < least ? 400 : 200);
        assertThat(answer.body()).contains(number < least ? bound.getKey() : "bounded");
      }
    }
  }

  @Test
  void a_state_says_of_when_it_is_and_is_not_to_be_kept() throws Exception {
    ask("POST /projections/continuous?name=dated", SUM, "ops:changeit");
    Await.until("the sum", () -> ask("GET /projection/dated/state").body().equals("{\"sum\":6}"));
    var headers = ask("GET /projection/dated/result").headers();
    assertThat(headers.firstValue("Kurrent-Position").orElseThrow())
        .matches("\\{\"\\$c\":\\d+,\"\\$p\":\\d+}");
    assertThat(headers.firstValue("ES-Position")).isEqualTo(headers.firstValue("Kurrent-Position"));
    assertThat(headers.firstValue("Cache-Control").orElseThrow()).contains("no-cache");
  }

  /// The position of the n-th event that was paid, from 1.
  private long paid(int n) {
    try (var read = server.store().read(StreamName.of("paid-1"), ReadOptions.forwards())) {
      return read.events().get(n - 1).position();
    }
  }

  @Test
  void the_past_of_a_projection_is_told() throws Exception {
    ask("POST /projections/continuous?name=past", SUM, "ops:changeit");
    Await.until("the sum", () -> ask("GET /projection/past/state").body().equals("{\"sum\":6}"));
    var third = paid(3);
    for (var step :
        List.of(
            new Asked("GET /projection/past/state?asOf=" + third, 200, JSON, "{\"sum\":3}"),
            new Asked("GET /projection/past/result?asof=" + (third + 1), 200, JSON, "{\"sum\":6}"),
            new Asked("GET /projection/past/state?asOf=0", 200, JSON, ""),
            new Asked(
                "GET /projection/past/state?asOf=2999-01-01T00:00:00Z", 200, JSON, "{\"sum\":6}"),
            new Asked("GET /projection/past/state?asOf=2001-01-01T00:00:00Z", 200, JSON, ""),
            new Asked("GET /projection/past/state?asOf=yesterday", 400, TEXT, "asOf is a position"),
            new Asked("GET /projection/none/state?asOf=1", 404, TEXT, "not found"))) {
      var answer = ask(step.what());
      assertThat(answer.statusCode()).as(step.what()).isEqualTo(step.status());
      assertThat(type(answer)).as(step.what()).isEqualTo(step.type());
      if (step.part().isEmpty()) {
        assertThat(answer.body()).as(step.what()).isEmpty();
      }
      assertThat(answer.body()).as(step.what()).contains(step.part());
    }
    assertThat(
            ask("GET /projection/past/state?asOf=" + third)
                .headers()
                .firstValue("Kurrent-Position"))
        .hasValue("{\"$c\":%d,\"$p\":%d}".formatted(third - 1, third - 1));
  }

  /// What an operator is answered in lines of JSON.
  private HttpResponse<String> lines(String path) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
            .timeout(Await.LIMIT)
            .header("accept", "application/x-ndjson")
            .header(
                "authorization",
                "Basic " + Base64.getEncoder().encodeToString("ops:changeit".getBytes(UTF_8)));
    return http.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void whoever_accepts_lines_is_told_the_answer_in_the_last() throws Exception {
    ask("POST /projections/continuous?name=lines", SUM, "ops:changeit");
    var answer = lines("/projection/lines/state?asOf=" + paid(3));
    assertThat(type(answer)).isEqualTo("application/x-ndjson");
    assertThat(answer.body().lines().toList().getLast())
        .startsWith("{\"answer\":{\"sum\":3},\"position\":{\"$c\":");
  }

  @Test
  void one_that_takes_a_while_is_told_of_on_the_way() throws Exception {
    var slow = Stream.generate(() -> ProposedEvent.json("Waited", "{}")).limit(600);
    server
        .store()
        .append(StreamName.of("slow"), ExpectedState.any(), slow.toArray(ProposedEvent[]::new));
    ask(
        "POST /projections/continuous?name=slow&enabled=no",
        "fromStream('slow').when({ $init: () => ({ n: 0 }), Waited(s) { s.n++; const end = Date.now() + 2; while (Date.now() < end); } })",
        "ops:changeit");
    var told = lines("/projection/slow/state?asOf=999999").body().lines().toList();

    assertThat(told.getLast()).startsWith("{\"answer\":{\"n\":600}");
    var progress =
        told.subList(0, told.size() - 1).stream()
            .map(line -> new JsonObject(line).getJsonObject("progress"))
            .toList();
    assertThat(progress).isNotEmpty();
    assertThat(progress)
        .extracting(one -> one.getLong("position"))
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(progress)
        .allSatisfy(one -> {
          assertThat(one.getLong("events")).isBetween(1L, 600L);
          assertThat(one.getLong("position")).isLessThan(one.getLong("end"));
        });
  }

  /// The names of reference and of our own, and no others: a field that is gone is one that some
  /// tool looks for.
  @Test
  void statistics_have_the_fields_that_tools_know() throws Exception {
    ask("POST /projections/continuous?name=fields", SUM, "ops:changeit");
    Await.until("the sum", () -> ask("GET /projection/fields/state").body().equals("{\"sum\":6}"));
    Await.until(
        "it is written",
        () -> ask("GET /projection/fields").body().contains("\"writesInProgress\":0"));
    var all = new JsonObject(ask("GET /projection/fields/statistics").body());
    var one = all.getJsonArray("projections").getJsonObject(0);

    assertThat(one.fieldNames())
        .containsExactlyInAnyOrder(
            "coreProcessingTime",
            "version",
            "epoch",
            "effectiveName",
            "writesInProgress",
            "readsInProgress",
            "partitionsCached",
            "partitionStateCacheSize",
            "partitionStateCacheEvictions",
            "status",
            "stateReason",
            "name",
            "mode",
            "position",
            "progress",
            "lastCheckpoint",
            "eventsProcessedAfterRestart",
            "statusUrl",
            "stateUrl",
            "resultUrl",
            "queryUrl",
            "resultStreamUrl",
            "enableCommandUrl",
            "disableCommandUrl",
            "checkpointStatus",
            "bufferedEvents",
            "writePendingEventsBeforeCheckpoint",
            "writePendingEventsAfterCheckpoint",
            "lagEvents",
            "lagSeconds",
            "parkedEvents");
    assertThat(one.getString("mode")).isEqualTo("Continuous");
    assertThat(one.getString("position")).matches("C:\\d+/P:\\d+");
    assertThat(one.getString("lastCheckpoint")).matches("C:\\d+/P:\\d+");
    assertThat(one.getString("checkpointStatus")).isEmpty();
    assertThat(one.getInteger("eventsProcessedAfterRestart")).isEqualTo(3);
  }

  @Test
  void a_debug_run_shows_what_each_event_does_and_writes_nothing() throws Exception {
    ask("POST /projections/continuous?name=debugged&enabled=no", SUM, "ops:changeit");
    var before = server.store().lastPosition();
    var first = new JsonObject(ask("GET /projection/debugged/debug?count=2").body());
    assertThat(first.getJsonArray("steps")).hasSize(2);
    var step = first.getJsonArray("steps").getJsonObject(1);
    assertThat(step.getJsonObject("event").getJsonObject("data").getInteger("n")).isEqualTo(2);
    assertThat(step.getString("outcome")).isEqualTo("handled");
    assertThat(step.getJsonObject("stateBefore")).isEqualTo(new JsonObject("{\"sum\":1}"));
    assertThat(step.getJsonObject("stateAfter")).isEqualTo(new JsonObject("{\"sum\":3}"));
    assertThat(step.getJsonArray("changes"))
        .isEqualTo(new JsonArray("[{\"path\":\".sum\",\"before\":1,\"after\":3}]"));
    var next = first.getLong("next");
    var rest = new JsonObject(ask("GET /projection/debugged/debug?from=" + next).body());
    assertThat(rest.getJsonArray("steps")).hasSize(1);
    assertThat(rest.getJsonArray("steps").getJsonObject(0).getJsonObject("stateBefore"))
        .isEqualTo(new JsonObject("{\"sum\":3}"));
    assertThat(rest.getValue("next")).isNull();

    var failing =
        "fromStream('paid-1').when({ Paid: (s, e) => { log('saw', e.data.n);\n  throw new Error('no'); } })";
    var faults =
        new JsonObject(ask("POST /projections/debug?count=1", failing, "ops:changeit").body());
    var fault = faults.getJsonArray("steps").getJsonObject(0);
    assertThat(fault.getString("outcome")).isEqualTo("failed");
    assertThat(fault.getJsonObject("fault").getInteger("line")).isEqualTo(2);
    assertThat(fault.getJsonArray("logged")).containsExactly("saw 1");
    assertThat(ask("GET /projection/debugged/debug?from=here").statusCode()).isEqualTo(400);
    assertThat(ask("POST /projections/debug", "fromAll().wen()", "ops:changeit").body())
        .contains("was \"when\" meant?");
    assertThat(server.store().lastPosition()).isEqualTo(before);
  }

  @Test
  void partitions_and_what_is_parked_are_listed() throws Exception {
    ask(
        "POST /projections/continuous?name=by-stream",
        "fromCategory('paid').foreachStream().when({ Paid: (s, e) => { s.n = e.data.n } })",
        "admin:changeit");
    Await.until(
        "the partition",
        () ->
            ask("GET /projection/by-stream/partitions")
                .body()
                .equals("{\"partitions\":[\"paid-1\"]}"));
    assertThat(ask("GET /projection/by-stream/parked").body())
        .isEqualTo("{\"parked\":[],\"next\":null}");
  }

  @Test
  void the_state_that_partitions_share_is_shown_without_a_partition() throws Exception {
    ask(
        "POST /projections/continuous?name=shared",
        "fromStream('paid-1').partitionBy(e => e.streamId).when({ $init: () => ({ n: 0 }), $initShared: () => ({ all: 0 }), Paid([s, all], e) { s.n = e.data.n; all.all += e.data.n; } })",
        "admin:changeit");
    Await.until("the sum", () -> ask("GET /projection/shared/state").body().equals("{\"all\":6}"));
    for (var step :
        List.of(
            new Asked("GET /projection/shared/state?partition=paid-1", 200, JSON, "{\"n\":3}"),
            new Asked("GET /projection/shared/state?asOf=" + paid(3), 200, JSON, "{\"all\":3}"),
            new Asked(
                "GET /projection/shared/debug?from=%d&count=1".formatted(paid(2)),
                200,
                JSON,
                "\"sharedBefore\":{\"all\":1},\"sharedAfter\":{\"all\":3}"))) {
      requireAnswered(step);
    }
  }

  @Test
  void what_is_parked_is_taken_up_or_left_out() throws Exception {
    var picky = SUM.replace("s.sum +=", "if (e.data.n > 1) throw new Error('too much'); s.sum +=");
    ask("POST /projections/continuous?name=picky&enabled=no", picky, "ops:changeit");
    ask("PUT /projection/picky/config", "{\"failurePolicy\":\"park-event\"}", "ops:changeit");
    ask("POST /projection/picky/command/enable");
    Await.until("two are parked", () -> parked("picky").size() == 2);
    var positions = parked("picky");
    var next = positions.getFirst() + 1;
    requireAnswered(
        new Asked("GET /projection/picky/parked?count=1", 200, JSON, "\"next\":" + next));
    assertThat(parked("picky", "?count=1")).containsExactly(positions.getFirst());
    assertThat(parked("picky", "?from=" + next)).containsExactly(positions.getLast());
    requireAnswered(
        new Asked("GET /projection/picky/parked?from=none", 400, TEXT, "from is a position"));

    var command = "POST /projection/picky/command/";
    for (var step :
        List.of(
            new Asked(command + "resume", 400, TEXT, "position is the position of a parked event"),
            new Asked(command + "resume?position=none", 400, TEXT, "got 'none'"),
            new Asked(command + "skip?position=999999", 500, TEXT, "Nothing of projection picky"),
            new Asked(command + "resume?position=" + positions.getFirst(), 200, JSON, "too much"),
            new Asked(
                command + "skip?position=" + positions.getFirst(),
                200,
                JSON,
                "\"stillParked\":null"),
            new Asked(
                "PUT /projection/picky/query", picky.replace("> 1", "> 7"), 200, JSON, "picky"),
            new Asked(
                command + "resume?position=" + positions.getLast(),
                200,
                JSON,
                "\"stillParked\":null"))) {
      requireAnswered(step);
    }
    assertThat(parked("picky")).isEmpty();
    assertThat(ask("GET /projection/picky/state").body()).isEqualTo("{\"sum\":4}");
  }

  private List<Long> parked(String name) throws IOException, InterruptedException {
    return parked(name, "");
  }

  private List<Long> parked(String name, String query) throws IOException, InterruptedException {
    var parked = new JsonObject(ask("GET /projection/%s/parked".formatted(name) + query).body());
    return parked.getJsonArray("parked").stream()
        .map(event -> ((JsonObject) event).getLong("position"))
        .toList();
  }

  @Test
  void versions_are_built_beside_and_results_emitted_again() throws Exception {
    var emitting = SUM.replace("e.data.n }", "e.data.n; emit('sums-out', 'Sum', s) }");
    ask("POST /projections/continuous?name=twice&emit=yes", emitting, "ops:changeit");
    Await.until("the sum", () -> ask("GET /projection/twice/state").body().equals("{\"sum\":6}"));

    var failing = SUM.replace("s.sum +=", "throw new Error('never'); s.sum +=");
    requireAnswered(
        new Asked("PUT /projection/twice/query?beside=yes", failing, 200, JSON, "twice"));
    Await.until(
        "it is said why it does not get on",
        () -> ask("GET /projection/twice").body().contains("never"));
    requireAnswered(new Asked("PUT /projection/twice/query", SUM, 500, TEXT, "cancel that first"));
    requireAnswered(new Asked("POST /projection/twice/command/cancel", 200, JSON, "twice"));
    assertThat(ask("GET /projection/twice").body()).doesNotContain("beside");

    var doubled = emitting.replace("+= e.data.n", "+= 2 * e.data.n");
    requireAnswered(
        new Asked("PUT /projection/twice/query?beside=yes", doubled, 200, JSON, "twice"));
    Await.until(
        "it took over", () -> ask("GET /projection/twice/state").body().equals("{\"sum\":12}"));
    assertThat(emitted()).hasSize(3);

    requireAnswered(
        new Asked(
            "PUT /projection/twice/config?running=yes",
            "{\"checkpointHandledThreshold\":9}",
            200,
            JSON,
            "twice"));
    requireAnswered(
        new Asked("POST /projection/twice/command/reset?emitAgain=yes", 200, JSON, "twice"));
    Await.until("all is emitted again", () -> emitted().size() == 6);
    assertThat(emitted().getLast()).isEqualTo("{\"sum\":12}");
    requireAnswered(
        new Asked("GET /projection/twice/config", 200, JSON, "\"checkpointHandledThreshold\":9"));
  }

  private List<String> emitted() {
    return server.store().read(StreamName.of("sums-out"), ReadOptions.forwards()).events().stream()
        .map(RecordedEvent::dataAsText)
        .toList();
  }

  @Test
  void events_are_given_to_scripts_that_run_elsewhere() throws Exception {
    var asked =
        """
        {"query":{"streams":["paid-1"],"allEvents":true},"position":{"$c":%d,"$p":%d},"maxEvents":1}
        """
            .formatted(paid(1), paid(1));
    var answer = new JsonObject(ask("POST /projections/read-events", asked, "ops:changeit").body());
    var events = answer.getJsonArray("events");
    assertThat(events).hasSize(1);
    var event = events.getJsonObject(0);
    assertThat(event.getString("eventStreamId")).isEqualTo("paid-1");
    assertThat(event.getLong("eventNumber")).isEqualTo(1);
    assertThat(event.getString("data")).isEqualTo("{\"n\":2}");
    assertThat(event.getBoolean("isJson")).isTrue();
    assertThat(answer.getJsonObject("readerPosition").getLong("$c")).isEqualTo(paid(2));
    assertThat(UUID.fromString(answer.getString("correlationId")).version()).isPositive();
    var byStream =
        """
        {"query":{"streams":["paid-1"],"allEvents":true},"position":{"$s":{"paid-1":%d}},"maxEvents":1}
        """;
    assertThat(numbers(byStream.formatted(-1))).containsExactly(0L);
    assertThat(numbers(byStream.formatted(1))).containsExactly(2L);
    assertThat(numbers(byStream.formatted(9))).isEmpty();
    for (var wrong : List.of("{}", "no JSON", "{\"query\":{\"streams\":7}}")) {
      assertThat(ask("POST /projections/read-events", wrong, "ops:changeit").statusCode())
          .as(wrong)
          .isEqualTo(400);
    }
    var category = "{\"query\":{\"categories\":[\"paid\"],\"events\":[\"Paid\"]},\"maxEvents\":9}";
    assertThat(
            new JsonObject(ask("POST /projections/read-events", category, "admin:changeit").body())
                .getJsonArray("events").stream()
                    .map(one -> ((JsonObject) one).getString("data"))
                    .toList())
        .containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
    var everything = "{\"query\":{\"allStreams\":true}}";
    assertThat(ask("POST /projections/read-events", everything, "ops:changeit").statusCode())
        .isEqualTo(401);
    assertThat(ask("POST /projections/read-events", everything, "admin:changeit").body())
        .contains("\"eventStreamId\":\"paid-1\"");
  }

  private List<Long> numbers(String asked) throws IOException, InterruptedException {
    return new JsonObject(ask("POST /projections/read-events", asked, "ops:changeit").body())
        .getJsonArray("events").stream()
            .map(one -> ((JsonObject) one).getLong("eventNumber"))
            .toList();
  }

  @Test
  void scripts_that_run_elsewhere_are_told_of_deletions() throws Exception {
    server
        .store()
        .append(StreamName.of("gone-1"), ExpectedState.any(), ProposedEvent.json("Happened", "{}"));
    server.store().delete(StreamName.of("gone-1"), ExpectedState.any());
    var asked = "{\"query\":{\"categories\":[\"gone\"],\"events\":[\"Other\"]%s},\"maxEvents\":9}";
    assertThat(ask("POST /projections/read-events", asked.formatted(""), "admin:changeit").body())
        .contains("\"events\":[]");
    assertThat(
            ask(
                    "POST /projections/read-events",
                    asked.formatted(",\"handlesDeletedNotifications\":true"),
                    "admin:changeit")
                .body())
        .contains("\"deletes\":\"gone-1\",\"softly\":true");
  }

  @Test
  void queries_run_to_the_end_of_the_log() throws Exception {
    for (var kind : List.of("onetime", "transient")) {
      var answer = ask("POST /projections/%s?name=%s".formatted(kind, kind), SUM, "admin:changeit");
      assertThat(answer.statusCode()).isEqualTo(201);
      Await.until(
          kind + " is completed",
          () -> ask("GET /projection/" + kind).body().contains("\"status\":\"Completed\""));
      assertThat(ask("GET /projection/%s/state".formatted(kind)).body()).isEqualTo("{\"sum\":6}");
    }
  }

  @Test
  void whoever_is_not_known_or_may_not_is_told_401_and_never_403() throws Exception {
    for (var who : List.of("", "ops:wrong", "nobody:x")) {
      var answer = ask("GET /projections/any", "", who);
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("www-authenticate")).isPresent();
    }
    assertThat(ask("GET /info", "", "").body()).contains("\"projections\":true");

    ask("POST /projections/continuous?name=seen&enabled=no", SUM, "ops:changeit");
    var admin = ConnectionString.parse(server.connectionString("admin", "changeit"));
    try (var users = RemoteUsers.connect(admin)) {
      users.create("jo", "jos-word", "Jo", List.of());
    }
    for (var looking : List.of("", "/statistics", "/query", "/state", "/result", "/config")) {
      assertThat(ask("GET /projection/seen" + looking, "", "jo:jos-word").statusCode())
          .as(looking)
          .isEqualTo(200);
    }
    for (var changing :
        List.of(
            "POST /projections/continuous?name=jos",
            "POST /projections/onetime?name=jos",
            "POST /projections/transient?name=jos",
            "PUT /projection/seen/query",
            "PUT /projection/seen/config",
            "POST /projection/seen/command/enable",
            "POST /projection/seen/command/reset",
            "POST /projections/restart",
            "DELETE /projection/seen")) {
      var body = changing.endsWith("/config") ? "{}" : SUM;
      assertThat(ask(changing, body, "jo:jos-word").statusCode()).as(changing).isEqualTo(401);
    }
  }
}

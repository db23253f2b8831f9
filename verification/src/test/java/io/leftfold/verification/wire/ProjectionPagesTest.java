// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
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
            new Asked("DELETE /projection/%24by_category", 500, TEXT, "System Projections"),
            new Asked(
                "POST /projections/continuous?name=n&type=native:X", "", 400, TEXT, "type is JS"),
            new Asked(
                "POST /projections/continuous?name=n&trackemittedstreams=1",
                SUM,
                400,
                TEXT,
                "emit"),
            new Asked("POST /projections/restart", 200, TEXT, "Restarting"))) {
      var answer = ask(step.what(), step.body(), "ops:changeit");
      assertThat(answer.statusCode())
          .as("%s: %s", step.what(), answer.body())
          .isEqualTo(step.status());
      if (!step.type().isEmpty()) {
        assertThat(type(answer)).as(step.what()).isEqualTo(step.type());
      }
      assertThat(answer.body()).as(step.what()).contains(step.part());
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
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import static io.leftfold.server.http.atom.AtomServer.entries;
import static io.leftfold.server.http.atom.AtomServer.links;
import static io.leftfold.server.http.atom.AtomServer.titles;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Competing consumers over plain HTTP.
@Timeout(60)
final class GroupPagesTest {

  private static final String COMPETING = "application/vnd.eventstore.competingatom+json";

  private AtomServer server;

  @BeforeEach
  void start() {
    server = new AtomServer();
    awaitGroups();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /// Groups run as soon as the index is whole.
  private void awaitGroups() {
    while (server.get("/subscriptions").statusCode() == 503) {
      Thread.onSpinWait();
    }
  }

  private HttpResponse<String> create(String path, String settings) {
    return server.ask("PUT " + path, settings, "Content-Type", "application/json");
  }

  private JsonObject messages(String path) {
    var answer = server.get(path, "Accept", COMPETING);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  /// Asks again until there is something: a group reads what it gives.
  private List<JsonObject> some(String path, int count) {
    var all = new ArrayList<JsonObject>();
    while (all.size() < count) {
      all.addAll(entries(messages(path)).reversed());
    }
    return all;
  }

  private static String link(JsonObject entry, String relation) {
    return entry.getJsonArray("links").stream()
        .map(JsonObject.class::cast)
        .filter(link -> link.getString("relation").equals(relation))
        .map(link -> link.getString("uri"))
        .findFirst()
        .orElseThrow();
  }

  private JsonObject info(String path) {
    return new JsonObject(server.get(path + "/info").body());
  }

  @Test
  void a_group_is_made_changed_and_deleted() {
    server.append("jobs-1", 1);
    var path = "/subscriptions/jobs-1/workers";

    assertThat(create(path, "{\"maxRetryCount\":3}").statusCode()).isEqualTo(201);
    assertThat(create(path, "{}").statusCode()).isEqualTo(409);
    assertThat(info(path).getJsonObject("config").getInteger("maxRetryCount")).isEqualTo(3);
    assertThat(
            server
                .ask("POST " + path, "{\"maxRetryCount\":5}", "Content-Type", "application/json")
                .statusCode())
        .isEqualTo(200);
    assertThat(info(path).getJsonObject("config").getInteger("maxRetryCount")).isEqualTo(5);
    var all = new JsonArray(server.get("/subscriptions").body());
    assertThat(all.getJsonObject(0).getString("groupName")).isEqualTo("workers");
    assertThat(new JsonObject(server.get("/subscriptions?count=1").body()).getInteger("total"))
        .isEqualTo(1);
    assertThat(server.get("/subscriptions/jobs-1").statusCode()).isEqualTo(200);
    assertThat(server.get("/streams/jobs-1", "Accept", "*/*").body())
        .contains("/subscriptions/jobs-1/workers");
    assertThat(server.ask("DELETE " + path, "").statusCode()).isEqualTo(200);
    assertThat(server.ask("DELETE " + path, "").statusCode()).isEqualTo(404);
  }

  @Test
  void a_request_that_is_refused_takes_nothing() {
    server.append("jobs-9", 3);
    var path = "/subscriptions/jobs-9/workers";
    create(path, "{}");
    some(path + "/1", 1);

    assertThat(server.get(path + "/3", "Accept", "image/png").statusCode()).isEqualTo(406);

    assertThat(some(path + "/3", 2))
        .allSatisfy(entry -> assertThat(entry.getInteger("retryCount")).isZero());
  }

  @Test
  void each_event_is_given_once_and_is_done_when_it_is_acked() {
    server.append("jobs-2", 5);
    var path = "/subscriptions/jobs-2/workers";
    create(path, "{}");

    var first = some(path + "/3", 3);
    var rest = some(path + "/3", 2);
    for (var entry : first) {
      assertThat(server.ask("POST " + link(entry, "ack"), "").statusCode()).isEqualTo(202);
    }
    var all = rest.stream().map(entry -> link(entry, "ack").replaceAll(".*/", "")).toList();
    assertThat(server.ask("POST " + path + "/ack?ids=" + String.join(",", all), "").statusCode())
        .isEqualTo(202);

    assertThat(first)
        .extracting(entry -> entry.getString("title"))
        .containsExactly("0@jobs-2", "1@jobs-2", "2@jobs-2");
    assertThat(rest)
        .extracting(entry -> entry.getString("title"))
        .containsExactly("3@jobs-2", "4@jobs-2");
    while (info(path).getInteger("totalInFlightMessages") > 0) {
      Thread.onSpinWait();
    }
    var empty = messages(path + "/3");
    assertThat(entries(empty)).isEmpty();
    assertThat(links(empty)).doesNotContainKey("ackAll").containsKey("previous");
  }

  @Test
  void an_event_that_is_not_handled_is_given_again_or_parked() {
    server.append("jobs-3", 1);
    var path = "/subscriptions/jobs-3/workers";
    create(path, "{}");

    var first = some(path, 1).getFirst();
    server.ask("POST " + link(first, "nack") + "?action=retry", "");
    var second = some(path, 1).getFirst();
    server.ask("POST " + link(second, "nack") + "?action=park", "");
    while (info(path).getInteger("parkedMessageCount") == 0) {
      Thread.onSpinWait();
    }

    assertThat(first.getInteger("retryCount")).isZero();
    assertThat(second.getInteger("retryCount")).isEqualTo(1);
    assertThat(
            titles(
                server.feed("/subscriptions/viewparkedmessages/jobs-3/workers/head/backward/20")))
        .containsExactly("0@jobs-3");
    assertThat(server.ask("POST " + path + "/replayParked", "").statusCode()).isEqualTo(200);
    assertThat(some(path, 1)).extracting(entry -> entry.getString("title")).contains("0@jobs-3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          GET /subscriptions/none-1/workers            | -                       | 404
          GET /subscriptions/none-1                    | -                       | 404
          GET /subscriptions/jobs-1/workers/0          | -                       | 400
          GET /subscriptions/jobs-1/workers/101        | -                       | 400
          GET /subscriptions/jobs-1/workers/info       | -                       | 404
          POST /subscriptions/jobs-1/workers           | {}                      | 404
          PUT /subscriptions/jobs-1/workers            | {"bufferSize":0}        | 400
          PUT /subscriptions/jobs-1/workers            | {"bufferSize":"x"}      | 400
          PUT /subscriptions/jobs-1/workers            | {"readBatchSize":500}   | 400
          PUT /subscriptions/jobs-1/workers            | {"namedConsumerStrategy":"None"} | 400
          PUT /subscriptions/jobs-1/workers            | {"startPosition":"x"}   | 400
          PUT /subscriptions/jobs-1/workers            | [                       | 400
          PUT /subscriptions/%24all/workers            | {}                      | 400
          POST /subscriptions/jobs-1/workers/ack/x     | -                       | 400
          POST /subscriptions/jobs-1/workers/ack       | -                       | 400
          POST /subscriptions/jobs-1/workers/nack/fbf4a1a1-b4a3-4dfe-a01f-ec52c34e16e4?action=none | - | 400
          POST /subscriptions/jobs-1/workers/replayParked?stopAt=x | -           | 400
          POST /subscriptions/jobs-1/workers/replayParked | -                    | 404
          """)
  void what_cannot_be_done_has_a_status(String request, String body, int status) {
    var answer =
        server.ask(
            request,
            body == null ? "" : body,
            "Content-Type",
            "application/json",
            "Accept",
            COMPETING);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
  }
}

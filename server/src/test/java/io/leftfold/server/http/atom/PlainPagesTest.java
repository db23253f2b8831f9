// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.server.ServerLimits;
import io.leftfold.server.ServerOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What all pages have in common, those of streams and others: other sites may use them, bodies
/// count, and links lead to where the caller came from.
@Timeout(60)
final class PlainPagesTest {

  private static final String SCRIPT = "fromStream('nothing-1').when({})";

  private static AtomServer server;

  @BeforeAll
  static void start() {
    server = new AtomServer();
    server.append("there-1", 3);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /streams/there-1                        | GET, HEAD, POST, DELETE, OPTIONS
          /streams/there-1/0/forward/20           | GET, HEAD, OPTIONS
          /streams/there-1/metadata               | GET, HEAD, POST, OPTIONS
          /streams/%24all                         | GET, HEAD, POST, DELETE, OPTIONS
          /subscriptions                          | GET, HEAD, OPTIONS
          /subscriptions/there-1/group            | GET, PUT, POST, DELETE, OPTIONS
          /subscriptions/there-1/group/ack        | POST, OPTIONS
          /projections/any                        | GET, HEAD, OPTIONS
          /projections/onetime                    | GET, HEAD, POST, OPTIONS
          /projections/read-events                | POST, OPTIONS
          /projection/some                        | GET, HEAD, DELETE, OPTIONS
          /projection/some/query                  | GET, HEAD, PUT, OPTIONS
          /projection/some/state                  | GET, HEAD, OPTIONS
          /projection/some/command/enable         | POST, OPTIONS
          /v2/indexes                             | GET, HEAD, OPTIONS
          /v2/indexes/some                        | GET, HEAD, POST, DELETE, OPTIONS
          /                                       | GET, HEAD, OPTIONS
          /info                                   | GET, HEAD, OPTIONS
          /ping                                   | GET, HEAD, OPTIONS
          /health/live                            | GET, HEAD, OPTIONS
          /health/ready                           | GET, HEAD, OPTIONS
          /metrics                                | GET, OPTIONS
          /stats/proc                             | GET, HEAD, OPTIONS
          /gossip                                 | GET, HEAD, OPTIONS
          /sys/subsystems                         | GET, HEAD, OPTIONS
          /admin/scavenge/current                 | GET, HEAD, DELETE, OPTIONS
          /admin/shutdown                         | POST, OPTIONS
          """)
  void other_sites_may_use_what_there_is(String path, String methods) {
    var asked = server.ask("OPTIONS " + path, "");
    var refused = server.ask("PATCH " + path, "");

    assertThat(asked.statusCode()).isEqualTo(200);
    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("allow")).contains(methods);
    for (var answer : new java.net.http.HttpResponse<?>[] {asked, refused}) {
      assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
      assertThat(answer.headers().firstValue("access-control-allow-methods")).contains(methods);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/streams/there-1/x", "/streams/there-1/0/sideways/20", "/projection/a/b/c/d"})
  void other_sites_see_why_there_is_nothing(String path) {
    var answer = server.get(path);

    assertThat(answer.statusCode()).isBetween(400, 404);
    assertThat(answer.body()).isNotEmpty();
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
  }

  @ParameterizedTest
  @CsvSource({
    "/ui, /info",
    "/ui/cluster, /info",
    "/web/index.html, /info",
    "/ui/streams/there-1, /streams/there-1?format=json",
    "/ui/streams/%24%3Cscript%3E, /streams/%24%3Cscript%3E?format=json",
  })
  void a_browser_that_asks_for_pages_for_people_is_told_that_there_are_none(
      String path, String elsewhere) {
    var answer = server.get(path, "Accept", "text/html");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
    assertThat(answer.body())
        .contains("no pages for browsers", "href=\"%s\"".formatted(server.url(elsewhere)))
        .doesNotContain("<script>");
  }

  @ParameterizedTest
  @CsvSource({
    "/subscriptions/, 200",
    "/subscriptions/there-1/, 404",
    "/sys/subsystems/, 200",
    "/admin/scavenge/last/, 200",
    "/projections/any/, 200",
    "/v2/indexes/, 200",
    "/info/, 200",
    "/gossip/, 200",
    "/stats/, 200",
    "/subscriptions?count=0, 400",
    "/subscriptions?offset=0, 200",
    "/nothing, 404",
    "/nothing/at/all, 404",
    "/streams, 404",
  })
  void a_slash_at_the_end_makes_no_difference_but_to_streams(String path, int status) {
    var answer = server.get(path);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    if (status == 404 && !path.startsWith("/subscriptions")) {
      assertThat(answer.body()).isEqualTo("Not Found");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/streams/there-1",
        "/streams/there-1/0",
        "/streams/there-1/0/forward/20",
        "/streams/there-1/nothing",
        "/streams/%24all",
        "/info",
        "/gossip",
        "/projections/any",
        "/projection/nothing",
        "/v2/indexes"
      })
  void a_head_is_what_a_get_would_be_without_its_content(String path) {
    var get = server.get(path, "Accept", AtomServer.ATOM);
    var head = server.ask("HEAD " + path, "", "Accept", AtomServer.ATOM);

    assertThat(head.statusCode()).isEqualTo(get.statusCode());
    assertThat(head.body()).isEmpty();
    for (var header : new String[] {"content-type", "cache-control", "etag", "vary"}) {
      assertThat(head.headers().firstValue(header)).isEqualTo(get.headers().firstValue(header));
    }
    if (get.statusCode() == 200 && !path.equals("/gossip")) {
      assertThat(head.headers().firstValueAsLong("content-length"))
          .hasValue(get.body().getBytes(UTF_8).length);
    }
  }

  @Test
  void a_head_takes_nothing_from_a_group_and_waits_for_nothing() {
    server.ask("PUT /subscriptions/heads-1/group", "{}", "Content-Type", "application/json");

    assertThat(server.ask("HEAD /subscriptions/heads-1/group", "").statusCode()).isEqualTo(405);
    assertThat(server.ask("HEAD /subscriptions/heads-1/group/5", "").statusCode()).isEqualTo(405);
    assertThat(server.ask("HEAD /events", "", "Accept", "text/event-stream").statusCode())
        .isEqualTo(405);
  }

  @Test
  void of_the_server_as_a_whole_nothing_can_be_asked_but_whether_it_is_there() throws IOException {
    assertThat(server.raw("OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
        .containsExactly("200 OK");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1\r\n",
        "HTTP/1.1\r\nhost: a\r\nhost: b\r\n",
        "HTTP/1.1\r\nhost: a b\r\n",
        "HTTP/1.1\r\nhost: a:b\r\n"
      })
  void a_request_that_does_not_say_its_host_is_refused(String rest) throws IOException {
    for (var path : new String[] {"/ping", "/streams/there-1/0"}) {
      assertThat(server.raw("GET %s %s\r\n".formatted(path, rest)))
          .singleElement()
          .asString()
          .startsWith("400");
    }
  }

  @Test
  void only_a_request_of_http_1_0_need_not_say_its_host() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write("GET /streams/there-1/0?format=atomxj HTTP/1.0\r\n\r\n".getBytes(US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .contains("200 OK", "\"id\": \"" + server.url("/streams/there-1/0"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /ping             | text/xml         | 200 | <?xml version="1.0" encoding="utf-8"?><ping><text>Ping request successfully handled</text></ping>
          /ping?format=text | application/json | 200 | Ping request successfully handled
          /ping/            | */*              | 200 | {"text":"Ping request successfully handled"}
          /ping             | image/png        | 406 | Requested URI is not available in requested format
          """)
  void a_ping_is_answered_as_it_is_asked_for(String path, String accept, int status, String body) {
    var answer = server.get(path, "Accept", accept);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/projections/onetime?name=odd", "/v2/indexes/odd", "/streams/odd-1"})
  void a_body_in_broken_chunks_is_not_taken(String path) throws IOException {
    var statuses =
        server.raw(
            "POST %s HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
                .formatted(path));

    assertThat(statuses).allMatch(status -> status.startsWith("4"));
    assertThat(server.get("/projection/odd").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/projections/onetime", "/v2/indexes/large", "/streams/large-1"})
  void a_body_counts_among_the_requests_that_are_held(String path) {
    var limits = ServerLimits.defaults().withRequests(1 << 20, 1 << 20);
    try (var small = new AtomServer(ServerOptions.insecure().withLimits(limits))) {
      var answer = small.ask("POST " + path, " ".repeat(2 << 20));

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).isPresent();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/projections/onetime", "/v2/indexes/large"})
  void a_script_that_is_too_long_is_told_the_limit(String path) {
    var answer = server.ask("POST " + path, " ".repeat((4 << 20) + 1));

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).isEqualTo("The body is too long. Limit is 4194304 bytes.");
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /projection/broken-1/config",
    "POST, /projections/read-events",
    "POST, /v2/indexes/broken-1"
  })
  void json_that_is_broken_is_refused_without_words_of_the_parser(String method, String path) {
    server.ask("POST /projections/continuous?name=broken-1", SCRIPT);

    var answer = server.ask(method + " " + path, "{\"a\": nonsense");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("JSON object")
        .doesNotContain("decode", "Source", "nonsense", "Exception", "class ");
  }

  @Test
  void a_stream_without_groups_is_told_as_such() {
    assertThat(server.get("/subscriptions/nowhere-1").body())
        .isEqualTo("Stream nowhere-1 has no subscription groups.");
  }

  @Test
  void links_of_projections_lead_to_where_the_caller_came_from() {
    var far = new String[] {"X-Forwarded-Host", "far.example:99", "X-Forwarded-Prefix", "/events"};

    var made = server.ask("POST /projections/continuous?name=linked", SCRIPT, far);

    assertThat(made.headers().firstValue("location"))
        .contains("http://far.example:99/events/projection/linked");
    assertThat(new JsonObject(server.get("/projection/linked", far).body()).getString("stateUrl"))
        .isEqualTo("http://far.example:99/events/projection/linked/state");
  }
}

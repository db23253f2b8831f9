// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import static io.leftfold.server.http.atom.AtomServer.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.server.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests over plain HTTP that are not done, and what whoever sends them is told.
@Timeout(60)
final class AtomErrorsTest {

  private static final String ID = "fbf4a1a1-b4a3-4dfe-a01f-ec52c34e16e4";

  private static AtomServer server;

  @BeforeAll
  static void start() {
    server = new AtomServer();
    server.append("there-1", 3);
    server.append("deleted-1", 1);
    server.store.delete(StreamName.of("deleted-1"), ExpectedState.any());
    server.store.tombstone(StreamName.of("closed-1"), ExpectedState.any());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          GET /streams/nowhere-1                     | -                 | 404 | Not Found
          GET /streams/there-1/3                     | -                 | 404 | Not Found
          GET /streams/deleted-1                     | -                 | 404 | Not Found
          GET /streams/closed-1                      | -                 | 410 | Deleted
          GET /streams/closed-1/0                    | -                 | 410 | Deleted
          GET /streams/there-1/metadata              | -                 | 404 | Not Found
          GET /streams/there-1/x                     | -                 | 400 | 'x' is not valid event number
          GET /streams/there-1/-2                    | -                 | 400 | '-2' is not valid event number
          GET /streams/there-1/99999999999999999999  | -                 | 400 | '99999999999999999999' is not valid event number
          GET /streams/there-1/0/forward/x           | -                 | 400 | 'x' is not valid count. Should be positive integer
          GET /streams/there-1/0/forward/0           | -                 | 400 | '0' is not valid count. Should be positive integer
          GET /streams/there-1/0/forward/2147483648  | -                 | 400 | '2147483648' is not valid count. Should be positive integer
          GET /streams/there-1/0/backward/-1         | -                 | 400 | '-1' is not valid count. Should be positive integer
          GET /streams/%24all/head/2147483648        | -                 | 400 | Invalid count argument: 2147483648
          GET /streams/there-1/head/forward/20       | -                 | 400 | 'head' is not valid event number
          GET /streams/there-1/0/sideways/20         | -                 | 404 | Not Found
          GET /streams/there-1/0/forward/20/more     | -                 | 404 | Not Found
          GET /streams/%24all/7/20                   | -                 | 400 | Invalid position argument: 7
          GET /streams/%24all/head/none              | -                 | 400 | Invalid count argument: none
          GET /streams/%24all/000000000000FFFF000000000000FFFF/backward/20 | - | 500 | Invalid position: it is beyond the end
          GET /streams/%24all/filtered               | -                 | 400 | Invalid data: there is none
          GET /streams/%24all/filtered?context=streamid&type=none&data=a | - | 400 | Invalid filter: the context is streamid or eventtype, the type regex or prefix
          GET /streams/%24all/filtered?exclude-system-events=false | -   | 400 | Invalid value for exclude-system-events: it is true, or is not there
          GET /streams/%24all/filtered?context=streamid&type=regex&data=( | - | 400 | -
          GET /streams/a%ZZ                          | -                 | 400 | -
          GET /streams/a%FF                          | -                 | 400 | The URL is not encoded as it should be
          GET /streams/%24%24                        | -                 | 400 | -
          GET /streams                               | -                 | 404 | Not Found
          GET /streams/there-1?format=tar            | -                 | 500 | Unknown format requested: tar
          GET /streams/there-1?format=text           | -                 | 406 | Requested URI is not available in requested format
          GET /streams/there-1                       | Accept: image/png | 406 | Requested URI is not available in requested format
          GET /streams/there-1                       | ES-ResolveLinkTos: maybe | 400 | ES-ResolveLinkTos header in wrong format.
          GET /streams/there-1/0/forward/20          | ES-LongPoll: soon | 400 | ES-LongPoll header in wrong format.
          GET /streams/there-1/0/forward/20          | Kurrent-LongPoll: 0 | 400 | Kurrent-LongPoll header in wrong format.
          PUT /streams/there-1                       | -                 | 405 | Method Not Allowed
          HEAD /streams/there-1                      | -                 | 200 | -
          HEAD /streams/nowhere-1                    | -                 | 404 | -
          HEAD /streams/closed-1                     | -                 | 410 | -
          DELETE /streams/there-1/0                  | -                 | 405 | Method Not Allowed
          POST /streams/there-1/0/forward/20         | -                 | 405 | Method Not Allowed
          DELETE /streams/closed-1                   | -                 | 410 | -
          DELETE /streams/there-1                    | ES-ExpectedVersion: 7 | 400 | -
          DELETE /streams/there-1                    | ES-HardDelete: perhaps | 400 | ES-HardDelete header in wrong format.
          DELETE /streams/nowhere-1                  | -                 | 400 | -
          """)
  void what_cannot_be_read_or_deleted_has_a_reason(
      String request, String header, int status, String reason) {
    var headers = new ArrayList<>(List.of("Accept", AtomServer.ATOM));
    if (header != null) {
      var parts = header.split(": ", 2);
      if (parts[0].equals("Accept")) {
        headers.clear();
      }
      headers.addAll(List.of(parts));
    }
    var raw = request.contains("%ZZ") || request.contains("(");

    var answer =
        raw ? rawly(request) : server.ask(request, "", headers.toArray(String[]::new)).statusCode();

    assertThat(answer).isEqualTo(status);
    if (reason != null && !raw) {
      assertThat(server.ask(request, "", headers.toArray(String[]::new)).body()).isEqualTo(reason);
    }
  }

  private static int rawly(String request) {
    try {
      var statuses =
          server.raw(
              request
                  + " HTTP/1.1\r\nhost: x\r\naccept: application/json\r\nconnection: close\r\n\r\n");
      return Integer.parseInt(statuses.getFirst().substring(0, 3));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          /streams/posted-1 | -                  | -                        | {}     | 415 | Invalid or missing Content-Type
          /streams/posted-1 | image/png          | -                        | {}     | 415 | Invalid or missing Content-Type
          /streams/posted-1 | application/json; charset=utf-16 | ES-EventType: A | {} | 415 | Invalid or missing Content-Type
          /streams/posted-1 | application/json   | -                        | {}     | 400 | Must include an event type with the request either in body or as Kurrent-EventType header.
          /streams/posted-1 | application/json   | ES-EventType: A; ES-EventId: none | {} | 400 | ES-EventId header in wrong format.
          /streams/posted-1 | application/json   | ES-EventType: A; Kurrent-EventId: 00000000-0000-0000-0000-000000000000 | {} | 400 | Kurrent-EventId header in wrong format.
          /streams/posted-1 | application/json   | ES-EventType: A; ES-EventId: ID | {"a": | 400 | Write request body invalid.
          /streams/posted-1 | application/json   | ES-EventType: A; ES-EventId: ID | {} {}  | 400 | Write request body invalid.
          /streams/posted-1 | application/json   | ES-EventType: A; ES-EventId: ID | -      | 400 | Write request body invalid.
          /streams/posted-1 | text/xml           | ES-EventType: A; ES-EventId: ID | <a><b></a> | 400 | Write request body invalid.
          /streams/posted-1 | EVENTS             | -                        | []     | 400 | Write request body invalid.
          /streams/posted-1 | EVENTS             | -                        | 7      | 400 | Write request body invalid.
          /streams/posted-1 | EVENTS             | -                        | [7]    | 400 | Write request body invalid.
          /streams/posted-1 | EVENTS             | -                        | [{"eventType":"A"}] | 400 | Write request body invalid.
          /streams/posted-1 | EVENTS             | -                        | [{"eventId":"none","eventType":"A"}] | 400 | Write request body invalid.
          /streams/posted-1 | EVENTS             | -                        | [{"eventId":7,"eventType":{}}] | 400 | Write request body invalid.
          /streams/posted-1 | EVENTS             | -                        | [{"eventId":"ID"}] | 400 | Write request body invalid.
          /streams/posted-1 | EVENTS             | -                        | [{"eventId":"ID","eventType":"A","data":{"a":}}] | 400 | Write request body invalid.
          /streams/posted-1 | EVENTS             | -                        | [{"eventId":"ID","eventType":"A"} | 400 | Write request body invalid.
          /streams/posted-1 | application/vnd.eventstore.events+xml | -     | <events/> | 400 | Write request body invalid.
          /streams/posted-1 | application/vnd.eventstore.events+xml | -     | <events><event><data>x</data></event></events> | 400 | Write request body invalid.
          /streams/posted-1 | application/vnd.eventstore.events+xml | -     | <!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><events><event><eventId>ID</eventId><eventType>A</eventType><data>&e;</data></event></events> | 400 | Write request body invalid.
          /streams/posted-1 | application/vnd.eventstore.events+xml | -     | <!DOCTYPE a [<!ENTITY e "eee"><!ENTITY f "&e;&e;&e;">]><events><event><eventId>ID</eventId><eventType>A</eventType><data>&f;</data></event></events> | 400 | Write request body invalid.
          /streams/posted-1 | EVENTS             | ES-ExpectedVersion: soon | []     | 400 | ES-ExpectedVersion header in wrong format.
          /streams/posted-1 | EVENTS             | Kurrent-ExpectedVersion: -3 | []  | 400 | Kurrent-ExpectedVersion header in wrong format.
          /streams/%24all    | EVENTS             | -                        | [{"eventId":"ID","eventType":"A"}] | 401 | -
          /streams/%24ce-posted | EVENTS          | -                        | [{"eventId":"ID","eventType":"A"}] | 401 | -
          /streams/posted-1/incoming/none | application/json | ES-EventType: A | {} | 400 | 'none' is not a valid event id
          /streams/posted-1/incoming/ID | EVENTS | - | [] | 415 | Invalid or missing Content-Type
          /streams/posted-1/metadata | application/json | ES-EventType: Other | {} | 400 | Bad Request. You should not include an event type for metadata.
          /streams/%24%24posted-1/metadata | application/json | - | {} | 400 | A stream of metadata has no metadata of its own
          """)
  void what_cannot_be_appended_has_a_reason_and_leaves_nothing(
      String path, String type, String header, String body, int status, String reason) {
    var headers = new ArrayList<String>();
    if (type != null) {
      headers.addAll(List.of("Content-Type", type.equals("EVENTS") ? EVENTS : type));
    }
    if (header != null) {
      for (var one : header.split("; ", -1)) {
        headers.addAll(List.of(one.replace(": ID", ": " + ID).split(": ", 2)));
      }
    }
    var sent = body == null ? "" : body.replace("ID", ID);

    var answer = server.ask("POST " + path.replace("ID", ID), sent, headers.toArray(String[]::new));

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(reason == null ? "" : reason);
    EventStore store = server.store;
    assertThat(store.read(StreamName.of("posted-1"), ReadOptions.forwards()).events()).isEmpty();
  }

  @Test
  void an_event_that_is_too_large_is_told_the_limit() {
    var large = "{\"a\":\"" + "x".repeat(4 << 20) + "\"}";

    var answer =
        server.ask(
            "POST /streams/large-1",
            large,
            "Content-Type",
            "application/json",
            "ES-EventType",
            "A",
            "ES-EventId",
            ID);

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).isEqualTo("Too large events received. Limit is 4194304 bytes.");
  }

  @Test
  void json_that_is_nested_without_end_is_no_body() {
    var deep =
        "[{\"eventId\":\"%s\",\"eventType\":\"A\",\"data\":%s".formatted(ID, "[".repeat(100_000));

    assertThat(server.ask("POST /streams/deep-1", deep, "Content-Type", EVENTS).statusCode())
        .isEqualTo(400);
  }

  @Test
  void xml_that_is_nested_without_end_is_no_body() {
    var deep = "<events>" + "<a>".repeat(20_000);

    assertThat(
            server
                .ask(
                    "POST /streams/deep-2",
                    deep,
                    "Content-Type",
                    "application/vnd.eventstore.events+xml")
                .statusCode())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowhere-1", "there-1/7", "there-1/x", "closed-1", "there-1?format=no"})
  void a_refusal_says_what_else_it_depends_on(String path) {
    var answer = server.get("/streams/" + path, "Accept", "application/json");

    assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
    assertThat(answer.headers().firstValue("vary").orElse("")).startsWith("Accept, ");
    assertThat(server.get("/streams/there-1", "Accept", "image/png").headers().firstValue("vary"))
        .isPresent();
  }

  // ---- HTTP itself

  private static final String POST =
      "POST /streams/tricks-1 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
          + "es-eventtype: A\r\nes-eventid: "
          + ID
          + "\r\nconnection: close\r\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "content-length: 2\r\ncontent-length: 3\r\n\r\n{} ",
        "content-length: 2\r\ncontent-length: 2\r\n\r\n{}",
        "content-length: 2, 2\r\n\r\n{}",
        "content-length: +2\r\n\r\n{}",
        "content-length: -2\r\n\r\n{}",
        "content-length: 0x2\r\n\r\n{}",
        "content-length: two\r\n\r\n{}",
        "content-length: 99999999999999999999\r\n\r\n{}",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "transfer-encoding: identity, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "transfer-encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "transfer-encoding : chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
      })
  void a_request_whose_length_is_unclear_is_refused(String rest) throws IOException {
    var statuses = server.raw(POST + rest);

    assertThat(statuses)
        .satisfiesAnyOf(
            none -> assertThat(none).isEmpty(),
            some -> assertThat(some).singleElement().asString().startsWith("4"));
    EventStore store = server.store;
    assertThat(store.read(StreamName.of("tricks-1"), ReadOptions.forwards()).events()).isEmpty();
  }

  @Test
  void requests_of_one_connection_are_answered_in_their_order() throws IOException {
    var get = "GET /streams/%s HTTP/1.1\r\nhost: x\r\naccept: application/json\r\n%s\r\n";

    var statuses =
        server.raw(
            get.formatted("there-1", "")
                + get.formatted("nowhere-1", "")
                + get.formatted("there-1/7", "")
                + get.formatted("closed-1", "")
                + get.formatted("there-1/0", "connection: close\r\n"));

    assertThat(statuses)
        .extracting(status -> status.substring(0, 3))
        .containsExactly("200", "404", "404", "410", "200");
  }

  @Test
  void a_body_that_is_announced_too_long_is_not_waited_for() throws IOException {
    assertThat(server.raw(POST + "content-length: 1000000000\r\n\r\n{"))
        .singleElement()
        .asString()
        .startsWith("413");
  }

  /// The body is longer than what sockets hold, so the sender is still at it when the answer comes.
  @ParameterizedTest
  @CsvSource({
    "content-length: 99000000, 413",
    "transfer-encoding: identity, 400",
    "content-length: two, 400"
  })
  void whoever_sends_before_it_listens_hears_why_it_was_refused(String length, String status)
      throws IOException {
    assertThat(server.raw(POST + length + "\r\n\r\n" + "x".repeat(99_000_000)))
        .singleElement()
        .asString()
        .startsWith(status);
  }

  @Test
  void what_comes_after_a_request_that_was_refused_is_not_looked_at() throws IOException {
    var more = POST + "content-length: 2\r\n\r\n{}";

    assertThat(server.raw(POST + "transfer-encoding: identity\r\n\r\n" + more + more))
        .singleElement()
        .asString()
        .startsWith("400");
    EventStore store = server.store;
    assertThat(store.read(StreamName.of("tricks-1"), ReadOptions.forwards()).events()).isEmpty();
  }

  @Test
  void whoever_does_not_stop_sending_is_left() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      var out = socket.getOutputStream();
      out.write((POST + "content-length: 4000000000\r\n\r\n").getBytes(StandardCharsets.US_ASCII));

      assertThatThrownBy(
              () -> {
                for (var sent = 0; sent < 2_000; sent++) {
                  out.write(new byte[1 << 20]);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void whoever_was_refused_and_does_not_go_is_left() throws IOException {
    var impatient = ServerOptions.insecure().withOpeningTimeout(Duration.ofMillis(300));
    try (var own = new AtomServer(impatient);
        var socket = new Socket(InetAddress.getLoopbackAddress(), own.port())) {
      socket
          .getOutputStream()
          .write((POST + "content-length: 99000000\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 413");

      awaitConnections(own, 0);
    }
  }

  @Test
  void whoever_asks_for_much_and_takes_nothing_is_left() throws IOException {
    var impatient = ServerOptions.insecure().withOpeningTimeout(Duration.ofMillis(300));
    try (var own = new AtomServer(impatient);
        var socket = new Socket()) {
      var large = "{\"a\":\"%s\"}".formatted("x".repeat(20_000));
      for (var i = 0; i < 1_000; i++) {
        own.store.append(
            StreamName.of("much-1"), ExpectedState.any(), ProposedEvent.json("A", large));
      }
      socket.setReceiveBufferSize(4_096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), own.port()));
      socket
          .getOutputStream()
          .write(
              "GET /streams/much-1/head/backward/1000?embed=body HTTP/1.1\r\nhost: x\r\naccept: application/json\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      awaitConnections(own, 1);

      awaitConnections(own, 0);
    }
  }

  private static void awaitConnections(AtomServer server, int count) {
    while (server.connections() != count) {
      assertThat(Thread.interrupted()).as("out of time").isFalse();
      Thread.onSpinWait();
    }
  }
}

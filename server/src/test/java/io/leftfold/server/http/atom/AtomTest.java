// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import static io.leftfold.server.http.atom.AtomServer.ATOM;
import static io.leftfold.server.http.atom.AtomServer.EVENTS;
import static io.leftfold.server.http.atom.AtomServer.entries;
import static io.leftfold.server.http.atom.AtomServer.event;
import static io.leftfold.server.http.atom.AtomServer.events;
import static io.leftfold.server.http.atom.AtomServer.links;
import static io.leftfold.server.http.atom.AtomServer.titles;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import io.vertx.core.json.JsonObject;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/// Streams over plain HTTP: what is appended, and how it is shown.
@Timeout(60)
final class AtomTest {

  /// What an entry has of its event.
  private static final List<String> RICH =
      List.of(
          "eventId",
          "eventType",
          "eventNumber",
          "data",
          "metaData",
          "linkMetaData",
          "streamId",
          "isJson",
          "isMetaData",
          "isLinkMetaData",
          "isRedacted",
          "positionEventNumber",
          "positionStreamId");

  private static AtomServer server;

  @BeforeAll
  static void start() {
    server = new AtomServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static List<RecordedEvent> recorded(String stream) {
    EventStore store = server.store;
    return store.read(StreamName.of(stream), ReadOptions.forwards()).events();
  }

  // ---- appending

  @Test
  void an_event_that_is_posted_is_on_the_newest_page() {
    var id = UUID.randomUUID();

    var answer =
        server.ask(
            "POST /streams/a-1",
            "{\"total\": 3}",
            "Content-Type",
            "application/json",
            "ES-EventType",
            "Placed",
            "ES-EventId",
            id.toString());

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.headers().firstValue("location")).contains(server.url("/streams/a-1/0"));
    assertThat(answer.body()).isEmpty();
    var feed = server.feed("/streams/a-1?embed=body");
    assertThat(feed.getString("title")).isEqualTo("Event stream 'a-1'");
    assertThat(feed.getString("streamId")).isEqualTo("a-1");
    assertThat(feed.getBoolean("headOfStream")).isTrue();
    assertThat(titles(feed)).containsExactly("0@a-1");
    var entry = entries(feed).getFirst();
    assertThat(entry.getString("eventId")).isEqualTo(id.toString());
    assertThat(entry.getString("summary")).isEqualTo("Placed");
    assertThat(entry.getString("data")).isEqualTo("{\"total\": 3}");
    assertThat(entry.getBoolean("isJson")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.eventstore.events+json",
        "application/vnd.kurrent.events+json",
        "application/vnd.kurrent.event+json",
        "application/vnd.eventstore.atom+json; charset=utf-8"
      })
  void a_list_of_events_is_one_append(String type) {
    var stream = "list-" + UUID.randomUUID();
    var body =
        events(
            event("A", "{ \"a\" : [ 1.10, \"x y\" ] }"),
            event("B", "\"plain text\""),
            event("C", "\"{\\\"b\\\": 1}\""),
            event("D", "17"));

    var answer = server.ask("POST /streams/" + stream, body, "Content-Type", type);

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(recorded(stream))
        .extracting(RecordedEvent::type, RecordedEvent::dataAsText, RecordedEvent::contentType)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("A", "{\"a\":[1.10,\"x y\"]}", ContentType.JSON),
            org.assertj.core.groups.Tuple.tuple("B", "plain text", ContentType.BINARY),
            org.assertj.core.groups.Tuple.tuple("C", "{\"b\":1}", ContentType.JSON),
            org.assertj.core.groups.Tuple.tuple("D", "", ContentType.BINARY));
  }

  @Test
  void events_in_xml_become_json_and_are_shown_as_xml_again() {
    var body =
        """
        <events><event><eventId>%s</eventId><eventType>Placed</eventType>
        <data><line no="1"><name>Tea &amp; milk</name></line><line no="2"/></data>
        <metadata><who>me</who></metadata></event></events>\
        """
            .formatted(UUID.randomUUID());

    var answer =
        server.ask(
            "POST /streams/xml-1", body, "Content-Type", "application/vnd.eventstore.events+xml");

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(recorded("xml-1").getFirst().dataAsText())
        .isEqualTo("{\"line\":[{\"@no\":\"1\",\"name\":\"Tea & milk\"},{\"@no\":\"2\"}]}");
    assertThat(server.get("/streams/xml-1/0", "Accept", "text/xml").body())
        .endsWith(
            "<data><line no=\"1\"><name>Tea &amp; milk</name></line><line no=\"2\"></line></data>");
    assertThat(server.get("/streams/xml-1?embed=content", "Accept", "application/atom+xml").body())
        .contains("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Event stream 'xml-1'</title>")
        .contains("<title>0@xml-1</title>", "<eventType>Placed</eventType>", "<who>me</who>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rich", "body", "pretty", "tryharder"})
  void an_entry_in_xml_has_what_it_has_in_json(String embed) throws Exception {
    var stream = StreamName.of("embedded-" + embed);
    server.store.append(
        stream,
        ExpectedState.any(),
        ProposedEvent.json("Placed", "{\"a\":\"<&\"}").withMetadata("{\"who\":\"me\"}"),
        ProposedEvent.binary("Drawn", "{\"b\":2}".getBytes(StandardCharsets.UTF_8)),
        ProposedEvent.link(stream, 0).withMetadata("{\"why\":1}"));
    var path = "/streams/%s?embed=%s".formatted(stream.value(), embed);

    var entries = entries(server.feed(path));
    var xml =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new InputSource(
                    new StringReader(server.get(path, "Accept", "application/atom+xml").body())));
    var elements = xml.getElementsByTagName("entry");

    assertThat(elements.getLength()).isEqualTo(3);
    for (var i = 0; i < elements.getLength(); i++) {
      var entry = (Element) elements.item(i);
      assertThat(RICH)
          .allSatisfy(name -> assertThat(entries.getFirst().fieldNames()).contains(name));
      for (var name : RICH) {
        var value = entries.get(i).getValue(name);
        var shown = entry.getElementsByTagName(name);
        assertThat(shown.getLength()).as(name).isEqualTo(value == null ? 0 : 1);
        if (value != null) {
          assertThat(shown.item(0).getTextContent()).as(name).isEqualTo(value.toString());
        }
      }
    }
  }

  @Test
  void numbers_keep_their_digits_and_names_their_characters_in_xml() {
    var data =
        "{\"$exact\":0.10,\"big\":1234567890123456789.0123456789,\"_x0024_\":\"a\",\"1 😀\":\"b\"}";
    server.ask(
        "POST /streams/xml-2",
        AtomServer.events(AtomServer.event("Counted", data)),
        "Content-Type",
        AtomServer.EVENTS);

    var shown = server.get("/streams/xml-2/0", "Accept", "text/xml").body();
    var members = shown.substring(shown.indexOf("<data>"));
    assertThat(members)
        .isEqualTo(
            "<data><_x0024_exact>0.10</_x0024_exact><big>1234567890123456789.0123456789</big>"
                + "<_x005F_x0024_>a</_x005F_x0024_><_x0031__x0020__x0001F600_>b</_x0031__x0020__x0001F600_></data>");

    var body =
        "<event><eventId>%s</eventId><eventType>T</eventType>%s</event>"
            .formatted(UUID.randomUUID(), members);
    server.ask("POST /streams/xml-3", body, "Content-Type", "application/vnd.eventstore.event+xml");
    assertThat(recorded("xml-3").getFirst().dataAsText())
        .isEqualTo(data.replaceAll(":([0-9.]+)", ":\"$1\""));
  }

  @Test
  void an_event_without_an_id_is_sent_to_where_it_can_be_repeated() {
    var first =
        server.ask(
            "POST /streams/again-1",
            "{}",
            "Content-Type",
            "application/json",
            "Kurrent-EventType",
            "A");
    var location = first.headers().firstValue("location").orElseThrow();

    assertThat(first.statusCode()).isEqualTo(307);
    assertThat(location).startsWith(server.url("/streams/again-1/incoming/"));
    for (var i = 0; i < 2; i++) {
      var answer =
          server.ask(
              "POST " + location, "{}", "Content-Type", "application/json", "ES-EventType", "A");
      assertThat(answer.statusCode()).isEqualTo(201);
      assertThat(answer.headers().firstValue("location"))
          .contains(server.url("/streams/again-1/0"));
    }
    assertThat(recorded("again-1")).hasSize(1);
  }

  @Test
  void what_is_appended_depends_on_what_the_stream_is() {
    server.append("expected-1", 3);

    var wrong =
        server.ask(
            "POST /streams/expected-1",
            events(event("A", "{}")),
            "Content-Type",
            EVENTS,
            "Kurrent-ExpectedVersion",
            "7");
    var right =
        server.ask(
            "POST /streams/expected-1",
            events(event("A", "{}")),
            "Content-Type",
            EVENTS,
            "ES-ExpectedVersion",
            "2");

    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.headers().firstValue("ES-CurrentVersion")).contains("2");
    assertThat(wrong.headers().firstValue("Kurrent-CurrentVersion")).contains("2");
    assertThat(right.statusCode()).isEqualTo(201);
  }

  @Test
  void metadata_is_written_and_read() {
    server.append("meta-1", 1);

    var answer =
        server.ask(
            "POST /streams/meta-1/metadata",
            "{\"$maxCount\":7,\"who\":\"me\"}",
            "Content-Type",
            "application/json");

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(server.store.metadata(StreamName.of("meta-1")).metadata().maxCount()).hasValue(7);
    assertThat(server.get("/streams/meta-1/metadata", "Accept", "application/json").body())
        .isEqualTo("{\"$maxCount\":7,\"who\":\"me\"}");
    assertThat(titles(server.feed("/streams/meta-1/metadata/head/20")))
        .containsExactly("0@$$meta-1");
  }

  @Test
  void a_stream_is_deleted_and_goes_on_and_is_closed_for_ever() {
    server.append("gone-1", 2);

    assertThat(server.ask("DELETE /streams/gone-1", "").statusCode()).isEqualTo(204);
    assertThat(server.get("/streams/gone-1", "Accept", ATOM).statusCode()).isEqualTo(404);
    server.append("gone-1", 1);
    assertThat(titles(server.feed("/streams/gone-1"))).containsExactly("2@gone-1");
    assertThat(server.ask("DELETE /streams/gone-1", "", "ES-HardDelete", "True").statusCode())
        .isEqualTo(204);
    assertThat(server.get("/streams/gone-1", "Accept", ATOM).statusCode()).isEqualTo(410);
    assertThat(server.ask("DELETE /streams/gone-1", "").statusCode()).isEqualTo(410);
    assertThat(
            server
                .ask("POST /streams/gone-1", events(event("A", "{}")), "Content-Type", EVENTS)
                .statusCode())
        .isEqualTo(410);
  }

  // ---- pages

  @Test
  void a_page_links_to_those_beside_it() {
    server.append("linked-1", 50);
    var stream = server.url("/streams/linked-1");

    assertThat(links(server.feed("/streams/linked-1")))
        .containsEntry("self", stream)
        .containsEntry("first", stream + "/head/backward/20")
        .containsEntry("last", stream + "/0/forward/20")
        .containsEntry("next", stream + "/29/backward/20")
        .containsEntry("previous", stream + "/50/forward/20")
        .containsEntry("metadata", stream + "/metadata");
    assertThat(links(server.feed("/streams/linked-1/9/backward/20")))
        .containsEntry("previous", stream + "/10/forward/20")
        .doesNotContainKeys("next", "last");
    assertThat(links(server.feed("/streams/linked-1/20/forward/20")))
        .containsEntry("next", stream + "/19/backward/20")
        .containsEntry("last", stream + "/0/forward/20")
        .containsEntry("previous", stream + "/40/forward/20");
    var beyond = server.feed("/streams/linked-1/50/forward/20");
    assertThat(entries(beyond)).isEmpty();
    assertThat(links(beyond)).doesNotContainKey("previous");
    assertThat(titles(server.feed("/streams/linked-1/20/forward/3")))
        .containsExactly("22@linked-1", "21@linked-1", "20@linked-1");
  }

  @Test
  void a_page_is_as_large_as_the_caller_likes() {
    server.append("many-1", 6_000);
    var filtered = "/streams/$all/filtered/%s/%d?context=streamid&type=prefix&data=many-";

    for (var page :
        List.of("head/backward", "5999/backward", "0/forward", "0".repeat(32) + "/forward")) {
      var path = page.startsWith("00") ? filtered : "/streams/many-1/%s/%d";
      assertThat(entries(server.feed(path.formatted(page, 5_000)))).hasSize(5_000);
      assertThat(entries(server.feed(path.formatted(page, Integer.MAX_VALUE)))).hasSize(6_000);
    }
  }

  @Test
  void a_page_before_the_first_visible_event_begins_with_it() {
    server.append("truncated-1", 100);
    server.store.writeMetadata(
        StreamName.of("truncated-1"),
        ExpectedState.any(),
        StreamMetadata.none().withTruncateBefore(90));

    var page = server.feed("/streams/truncated-1/0/forward/4");

    assertThat(titles(page)).startsWith("93@truncated-1").hasSize(4);
    assertThat(links(page))
        .containsEntry("previous", server.url("/streams/truncated-1/94/forward/4"));
    assertThat(links(server.feed("/streams/truncated-1"))).doesNotContainKey("next");
  }

  @Test
  void links_are_followed_unless_somebody_says_otherwise() {
    server.append("target-1", 2);
    var link = ProposedEvent.link(StreamName.of("target-1"), 1).withId(UUID.randomUUID());
    server.store.append(StreamName.of("links-1"), ExpectedState.any(), link);

    var followed = entries(server.feed("/streams/links-1?embed=rich")).getFirst();
    var notFollowed =
        entries(server.feed("/streams/links-1?embed=rich", "ES-ResolveLinkTos", "False"))
            .getFirst();

    assertThat(followed.getString("title")).isEqualTo("1@target-1");
    assertThat(followed.getString("summary")).isEqualTo("Tested");
    assertThat(followed.getString("positionStreamId")).isEqualTo("links-1");
    assertThat(notFollowed.getString("title")).isEqualTo("1@target-1");
    assertThat(notFollowed.getString("summary")).isEqualTo("$>");
    assertThat(notFollowed.getString("streamId")).isEqualTo("links-1");
  }

  @Test
  void virtual_streams_are_feeds_like_others() {
    server.append("cat-1", 3);
    server.append("cat-2", 3);

    assertThat(titles(server.feed("/streams/%24ce-cat")))
        .containsExactly("2@cat-2", "1@cat-2", "0@cat-2", "2@cat-1", "1@cat-1", "0@cat-1");
  }

  @Test
  void names_of_streams_may_have_anything_in_them() {
    var name = "söme/stream?with #%&+ things-1";
    server.append(name, 1);
    var encoded = "s%C3%B6me%2Fstream%3Fwith%20%23%25%26%2B%20things-1";

    var feed = server.feed("/streams/" + encoded);

    assertThat(feed.getString("streamId")).isEqualTo(name);
    assertThat(entries(feed).getFirst().getString("id"))
        .isEqualTo(server.url("/streams/" + encoded + "/0"));
  }

  // ---- in what form

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          application/json                                   | application/json
          application/vnd.kurrent.atom+json                  | application/vnd.kurrent.atom+json
          text/html;q=0.3, application/atom+xml              | application/atom+xml
          application/atom+xml;q=0.5, application/json;q=0.9 | application/json
          application/*                                      | application/vnd.kurrent.atom+json
          image/png, */*;q=0.1                               | application/vnd.kurrent.atom+json
          text/xml                                           | text/xml
          text/html                                          | text/html
          application/*;q=0, */*                             | text/xml
          application/*;q=0, application/json;q=0.1          | application/json
          application/vnd.kurrent.atom+json;q=0.1, */*       | application/vnd.eventstore.atom+json
          application/vnd.eventstore.streamdesc+json         | application/vnd.eventstore.streamdesc+json
          """)
  void the_form_is_the_one_that_is_wanted_most(String accept, String type) {
    server.append("forms-1", 1);

    var answer = server.get("/streams/forms-1", "Accept", accept);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains(type + "; charset=utf-8");
  }

  @Test
  void an_accept_without_anything_in_it_says_nothing() {
    server.append("forms-2", 1);

    var answer = server.get("/streams/forms-2/0/forward/1", "Accept", "");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .contains("application/vnd.kurrent.atom+json; charset=utf-8");
    assertThat(server.get("/streams/forms-2", "Accept", "").statusCode()).isEqualTo(406);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          application/json                    | {"n":0}
          application/octet-stream            | {"n":0}
          text/xml                            | <?xml version="1.0" encoding="utf-8"?><data><n>0</n></data>
          """)
  void a_single_event_is_what_was_recorded(String accept, String body) {
    server.append("single-1", 1);

    assertThat(server.get("/streams/single-1/0", "Accept", accept).body()).isEqualTo(body);
    assertThat(server.get("/streams/single-1/head", "Accept", accept).body()).isEqualTo(body);
  }

  @Test
  void a_single_event_comes_in_its_envelope() {
    server.append("envelope-1", 1);

    var event =
        new JsonObject(
            server
                .get("/streams/envelope-1/0", "Accept", "application/vnd.kurrent.event+json")
                .body());
    var entry = server.feed("/streams/envelope-1/0");

    assertThat(event.getString("eventStreamId")).isEqualTo("envelope-1");
    assertThat(event.getJsonObject("data").getInteger("n")).isZero();
    assertThat(entry.getJsonObject("content").getString("eventType")).isEqualTo("Tested");
  }

  @Test
  void whoever_does_not_say_in_what_form_is_told_what_there_is() {
    server.append("described-1", 1);

    var answer = server.get("/streams/described-1", "Accept", "*/*");

    assertThat(answer.statusCode()).isEqualTo(406);
    var links = new JsonObject(answer.body()).getJsonObject("_links");
    assertThat(links.getJsonObject("stream").getString("href"))
        .isEqualTo(server.url("/streams/described-1"));
    assertThat(links.getJsonObject("stream").getJsonArray("supportedContentTypes"))
        .contains("application/atom+xml");
  }

  @Test
  void what_only_claims_to_be_json_is_a_text() {
    server.store.append(
        StreamName.of("claims-1"), ExpectedState.any(), ProposedEvent.json("A", "{\"a\":"));

    var content = entries(server.feed("/streams/claims-1?embed=content")).getFirst();
    var tried = entries(server.feed("/streams/claims-1?embed=tryharder")).getFirst();

    assertThat(content.getJsonObject("content").getString("data")).isEqualTo("{\"a\":");
    assertThat(tried.getString("data")).isEqualTo("{\"a\":");
  }

  // ---- keeping

  @Test
  void the_newest_page_is_asked_for_again_and_not_sent_again() {
    server.append("kept-1", 30);

    var first = server.get("/streams/kept-1", "Accept", ATOM);
    var tag = first.headers().firstValue("etag").orElseThrow();
    var second = server.get("/streams/kept-1", "Accept", ATOM, "If-None-Match", tag);
    server.append("kept-1", 1);
    var third = server.get("/streams/kept-1", "Accept", ATOM, "If-None-Match", tag);

    assertThat(first.headers().firstValue("cache-control"))
        .contains("max-age=0, no-cache, must-revalidate");
    assertThat(first.headers().firstValue("vary").orElseThrow()).startsWith("Accept");
    assertThat(tag).startsWith("\"29;");
    assertThat("\"" + new JsonObject(first.body()).getString("eTag") + "\"").isEqualTo(tag);
    assertThat(second.statusCode()).isEqualTo(304);
    assertThat(second.body()).isEmpty();
    assertThat(third.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/streams/looks-1", "/streams/looks-1/head"})
  void whoever_has_one_look_of_a_page_is_sent_the_other(String path) {
    server.append("looked-at-1", 1);
    server.store.append(
        StreamName.of("looks-1"),
        ExpectedState.any(),
        ProposedEvent.link(StreamName.of("looked-at-1"), 0));

    var links = server.get(path, "Accept", ATOM, "ES-ResolveLinkTos", "False");
    var tag = links.headers().firstValue("etag").orElseThrow();
    var same = server.get(path, "Accept", ATOM, "ES-ResolveLinkTos", "False", "If-None-Match", tag);
    var resolved =
        server.get(path, "Accept", ATOM, "ES-ResolveLinkTos", "True", "If-None-Match", tag);
    var elsewhere =
        server.get(
            path,
            "Accept",
            ATOM,
            "ES-ResolveLinkTos",
            "False",
            "X-Forwarded-Host",
            "events.example",
            "If-None-Match",
            tag);

    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(resolved.statusCode()).isEqualTo(200);
    assertThat(resolved.body()).isNotEqualTo(links.body());
    assertThat(elsewhere.statusCode()).isEqualTo(200);
    assertThat(elsewhere.body()).contains("http://events.example");
  }

  @ParameterizedTest
  @CsvSource({
    "/streams/final-1/9/backward/5, true",
    "/streams/final-1/28/backward/5, true",
    "/streams/final-1/29/backward/5, false",
    "/streams/final-1/30/backward/5, false",
    "/streams/final-1/head/backward/5, false",
    "/streams/final-1/9/forward/20, true",
    "/streams/final-1/10/forward/20, false",
    "/streams/final-1/11/forward/20, false",
    "/streams/final-1/7, true",
    "/streams/final-1/head, false"
  })
  void what_will_not_change_may_be_kept_for_a_year(String path, boolean isFinal) {
    try (var own = new AtomServer()) {
      own.append("final-1", 30);

      var headers = own.get(path, "Accept", ATOM).headers();

      assertThat(headers.firstValue("cache-control"))
          .contains(isFinal ? "max-age=31536000, public" : "max-age=0, no-cache, must-revalidate");
      assertThat(headers.firstValue("etag").isPresent()).isEqualTo(!isFinal);
    }
  }

  /// Before and after an append, whatever may be kept for a year.
  @Test
  void a_page_that_may_be_kept_for_a_year_is_the_same_after_an_append() {
    try (var own = new AtomServer()) {
      own.append("kept-1", 12);
      var end = own.store.lastPosition().orElseThrow() + 1;
      var pages = new ArrayList<String>();
      for (var count : List.of(1, 4, 12, 13)) {
        for (var from = 0; from <= 13; from++) {
          pages.add("/streams/kept-1/%d/backward/%d".formatted(from, count));
          pages.add("/streams/kept-1/%d/forward/%d".formatted(from, count));
        }
        for (var from = 0L; from <= end; from++) {
          for (var all : List.of("%24all", "%24all/filtered")) {
            var filter = all.endsWith("filtered") ? "?context=streamid&type=prefix&data=kept-" : "";
            pages.add(
                "/streams/%s/%2$016X%2$016X/backward/%3$d%4$s".formatted(all, from, count, filter));
            pages.add(
                "/streams/%s/%2$016X%2$016X/forward/%3$d%4$s".formatted(all, from, count, filter));
          }
        }
      }
      var kept = new LinkedHashMap<String, String>();
      for (var page : pages) {
        var answer = own.get(page, "Accept", ATOM);
        if (answer.headers().firstValue("cache-control").orElse("").contains("31536000")) {
          kept.put(page, answer.body());
        }
      }
      assertThat(kept.size()).isGreaterThan(pages.size() / 3);

      own.append("kept-1", 1);

      kept.forEach((page, body) ->
          assertThat(own.get(page, "Accept", ATOM).body()).as(page).isEqualTo(body));
    }
  }

  @Test
  void a_stream_says_how_long_its_newest_page_may_be_kept() {
    server.append("control-1", 1);
    server.ask(
        "POST /streams/control-1/metadata",
        "{\"$cacheControl\":30}",
        "Content-Type",
        "application/json");

    assertThat(
            server.get("/streams/control-1", "Accept", ATOM).headers().firstValue("cache-control"))
        .contains("max-age=30, public");
  }

  /// Not a way up: a name like any other.
  @ParameterizedTest
  @CsvSource({"%2e%2e, ..", "%2E%2E, ..", ".., ..", "%2e, .", "%2e.%2f.., ../..", "..., ..."})
  void a_stream_may_be_called_by_dots(String segment, String name) {
    server.append(name, 1);

    var feed = server.feed("/streams/" + segment);
    var event =
        server.get(AtomServer.link(entries(feed).getFirst(), "edit"), "Accept", "application/json");

    assertThat(feed.getString("streamId")).isEqualTo(name);
    assertThat(event.statusCode()).isEqualTo(200);
    assertThat(server.get("/streams/" + segment + "/0", "Accept", "application/json").statusCode())
        .isEqualTo(200);
  }

  // ---- waiting

  @Test
  void whoever_asks_for_what_is_to_come_is_answered_when_it_has() throws Exception {
    server.append("poll-1", 1);

    var waiting =
        CompletableFuture.supplyAsync(
            () -> server.feed("/streams/poll-1/1/forward/20", "ES-LongPoll", "30"));
    server.append("poll-1", 1);

    assertThat(titles(waiting.get())).containsExactly("1@poll-1");
  }

  @Test
  void whoever_asks_for_what_does_not_come_gets_an_empty_page() {
    server.append("poll-2", 1);

    assertThat(entries(server.feed("/streams/poll-2/1/forward/20", "Kurrent-LongPoll", "1")))
        .isEmpty();
  }

  // ---- all streams

  @Test
  void all_streams_are_pages_that_link_to_each_other() {
    try (var own = new AtomServer()) {
      own.append("all-1", 30);
      var newest = own.feed("/streams/%24all");
      assertThat(newest.getString("title")).isEqualTo("All events");
      assertThat(newest.getValue("streamId")).isNull();
      assertThat(titles(newest)).hasSize(20).startsWith("29@all-1");
      assertThat(links(newest).get("self")).isEqualTo(own.url("/streams/%24all"));
      var older = own.feed(AtomServer.link(newest, "next"));
      assertThat(titles(older)).startsWith("9@all-1").contains("0@all-1");
      assertThat(links(older)).doesNotContainKey("next");
      var oldest = own.feed(AtomServer.link(newest, "last"));
      assertThat(entries(oldest)).hasSize(20);
      var newer = own.feed(AtomServer.link(oldest, "previous"));
      assertThat(titles(newer)).startsWith("29@all-1");
      var beyond = own.feed(AtomServer.link(newer, "previous"));
      assertThat(entries(beyond)).isEmpty();
      assertThat(links(beyond)).doesNotContainKey("previous");
    }
  }

  @Test
  void all_streams_can_be_filtered() {
    try (var own = new AtomServer()) {
      own.append("yes-1", 25);
      own.append("no-1", 25);
      own.append("yes-2", 5);
      var path = "/streams/%24all/filtered?context=streamid&type=prefix&data=yes-";

      var newest = own.feed(path);
      var older = own.feed(AtomServer.link(newest, "next"));

      assertThat(titles(newest)).hasSize(20).contains("4@yes-2", "24@yes-1");
      assertThat(titles(older)).hasSize(10).startsWith("9@yes-1");
      assertThat(links(older)).doesNotContainKey("next");
      assertThat(titles(own.feed("/streams/%24all/filtered?exclude-system-events=true")))
          .noneMatch(title -> title.contains("$"));
    }
  }

  // ---- who asks, and from where

  @Test
  void links_lead_to_where_the_caller_can_reach_them() {
    server.append("forwarded-1", 1);

    var feed =
        server.feed(
            "/streams/forwarded-1",
            "X-Forwarded-Host",
            "events.example",
            "X-Forwarded-Proto",
            "https",
            "X-Forwarded-Port",
            "8443",
            "X-Forwarded-Prefix",
            "/es");

    assertThat(feed.getString("id"))
        .isEqualTo("https://events.example:8443/es/streams/forwarded-1");
  }

  /// As containers are called.
  @Test
  void gossip_names_a_node_as_it_was_reached_with_underscores_too() throws Exception {
    try (var store = LocalEventStore.inMemory();
        var own = LeftfoldServer.start(store, ServerOptions.insecure().withAddress("0.0.0.0", 0));
        var socket = new Socket(InetAddress.getLoopbackAddress(), own.port())) {
      socket
          .getOutputStream()
          .write(
              "GET /gossip HTTP/1.1\r\nHost: node_1:2114\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var gossip =
          new JsonObject(answer.substring(answer.indexOf('{'), answer.lastIndexOf('}') + 1));

      assertThat(gossip.getString("serverIp")).isEqualTo("node_1");
      assertThat(gossip.getInteger("serverPort")).isEqualTo(2114);
    }
  }

  @Test
  void browsers_are_told_what_they_may() {
    var answer = server.ask("OPTIONS /streams/any-1", "");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(answer.headers().firstValue("access-control-allow-methods"))
        .contains("GET, HEAD, POST, DELETE, OPTIONS");
  }

  @Test
  void a_slash_at_the_end_is_one_too_many() {
    var answer = server.get("/streams/slash-1/", "Accept", ATOM);
    var question =
        server.get(
            "/streams/%24all/filtered/?context=streamid&type=prefix&data=a%26b+c", "Accept", ATOM);

    assertThat(answer.statusCode()).isEqualTo(307);
    assertThat(answer.headers().firstValue("location")).contains(server.url("/streams/slash-1"));
    assertThat(answer.headers().firstValue("cache-control")).contains("max-age=31536000, public");
    assertThat(question.headers().firstValue("location"))
        .contains(
            server.url("/streams/%24all/filtered?context=streamid&type=prefix&data=a%26b%20c"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vary-1", "vary-1/", "vary-1/0", "vary-1/0/forward/1", "%24all"})
  void whatever_has_links_in_it_says_what_they_are_made_of(String stream) {
    server.append("vary-1", 1);

    var vary = server.get("/streams/" + stream, "Accept", ATOM).headers().firstValue("vary");

    assertThat(vary.orElse(""))
        .startsWith("Accept, ")
        .contains("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port")
        .contains("X-Forwarded-Prefix")
        // Of more nginx keeps nothing.
        .hasSizeLessThanOrEqualTo(128);
  }

  @Test
  void http_2_says_the_same() throws Exception {
    server.append("second-1", 600);
    try (var http =
        java.net.http.HttpClient.newBuilder()
            .version(java.net.http.HttpClient.Version.HTTP_2)
            .build()) {
      var request =
          java.net.http.HttpRequest.newBuilder(
                  java.net.URI.create(
                      server.url("/streams/second-1/head/backward/600?embed=content")))
              .header("Accept", ATOM)
              .build();

      var answer = http.send(request, java.net.http.HttpResponse.BodyHandlers.ofString());

      assertThat(answer.version()).isEqualTo(java.net.http.HttpClient.Version.HTTP_2);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(entries(new JsonObject(answer.body()))).hasSize(600);
      assertThat(answer.headers().firstValue("etag")).isPresent();
    }
  }

  @Test
  void a_server_says_that_it_serves_atom() {
    assertThat(server.get("/info").body()).contains("\"atomPub\":true");
  }
}

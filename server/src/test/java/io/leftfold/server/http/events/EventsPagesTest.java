// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.Authentication;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.Security;
import io.leftfold.server.ServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Events for whoever has HTTP and nothing else.
@Timeout(60)
final class EventsPagesTest {

  private static final String ONE = "application/cloudevents+json";
  private static final String BATCH = "application/cloudevents-batch+json";

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final HttpClient http = HttpClient.newHttpClient();
  private LeftfoldServer server;

  @BeforeEach
  void start() {
    server = LeftfoldServer.start(store, ServerOptions.insecure().withAddress("127.0.0.1", 0));
    store.whenIndexed().toCompletableFuture().join();
  }

  @AfterEach
  void stop() {
    http.close();
    server.close();
    store.close();
  }

  private HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(
        URI.create(path.startsWith("http") ? path : "http://127.0.0.1:" + server.port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<String> get(String path, String... headers) {
    var request = at(path).GET();
    return send(headers.length > 0 ? request.headers(headers) : request);
  }

  private HttpResponse<String> post(String path, String type, String body) {
    return send(at(path).header("Content-Type", type).POST(BodyPublishers.ofString(body)));
  }

  private static List<JsonObject> lines(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body().lines().map(JsonObject::new).toList();
  }

  private static List<String> places(HttpResponse<String> response) {
    return lines(response).stream()
        .map(line -> line.getLong("revision") + "@" + line.getString("stream"))
        .toList();
  }

  private void append(String stream, ProposedEvent... events) {
    store.append(StreamName.of(stream), ExpectedState.any(), events);
  }

  private void append(String stream, int count) {
    for (var i = 0; i < count; i++) {
      append(stream, ProposedEvent.json("Counted", "{\"n\":%d}".formatted(i)));
    }
  }

  private List<RecordedEvent> recorded(String stream) {
    return store.read(StreamName.of(stream), ReadOptions.forwards()).events();
  }

  private static String cloudEvent(String id, String more) {
    return "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/till/1\",\"type\":\"Sold\"%s}"
        .formatted(id, more);
  }

  // ---- reading

  @Test
  void whoever_follows_the_link_sees_each_event_once_and_in_order() {
    append("a-1", 5);
    append("b-1", 5);
    append("a-1", 3);

    var seen = new ArrayList<String>();
    var page = get("/events?limit=4");
    while (!page.body().isEmpty()) {
      seen.addAll(places(page));
      var link = page.headers().firstValue("link").orElseThrow();
      page = get(link.substring(1, link.indexOf('>')));
    }

    assertThat(seen)
        .containsExactly(
            "0@a-1", "1@a-1", "2@a-1", "3@a-1", "4@a-1", "0@b-1", "1@b-1", "2@b-1", "3@b-1",
            "4@b-1", "5@a-1", "6@a-1", "7@a-1");
  }

  @Test
  void of_one_stream_the_cursor_is_the_revision() {
    append("other", 2);
    append("a-1", 4);

    assertThat(places(get("/events?stream=a-1&limit=2"))).containsExactly("0@a-1", "1@a-1");
    var page = get("/events?stream=a-1&after=1");
    assertThat(places(page)).containsExactly("2@a-1", "3@a-1");
    assertThat(lines(page)).extracting(line -> line.getLong("cursor")).containsExactly(2L, 3L);
    assertThat(page.headers().firstValue("leftfold-cursor")).contains("3");
    assertThat(get("/events?stream=a-1&after=3").body()).isEmpty();
    assertThat(get("/events?stream=nobody").body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "category=a, 0@a-1 1@a-1 0@a-2",
    "prefix=b, 0@b",
    "types=Paid, 1@a-1",
    "'types=Paid,Shipped', 1@a-1 0@b",
    "tags=order:7, 0@a-2",
    "'types=Counted&tags=order:7', ''",
  })
  void what_is_filtered_moves_the_cursor(String filter, String expected) {
    append("a-1", 1);
    append("a-1", ProposedEvent.json("Paid", "{}"));
    append("a-2", ProposedEvent.json("Opened", "{}").withTags(Tag.of("order:7")));
    append("b", ProposedEvent.json("Shipped", "{}"));
    append("c", ProposedEvent.json("Closed", "{}"));

    var page = get("/events?" + filter);

    assertThat(String.join(" ", places(page))).isEqualTo(expected);
    var cursor = page.headers().firstValue("leftfold-cursor").orElseThrow();
    assertThat(Long.parseLong(cursor)).isEqualTo(store.lastPosition().orElseThrow());
  }

  @Test
  void an_event_says_all_of_itself_in_one_line() {
    append(
        "a-1",
        ProposedEvent.json("Said", "{ \"text\": \"two\\nlines\",\n \"n\": 1.10 }")
            .withMetadata("{\n\"who\":\"me\"}")
            .withTags(Tag.of("t:1")),
        ProposedEvent.binary("Drawn", new byte[] {1, 2, 3}),
        ProposedEvent.json("Broken", "{\"no"));

    var text = get("/events?stream=a-1").body();
    assertThat(text.lines()).hasSize(3);
    assertThat(text)
        .contains("\"data\":{\"text\":\"two\\nlines\",\"n\":1.10},\"metadata\":{\"who\":\"me\"}")
        .contains("\"tags\":[\"t:1\"]")
        .contains("\"dataBase64\":\"AQID\"")
        .contains("\"dataBase64\":\"eyJubw==\"");
    var first = new JsonObject(text.lines().findFirst().orElseThrow());
    var recorded = recorded("a-1").getFirst();
    assertThat(first.getString("id")).isEqualTo(recorded.id().toString());
    assertThat(first.getString("time")).isEqualTo(recorded.recorded().toString());
    assertThat(first.getLong("position")).isEqualTo(recorded.position());
  }

  @Test
  void a_link_is_shown_as_the_event_it_leads_to_and_goes_on_behind_the_link() {
    append("a-1", 2);
    append("links", ProposedEvent.link(StreamName.of("a-1"), 1));

    var page = get("/events?stream=links");
    assertThat(places(page)).containsExactly("1@a-1");
    assertThat(lines(page).getFirst().getLong("cursor")).isZero();
    assertThat(lines(page).getFirst().getJsonObject("link").getString("stream")).isEqualTo("links");
    assertThat(get("/events?stream=links&after=0").body()).isEmpty();
  }

  @Test
  void a_page_ends_with_the_event_that_makes_it_large() {
    var large = "{\"text\":\"%s\"}".formatted("x".repeat(1 << 20));
    for (var i = 0; i < 6; i++) {
      append("a-1", ProposedEvent.json("Said", large));
    }
    assertThat(places(get("/events?stream=a-1"))).hasSize(4);
    assertThat(places(get("/events?stream=a-1&after=3"))).hasSize(2);
    assertThat(places(get("/events"))).hasSize(4);
  }

  @Test
  void whoever_waits_is_answered_when_something_is_there() {
    append("a-1", 1);
    var waiting =
        http.sendAsync(
            at("/events?after=end&wait=30").build(), HttpResponse.BodyHandlers.ofString());
    var other =
        http.sendAsync(
            at("/events?stream=a-1&after=0&wait=30").build(), HttpResponse.BodyHandlers.ofString());
    // If the first came too late for an event, there are others.
    while (!waiting.isDone() || !other.isDone()) {
      append("a-1", 1);
    }
    assertThat(places(waiting.join())).isNotEmpty().doesNotContain("0@a-1");
    assertThat(places(other.join())).first().isEqualTo("1@a-1");
  }

  @Test
  void whoever_waits_in_vain_knows_where_to_go_on() {
    append("a-1", 3);
    var page = get("/events?after=end&wait=1");
    assertThat(page.body()).isEmpty();
    var cursor = page.headers().firstValue("leftfold-cursor").orElseThrow();
    append("a-1", 1);
    assertThat(places(get("/events?after=" + cursor))).containsExactly("3@a-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/events?after=0", "/events?stream=a-1&after=0"})
  void live_events_come_with_their_cursors_and_go_on_behind_the_last_one(String path)
      throws Exception {
    append("a-1", 2);
    var ids = new ArrayList<Long>();
    try (var body = live(at(path))) {
      var before = body.readLine();
      assertThat(before).startsWith(":");
      ids.add(next(body));
      append("a-1", 2);
      ids.add(next(body));
    }
    append("a-1", 1);
    try (var body = live(at(path).header("Last-Event-ID", Long.toString(ids.getLast())))) {
      ids.add(next(body));
      ids.add(next(body));
    }
    assertThat(ids).containsExactly(1L, 2L, 3L, 4L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/events?after=end&prefix=a",
        "/events?after=end&stream=a-1",
        "/events?after=end&stream=a-2"
      })
  void whoever_follows_from_the_end_and_comes_again_has_lost_nothing(String path) throws Exception {
    append("a-1", 2);
    var stream = path.endsWith("a-2") ? "a-2" : "a-1";
    String end;
    try (var body = live(at(path))) {
      end = id(body);
    }
    append(stream, 1);
    try (var body = live(at(path).header("Last-Event-ID", end))) {
      assertThat(id(body)).isEqualTo(end);
      var missed = next(body);
      append(stream, 1);
      assertThat(next(body)).isEqualTo(missed + 1);
      assertThat(missed).isEqualTo(end.equals("start") ? 0 : Long.parseLong(end) + 1);
    }
  }

  @Test
  void a_filter_that_lets_nothing_through_moves_the_cursor_too() throws Exception {
    append("other-1", 1_500);
    var last = store.lastPosition().orElseThrow();
    try (var body = live(at("/events?prefix=none-"))) {
      assertThat(id(body)).isEqualTo("start");
      var moved = Long.parseLong(idAlone(body));
      assertThat(moved).isBetween(last - 1_000, last);
      append("other-1", 2_000);
      assertThat(Long.parseLong(idAlone(body))).isGreaterThan(moved);
    }
  }

  private static String idAlone(BufferedReader body) throws IOException {
    var line = body.readLine();
    while (line.isEmpty() || line.startsWith(":")) {
      line = body.readLine();
    }
    assertThat(line).startsWith("id: ");
    assertThat(body.readLine()).isEmpty();
    return line.substring("id: ".length());
  }

  /// What is said before the first event.
  private static String id(BufferedReader body) throws IOException {
    assertThat(body.readLine()).startsWith(":");
    var id = body.readLine();
    assertThat(id).startsWith("id: ");
    assertThat(body.readLine()).isEmpty();
    return id.substring("id: ".length());
  }

  @Test
  void the_end_of_a_stream_that_is_gone_is_gone() {
    store.tombstone(StreamName.of("a-1"), ExpectedState.any());
    assertThat(get("/events?stream=a-1&after=end").statusCode()).isEqualTo(410);
    assertThat(get("/events?stream=a-1&after=end&format=live").statusCode()).isEqualTo(410);
  }

  private BufferedReader live(HttpRequest.Builder request) throws Exception {
    var response =
        http.send(
            request.header("Accept", "text/event-stream").build(),
            HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type").orElse(""))
        .startsWith("text/event-stream");
    return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  private static long next(BufferedReader body) throws IOException {
    var line = body.readLine();
    var data = body.readLine();
    while (!data.startsWith("data: ")) {
      line = data;
      data = body.readLine();
    }
    assertThat(new JsonObject(data.substring("data: ".length())).getLong("cursor"))
        .isEqualTo(Long.parseLong(line.substring("id: ".length())));
    return Long.parseLong(line.substring("id: ".length()));
  }

  /// They count as calls do: of pages no more than 256 are answered at once.
  @Test
  void whoever_waits_takes_no_page_from_others() throws Exception {
    var following = new ArrayList<BufferedReader>();
    for (var i = 0; i < 256; i++) {
      following.add(live(at("/events")));
    }
    assertThat(get("/events").statusCode()).isEqualTo(200);
    for (var body : following) {
      body.close();
    }
  }

  @Test
  void live_events_end_when_the_server_does() throws Exception {
    var body = live(at("/events"));
    var ended = CompletableFuture.supplyAsync(() -> body.lines().toList());
    server.close();
    assertThat(ended.join()).isNotNull();
  }

  @Test
  void a_table_has_no_formulas() {
    append("a-1", ProposedEvent.binary("=1+1", "say \"hi\"".getBytes(StandardCharsets.UTF_8)));
    var table = get("/events?format=csv");
    assertThat(table.headers().firstValue("content-type").orElse("")).startsWith("text/csv");
    assertThat(table.body().lines())
        .hasSize(2)
        .first()
        .isEqualTo("cursor,position,stream,revision,type,id,time,data,metadata");
    assertThat(table.body()).contains(",\"a-1\",0,\"'=1+1\",").contains(",\"say \"\"hi\"\"\",");
  }

  @Test
  void the_form_is_the_one_that_is_accepted() {
    assertThat(get("/events").headers().firstValue("content-type").orElse(""))
        .startsWith("application/x-ndjson");
    assertThat(
            get("/events", "Accept", "text/csv;q=0.5, " + BATCH)
                .headers()
                .firstValue("content-type")
                .orElse(""))
        .startsWith(BATCH);
    assertThat(get("/events", "Accept", "image/png").statusCode()).isEqualTo(406);
  }

  // ---- appending

  @Test
  void a_cloud_event_is_appended_once_and_comes_back_as_it_was() {
    var body =
        cloudEvent(
            "sale 17",
            """
            ,"subject":"till","time":"2026-07-17T14:02:00Z","data":{"cents": 1.50},\
            "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",\
            "correlationid":"c-1","tags":"till:1,day:5"\
            """);

    var answer = post("/events?stream=sales", ONE, body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    var said = new JsonObject(answer.body());
    assertThat(said.getBoolean("repeated")).isFalse();
    assertThat(said.getJsonArray("streams").getJsonObject(0))
        .isEqualTo(new JsonObject("{\"stream\":\"sales\",\"first\":0,\"last\":0}"));
    var again = post("/events?stream=sales", ONE, body);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(again.body()).getLong("position"))
        .isEqualTo(said.getLong("position"));
    var event = recorded("sales").getFirst();
    assertThat(recorded("sales")).hasSize(1);
    assertThat(event.dataAsText()).isEqualTo("{\"cents\":1.50}");
    assertThat(event.tags()).containsExactly(Tag.of("till:1"), Tag.of("day:5"));
    assertThat(new JsonObject(event.metadataAsText()).getString("$correlationId")).isEqualTo("c-1");

    var back =
        new JsonArray(get("/events?stream=sales&format=cloudevents").body()).getJsonObject(0);
    assertThat(back.getString("id")).isEqualTo("sale 17");
    assertThat(back.getString("source")).isEqualTo("/till/1");
    assertThat(back.getString("subject")).isEqualTo("till");
    assertThat(back.getString("time")).isEqualTo("2026-07-17T14:02:00Z");
    assertThat(back.getString("traceparent")).startsWith("00-0af7");
    assertThat(back.getString("stream")).isEqualTo("sales");
    assertThat(back.getString("tags")).isEqualTo("till:1,day:5");
    assertThat(back.getJsonObject("data").getDouble("cents")).isEqualTo(1.5);
  }

  @Test
  void ids_count_together_with_their_sources() {
    var there = cloudEvent("1", "");
    assertThat(post("/events?stream=s", ONE, there).statusCode()).isEqualTo(201);
    assertThat(post("/events?stream=s", ONE, there.replace("/till/1", "/till/2")).statusCode())
        .isEqualTo(201);
    var id = UUID.randomUUID();
    assertThat(post("/events?stream=s", ONE, cloudEvent(id.toString(), "")).statusCode())
        .isEqualTo(201);
    assertThat(recorded("s")).hasSize(3);
    assertThat(recorded("s").getLast().id()).isEqualTo(id);
  }

  @Test
  void a_batch_over_several_streams_is_appended_whole_or_not_at_all() {
    var batch =
        "[%s,%s,%s]"
            .formatted(
                cloudEvent("1", ",\"stream\":\"a\""),
                cloudEvent("2", ",\"stream\":\"b\""),
                cloudEvent("3", ",\"stream\":\"a\""));
    store.tombstone(StreamName.of("b"), ExpectedState.any());
    assertThat(post("/events", BATCH, batch).statusCode()).isEqualTo(410);
    assertThat(recorded("a")).isEmpty();

    var other = batch.replace("\"b\"", "\"c\"");
    assertThat(post("/events", BATCH, other).statusCode()).isEqualTo(201);
    assertThat(recorded("a")).hasSize(2);
    assertThat(recorded("c")).hasSize(1);
  }

  @Test
  void whoever_was_wrong_about_a_stream_is_told_how_it_is() {
    append("a", 3);
    var refused = post("/events?stream=a&expected=1", ONE, cloudEvent("1", ""));
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.headers().firstValue("content-type")).contains("application/problem+json");
    var problem = new JsonObject(refused.body());
    assertThat(problem.getString("stream")).isEqualTo("a");
    assertThat(problem.getLong("current")).isEqualTo(2);
    assertThat(post("/events?stream=a&expected=2", ONE, cloudEvent("1", "")).statusCode())
        .isEqualTo(201);
    assertThat(post("/events?stream=a&expected=2", ONE, cloudEvent("1", "")).statusCode())
        .isEqualTo(200);
    assertThat(post("/events?stream=a&expected=none", ONE, cloudEvent("9", "")).statusCode())
        .isEqualTo(409);
    assertThat(post("/events?stream=new&expected=none", ONE, cloudEvent("9", "")).statusCode())
        .isEqualTo(201);
  }

  @Test
  void data_that_is_no_json_is_kept_as_it_is() {
    var text =
        cloudEvent("1", ",\"datacontenttype\":\"text/plain\",\"data\":\"grüß \\\"dich\\\"\"");
    var bytes = cloudEvent("2", ",\"datacontenttype\":\"image/png\",\"data_base64\":\"AQID\"");
    assertThat(post("/events?stream=s", BATCH, "[%s,%s]".formatted(text, bytes)).statusCode())
        .isEqualTo(201);
    assertThat(recorded("s").getFirst().dataAsText()).isEqualTo("grüß \"dich\"");
    assertThat(recorded("s").getLast().data()).containsExactly(1, 2, 3);
    assertThat(recorded("s"))
        .extracting(RecordedEvent::contentType)
        .containsOnly(ContentType.BINARY);
    var back = new JsonArray(get("/events?stream=s&format=cloudevents").body());
    assertThat(back.getJsonObject(1).getString("datacontenttype")).isEqualTo("image/png");
    assertThat(back.getJsonObject(1).getString("data_base64")).isEqualTo("AQID");
  }

  @Test
  void attributes_come_back_as_the_texts_numbers_and_truths_that_they_were() {
    var body =
        cloudEvent(
            "1",
            """
            ,"datacontenttype":"application/vnd.acme.sale+json","data":{"n":1},"tries":3,"final":true,\
            "flag":"true","number":"7","correlationid":"c-1","causationid":"c-0"\
            """);

    assertThat(post("/events?stream=s", ONE, body).statusCode()).isEqualTo(201);

    assertThat(recorded("s").getFirst().contentType()).isEqualTo(ContentType.JSON);
    var back = new JsonArray(get("/events?stream=s&format=cloudevents").body()).getJsonObject(0);
    assertThat(back.getMap())
        .containsEntry("datacontenttype", "application/vnd.acme.sale+json")
        .containsEntry("tries", 3)
        .containsEntry("final", true)
        .containsEntry("flag", "true")
        .containsEntry("number", "7")
        .containsEntry("correlationid", "c-1")
        .containsEntry("causationid", "c-0");
    assertThat(back.getJsonObject("data").getInteger("n")).isEqualTo(1);
  }

  @Test
  void metadata_does_not_say_what_the_event_knows_better() {
    append(
        "s",
        ProposedEvent.json("Sold", "{}")
            .withMetadata(
                """
                {"cloudevent":{"specversion":"9","type":"Paid","data":"x","data_base64":"eA==",
                "datacontenttype":"image/png","stream":"t","revision":"7","tags":"t:1","Bad Name":"x",
                "id":17,"long":12345678901,"list":[1],"subject":"till","source":"/till/1"}}
                """));

    var back = new JsonArray(get("/events?stream=s&format=cloudevents").body()).getJsonObject(0);

    assertThat(back.getMap())
        .containsEntry("specversion", "1.0")
        .containsEntry("type", "Sold")
        .containsEntry("datacontenttype", "application/json")
        .containsEntry("stream", "s")
        .containsEntry("revision", "0")
        .containsEntry("id", recorded("s").getFirst().id().toString())
        .containsEntry("subject", "till")
        .containsEntry("source", "/till/1")
        .doesNotContainKeys("data_base64", "tags", "Bad Name", "long", "list");
    assertThat(back.getValue("data")).isEqualTo(new JsonObject());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | The body is empty",
        "'{' | The body is no JSON",
        "'[]' | Event 0 is an object",
        "'{}' | Event 0 has no specversion",
        "'{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}' | version 1.0",
        "'{\"specversion\":\"1.0\",\"source\":\"s\",\"type\":\"t\"}' | Event 0 has no id",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"t\"}' | Event 0 has no source",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\"}' | Event 0 has no type",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"} {}' | more behind",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data\":1,\"data_base64\":\"\"}' | data twice",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data_base64\":\"!\"}' | no base 64",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"Big\":\"x\"}' | small letters",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"ext\":{}}' | a text, a whole number",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"stream\":\"b\"}' | leave one of them out",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"type\":\"u\"}' | has type twice",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data_base64\":1234}' | is a text, got",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\\n1\",\"type\":\"t\"}' | control characters",
        "'{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"ext\":2147483648}' | of 32 bits",
      })
  void what_is_no_cloud_event_is_refused_with_what_is_wrong(String body, String why) {
    var refused = post("/events?stream=a", ONE, body);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(new JsonObject(refused.body()).getString("detail")).contains(why);
    assertThat(recorded("a")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/events?after=-1 | after is the cursor of an event",
        "/events?limit=0 | limit is a number from 1 to 10000",
        "/events?limit=99999 | limit is a number from 1 to 10000",
        "/events?wait=61 | wait is a number from 0 to 60",
        "/events?stream=a&category=b | leave one of them out",
        "/events?category=a&types=T | One of category",
        "/events?typ=T | There is no parameter typ here",
        "/events?system=perhaps | system is true or false",
        "/events?format=xml | format is one of lines, live, cloudevents, csv",
        "/events?stream= | stream has a value, got none",
        "/events?category | category has a value, got none",
        "/events?prefix= | prefix has a value, got none",
        "/events?types= | types has a value, got none",
        "/events?types=, | types has commas between its items, got ',' with an empty one",
        "/events?tags=customer:9, | tags has commas between its items, got 'customer:9,' with",
        "/events?system= | system has a value, got none",
        "/events?limit= | limit has a value, got none",
        "/events?wait= | wait has a value, got none",
        "/events?format= | format has a value, got none",
        "/events?types=A&Types=B | types is said once, got it more than once",
        "/events?after=&after=7 | after is said once, got it more than once",
        "/events?format=live&stream= | stream has a value, got none",
        "/events?format=live&limit=5 | limit is about a page",
        "/events?format=live&wait=5 | wait is about a page",
      })
  void what_makes_no_sense_is_refused_with_what_would(String path, String why) {
    var refused = get(path);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(new JsonObject(refused.body()).getString("detail")).contains(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stream=a&expected= | expected has a value, got none",
        "stream=a&expected=any&expected=0 | expected is said once, got it more than once",
        "stream= | stream has a value, got none",
        "stream=a&stream=b | stream is said once, got it more than once",
      })
  void an_append_whose_parameters_say_nothing_is_refused(String query, String why) {
    append("a", 3);
    var refused = post("/events?" + query, ONE, cloudEvent("1", ",\"stream\":\"a\""));
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(new JsonObject(refused.body()).getString("detail")).contains(why);
    assertThat(recorded("a")).hasSize(3);
  }

  @Test
  void whoever_has_no_cursor_yet_begins_at_the_first_event() {
    append("a", 1);
    assertThat(places(get("/events?stream=a&after="))).containsExactly("0@a");
  }

  @Test
  void other_bodies_and_methods_are_refused() {
    assertThat(post("/events?stream=a", "application/json", "{}").statusCode()).isEqualTo(415);
    assertThat(send(at("/events").DELETE()).statusCode()).isEqualTo(405);
    var nowhere = post("/events", ONE, cloudEvent("1", ""));
    assertThat(nowhere.statusCode()).isEqualTo(400);
    assertThat(nowhere.body()).contains("Event 0 is for no stream");
    assertThat(post("/events?expected=none", ONE, cloudEvent("1", "")).statusCode()).isEqualTo(400);
  }

  // ---- the description

  @Test
  void the_document_describes_what_is_served() {
    var document = new JsonObject(get("/openapi.json").body());
    var paths = document.getJsonObject("paths");
    assertThat(paths.fieldNames()).containsExactly("/events", "/openapi.json");
    var reading = paths.getJsonObject("/events").getJsonObject("get");
    var known = get("/events?nobody=1").body();
    for (var parameter : reading.getJsonArray("parameters")) {
      var described = (JsonObject) parameter;
      if (described.getString("in").equals("query")) {
        assertThat(known).contains(described.getString("name"));
      }
    }
    var query =
        reading.getJsonArray("parameters").stream()
            .map(JsonObject.class::cast)
            .filter(described -> described.getString("in").equals("query"))
            .map(described -> described.getString("name"))
            .collect(java.util.stream.Collectors.toCollection(TreeSet::new));
    assertThat(known).contains(String.join(", ", query));
    for (var form :
        reading.getJsonObject("responses").getJsonObject("200").getJsonObject("content")) {
      if (!form.getKey().equals("text/event-stream")) {
        assertThat(get("/events", "Accept", form.getKey()).headers().firstValue("content-type"))
            .hasValueSatisfying(type -> assertThat(type).startsWith(form.getKey()));
      }
    }
    var references = new ArrayList<String>();
    references(document, references);
    assertThat(references)
        .isNotEmpty()
        .allSatisfy(reference -> {
          var at = document;
          for (var name : reference.substring(2).split("/", -1)) {
            at = at.getJsonObject(name);
          }
          assertThat(at).as(reference).isNotNull();
        });
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /events?limit=0, 400, application/problem+json",
    "GET, /events?stream=%zz, 400, text/plain",
    "GET, /events?stream=%ff, 400, application/problem+json",
    "DELETE, /events, 405, application/problem+json",
    "HEAD, /events, 405, application/problem+json",
    "GET, /events, 406, application/problem+json",
    "GET, /events?stream=gone, 410, application/problem+json",
    "POST, /events?stream=, 400, application/problem+json",
    "POST, /events?stream=%, 400, text/plain",
    "POST, /events?stream=a&expected=5, 409, application/problem+json",
    "POST, /events?stream=gone, 410, application/problem+json",
    "POST, /events?stream=a, 413, application/problem+json",
    "POST, /events?stream=a, 415, application/problem+json",
    "POST, /openapi.json, 405, application/problem+json",
  })
  void what_is_refused_is_told_as_the_document_says(
      String method, String path, int status, String type) throws IOException {
    store.tombstone(StreamName.of("gone"), ExpectedState.any());

    told(server.port(), method, path, status, type);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /events",
    "GET, /events?format=live",
    "POST, /events?stream=a",
    "GET, /openapi.json",
  })
  void whoever_is_not_known_is_told_as_the_document_says(String method, String path)
      throws IOException {
    var users =
        Security.plaintextWithUsers(
            new Authentication(Optional.of("a"), Optional.of("b"), false, false, 1_000));
    try (var own = LocalEventStore.inMemory();
        var secured =
            LeftfoldServer.start(
                own, ServerOptions.insecure().withSecurity(users).withAddress("127.0.0.1", 0))) {
      told(secured.port(), method, path, 401, "application/problem+json");
    }
  }

  private void told(int port, String method, String path, int status, String type)
      throws IOException {
    var answer = refusedBySocket(port, method, path, status);

    assertThat(answer).startsWith("HTTP/1.1 %d ".formatted(status));
    assertThat(header(answer, "content-type")).startsWith(type);
    assertThat(describedTypes(method, path, status)).contains(type);
    var body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    if (method.equals("HEAD")) {
      assertThat(body).isEmpty();
    } else if (type.equals("application/problem+json")) {
      assertThat(new JsonObject(body).getInteger("status")).isEqualTo(status);
      assertThat(new JsonObject(body).getString("detail")).isNotBlank();
    }
    if (status == 405) {
      assertThat(header(answer, "allow")).contains("GET");
    }
  }

  /// What is answered to a request that is refused with this status. By hand, for clients would not
  /// send some of them.
  private static String refusedBySocket(int port, String method, String path, int status)
      throws IOException {
    var more =
        switch (status) {
          case 401 -> "Authorization: Nonsense\r\n";
          case 406 -> "Accept: image/png\r\n";
          case 413 -> "Content-Length: 999999999999\r\n";
          default -> "";
        };
    var body = method.equals("POST") && status != 413 ? cloudEvent("1", "") : "";
    var length = status == 413 ? "" : "Content-Length: %d\r\n".formatted(body.length());
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      var request =
          "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: %s\r\n%s%s\r\n%s"
              .formatted(method, path, status == 415 ? "text/plain" : ONE, more, length, body);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String header(String answer, String name) {
    return answer
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
        .findFirst()
        .map(line -> line.substring(name.length() + 2))
        .orElse("");
  }

  private Set<String> describedTypes(String method, String path, int status) {
    var document = new JsonObject(get("/openapi.json").body());
    var operations = document.getJsonObject("paths").getJsonObject(path.split("\\?", 2)[0]);
    var operation = operations.getJsonObject(method.toLowerCase(Locale.ROOT));
    // Other methods have no place of their own there.
    var described =
        (operation == null ? operations.getJsonObject("get") : operation)
            .getJsonObject("responses")
            .getJsonObject(Integer.toString(status));
    assertThat(described).as("%s %s %d", method, path, status).isNotNull();
    for (var name : described.getString("$ref").substring(2).split("/", -1)) {
      document = document.getJsonObject(name);
    }
    return document.getJsonObject("content").fieldNames();
  }

  private static void references(Object value, List<String> found) {
    switch (value) {
      case JsonObject object ->
          object.forEach(member -> {
            if (member.getKey().equals("$ref")) {
              found.add((String) member.getValue());
            } else {
              references(member.getValue(), found);
            }
          });
      case JsonArray array -> array.forEach(item -> references(item, found));
      default -> {
        // Nothing in it.
      }
    }
  }

  @Test
  void what_is_answered_has_the_members_that_the_document_says() {
    append("a", ProposedEvent.json("T", "{}").withMetadata("{}").withTags(Tag.of("t")));
    append("links", ProposedEvent.link(StreamName.of("a"), 0));
    append("b", ProposedEvent.binary("T", new byte[] {1}).withMetadata("no json"));
    var schemas =
        new JsonObject(get("/openapi.json").body())
            .getJsonObject("components")
            .getJsonObject("schemas");
    var seen = new TreeSet<String>();
    for (var path : List.of("/events?stream=a", "/events?stream=b", "/events?stream=links")) {
      for (var line : lines(get(path))) {
        holds(schemas.getJsonObject("Event"), line);
        seen.addAll(line.fieldNames());
      }
    }
    assertThat(seen)
        .isEqualTo(
            new TreeSet<>(schemas.getJsonObject("Event").getJsonObject("properties").fieldNames()));
    new JsonArray(get("/events?format=cloudevents").body())
        .forEach(event -> holds(schemas.getJsonObject("CloudEvent"), (JsonObject) event));
    holds(
        schemas.getJsonObject("Appended"),
        new JsonObject(post("/events?stream=c", ONE, cloudEvent("1", "")).body()));
    var problem =
        new JsonObject(post("/events?stream=c&expected=7", ONE, cloudEvent("2", "")).body());
    holds(schemas.getJsonObject("Problem"), problem);
    assertThat(problem.fieldNames())
        .containsExactlyInAnyOrderElementsOf(
            schemas.getJsonObject("Problem").getJsonObject("properties").fieldNames());
  }

  private static void holds(JsonObject schema, JsonObject value) {
    var properties = schema.getJsonObject("properties");
    for (var required : schema.getJsonArray("required")) {
      assertThat(value.fieldNames()).contains((String) required);
    }
    value.forEach(member -> {
      assertThat(properties.fieldNames()).contains(member.getKey());
      var type = properties.getJsonObject(member.getKey()).getString("type");
      if (type != null) {
        assertThat(member.getValue())
            .as(member.getKey())
            .isInstanceOf(
                switch (type) {
                  case "integer" -> Number.class;
                  case "string" -> String.class;
                  case "boolean" -> Boolean.class;
                  case "array" -> JsonArray.class;
                  default -> JsonObject.class;
                });
      }
    });
  }
}

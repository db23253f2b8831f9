// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.readOfAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.errors.AccessDeniedErrorDetails;
import io.leftfold.protocol.messages.indexes.CreateIndexRequest;
import io.leftfold.protocol.messages.indexes.DeleteIndexRequest;
import io.leftfold.protocol.messages.indexes.GetIndexRequest;
import io.leftfold.protocol.messages.indexes.Index;
import io.leftfold.protocol.messages.indexes.IndexField;
import io.leftfold.protocol.messages.indexes.IndexFieldType;
import io.leftfold.protocol.messages.indexes.IndexState;
import io.leftfold.protocol.messages.indexes.IndexesServiceGrpc;
import io.leftfold.protocol.messages.indexes.IndexesServiceGrpc.IndexesServiceBlockingStub;
import io.leftfold.protocol.messages.indexes.ListIndexesRequest;
import io.leftfold.protocol.messages.indexes.StartIndexRequest;
import io.leftfold.protocol.messages.indexes.StopIndexRequest;
import io.leftfold.protocol.messages.indexes.errors.IndexAlreadyExistsErrorDetails;
import io.leftfold.protocol.messages.indexes.errors.IndexNotFoundErrorDetails;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadReq.Options.FilterOptions;
import io.leftfold.protocol.messages.streams.ReadReq.Options.ReadDirection;
import io.leftfold.protocol.messages.streams.ReadReq.Options.SubscriptionOptions;
import io.leftfold.protocol.messages.streams.ReadResp;
import io.leftfold.protocol.messages.streams.StreamsGrpc;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `IndexesService`, method by method and error by error, over gRPC and over HTTP, and reads of
/// indexes. The tests share a server with users.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class IndexesWireTest {

  private final TestServer server = TestServer.withUsers();
  private final Wire wire = Wire.to(server);
  private final As ops = new As(wire, "ops", "changeit");
  private final As admin = new As(wire, "admin", "changeit");
  private final As nobody = new As(wire, "", "");
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  void prepare() {
    Await.until("indexes are there", () -> passes(() -> list(ops)));
    for (var n = 0; n < 30; n++) {
      var json = "{\"n\":%d,\"country\":\"%s\"}".formatted(n, n % 2 == 0 ? "Chad" : "Peru");
      server
          .store()
          .append(
              StreamName.of("order-" + n % 3),
              ExpectedState.any(),
              ProposedEvent.json("Ordered", json));
    }
  }

  @AfterAll
  void close() {
    http.close();
    wire.close();
    server.close();
  }

  private static boolean passes(Callable<?> call) throws Exception {
    try {
      return call.call() != null;
    } catch (StatusRuntimeException _) {
      return false;
    }
  }

  // ---- asking

  private static IndexesServiceBlockingStub indexes(As who) {
    return IndexesServiceGrpc.newBlockingStub(who.wire().channel())
        .withInterceptors(who.credentials())
        .withDeadlineAfter(Await.LIMIT);
  }

  private static List<Index> list(As who) {
    return indexes(who).list(ListIndexesRequest.getDefaultInstance()).getIndexesList();
  }

  private static Index get(As who, String name) {
    return indexes(who).get(GetIndexRequest.newBuilder().setName(name).build()).getIndex();
  }

  private static Message start(As who, String name) {
    return indexes(who).start(StartIndexRequest.newBuilder().setName(name).build());
  }

  private static Message stop(As who, String name) {
    return indexes(who).stop(StopIndexRequest.newBuilder().setName(name).build());
  }

  private static Message delete(As who, String name) {
    return indexes(who).delete(DeleteIndexRequest.newBuilder().setName(name).build());
  }

  private static IndexField field(String name, String selector, IndexFieldType type) {
    return IndexField.newBuilder().setName(name).setSelector(selector).setType(type).build();
  }

  private static CreateIndexRequest.Builder orders(String name) {
    return CreateIndexRequest.newBuilder()
        .setName(name)
        .setFilter("rec => rec.schema.name === 'Ordered' && rec.value.n >= 10")
        .addFields(
            field("country", "rec => rec.value.country", IndexFieldType.INDEX_FIELD_TYPE_STRING))
        .addFields(
            field("n", "rec => rec.value.n", IndexFieldType.INDEX_FIELD_TYPE_INT_32).toBuilder()
                .setOptimizeLookups(true));
  }

  private static Message create(As who, CreateIndexRequest.Builder request) {
    return indexes(who).create(request.build());
  }

  private static StatusRuntimeException refused(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run);
  }

  // ---- managing

  @Test
  void an_index_is_created_started_stopped_shown_and_deleted() {
    create(ops, orders("lived").setStart(false));

    assertThat(get(ops, "lived"))
        .isEqualTo(
            Index.newBuilder()
                .setName("lived")
                .setFilter(orders("lived").getFilter())
                .addAllFields(orders("lived").getFieldsList())
                .setState(IndexState.INDEX_STATE_STOPPED)
                .build());
    start(ops, "lived");
    start(ops, "lived");
    assertThat(get(ops, "lived").getState()).isEqualTo(IndexState.INDEX_STATE_STARTED);
    stop(ops, "lived");
    stop(ops, "lived");
    assertThat(get(ops, "lived").getState()).isEqualTo(IndexState.INDEX_STATE_STOPPED);
    assertThat(list(ops)).extracting(Index::getName).contains("lived");
    delete(ops, "lived");
    delete(ops, "lived");
    assertThat(list(ops)).extracting(Index::getName).doesNotContain("lived");
    assertNotFound(refused(() -> get(ops, "lived")), "lived");
    assertNotFound(refused(() -> start(ops, "lived")), "lived");
  }

  @Test
  void an_index_is_started_if_nobody_says_otherwise_and_created_again_for_nothing() {
    create(ops, orders("twice"));
    create(ops, orders("twice"));

    assertThat(get(ops, "twice").getState()).isEqualTo(IndexState.INDEX_STATE_STARTED);
    var refused = refused(() -> create(ops, orders("twice").setFilter("rec => true")));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
    assertThat(Wire.text(refused)).isEqualTo("Index 'twice' already exists");
    assertReason(refused, "INDEX_ALREADY_EXISTS", "indexes");
    assertThat(last(refused, IndexAlreadyExistsErrorDetails.class).getName()).isEqualTo("twice");
    delete(ops, "twice");
  }

  private static void assertNotFound(StatusRuntimeException refused, String name) {
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(Wire.text(refused)).isEqualTo("Index '%s' does not exist", name);
    assertReason(refused, "INDEX_NOT_FOUND", "indexes");
    assertThat(last(refused, IndexNotFoundErrorDetails.class).getName()).isEqualTo(name);
  }

  private static void assertReason(StatusRuntimeException refused, String reason, String domain) {
    var info = unpack(details(refused).getFirst(), ErrorInfo.class);
    assertThat(info.getReason()).isEqualTo(reason);
    assertThat(info.getDomain()).isEqualTo(domain);
  }

  private static List<Any> details(StatusRuntimeException refused) {
    return Objects.requireNonNull(StatusProto.fromThrowable(refused)).getDetailsList();
  }

  private static <M extends Message> M last(StatusRuntimeException refused, Class<M> type) {
    return unpack(details(refused).getLast(), type);
  }

  private static <M extends Message> M unpack(Any any, Class<M> type) {
    try {
      return any.unpack(type);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void what_there_is_not_is_not_found() {
    assertNotFound(refused(() -> get(ops, "none")), "none");
    assertNotFound(refused(() -> start(ops, "none")), "none");
    assertNotFound(refused(() -> stop(ops, "none")), "none");
    assertNotFound(refused(() -> delete(ops, "none")), "none");
  }

  static Stream<Arguments> requestsWithoutSense() {
    var field = field("f", "rec => 1", IndexFieldType.INDEX_FIELD_TYPE_INT_32);
    return Stream.of(
        Arguments.of(orders("UPPER"), "name", "Name can contain only lowercase"),
        Arguments.of(orders(""), "name", "Name can contain only lowercase"),
        Arguments.of(
            orders("a").addFields(field.toBuilder().setName("X")),
            "fields[2].name",
            "Name can contain only lowercase"),
        Arguments.of(orders("a").addFields(orders("a").getFields(0)), "fields[2].name", "unique"),
        Arguments.of(
            orders("a").setFilter("foo"),
            "filter",
            "Filter must be empty or a valid JavaScript function with exactly one argument"),
        Arguments.of(orders("a").setFilter("rec => rec.type ==> 1"), "filter", "line 1, column 19"),
        Arguments.of(
            orders("a").addFields(field.toBuilder().setSelector("(a, b) => 1")),
            "fields[2].selector",
            "Field selector must be a valid JavaScript function with exactly one argument"),
        Arguments.of(
            orders("a")
                .addFields(field.toBuilder().setType(IndexFieldType.INDEX_FIELD_TYPE_UNSPECIFIED)),
            "fields[2].type",
            "Field type must be specified"),
        Arguments.of(
            orders("a").addFields(field.toBuilder().setTypeValue(3)), "fields[2].type", "Field"),
        Arguments.of(
            CreateIndexRequest.newBuilder().setName("a"),
            "filter",
            "At least a filter or a field must be provided"));
  }

  @ParameterizedTest(name = "{1} {2}")
  @MethodSource("requestsWithoutSense")
  void what_makes_no_sense_is_refused_with_its_place(
      CreateIndexRequest.Builder request, String field, String message) {
    var refused = refused(() -> create(ops, request));

    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(Wire.text(refused)).contains(message);
    assertReason(refused, "BAD_REQUEST", "server");
    assertThat(last(refused, BadRequest.class).getFieldViolations(0).getField()).isEqualTo(field);
    assertNotFound(refused(() -> get(ops, "a")), "a");
  }

  @Test
  void operators_change_indexes_and_others_do_not() {
    create(ops, orders("guarded"));
    for (var who : List.of(nobody)) {
      for (var call :
          List.<Runnable>of(
              () -> create(who, orders("mine")),
              () -> start(who, "guarded"),
              () -> stop(who, "guarded"),
              () -> delete(who, "guarded"))) {
        var refused = refused(call);
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertReason(refused, "ACCESS_DENIED", "server");
        assertThat(last(refused, AccessDeniedErrorDetails.class).getOperation())
            .isEqualTo("indexes");
      }
    }
    assertThat(get(admin, "guarded").getState()).isEqualTo(IndexState.INDEX_STATE_STARTED);
    var denied =
        Wire.refusal(() -> read(nobody, readOfAll().setFilter(filter("$idx-user-guarded"))));
    assertThat(Wire.trailers(denied)).containsEntry("exception", "access-denied");
    delete(admin, "guarded");
    assertThat(audit()).contains("create index", "delete index");
  }

  private List<String> audit() {
    return server
        .store()
        .read(StreamName.of("$audit"), io.leftfold.api.ReadOptions.forwards())
        .events()
        .stream()
        .map(event -> event.dataAsText().replaceAll(".*\"action\":\"([^\"]*)\".*", "$1"))
        .toList();
  }

  // ---- reading

  private static FilterOptions filter(String... prefixes) {
    return FilterOptions.newBuilder()
        .setMax(32)
        .setCheckpointIntervalMultiplier(1)
        .setStreamIdentifier(FilterOptions.Expression.newBuilder().addAllPrefix(List.of(prefixes)))
        .build();
  }

  private static List<Integer> read(As who, ReadReq.Options.Builder options) {
    var found = new ArrayList<ReadResp>();
    StreamsGrpc.newBlockingStub(who.wire().channel())
        .withInterceptors(who.credentials())
        .withDeadlineAfter(Await.LIMIT)
        .read(Wire.request(options))
        .forEachRemaining(found::add);
    return found.stream().filter(ReadResp::hasEvent).map(IndexesWireTest::n).toList();
  }

  private static int n(ReadResp response) {
    var recorded = response.getEvent().getEvent();
    assertThat(response.getEvent().hasLink()).isFalse();
    return Integer.parseInt(recorded.getData().toStringUtf8().replaceAll("\\D*(\\d+).*", "$1"));
  }

  private List<Integer> read(String prefix) {
    return read(admin, readOfAll().setFilter(filter(prefix)));
  }

  @Test
  void an_index_is_read_forwards_backwards_and_by_its_fields() {
    create(ops, orders("reading"));
    Await.until("it is indexed", () -> read("$idx-user-reading").size() == 20);

    var all = readOfAll().setFilter(filter("$idx-user-reading"));
    assertThat(read(admin, all)).startsWith(10, 11).endsWith(28, 29);
    assertThat(read(admin, all.clone().setCount(3))).containsExactly(10, 11, 12);
    assertThat(
            read(
                admin,
                all.clone()
                    .setReadDirection(ReadDirection.Backwards)
                    .setAll(ReadReq.Options.AllOptions.newBuilder().setEnd(Wire.EMPTY))
                    .setCount(2)))
        .containsExactly(29, 28);
    assertThat(read("$idx-user-reading:country=\"Peru\"")).hasSize(10).contains(29);
    assertThat(read("$idx-user-reading:country=\"Peru\";n=13")).containsExactly(13);
    for (var lookup : List.of("colour=1", "n=x")) {
      var refused = Wire.refusal(() -> read("$idx-user-reading:" + lookup));
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(Wire.text(refused)).contains(lookup.substring(0, lookup.indexOf('=')));
    }
    delete(ops, "reading");
    assertThat(Wire.refusal(() -> read("$idx-user-reading:n=13")).getStatus().getDescription())
        .isEqualTo("Index '$idx-user-reading:n=13' not found.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"$idx-user-", "$idx-user-none", "$idx-user-none:Mauritius"})
  void an_index_that_is_not_there_is_not_found(String index) {
    for (var options :
        List.of(
            readOfAll(), readOfAll().setSubscription(SubscriptionOptions.getDefaultInstance()))) {
      var refused = Wire.refusal(() -> read(admin, options.setFilter(filter(index))));
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(Wire.trailers(refused))
          .containsEntry("exception", "index-not-found")
          .containsEntry("index-name", index);
    }
  }

  @Test
  void an_index_is_read_alone() {
    var refused =
        Wire.refusal(
            () -> read(admin, readOfAll().setFilter(filter("$idx-user-a", "$idx-user-b"))));

    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void a_subscription_goes_on_live_and_ends_with_its_index() {
    create(ops, orders("followed").setFilter("rec => rec.schema.name === 'Followed'"));
    var replies = new Wire.Replies<ReadReq, ReadResp>();
    StreamsGrpc.newStub(wire.channel())
        .withInterceptors(admin.credentials())
        .read(
            Wire.request(
                readOfAll()
                    .setSubscription(SubscriptionOptions.getDefaultInstance())
                    .setFilter(filter("$idx-user-followed:n=77"))),
            replies);
    assertThat(replies.next().hasConfirmation()).isTrue();
    var heard = replies.next();
    while (!heard.hasCaughtUp()) {
      assertThat(heard.hasCheckpoint()).isTrue();
      heard = replies.next();
    }
    server
        .store()
        .append(
            StreamName.of("later-1"),
            ExpectedState.any(),
            ProposedEvent.json("Followed", "{\"n\":77}"),
            ProposedEvent.json("Followed", "{\"n\":78}"));

    var live = replies.next();
    while (!live.hasEvent()) {
      live = replies.next();
    }
    assertThat(n(live)).isEqualTo(77);
    delete(ops, "followed");
    assertThat(replies.refused().getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void a_subscription_gives_what_the_index_has_before_it_has_caught_up() {
    create(ops, orders("history"));
    Await.until("it is indexed", () -> read("$idx-user-history").size() == 20);
    var replies = new Wire.Replies<ReadReq, ReadResp>();
    StreamsGrpc.newStub(wire.channel())
        .withInterceptors(admin.credentials())
        .read(
            Wire.request(
                readOfAll()
                    .setSubscription(SubscriptionOptions.getDefaultInstance())
                    .setFilter(filter("$idx-user-history"))),
            replies);

    var heard = new ArrayList<Integer>();
    for (var next = replies.next(); !next.hasCaughtUp(); next = replies.next()) {
      if (next.hasEvent()) {
        heard.add(n(next));
      }
    }
    assertThat(heard).hasSize(20).startsWith(10, 11).endsWith(28, 29);
    delete(ops, "history");
  }

  // ---- HTTP

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
      var basic = Base64.getEncoder().encodeToString(who.getBytes(StandardCharsets.UTF_8));
      request.header("authorization", "Basic " + basic);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /// One step of a story: what is asked, with which body, and what is answered.
  private record Asked(String what, String body, int status, String answer) {}

  private static final String BODY =
      """
      {"Filter": "rec => rec.type == 'my-event-type'",
       "Fields": [{"Name": "number", "Selector": "rec => rec.number", "Type": "INDEX_FIELD_TYPE_INT_32"}],
       "Start": false}
      """;

  private static String index(String state) {
    return """
    {"name":"web","filter":"rec => rec.type == 'my-event-type'","fields":[{"name":"number","selector":"rec => rec.number","type":"INDEX_FIELD_TYPE_INT_32"}],"state":"INDEX_STATE_%s"}\
    """
        .formatted(state);
  }

  private static String notFound(String name) {
    return """
    {"code":5,"message":"Index '%s' does not exist","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"INDEX_NOT_FOUND","domain":"indexes","metadata":{}},{"@type":"type.googleapis.com/kurrentdb.protocol.v2.indexes.errors.IndexNotFoundErrorDetails","name":"%s"}]}\
    """
        .formatted(name, name);
  }

  @Test
  void each_page_answers_as_the_method_does() throws Exception {
    for (var step :
        List.of(
            new Asked("GET /v2/indexes/web", "", 404, notFound("web")),
            new Asked("DELETE /v2/indexes/web", "", 404, notFound("web")),
            new Asked("POST /v2/indexes/web/start", "", 404, notFound("web")),
            new Asked("POST /v2/indexes/web", BODY, 200, "{}"),
            new Asked("POST /v2/indexes/web", BODY, 200, "{}"),
            new Asked("GET /v2/indexes/web", "", 200, "{\"index\":" + index("STOPPED") + "}"),
            new Asked("POST /v2/indexes/web/start", "", 200, "{}"),
            new Asked("GET /v2/indexes/web", "", 200, "{\"index\":" + index("STARTED") + "}"),
            new Asked("POST /v2/indexes/web/stop", "{}", 200, "{}"),
            new Asked("GET /v2/indexes", "", 200, index("STOPPED")),
            new Asked("GET /v2/indexes/", "", 200, index("STOPPED")),
            new Asked("POST /v2/indexes/web", "{\"filter\":\"rec => true\"}", 409, "\"code\":6"),
            new Asked(
                "POST /v2/indexes/UPPER%20CASE",
                BODY,
                400,
                "{\"code\":3,\"message\":\"Name can contain only lowercase alphanumeric characters, underscores and dashes"),
            new Asked("POST /v2/indexes/other", "no JSON", 400, "JSON object"),
            new Asked("POST /v2/indexes/other", "[]", 400, "JSON object"),
            new Asked("POST /v2/indexes/other", "{\"fields\":[{\"name\":\"a\"}]}", 400, "type"),
            new Asked("POST /v2/indexes/other", "{\"filter\":7}", 400, "filter must be a text"),
            new Asked("DELETE /v2/indexes/web", "", 200, "{}"),
            new Asked("DELETE /v2/indexes/web", "", 200, "{}"),
            new Asked("GET /v2/indexes/web", "", 404, notFound("web")))) {
      var answer = ask(step.what, step.body, "ops:changeit");
      assertThat(answer.statusCode()).as("%s: %s", step.what, answer.body()).isEqualTo(step.status);
      assertThat(answer.body()).as(step.what).contains(step.answer);
      assertThat(answer.headers().firstValue("content-type"))
          .hasValue("application/json; charset=utf-8");
    }
    assertThat(ask("POST /v2/indexes/web", BODY, "").statusCode()).isEqualTo(403);
    assertThat(ask("POST /v2/indexes/web", BODY, "ops:wrong").statusCode()).isEqualTo(401);
  }
}

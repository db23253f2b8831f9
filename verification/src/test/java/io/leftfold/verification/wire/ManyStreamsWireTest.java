// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.Tag;
import io.leftfold.engine.EngineOptions;
import io.leftfold.protocol.messages.manystreams.AppendRecord;
import io.leftfold.protocol.messages.manystreams.AppendRecordsRequest;
import io.leftfold.protocol.messages.manystreams.AppendRecordsResponse;
import io.leftfold.protocol.messages.manystreams.AppendRequest;
import io.leftfold.protocol.messages.manystreams.AppendSessionResponse;
import io.leftfold.protocol.messages.manystreams.ConsistencyCheck;
import io.leftfold.protocol.messages.manystreams.SchemaFormat;
import io.leftfold.protocol.messages.manystreams.SchemaInfo;
import io.leftfold.protocol.messages.manystreams.StreamRevision;
import io.leftfold.protocol.messages.manystreams.StreamsServiceGrpc;
import io.leftfold.protocol.messages.manystreams.errors.AppendConsistencyViolationErrorDetails;
import io.leftfold.protocol.messages.manystreams.errors.AppendRecordSizeExceededErrorDetails;
import io.leftfold.protocol.messages.manystreams.errors.AppendTransactionSizeExceededErrorDetails;
import io.leftfold.protocol.messages.manystreams.errors.ConsistencyViolation;
import io.leftfold.protocol.messages.manystreams.errors.StreamAlreadyInAppendSessionErrorDetails;
import io.leftfold.protocol.messages.manystreams.errors.StreamRevisionConflictErrorDetails;
import io.leftfold.protocol.messages.manystreams.errors.StreamTombstonedErrorDetails;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `StreamsService`: appends to several streams, field by field and error by error.
final class ManyStreamsWireTest {

  private static final int EVENT_BYTES_MAX = 10_000;
  private static final int APPEND_BYTES_MAX = 20_000;

  private final TestServer server =
      TestServer.inMemory(EngineOptions.defaults().withSizes(EVENT_BYTES_MAX, APPEND_BYTES_MAX));
  private final Wire wire = Wire.to(server);

  @AfterEach
  void close() {
    wire.close();
    server.close();
  }

  // ---- asking

  private static AppendRecord.Builder record(String type) {
    return AppendRecord.newBuilder()
        .setRecordId(UUID.randomUUID().toString())
        .setSchema(SchemaInfo.newBuilder().setName(type).setFormat(SchemaFormat.SCHEMA_FORMAT_JSON))
        .setData(ByteString.copyFromUtf8("{}"));
  }

  private static AppendRecord.Builder record(String stream, String type) {
    return record(type).setStream(stream);
  }

  static AppendRequest.Builder to(String stream, String... types) {
    var request = AppendRequest.newBuilder().setStream(stream);
    for (var type : types) {
      request.addRecords(record(type));
    }
    return request;
  }

  private static ConsistencyCheck check(String stream, long state) {
    return ConsistencyCheck.newBuilder()
        .setStreamState(
            ConsistencyCheck.StreamStateCheck.newBuilder()
                .setStream(stream)
                .setExpectedState(state))
        .build();
  }

  private Wire.Replies<AppendRequest, AppendSessionResponse> session(
      AppendRequest.Builder... requests) {
    var replies = new Wire.Replies<AppendRequest, AppendSessionResponse>();
    var call =
        StreamsServiceGrpc.newStub(wire.channel())
            .withDeadlineAfter(Await.LIMIT)
            .appendSession(replies);
    for (var request : requests) {
      call.onNext(request.build());
    }
    call.onCompleted();
    return replies;
  }

  private AppendRecordsResponse records(AppendRecordsRequest.Builder request) {
    return StreamsServiceGrpc.newBlockingStub(wire.channel())
        .withDeadlineAfter(Await.LIMIT)
        .appendRecords(request.build());
  }

  private StatusRuntimeException refused(AppendRecordsRequest.Builder request) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> records(request));
  }

  private List<RecordedEvent> read(String stream) {
    return server.store().read(StreamName.of(stream), ReadOptions.forwards()).events();
  }

  private List<String> log() {
    return server.store().readAll(ReadOptions.forwards()).events().stream()
        .filter(event -> !event.type().startsWith("$"))
        .map(event -> event.stream() + " " + event.type())
        .toList();
  }

  private void write(String stream, int events) {
    for (var i = 0; i < events; i++) {
      server
          .store()
          .append(StreamName.of(stream), ExpectedState.any(), ProposedEvent.json("Seeded", "{}"));
    }
  }

  // ---- answers

  @Test
  void a_session_writes_all_its_streams_in_one_commit() {
    var answer = session(to("a-1", "A", "B"), to("b-1", "C")).only();

    assertThat(answer.getOutputList())
        .extracting(output -> output.getStream() + " " + output.getStreamRevision())
        .containsExactly("a-1 1", "b-1 0");
    assertThat(answer.getPosition())
        .isEqualTo(server.store().lastPosition().orElseThrow())
        .isEqualTo(read("b-1").getLast().position());
    assertThat(log()).containsExactly("a-1 A", "a-1 B", "b-1 C");
  }

  @ParameterizedTest
  @CsvSource({"-1, 0", "-2, 0", "0, 1", "-4, 1", "-2, 1"})
  void a_session_is_written_when_the_streams_are_as_expected(long expected, int before) {
    write("a-1", before);

    var answer = session(to("a-1", "A").setExpectedRevision(expected)).only();

    assertThat(answer.getOutput(0).getStreamRevision()).isEqualTo(before);
  }

  @Test
  void records_stand_in_the_log_in_the_order_of_the_request() {
    var answer =
        records(
            AppendRecordsRequest.newBuilder()
                .addRecords(record("a-1", "A"))
                .addRecords(record("b-1", "B"))
                .addRecords(record("a-1", "C"))
                .addRecords(record("a-1", "D"))
                .addRecords(record("b-1", "E")));

    assertThat(log()).containsExactly("a-1 A", "b-1 B", "a-1 C", "a-1 D", "b-1 E");
    assertThat(answer.getRevisionsList())
        .containsExactly(
            StreamRevision.newBuilder().setStream("a-1").setRevision(2).build(),
            StreamRevision.newBuilder().setStream("b-1").setRevision(1).build());
    assertThat(answer.getPosition()).isEqualTo(server.store().lastPosition().orElseThrow());
  }

  @Test
  void a_repeated_append_is_answered_as_the_first_time_and_not_written() {
    var a = to("a-1", "A", "B").setExpectedRevision(-1);
    var b = to("b-1", "C");
    var request =
        AppendRecordsRequest.newBuilder()
            .addRecords(record("c-1", "A"))
            .addRecords(record("d-1", "B"))
            .addRecords(record("c-1", "C"))
            .addChecks(check("c-1", -1));

    var first = session(a, b).only();
    var firstOfRecords = records(request);
    var end = server.store().lastPosition();

    assertThat(session(a, b).only()).isEqualTo(first);
    assertThat(records(request)).isEqualTo(firstOfRecords);
    assertThat(server.store().lastPosition()).isEqualTo(end);
  }

  @Test
  void a_record_without_an_id_gets_one() {
    session(AppendRequest.newBuilder().setStream("a-1").addRecords(record("A").clearRecordId()))
        .only();

    assertThat(read("a-1").getFirst().id()).isNotEqualTo(new UUID(0, 0));
  }

  // ---- properties

  @Test
  void properties_are_the_metadata_that_others_read() {
    var list =
        ListValue.newBuilder()
            .addValues(Value.newBuilder().setBoolValue(true))
            .addValues(Value.newBuilder().setNullValue(NullValue.NULL_VALUE));
    var record =
        record("Paid")
            .putProperties("who", Value.newBuilder().setStringValue("Zoë").build())
            .putProperties("count", Value.newBuilder().setNumberValue(5).build())
            .putProperties("rate", Value.newBuilder().setNumberValue(0.25).build())
            .putProperties(
                "nested",
                Value.newBuilder()
                    .setStructValue(
                        Struct.newBuilder()
                            .putFields("list", Value.newBuilder().setListValue(list).build()))
                    .build());
    record.getSchemaBuilder().setId("7");

    session(AppendRequest.newBuilder().setStream("a-1").addRecords(record)).only();

    var metadata =
        wire.read(Wire.readOf("a-1")).stream()
            .filter(answer -> answer.hasEvent())
            .findFirst()
            .orElseThrow()
            .getEvent()
            .getEvent()
            .getCustomMetadata()
            .toStringUtf8();
    assertThat(metadata)
        .contains("\"who\":\"Zoë\"", "\"count\":5", "\"rate\":0.25")
        .contains("\"nested\":{\"list\":[true,null]}")
        .endsWith("\"$schema.name\":\"Paid\",\"$schema.format\":\"Json\",\"$schema.id\":\"7\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "SCHEMA_FORMAT_JSON, Json, true",
    "SCHEMA_FORMAT_PROTOBUF, Protobuf, false",
    "SCHEMA_FORMAT_AVRO, Avro, false",
    "SCHEMA_FORMAT_BYTES, Bytes, false"
  })
  void the_format_of_a_schema_stands_in_the_metadata(
      SchemaFormat format, String word, boolean json) {
    var record = record("A");
    record.getSchemaBuilder().setFormat(format);

    session(AppendRequest.newBuilder().setStream("a-1").addRecords(record)).only();

    var event = read("a-1").getFirst();
    assertThat(new String(event.metadata(), UTF_8))
        .isEqualTo("{\"$schema.name\":\"A\",\"$schema.format\":\"%s\"}".formatted(word));
    assertThat(event.contentType().name().equals("JSON")).isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_property_tags_tags_the_event(boolean asText) {
    var tags =
        asText
            ? Value.newBuilder().setStringValue("[\"account:7\",\"vip\"]")
            : Value.newBuilder()
                .setListValue(
                    ListValue.newBuilder()
                        .addValues(Value.newBuilder().setStringValue("account:7"))
                        .addValues(Value.newBuilder().setStringValue("vip")));

    session(
            AppendRequest.newBuilder()
                .setStream("a-1")
                .addRecords(record("A").putProperties("$tags", tags.build())))
        .only();

    assertThat(read("a-1").getFirst().tags()).containsExactly(Tag.of("account:7"), Tag.of("vip"));
  }

  // ---- errors

  /// The details of an error, after what all have in common.
  private static <M extends com.google.protobuf.Message> M details(
      StatusRuntimeException refusal, Status.Code code, String reason, String domain, Class<M> type)
      throws InvalidProtocolBufferException {
    var details = detailsOf(refusal, code, reason, domain);
    assertThat(details).hasSize(2);
    return details.getLast().unpack(type);
  }

  private static List<Any> detailsOf(
      StatusRuntimeException refusal, Status.Code code, String reason, String domain)
      throws InvalidProtocolBufferException {
    assertThat(refusal.getStatus().getCode()).as("%s", refusal).isEqualTo(code);
    var status = java.util.Objects.requireNonNull(StatusProto.fromThrowable(refusal));
    assertThat(status.getCode()).isEqualTo(code.value());
    assertThat(status.getMessage()).isEqualTo(refusal.getStatus().getDescription()).isNotEmpty();
    var info = status.getDetails(0).unpack(ErrorInfo.class);
    assertThat(info.getReason()).isEqualTo(reason);
    assertThat(info.getDomain()).isEqualTo(domain);
    return status.getDetailsList();
  }

  private void assertBad(StatusRuntimeException refusal, String field, String word)
      throws InvalidProtocolBufferException {
    var bad =
        details(refusal, Status.Code.INVALID_ARGUMENT, "BAD_REQUEST", "server", BadRequest.class);
    assertThat(bad.getFieldViolationsList()).hasSize(1);
    assertThat(bad.getFieldViolations(0).getField()).isEqualTo(field);
    assertThat(bad.getFieldViolations(0).getDescription()).contains(word);
    assertThat(log()).isEmpty();
  }

  @Test
  void a_session_without_requests_is_refused() throws Exception {
    var details =
        detailsOf(
            session().refused(),
            Status.Code.FAILED_PRECONDITION,
            "APPEND_SESSION_NO_REQUESTS",
            "streams");

    assertThat(details).hasSize(1);
  }

  @Test
  void a_stream_that_is_not_as_expected_is_named_and_nothing_is_written() throws Exception {
    write("b-1", 3);

    var conflict =
        details(
            session(to("a-1", "A"), to("b-1", "B").setExpectedRevision(7)).refused(),
            Status.Code.FAILED_PRECONDITION,
            "STREAM_REVISION_CONFLICT",
            "streams",
            StreamRevisionConflictErrorDetails.class);

    assertThat(conflict)
        .isEqualTo(
            StreamRevisionConflictErrorDetails.newBuilder()
                .setStream("b-1")
                .setExpectedRevision(7)
                .setActualRevision(2)
                .build());
    assertThat(read("a-1")).isEmpty();
  }

  @Test
  void a_tombstoned_stream_is_named() throws Exception {
    write("b-1", 1);
    server.store().tombstone(StreamName.of("b-1"), ExpectedState.any());

    for (var refusal :
        List.of(
            session(to("a-1", "A"), to("b-1", "B")).refused(),
            refused(
                AppendRecordsRequest.newBuilder()
                    .addRecords(record("a-1", "A"))
                    .addRecords(record("b-1", "B"))))) {
      var details =
          details(
              refusal,
              Status.Code.FAILED_PRECONDITION,
              "STREAM_TOMBSTONED",
              "streams",
              StreamTombstonedErrorDetails.class);
      assertThat(details.getStream()).isEqualTo("b-1");
    }
    assertThat(read("a-1")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a-1", "A-1"})
  void a_stream_may_be_in_a_session_once_whatever_its_case(String again) throws Exception {
    var details =
        details(
            session(to("a-1", "A"), to("b-1", "B"), to(again, "C")).refused(),
            Status.Code.ABORTED,
            "STREAM_ALREADY_IN_APPEND_SESSION",
            "streams",
            StreamAlreadyInAppendSessionErrorDetails.class);

    assertThat(details.getStream()).isEqualTo(again);
    assertThat(log()).isEmpty();
  }

  /// Once by the size of the wire, once by that of the store, which counts the type twice.
  @ParameterizedTest
  @ValueSource(ints = {EVENT_BYTES_MAX + 1, EVENT_BYTES_MAX - 45})
  void a_record_too_large_is_named_with_its_stream(int bytes) throws Exception {
    var record = record("b-1", "B").setData(ByteString.copyFrom(new byte[bytes]));

    for (var refusal :
        List.of(
            session(to("a-1", "A"), to("b-1").addRecords(record)).refused(),
            refused(
                AppendRecordsRequest.newBuilder()
                    .addRecords(record("a-1", "A"))
                    .addRecords(record)))) {
      var details =
          details(
              refusal,
              Status.Code.INVALID_ARGUMENT,
              "APPEND_RECORD_SIZE_EXCEEDED",
              "streams",
              AppendRecordSizeExceededErrorDetails.class);
      assertThat(details.getStream()).isEqualTo("b-1");
      assertThat(details.getRecordId()).isEqualTo(record.getRecordId());
      assertThat(details.getMaxSize()).isEqualTo(EVENT_BYTES_MAX);
      assertThat(details.getSize()).isGreaterThan(EVENT_BYTES_MAX);
    }
    assertThat(log()).isEmpty();
  }

  @Test
  void an_append_too_large_is_refused_without_waiting_for_its_end() throws Exception {
    var replies = new Wire.Replies<AppendRequest, AppendSessionResponse>();
    var call = StreamsServiceGrpc.newStub(wire.channel()).appendSession(replies);
    for (var i = 0; i < 3 && !replies.failure.isDone(); i++) {
      call.onNext(
          to("a-" + i)
              .addRecords(record("A").setData(ByteString.copyFrom(new byte[9000])))
              .build());
    }

    var details =
        details(
            replies.refused(),
            Status.Code.ABORTED,
            "APPEND_TRANSACTION_SIZE_EXCEEDED",
            "streams",
            AppendTransactionSizeExceededErrorDetails.class);

    assertThat(details.getMaxSize()).isEqualTo(APPEND_BYTES_MAX);
    assertThat(details.getSize()).isGreaterThan(APPEND_BYTES_MAX);
    assertThat(log()).isEmpty();
  }

  @Test
  void one_message_larger_than_any_append_is_refused_before_it_has_come() throws Exception {
    var large = record("a-1", "A").setData(ByteString.copyFrom(new byte[2 << 20]));

    details(
        refused(AppendRecordsRequest.newBuilder().addRecords(large)),
        Status.Code.ABORTED,
        "APPEND_TRANSACTION_SIZE_EXCEEDED",
        "streams",
        AppendTransactionSizeExceededErrorDetails.class);
  }

  static Stream<Arguments> badRecords() {
    var noName = record("A");
    noName.getSchemaBuilder().setName("");
    var noFormat = record("A");
    noFormat.getSchemaBuilder().setFormat(SchemaFormat.SCHEMA_FORMAT_UNSPECIFIED);
    var strangeFormat = record("A");
    strangeFormat.getSchemaBuilder().setFormatValue(17);
    return Stream.of(
        Arguments.of(record("A").setRecordId("7"), ".record_id", "\"7\""),
        Arguments.of(record("A").setRecordId(""), ".record_id", "UUID"),
        Arguments.of(record("A").setRecordId("1-1-1-1-1"), ".record_id", "UUID"),
        Arguments.of(record("A").setRecordId("x".repeat(5000)), ".record_id", "…"),
        Arguments.of(record("A").setRecordId(new UUID(0, 0).toString()), "", "nil"),
        Arguments.of(record("A").clearSchema(), ".schema.format", "format"),
        Arguments.of(noFormat, ".schema.format", "got 0"),
        Arguments.of(strangeFormat, ".schema.format", "got 17"),
        Arguments.of(noName, ".schema.name", "name"),
        Arguments.of(record("x".repeat(4200)), "", "4096"),
        Arguments.of(
            record("A").putProperties("p", Value.newBuilder().setNumberValue(Double.NaN).build()),
            ".properties",
            "NaN"),
        Arguments.of(
            record("A").putProperties("$tags", Value.newBuilder().setNumberValue(7).build()),
            "",
            "$tags"));
  }

  @ParameterizedTest
  @MethodSource("badRecords")
  void a_record_that_makes_no_sense_is_refused_by_its_field(
      AppendRecord.Builder record, String field, String word) throws Exception {
    assertBad(session(to("a-1", "A").addRecords(record)).refused(), "records[1]" + field, word);
    assertBad(
        refused(
            AppendRecordsRequest.newBuilder()
                .addRecords(record("a-1", "A"))
                .addRecords(record.setStream("a-1"))),
        "records[1]" + field,
        word);
  }

  @Test
  void a_request_that_makes_no_sense_is_refused() throws Exception {
    assertBad(session(to("a-1")).refused(), "records", "at least one");
    assertBad(session(to("", "A")).refused(), "stream", "at least one character");
    for (var number : List.of(-3L, -5L, -6L, Long.MIN_VALUE)) {
      assertBad(
          session(to("a-1", "A").setExpectedRevision(number)).refused(),
          "expected_revision",
          "got " + number);
    }
    assertBad(refused(AppendRecordsRequest.newBuilder()), "records", "at least one");
    assertBad(
        refused(AppendRecordsRequest.newBuilder().addRecords(record("A"))),
        "records[0].stream",
        "at least one character");
    assertBad(
        refused(
            AppendRecordsRequest.newBuilder()
                .addRecords(record("a-1", "A"))
                .addChecks(ConsistencyCheck.getDefaultInstance())),
        "checks[0].stream_state",
        "none");
    assertBad(
        refused(
            AppendRecordsRequest.newBuilder()
                .addRecords(record("a-1", "A"))
                .addChecks(check("b-1", -1))
                .addChecks(check("b-1", 0))),
        "checks[1].stream_state",
        "b-1");
    for (var number : List.of(-2L, -3L, -7L, Long.MIN_VALUE)) {
      assertBad(
          refused(
              AppendRecordsRequest.newBuilder()
                  .addRecords(record("a-1", "A"))
                  .addChecks(check("b-1", number))),
          "checks[0].stream_state.expected_state",
          "got " + number);
    }
  }

  @Test
  void a_stream_that_the_index_answers_is_not_written() throws Exception {
    assertThat(
            detailsOf(
                session(to("$ce-a", "A")).refused(),
                Status.Code.PERMISSION_DENIED,
                "ACCESS_DENIED",
                "server"))
        .hasSize(2);
  }

  // ---- checks

  /// What a stream is: nothing, two events, deleted with two events, tombstoned.
  private void make(String stream, String state) {
    var name = StreamName.of(stream);
    if (!state.equals("absent")) {
      write(stream, 2);
    }
    if (state.equals("deleted")) {
      server.store().delete(name, ExpectedState.any());
    } else if (state.equals("tombstoned")) {
      server.store().tombstone(name, ExpectedState.any());
    }
  }

  /// `-`: the check holds; otherwise the state that is told.
  @ParameterizedTest
  @CsvSource({
    "0, absent, -1", "0, present, 1", "0, deleted, -5", "0, tombstoned, -6",
    "1, absent, -1", "1, present, -", "1, deleted, -", "1, tombstoned, -6",
    "-1, absent, -", "-1, present, 1", "-1, deleted, -", "-1, tombstoned, -",
    "-4, absent, -1", "-4, present, -", "-4, deleted, -5", "-4, tombstoned, -6",
    "-5, absent, -1", "-5, present, 1", "-5, deleted, -", "-5, tombstoned, -6",
    "-6, absent, -1", "-6, present, 1", "-6, deleted, -5", "-6, tombstoned, -"
  })
  void a_stream_that_is_not_written_is_checked(long expected, String state, String actual)
      throws Exception {
    make("checked-1", state);
    var before = server.store().state(StreamName.of("checked-1"));
    var request =
        AppendRecordsRequest.newBuilder()
            .addRecords(record("a-1", "A"))
            .addChecks(check("a-1", -1))
            .addChecks(check("checked-1", expected));

    if (actual.equals("-")) {
      assertThat(records(request).getRevisionsList()).hasSize(1);
      assertThat(read("a-1")).hasSize(1);
    } else {
      assertThat(violations(refused(request)))
          .containsExactly(violation(1, "checked-1", expected, Long.parseLong(actual)));
      assertThat(read("a-1")).isEmpty();
    }
    assertThat(server.store().state(StreamName.of("checked-1"))).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "0, absent, -1", "0, present, 1", "0, deleted, -5", "0, tombstoned, -6",
    "1, absent, -1", "1, present, -", "1, deleted, -", "1, tombstoned, -6",
    "-1, absent, -", "-1, present, 1", "-1, deleted, -", "-1, tombstoned, -6",
    "-4, absent, -1", "-4, present, -", "-4, deleted, -5", "-4, tombstoned, -6",
    "-5, absent, -1", "-5, present, 1", "-5, deleted, -", "-5, tombstoned, -6",
    "-6, absent, -1", "-6, present, 1", "-6, deleted, -5", "-6, tombstoned, -6"
  })
  void a_stream_that_is_written_is_checked(long expected, String state, String actual)
      throws Exception {
    make("checked-1", state);
    var request =
        AppendRecordsRequest.newBuilder()
            .addRecords(record("checked-1", "A"))
            .addRecords(record("a-1", "B"))
            .addRecords(record("checked-1", "C"))
            .addChecks(check("checked-1", expected));

    if (actual.equals("-")) {
      assertThat(records(request).getRevisionsList()).hasSize(2);
      assertThat(server.store().state(StreamName.of("checked-1")))
          .isInstanceOf(StreamState.Present.class);
    } else {
      assertThat(violations(refused(request)))
          .containsExactly(violation(0, "checked-1", expected, Long.parseLong(actual)));
      assertThat(read("a-1")).isEmpty();
    }
  }

  @Test
  void all_checks_that_do_not_hold_are_told_in_their_order() throws Exception {
    write("b-1", 2);

    var violations =
        violations(
            refused(
                AppendRecordsRequest.newBuilder()
                    .addRecords(record("a-1", "A"))
                    .addRecords(record("b-1", "B"))
                    .addChecks(check("c-1", 5))
                    .addChecks(check("a-1", -1))
                    .addChecks(check("b-1", 0))));

    assertThat(violations).containsExactly(violation(0, "c-1", 5, -1), violation(2, "b-1", 0, 1));
  }

  @Test
  void of_very_many_violations_as_many_are_told_as_clients_take() throws Exception {
    var request = AppendRecordsRequest.newBuilder().addRecords(record("a-1", "A"));
    IntStream.range(0, 2000).forEach(i -> request.addChecks(check("checked-" + i, 5)));

    var refusal = refused(request);

    assertThat(violations(refusal)).hasSizeBetween(10, 100);
    assertThat(Wire.text(refusal)).contains("2000 checks");
  }

  private static List<ConsistencyViolation> violations(StatusRuntimeException refusal)
      throws InvalidProtocolBufferException {
    return details(
            refusal,
            Status.Code.FAILED_PRECONDITION,
            "APPEND_CONSISTENCY_VIOLATION",
            "streams",
            AppendConsistencyViolationErrorDetails.class)
        .getViolationsList();
  }

  private static ConsistencyViolation violation(
      int index, String stream, long expected, long actual) {
    return ConsistencyViolation.newBuilder()
        .setCheckIndex(index)
        .setStreamState(
            ConsistencyViolation.StreamStateViolation.newBuilder()
                .setStream(stream)
                .setExpectedState(expected)
                .setActualState(actual))
        .build();
  }

  // ---- hostile

  @Test
  void thousands_of_streams_are_written_in_one_session() {
    try (var large = TestServer.inMemory();
        var other = Wire.to(large)) {
      var replies = new Wire.Replies<AppendRequest, AppendSessionResponse>();
      var call =
          StreamsServiceGrpc.newStub(other.channel())
              .withDeadlineAfter(Await.LIMIT)
              .appendSession(replies);
      IntStream.range(0, 5000).forEach(i -> call.onNext(to("many-" + i, "A").build()));
      call.onCompleted();

      assertThat(replies.only().getOutputCount()).isEqualTo(5000);
      assertThat(large.store().stats().streams()).isGreaterThanOrEqualTo(5000);
    }
  }

  @Test
  void records_that_take_no_bytes_are_counted_before_objects_are_made_of_them() throws Exception {
    try (var large = TestServer.inMemory();
        var other = Wire.to(large)) {
      var request = AppendRecordsRequest.newBuilder();
      IntStream.range(0, 70_000)
          .forEach(_ -> request.addRecords(AppendRecord.getDefaultInstance()));
      var refusal =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () ->
                  StreamsServiceGrpc.newBlockingStub(other.channel())
                      .appendRecords(request.build()));

      assertBad(refusal, "records", "at most 65536");
    }
  }

  @Test
  void values_that_take_no_bytes_are_counted_too() throws Exception {
    try (var large = TestServer.inMemory();
        var other = Wire.to(large)) {
      var list = ListValue.newBuilder();
      IntStream.range(0, 300_000).forEach(_ -> list.addValues(Value.getDefaultInstance()));
      var record =
          record("a-1", "A").putProperties("p", Value.newBuilder().setListValue(list).build());
      var refusal =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () ->
                  StreamsServiceGrpc.newBlockingStub(other.channel())
                      .appendRecords(AppendRecordsRequest.newBuilder().addRecords(record).build()));

      assertBad(refusal, "properties", "at most 262144");
    }
  }
}

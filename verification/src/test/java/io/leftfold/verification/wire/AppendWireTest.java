// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.EMPTY;
import static io.leftfold.verification.wire.Wire.proposed;
import static io.leftfold.verification.wire.Wire.refusal;
import static io.leftfold.verification.wire.Wire.request;
import static io.leftfold.verification.wire.Wire.stream;
import static io.leftfold.verification.wire.Wire.text;
import static io.leftfold.verification.wire.Wire.to;
import static io.leftfold.verification.wire.Wire.trailers;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.engine.EngineOptions;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.protocol.messages.streams.AppendResp;
import io.leftfold.protocol.messages.streams.AppendResp.WrongExpectedVersion;
import io.leftfold.protocol.messages.streams.DeleteReq;
import io.leftfold.protocol.messages.streams.TombstoneReq;
import io.leftfold.verification.running.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `Append`, `Delete` and `Tombstone`, field by field and trailer by trailer.
final class AppendWireTest {

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

  private StatusRuntimeException refused(AppendReq... requests) {
    return wire.append(List.of(requests)).refused();
  }

  private static void assertRefused(
      StatusRuntimeException refusal, Status.Code code, String text, Map<String, String> trailers) {
    assertThat(refusal.getStatus().getCode()).isEqualTo(code);
    assertThat(text(refusal)).isEqualTo(text);
    assertThat(trailers(refusal)).containsExactlyInAnyOrderEntriesOf(trailers);
  }

  // ---- answers

  @Test
  void a_success_tells_revision_and_position() {
    var success = wire.append("account-1", "A", "B").getSuccess();

    assertThat(success.getCurrentRevisionOptionCase())
        .isEqualTo(AppendResp.Success.CurrentRevisionOptionCase.CURRENT_REVISION);
    assertThat(success.getCurrentRevision()).isEqualTo(1);
    assertThat(success.getPosition().getCommitPosition()).isEqualTo(2);
    assertThat(success.getPosition().getPreparePosition()).isEqualTo(2);
  }

  @Test
  void an_append_of_nothing_has_no_position_and_perhaps_no_stream() {
    var absent = wire.append("account-1").getSuccess();
    wire.append("account-1", "A");
    var present = wire.append("account-1").getSuccess();

    assertThat(absent.hasNoStream()).isTrue();
    assertThat(absent.hasNoPosition()).isTrue();
    assertThat(present.getCurrentRevision()).isZero();
    assertThat(present.hasNoPosition()).isTrue();
  }

  @Test
  void a_wrong_expectation_is_told_twice_for_older_clients() {
    wire.append("account-1", "A", "B");

    var atRevision = wrong(to("account-1").setRevision(7));
    var noStream = wrong(to("account-1").setNoStream(EMPTY));
    var exists = wrong(to("account-2").setStreamExists(EMPTY));

    assertThat(atRevision)
        .isEqualTo(
            WrongExpectedVersion.newBuilder()
                .setCurrentRevision2060(1)
                .setExpectedRevision2060(7)
                .setCurrentRevision(1)
                .setExpectedRevision(7)
                .build());
    assertThat(noStream)
        .isEqualTo(
            WrongExpectedVersion.newBuilder()
                .setCurrentRevision2060(1)
                .setExpectedRevision2060(-1)
                .setCurrentRevision(1)
                .setExpectedNoStream(EMPTY)
                .build());
    assertThat(exists)
        .isEqualTo(
            WrongExpectedVersion.newBuilder()
                .setNoStream2060(EMPTY)
                .setStreamExists2060(EMPTY)
                .setCurrentNoStream(EMPTY)
                .setExpectedStreamExists(EMPTY)
                .build());
  }

  private WrongExpectedVersion wrong(AppendReq.Options.Builder options) {
    return wire.append(options, "C").getWrongExpectedVersion();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -2})
  void numbers_of_old_clients_stand_for_expectations(long number) {
    assertThat(wire.append(to("account-1").setRevision(number), "A").hasSuccess()).isTrue();
  }

  @Test
  void properties_that_nobody_knows_are_ignored() {
    var response =
        wire.append(
                List.of(
                    request(to("account-1").setAny(EMPTY)),
                    request(
                        proposed("A").putMetadata("colour", "red").putMetadata("is-json", "x"))))
            .only();

    assertThat(response.hasSuccess()).isTrue();
  }

  @Test
  void an_append_may_come_in_any_number_of_messages() {
    var types = new String[100];
    Arrays.fill(types, "T");

    var response = wire.append(to("account-1").setNoStream(EMPTY), types);

    assertThat(response.getSuccess().getCurrentRevision()).isEqualTo(99);
  }

  // ---- what makes no sense

  @Test
  void an_append_begins_with_its_options() {
    var refusal = refused(request(proposed("A")));

    assertRefused(refusal, Status.Code.UNKNOWN, "Exception was thrown by handler.", Map.of());
  }

  @Test
  void an_append_without_a_message_is_refused() {
    assertThat(refused().getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
  }

  @Test
  void an_append_says_what_it_expects_and_of_which_stream() {
    assertRefused(
        refused(request(to("account-1")), request(proposed("A"))),
        Status.Code.INVALID_ARGUMENT,
        "'expected_stream_revision' is a required argument of type ExpectedStreamRevisionOneofCase",
        Map.of());
    assertRefused(
        refused(request(AppendReq.Options.newBuilder().setAny(EMPTY)), request(proposed("A"))),
        Status.Code.INVALID_ARGUMENT,
        "'stream_identifier' is a required argument of type StreamIdentifier",
        Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"type", "content-type"})
  void an_event_has_a_type_and_a_content_type(String property) {
    var refusal =
        refused(
            request(to("account-1").setAny(EMPTY)),
            request(proposed("A").removeMetadata(property)));

    assertRefused(
        refusal,
        Status.Code.INVALID_ARGUMENT,
        "Required Metadata Property '%s' is missing".formatted(property),
        Map.of(
            "exception", "missing-required-metadata-property",
            "required-metadata-properties", "type,content-type"));
  }

  @Test
  void an_event_has_an_id_that_is_not_nil() {
    for (var id :
        List.of(
            UUID.getDefaultInstance(),
            UUID.newBuilder().setString("").build(),
            UUID.newBuilder().setString("not an id").build(),
            text(new java.util.UUID(0, 0)),
            Wire.structured(new java.util.UUID(0, 0)))) {
      var refusal =
          refused(request(to("account-1").setAny(EMPTY)), request(proposed("A").setId(id)));

      assertThat(refusal.getStatus().getCode())
          .as("%s: %s", id, refusal)
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
    assertThat(
            refused(request(to("account-1").setAny(EMPTY)), request(proposed("A").clearId()))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "$$"})
  void some_names_are_no_names(String name) {
    var refusal = refused(request(to(name).setAny(EMPTY)), request(proposed("A")));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void a_name_is_utf_8() {
    var name =
        stream("x").toBuilder()
            .setStreamName(ByteString.copyFrom(new byte[] {(byte) 0xff}))
            .build();
    var append = AppendReq.Options.newBuilder().setAny(EMPTY).setStreamIdentifier(name);
    for (var refusal :
        List.of(
            refused(request(append), request(proposed("A"))),
            refused(delete("x").setAny(EMPTY).setStreamIdentifier(name)),
            refused(tombstone("x").setAny(EMPTY).setStreamIdentifier(name)))) {
      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
  }

  // ---- tags

  @Test
  void tags_in_the_metadata_tag_the_event_and_the_metadata_stays_as_it_is() {
    var metadata = "{ \"$tags\": [\"account:7\"], \"who\": \"Zoë\" }";
    var event = proposed("A").setCustomMetadata(ByteString.copyFromUtf8(metadata));

    wire.append(List.of(request(to("account-1").setAny(EMPTY)), request(event))).only();

    try (var read = server.store().read(StreamName.of("account-1"), ReadOptions.forwards())) {
      var recorded = read.events().getFirst();
      assertThat(recorded.tags()).containsExactly(Tag.of("account:7"));
      assertThat(recorded.metadata()).asString(StandardCharsets.UTF_8).isEqualTo(metadata);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"$tags\":\"vip\"}", "{\"$tags\":[7]}", "{\"$tags\":[\"\"]}"})
  void tags_that_are_none_are_refused(String metadata) {
    var event = proposed("A").setCustomMetadata(ByteString.copyFromUtf8(metadata));

    var refusal = refused(request(to("account-1").setAny(EMPTY)), request(event));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(text(refusal)).contains("$tags");
    assertThat(server.store().lastPosition()).hasValue(0L);
  }

  // ---- sizes

  private static AppendReq.ProposedMessage.Builder sized(int bytes) {
    return proposed("T").setData(ByteString.copyFrom(new byte[bytes]));
  }

  @Test
  void an_event_too_large_is_named() {
    var id = java.util.UUID.randomUUID();
    var event = sized(EVENT_BYTES_MAX).setId(Wire.structured(id));

    var refusal = refused(request(to("account-1").setAny(EMPTY)), request(event));

    assertRefused(
        refusal,
        Status.Code.INVALID_ARGUMENT,
        "Event with Id: %s, Size: 10002, exceeds Maximum Append Event Size of 10000.".formatted(id),
        Map.of(
            "exception", "maximum-append-event-size-exceeded",
            "event-id", id.toString(),
            "proposed-append-event-size", "10002",
            "maximum-append-event-size", "10000"));
  }

  @Test
  void an_append_too_large_is_told_the_limit() {
    var refusal =
        refused(
            request(to("account-1").setAny(EMPTY)),
            request(sized(9_000)),
            request(sized(9_000)),
            request(sized(9_000)));

    assertRefused(
        refusal,
        Status.Code.INVALID_ARGUMENT,
        "Maximum Append Size of 20000 Exceeded.",
        Map.of("exception", "maximum-append-size-exceeded", "maximum-append-size", "20000"));
    assertThat(wire.append("account-1", "A").getSuccess().getCurrentRevision()).isZero();
  }

  @Test
  void a_message_longer_than_any_event_is_refused_before_it_is_taken() {
    var refusal = refused(request(to("account-1").setAny(EMPTY)), request(sized(8 << 20)));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(trailers(refusal).get("exception"))
        .isIn("maximum-append-event-size-exceeded", "maximum-append-size-exceeded");
  }

  // ---- delete and tombstone

  private static DeleteReq.Options.Builder delete(String stream) {
    return DeleteReq.Options.newBuilder().setStreamIdentifier(stream(stream));
  }

  private static TombstoneReq.Options.Builder tombstone(String stream) {
    return TombstoneReq.Options.newBuilder().setStreamIdentifier(stream(stream));
  }

  private StatusRuntimeException refused(DeleteReq.Options.Builder options) {
    return refusal(
        () -> wire.blocking().delete(DeleteReq.newBuilder().setOptions(options).build()));
  }

  private StatusRuntimeException refused(TombstoneReq.Options.Builder options) {
    return refusal(
        () -> wire.blocking().tombstone(TombstoneReq.newBuilder().setOptions(options).build()));
  }

  @ParameterizedTest
  @CsvSource({
    "account-1, 7,      7,  1",
    "account-1, none,   -1, 1",
    "account-2, exists, -4, -1",
    "account-2, 0,      0,  -1"
  })
  void a_delete_that_expected_something_else_is_told_so_in_words(
      String name, String word, String expected, String actual) {
    wire.append("account-1", "A", "B");
    var delete = delete(name);
    var tombstone = tombstone(name);
    switch (word) {
      case "none" -> {
        delete.setNoStream(EMPTY);
        tombstone.setNoStream(EMPTY);
      }
      case "exists" -> {
        delete.setStreamExists(EMPTY);
        tombstone.setStreamExists(EMPTY);
      }
      default -> {
        delete.setRevision(Long.parseLong(word));
        tombstone.setRevision(Long.parseLong(word));
      }
    }

    for (var refusal : List.of(refused(delete), refused(tombstone))) {
      assertRefused(
          refusal,
          Status.Code.FAILED_PRECONDITION,
          "Delete failed due to WrongExpectedVersion. Stream: %s, Expected version: %s, Actual version: %s"
              .formatted(name, expected, actual),
          Map.of(
              "exception", "wrong-expected-version",
              "stream-name", name,
              "expected-version", expected,
              "actual-version", actual));
    }
  }

  @Test
  void there_is_nothing_to_delete_where_nothing_was_written() {
    var refusal = refused(delete("account-1").setAny(EMPTY));

    assertRefused(
        refusal,
        Status.Code.FAILED_PRECONDITION,
        "Delete failed due to WrongExpectedVersion. Stream: account-1, Expected version: -2, Actual version: -1",
        Map.of(
            "exception", "wrong-expected-version",
            "stream-name", "account-1",
            "expected-version", "-2",
            "actual-version", "-1"));
    var tombstone = TombstoneReq.newBuilder().setOptions(tombstone("account-1").setAny(EMPTY));
    assertThat(wire.blocking().tombstone(tombstone.build()).getPosition().getCommitPosition())
        .isEqualTo(1);
  }

  @Test
  void a_deletion_tells_its_position() {
    wire.append("account-1", "A");

    var deleted =
        wire.blocking()
            .delete(DeleteReq.newBuilder().setOptions(delete("account-1").setRevision(0)).build());

    assertThat(deleted.getPosition().getCommitPosition()).isEqualTo(2);
    assertThat(deleted.getPosition().getPreparePosition()).isEqualTo(2);
  }

  @Test
  void whatever_is_asked_of_a_tombstoned_stream_is_refused_with_its_name() {
    var name = "konto-€";
    var tombstone = TombstoneReq.newBuilder().setOptions(tombstone(name).setNoStream(EMPTY));
    assertThat(wire.blocking().tombstone(tombstone.build()).hasPosition()).isTrue();

    for (var refusal :
        List.of(
            refused(request(to(name).setAny(EMPTY)), request(proposed("A"))),
            refused(delete(name).setAny(EMPTY)),
            refused(tombstone(name).setAny(EMPTY)),
            wire.refusal(Wire.readOf(name)))) {
      assertRefused(
          refusal,
          Status.Code.FAILED_PRECONDITION,
          "Event stream 'konto-€' is deleted.",
          Map.of("exception", "stream-deleted", "stream-name", "konto-%E2%82%AC"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"$all", "$ce-account", "$et-A", "$$account-1"})
  void some_streams_are_nobodys_to_delete(String name) {
    wire.append("account-1", "A");

    for (var refusal :
        List.of(refused(delete(name).setAny(EMPTY)), refused(tombstone(name).setAny(EMPTY)))) {
      assertRefused(
          refusal,
          Status.Code.PERMISSION_DENIED,
          "Access Denied",
          Map.of("exception", "access-denied"));
    }
  }

  @Test
  void a_deletion_says_what_it_expects_and_of_which_stream() {
    for (var refusal :
        List.of(
            refused(delete("account-1")),
            refused(tombstone("account-1")),
            refused(delete("").setAny(EMPTY)),
            refused(DeleteReq.Options.newBuilder().setAny(EMPTY)))) {
      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.stream;
import static io.leftfold.verification.wire.Wire.structured;
import static io.leftfold.verification.wire.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.engine.EngineOptions;
import io.leftfold.protocol.messages.rpc.Code;
import io.leftfold.protocol.messages.shared.AccessDenied;
import io.leftfold.protocol.messages.shared.BadRequest;
import io.leftfold.protocol.messages.shared.MaximumAppendEventSizeExceeded;
import io.leftfold.protocol.messages.shared.MaximumAppendSizeExceeded;
import io.leftfold.protocol.messages.shared.StreamDeleted;
import io.leftfold.protocol.messages.shared.Timeout;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.messages.shared.WrongExpectedVersion;
import io.leftfold.protocol.messages.streams.BatchAppendReq;
import io.leftfold.protocol.messages.streams.BatchAppendResp;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import io.leftfold.verification.wire.Wire.Replies;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `BatchAppend`, message by message.
final class BatchAppendWireTest {

  private static final Empty EMPTY = Empty.getDefaultInstance();
  private static final int EVENT_BYTES_MAX = 10_000;
  private static final int APPEND_BYTES_MAX = 20_000;
  private static final long HELD_UP_NANOS = 1_000_000_000;

  private final TestServer server =
      TestServer.inMemory(EngineOptions.defaults().withSizes(EVENT_BYTES_MAX, APPEND_BYTES_MAX));
  private final Wire wire = Wire.to(server);
  private final Replies<BatchAppendReq, BatchAppendResp> replies = new Replies<>();

  @SuppressWarnings("NullAway.Init")
  private StreamObserver<BatchAppendReq> requests;

  @BeforeEach
  void open() {
    requests = wire.streams().batchAppend(replies);
  }

  @AfterEach
  void close() {
    wire.close();
    server.close();
  }

  private static UUID newId() {
    return text(java.util.UUID.randomUUID());
  }

  private static BatchAppendReq.Options.Builder to(String stream) {
    return BatchAppendReq.Options.newBuilder().setStreamIdentifier(stream(stream));
  }

  private static BatchAppendReq.ProposedMessage.Builder proposed(String type) {
    return BatchAppendReq.ProposedMessage.newBuilder()
        .setId(newId())
        .putMetadata("type", type)
        .putMetadata("content-type", "application/json");
  }

  private static BatchAppendReq.Builder part(UUID correlation, String... types) {
    var part = BatchAppendReq.newBuilder().setCorrelationId(correlation);
    for (var type : types) {
      part.addProposedMessages(proposed(type));
    }
    return part;
  }

  private static BatchAppendReq whole(BatchAppendReq.Options.Builder options, String... types) {
    return part(newId(), types).setOptions(options).setIsFinal(true).build();
  }

  private BatchAppendResp answer(BatchAppendReq request) {
    requests.onNext(request);
    return replies.next();
  }

  private String letters(String stream) {
    try (var read = server.store().read(StreamName.of(stream), ReadOptions.forwards())) {
      return String.join(" ", read.events().stream().map(event -> event.type()).toList());
    }
  }

  private <T extends Message> T refused(
      BatchAppendReq request, Code code, String text, Class<T> details) {
    var response = answer(request);
    assertThat(response.getCorrelationId()).isEqualTo(request.getCorrelationId());
    return refused(response, code, text, details);
  }

  private static <T extends Message> T refused(
      BatchAppendResp response, Code code, String text, Class<T> details) {
    assertThat(response.getResultCase()).isEqualTo(BatchAppendResp.ResultCase.ERROR);
    assertThat(response.getError().getCode()).isEqualTo(code);
    assertThat(response.getError().getMessage()).contains(text);
    assertThat(response.getError().getDetails().getTypeUrl())
        .isEqualTo("type.googleapis.com/event_store.client." + details.getSimpleName());
    return unpack(response.getError().getDetails(), details);
  }

  private static <T extends Message> T unpack(Any any, Class<T> type) {
    try {
      return any.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  // ---- answers

  @Test
  void an_answer_echoes_what_was_asked() {
    var expectations =
        List.of(
            to("account-1").setNoStream(EMPTY),
            to("account-1").setStreamExists(EMPTY),
            to("account-1").setStreamPosition(1),
            to("account-1").setAny(EMPTY));
    for (var i = 0; i < expectations.size(); i++) {
      var request = whole(expectations.get(i), "A");

      var response = answer(request);

      assertThat(response.getCorrelationId()).isEqualTo(request.getCorrelationId());
      assertThat(response.getStreamIdentifier()).isEqualTo(stream("account-1"));
      assertThat(response.getExpectedStreamPositionCase().name())
          .isEqualTo(request.getOptions().getExpectedStreamPositionCase().name());
      assertThat(response.getStreamPosition()).isEqualTo(i == 2 ? 1 : 0);
      assertThat(response.getSuccess().getCurrentRevision()).isEqualTo(i);
      assertThat(response.getSuccess().getPosition().getCommitPosition()).isEqualTo(i + 1);
      assertThat(response.getSuccess().getPosition().getPreparePosition()).isEqualTo(i + 1);
    }
  }

  @Test
  void an_append_is_known_by_its_id_in_the_form_it_was_sent() {
    var id = java.util.UUID.randomUUID();
    var upper = UUID.newBuilder().setString(id.toString().toUpperCase(Locale.ROOT)).build();
    for (var form : List.of(text(id), structured(id), upper)) {
      var response =
          answer(part(form, "A").setOptions(to("s").setAny(EMPTY)).setIsFinal(true).build());

      assertThat(response.hasSuccess()).isTrue();
      assertThat(response.getCorrelationId().getValueCase()).isEqualTo(form.getValueCase());
      assertThat(response.getCorrelationId().getStructured()).isEqualTo(form.getStructured());
      assertThat(response.getCorrelationId().getString()).isEqualToIgnoringCase(form.getString());
    }
  }

  @Test
  void an_append_of_nothing_has_no_position_and_perhaps_no_stream() {
    var absent = answer(whole(to("account-1").setAny(EMPTY))).getSuccess();
    answer(whole(to("account-1").setAny(EMPTY), "A"));
    var present = answer(whole(to("account-1").setAny(EMPTY))).getSuccess();

    assertThat(absent.hasNoStream()).isTrue();
    assertThat(absent.hasNoPosition()).isTrue();
    assertThat(present.getCurrentRevision()).isZero();
    assertThat(present.hasNoPosition()).isTrue();
  }

  @Test
  void an_append_may_come_in_parts_and_between_the_parts_of_others() {
    var first = newId();
    var second = newId();
    requests.onNext(part(first).setOptions(to("first-1").setNoStream(EMPTY)).build());
    requests.onNext(part(second, "X").setOptions(to("second-1").setNoStream(EMPTY)).build());
    requests.onNext(part(first, "A", "B").build());
    requests.onNext(part(second, "Y").setIsFinal(true).build());
    assertThat(replies.next().getCorrelationId()).isEqualTo(second);
    assertThat(letters("first-1")).isEmpty();
    requests.onNext(part(first, "C").build());
    requests.onNext(part(first).setIsFinal(true).build());

    var response = replies.next();

    assertThat(response.getCorrelationId()).isEqualTo(first);
    assertThat(response.getSuccess().getCurrentRevision()).isEqualTo(2);
    assertThat(letters("first-1")).isEqualTo("A B C");
    assertThat(letters("second-1")).isEqualTo("X Y");
  }

  @Test
  void a_part_of_an_append_that_nobody_knows_is_ignored() {
    requests.onNext(part(newId(), "A").setIsFinal(true).build());
    var known = whole(to("account-1").setAny(EMPTY), "B");

    assertThat(answer(known).getCorrelationId()).isEqualTo(known.getCorrelationId());
    assertThat(letters("account-1")).isEqualTo("B");
  }

  @Test
  void an_id_may_be_used_again_when_its_append_was_answered() {
    var id = newId();
    for (var i = 0; i < 3; i++) {
      var response =
          answer(part(id, "A").setOptions(to("s-1").setAny(EMPTY)).setIsFinal(true).build());
      assertThat(response.getSuccess().getCurrentRevision()).isEqualTo(i);
    }
  }

  @Test
  void many_appends_are_under_way_at_once_and_each_is_answered_once() {
    var ids = IntStream.range(0, 5_000).mapToObj(_ -> newId()).toList();

    for (var id : ids) {
      requests.onNext(part(id, "A").setOptions(to("s-1").setAny(EMPTY)).setIsFinal(true).build());
    }
    requests.onCompleted();

    assertThat(Await.result(replies.end).isOk()).isTrue();
    assertThat(replies.messages.stream().map(BatchAppendResp::getCorrelationId))
        .containsExactlyInAnyOrderElementsOf(ids);
  }

  // ---- errors of one append

  @Test
  void a_wrong_expectation_has_its_details() {
    answer(whole(to("account-1").setAny(EMPTY), "A", "B"));

    var atRevision =
        refused(
            whole(to("account-1").setStreamPosition(7), "C"),
            Code.ALREADY_EXISTS,
            "",
            WrongExpectedVersion.class);
    var noStream =
        refused(
            whole(to("account-1").setNoStream(EMPTY), "C"),
            Code.ALREADY_EXISTS,
            "",
            WrongExpectedVersion.class);
    var exists =
        refused(
            whole(to("account-2").setStreamExists(EMPTY), "C"),
            Code.ALREADY_EXISTS,
            "",
            WrongExpectedVersion.class);

    assertThat(atRevision)
        .isEqualTo(
            WrongExpectedVersion.newBuilder()
                .setCurrentStreamRevision(1)
                .setExpectedStreamPosition(7)
                .build());
    assertThat(noStream)
        .isEqualTo(
            WrongExpectedVersion.newBuilder()
                .setCurrentStreamRevision(1)
                .setExpectedNoStream(EMPTY)
                .build());
    assertThat(exists)
        .isEqualTo(
            WrongExpectedVersion.newBuilder()
                .setCurrentNoStream(EMPTY)
                .setExpectedStreamExists(EMPTY)
                .build());
  }

  @Test
  void a_tombstoned_stream_is_named() {
    server.store().tombstone(StreamName.of("dead-1"), ExpectedState.any());

    var details =
        refused(
            whole(to("dead-1").setAny(EMPTY), "A"), Code.NOT_FOUND, "dead-1", StreamDeleted.class);

    assertThat(details.getStreamIdentifier()).isEqualTo(stream("dead-1"));
  }

  @Test
  void a_stream_that_nobody_may_write_is_denied() {
    refused(
        whole(to("$ce-account").setAny(EMPTY), "A"),
        Code.PERMISSION_DENIED,
        "Access Denied",
        AccessDenied.class);
  }

  @Test
  void what_makes_no_sense_is_a_bad_request_and_the_call_goes_on() {
    var id = newId();
    for (var request :
        List.of(
            whole(BatchAppendReq.Options.newBuilder().setAny(EMPTY), "A"),
            whole(to("account-1"), "A"),
            whole(to("").setAny(EMPTY), "A"),
            whole(to("s").setAny(EMPTY)).toBuilder()
                .addProposedMessages(proposed("A").removeMetadata("type"))
                .build(),
            whole(to("s").setAny(EMPTY)).toBuilder()
                .addProposedMessages(proposed("A").removeMetadata("content-type"))
                .build(),
            whole(to("s").setAny(EMPTY)).toBuilder()
                .addProposedMessages(proposed("A").clearId())
                .build(),
            whole(to("s").setAny(EMPTY)).toBuilder()
                .addProposedMessages(proposed("A").setId(text(new java.util.UUID(0, 0))))
                .build(),
            part(id).setOptions(to("s").setAny(EMPTY)).addProposedMessages(proposed("")).build())) {
      var details = refused(request, Code.INVALID_ARGUMENT, "", BadRequest.class);
      assertThat(details.getMessage()).isNotEmpty();
    }
    requests.onNext(part(id, "B").setIsFinal(true).build());
    assertThat(answer(whole(to("s").setAny(EMPTY), "A")).hasSuccess()).isTrue();
    assertThat(letters("s")).isEqualTo("A");
  }

  private static ByteString bytes(int count) {
    return ByteString.copyFrom(new byte[count]);
  }

  @Test
  void tags_that_are_none_are_refused_in_their_append_alone() {
    var bad =
        whole(to("s").setAny(EMPTY)).toBuilder()
            .addProposedMessages(
                proposed("T").setCustomMetadata(ByteString.copyFromUtf8("{\"$tags\":7}")))
            .build();
    var good =
        whole(to("s").setAny(EMPTY)).toBuilder()
            .addProposedMessages(
                proposed("T").setCustomMetadata(ByteString.copyFromUtf8("{\"$tags\":[\"a\"]}")))
            .build();

    var details = refused(bad, Code.INVALID_ARGUMENT, "$tags", BadRequest.class);

    assertThat(details.getMessage()).contains("$tags");
    assertThat(answer(good).hasSuccess()).isTrue();
    try (var read = server.store().read(StreamName.of("s"), ReadOptions.forwards())) {
      assertThat(read.events().getFirst().tags()).hasToString("[a]");
    }
  }

  @Test
  void an_event_too_large_is_named_with_sizes() {
    var id = java.util.UUID.randomUUID();
    var request =
        whole(to("s").setAny(EMPTY)).toBuilder()
            .addProposedMessages(
                proposed("T").setId(structured(id)).setData(bytes(EVENT_BYTES_MAX)))
            .build();

    var details =
        refused(
            request,
            Code.INVALID_ARGUMENT,
            "exceeds Maximum Append Event Size of 10000",
            MaximumAppendEventSizeExceeded.class);

    assertThat(details.getEventId()).isEqualTo(id.toString());
    assertThat(details.getProposedEventSize()).isEqualTo(EVENT_BYTES_MAX + 2);
    assertThat(details.getMaxAppendEventSize()).isEqualTo(EVENT_BYTES_MAX);
  }

  @Test
  void an_append_too_large_is_told_the_limit_once() {
    var id = newId();
    requests.onNext(part(id).setOptions(to("s").setAny(EMPTY)).build());
    for (var i = 0; i < 5; i++) {
      requests.onNext(part(id).addProposedMessages(proposed("T").setData(bytes(9_000))).build());
    }
    requests.onNext(part(id).setIsFinal(true).build());

    var details =
        refused(
            replies.next(),
            Code.INVALID_ARGUMENT,
            "Maximum Append Size of 20000 Exceeded.",
            MaximumAppendSizeExceeded.class);

    assertThat(details.getMaxAppendSize()).isEqualTo(APPEND_BYTES_MAX);
    assertThat(answer(whole(to("s").setAny(EMPTY), "A")).getSuccess().getCurrentRevision())
        .isZero();
  }

  // ---- deadlines

  private static Timestamp at(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  @Test
  void an_append_whose_time_is_over_is_not_made() {
    for (var options :
        List.of(
            to("late").setAny(EMPTY).setDeadline21100(at(Instant.now().minusSeconds(1))),
            to("late").setAny(EMPTY).setDeadline21100(Timestamp.getDefaultInstance()),
            to("late").setAny(EMPTY).setDeadline(Duration.getDefaultInstance()),
            to("late").setAny(EMPTY).setDeadline(Duration.newBuilder().setSeconds(-5)),
            to("late")
                .setAny(EMPTY)
                .setDeadline(Duration.newBuilder().setSeconds(Long.MIN_VALUE)))) {
      refused(whole(options, "A"), Code.DEADLINE_EXCEEDED, "", Timeout.class);
    }
    assertThat(letters("late")).isEmpty();
  }

  @Test
  void an_append_may_have_more_time_than_there_is() {
    for (var options :
        List.of(
            to("s").setAny(EMPTY).setDeadline(Duration.newBuilder().setSeconds(315_576_000_000L)),
            to("s").setAny(EMPTY).setDeadline(Duration.newBuilder().setSeconds(Long.MAX_VALUE)),
            to("s")
                .setAny(EMPTY)
                .setDeadline(Duration.newBuilder().setSeconds(Instant.now().getEpochSecond())),
            to("s")
                .setAny(EMPTY)
                .setDeadline21100(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE)),
            to("s").setAny(EMPTY).setDeadline21100(at(Instant.now().plusSeconds(5))))) {
      assertThat(answer(whole(options, "A")).hasSuccess()).isTrue();
    }
  }

  @Test
  void an_append_that_does_not_arrive_in_time_is_given_up() {
    var id = newId();
    var options = to("late").setAny(EMPTY).setDeadline(Duration.newBuilder().setNanos(50_000_000));
    requests.onNext(part(id, "A").setOptions(options).build());

    refused(replies.next(), Code.DEADLINE_EXCEEDED, "", Timeout.class);

    requests.onNext(part(id, "B").setIsFinal(true).build());
    assertThat(answer(whole(to("s").setAny(EMPTY), "A")).hasSuccess()).isTrue();
    assertThat(letters("late")).isEmpty();
  }

  @Test
  void a_call_that_half_closes_is_completed_when_all_was_answered() {
    var id = newId();
    var options = to("late").setAny(EMPTY).setDeadline(Duration.newBuilder().setNanos(50_000_000));
    requests.onNext(part(id, "A").setOptions(options).build());
    requests.onNext(whole(to("s").setAny(EMPTY), "A"));
    requests.onCompleted();

    assertThat(Await.result(replies.end).isOk()).isTrue();
    assertThat(replies.messages).hasSize(2);
  }

  // ---- the call

  @Test
  void a_message_without_an_id_ends_the_call() {
    requests.onNext(BatchAppendReq.newBuilder().setIsFinal(true).build());

    assertThat(Await.result(replies.end).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void a_writer_that_does_not_take_its_answers_is_held_up() {
    var unheard =
        new Replies<BatchAppendReq, BatchAppendResp>(call -> call.disableAutoRequestWithInitial(0));
    var calls = wire.streams().batchAppend(unheard);
    var sent = 0;
    var lastReady = System.nanoTime();
    while (System.nanoTime() - lastReady < HELD_UP_NANOS) {
      if (unheard.call().isReady()) {
        calls.onNext(whole(to("s").setAny(EMPTY), "A"));
        lastReady = System.nanoTime();
        sent++;
      } else {
        Thread.onSpinWait();
      }
      assertThat(sent).as("appends sent while no answer is taken").isLessThan(100_000);
    }
    calls.onCompleted();

    unheard.call().request(Integer.MAX_VALUE);

    assertThat(Await.result(unheard.end).isOk()).isTrue();
    assertThat(unheard.messages).hasSize(sent);
  }

  @Test
  void a_call_that_is_cancelled_leaves_nothing_behind() {
    requests.onNext(part(newId(), "A").setOptions(to("s").setAny(EMPTY)).build());
    Await.until("the call is there", () -> server.openCalls() == 1);

    replies.call().cancel("enough", null);

    Await.until("no call is left", () -> server.openCalls() == 0);
    assertThat(letters("s")).isEmpty();
  }
}

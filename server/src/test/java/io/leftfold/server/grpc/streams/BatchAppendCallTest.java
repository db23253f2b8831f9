// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.messages.streams.BatchAppendReq;
import io.leftfold.protocol.messages.streams.BatchAppendResp;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.node.Node;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BatchAppendCallTest {

  private static final UUID CORRELATION =
      UUID.newBuilder().setString("0e1c1a52-6d8c-4a05-a2d4-c8f9a4b0a0aa").build();

  private final HeldUpStore held = new HeldUpStore();
  private final LocalEventStore store = held.store();
  private final List<Runnable> alarms = new ArrayList<>();
  private final LoopedCall call = new LoopedCall();
  private final BatchAppendCall batch =
      new BatchAppendCall(
          call,
          new Node(store).as(Caller.trusted()),
          new StreamLimits(1 << 20, 4 << 20),
          Clock.systemUTC(),
          (_, task) -> alarms.add(task),
          held.underWay());

  @AfterEach
  void closeStore() {
    held.close();
  }

  @Test
  void a_caller_that_takes_no_answers_is_heard_no_more_until_it_does() throws Exception {
    call.room(1);
    send(append(1));
    assertThat(call.paused()).as("while there is room").isFalse();
    call.runUntil(() -> call.sent().size() == 1);
    assertThat(call.paused()).as("when an answer was not taken").isTrue();

    call.room(Long.MAX_VALUE);
    assertThat(call.paused()).as("when it was").isFalse();

    batch.halfClosed();
    assertThat(call.end()).isEqualTo(GrpcStatus.OK);
  }

  @Test
  void a_caller_with_many_unanswered_appends_waits_until_they_are_answered() throws Exception {
    var sent = 0;
    while (!call.paused() && sent < 10_000) {
      send(append(1));
      sent++;
    }
    assertThat(sent).isEqualTo(1024);

    call.runUntil(() -> !call.paused());
    var all = sent;
    call.runUntil(() -> call.sent().size() == all);
    batch.halfClosed();
    assertThat(call.end()).isEqualTo(GrpcStatus.OK);
  }

  @Test
  void a_refused_append_counts_as_answered() throws Exception {
    call.room(1);
    send(append(0).toBuilder().clearOptions().setOptions(options("")).build());
    assertThat(call.sent()).hasSize(1);
    assertThat(BatchAppendResp.parseFrom(call.sent().getFirst()).hasError()).isTrue();
    assertThat(call.paused()).isTrue();
  }

  @Test
  void an_append_of_very_many_events_is_refused_and_another_one_is_not() throws Exception {
    send(append(65_537));
    var refusal = BatchAppendResp.parseFrom(call.sent().getFirst()).getError();
    assertThat(refusal.getMessage()).contains("at most 65536 events");
    assertThat(refusal.getDetails().getTypeUrl()).endsWith("MaximumAppendSizeExceeded");

    send(append(5_000));
    call.runUntil(() -> call.sent().size() == 2);
    assertThat(BatchAppendResp.parseFrom(call.sent().getLast()).hasSuccess()).isTrue();
  }

  @Test
  void appends_that_arrive_together_have_a_bound_on_their_events_too() throws Exception {
    for (var i = 0; i < 3; i++) {
      send(append(60_000).toBuilder().setIsFinal(false).build());
    }
    assertThat(call.sent()).hasSize(1);
    assertThat(BatchAppendResp.parseFrom(call.sent().getFirst()).hasError()).isTrue();

    send(append(10));
    call.runUntil(() -> call.sent().size() == 2);
    assertThat(BatchAppendResp.parseFrom(call.sent().getLast()).hasSuccess())
        .as("what was refused holds no place")
        .isTrue();
  }

  @Test
  void the_rest_of_a_refused_append_is_not_recorded_as_another_one() throws Exception {
    var whole = append(3);
    var parts = new BatchAppendReq[3];
    for (var i = 0; i < 3; i++) {
      parts[i] =
          whole.toBuilder()
              .clearProposedMessages()
              .addProposedMessages(whole.getProposedMessages(i))
              .setIsFinal(i == 2)
              .build();
    }
    send(parts[0]);
    send(parts[1].toBuilder().setProposedMessages(0, event().toBuilder().clearMetadata()).build());
    send(parts[2]);
    batch.halfClosed();

    assertThat(call.end()).isEqualTo(GrpcStatus.OK);
    assertThat(call.sent()).hasSize(1);
    assertThat(BatchAppendResp.parseFrom(call.sent().getFirst()).hasError()).isTrue();
    assertThat(store.state(StreamName.of("account-1"))).isEqualTo(new StreamState.Absent());
  }

  @Test
  void the_rest_of_an_append_that_came_too_late_is_not_recorded_as_another_one() throws Exception {
    send(append(1).toBuilder().setIsFinal(false).setCorrelationId(CORRELATION).build());
    alarms.getFirst().run();
    call.runUntil(() -> call.sent().size() == 1);
    send(append(1).toBuilder().setCorrelationId(CORRELATION).build());
    batch.halfClosed();

    assertThat(call.end()).isEqualTo(GrpcStatus.OK);
    assertThat(store.state(StreamName.of("account-1"))).isEqualTo(new StreamState.Absent());
  }

  @Test
  void a_server_that_ends_answers_what_it_has_and_says_that_it_is_not_all() throws Exception {
    send(append(1));
    send(append(1).toBuilder().setIsFinal(false).build());
    batch.shuttingDown();
    send(append(1));
    call.runUntil(call::ended);

    assertThat(call.sent()).hasSize(1);
    assertThat(call.end()).isEqualTo(GrpcStatus.UNAVAILABLE);
    assertThat(store.state(StreamName.of("account-1"))).isEqualTo(new StreamState.Present(0, 0));
  }

  @Test
  void each_append_is_answered_when_its_time_is_over_though_the_disk_hangs() throws Exception {
    held.hold();
    send(append(1));
    send(within(append(1), 3));
    send(within(append(1), 300));
    batch.halfClosed();
    held.pass(Duration.ofSeconds(3));
    call.runUntil(() -> call.sent().size() == 1);
    assertThat(batch.isBusy()).isTrue();
    held.pass(Duration.ofSeconds(7));
    call.runUntil(call::ended);

    assertThat(call.end()).isEqualTo(GrpcStatus.OK);
    assertThat(call.sent()).hasSize(3);
    for (var answer : call.sent()) {
      var error = BatchAppendResp.parseFrom(answer).getError();
      assertThat(error.getCodeValue()).isEqualTo(GrpcStatus.DEADLINE_EXCEEDED.code());
      assertThat(error.getDetails().getTypeUrl()).endsWith("event_store.client.Timeout");
    }
    assertThat(batch.isBusy()).isFalse();
  }

  @Test
  void an_append_that_is_recorded_after_its_time_is_not_answered_again() throws Exception {
    held.hold();
    send(append(1));
    held.pass(Duration.ofSeconds(10));
    call.runUntil(() -> call.sent().size() == 1);
    held.release();
    send(append(1));
    call.runUntil(() -> call.sent().size() == 2);

    assertThat(BatchAppendResp.parseFrom(call.sent().getFirst()).hasError()).isTrue();
    assertThat(BatchAppendResp.parseFrom(call.sent().getLast()).getSuccess().getCurrentRevision())
        .isEqualTo(1);
  }

  private static BatchAppendReq within(BatchAppendReq append, int seconds) {
    var deadline = com.google.protobuf.Duration.newBuilder().setSeconds(seconds);
    return append.toBuilder()
        .setOptions(append.getOptions().toBuilder().setDeadline(deadline))
        .build();
  }

  private void send(BatchAppendReq request) {
    var bytes = request.toByteArray();
    batch.message(bytes, 0, bytes.length);
  }

  private static BatchAppendReq append(int events) {
    return BatchAppendReq.newBuilder()
        .setCorrelationId(UUID.newBuilder().setString(java.util.UUID.randomUUID().toString()))
        .setOptions(options("account-1"))
        .addAllProposedMessages(Collections.nCopies(events, event()))
        .setIsFinal(true)
        .build();
  }

  private static BatchAppendReq.Options options(String stream) {
    return BatchAppendReq.Options.newBuilder()
        .setStreamIdentifier(
            StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8(stream)))
        .setAny(Empty.getDefaultInstance())
        .build();
  }

  private static BatchAppendReq.ProposedMessage event() {
    return BatchAppendReq.ProposedMessage.newBuilder()
        .setId(UUID.newBuilder().setString(java.util.UUID.randomUUID().toString()))
        .putMetadata("type", "A")
        .putMetadata("content-type", "application/json")
        .build();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.node.Node;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AppendCallTest {

  private final HeldUpStore held = new HeldUpStore();
  private final LocalEventStore store = held.store();
  private final LoopedCall call = new LoopedCall();
  private final AppendCall append =
      new AppendCall(
          call,
          new Node(store).as(Caller.trusted()),
          new StreamLimits(1 << 20, 4 << 20),
          held.underWay());

  @AfterEach
  void closeStore() {
    held.close();
  }

  @Test
  void thousands_of_events_are_one_append() throws Exception {
    send(options());
    for (var i = 0; i < 5_000; i++) {
      send(event());
    }
    append.halfClosed();

    call.runUntil(call::ended);
    assertThat(call.end()).isEqualTo(GrpcStatus.OK);
    assertThat(store.lastPosition()).contains(5_000L);
  }

  @Test
  void so_many_events_that_they_cost_more_than_their_bytes_are_refused() {
    send(options());
    for (var i = 0; i < 65_537; i++) {
      send(event());
    }

    assertThat(call.end()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(call.message()).contains("at most 65536 events");
    assertThat(call.trailer("exception")).contains("maximum-append-size-exceeded");
    assertThat(call.trailer("maximum-append-size")).contains(Integer.toString(4 << 20));
  }

  @Test
  void a_caller_is_told_in_time_that_a_disk_hangs() throws Exception {
    held.hold();
    send(options());
    send(event());
    append.halfClosed();
    held.pass(Duration.ofMillis(9_999));
    assertThat(call.end()).isNull();

    held.pass(Duration.ofMillis(1));
    call.runUntil(call::ended);
    assertThat(call.end()).isEqualTo(GrpcStatus.ABORTED);
    assertThat(call.message()).startsWith("Operation timed out: not recorded within 10000 ms");

    held.release();
    store.append(StreamName.of("account-2"), ExpectedState.any(), ProposedEvent.json("A", "{}"));
    assertThat(store.state(StreamName.of("account-1")))
        .as("recorded all the same")
        .isEqualTo(new StreamState.Present(0, 0));
  }

  private void send(AppendReq.Builder request) {
    var bytes = request.build().toByteArray();
    append.message(bytes, 0, bytes.length);
  }

  private static AppendReq.Builder options() {
    return AppendReq.newBuilder()
        .setOptions(
            AppendReq.Options.newBuilder()
                .setStreamIdentifier(
                    StreamIdentifier.newBuilder()
                        .setStreamName(ByteString.copyFromUtf8("account-1")))
                .setAny(Empty.getDefaultInstance()));
  }

  private static AppendReq.Builder event() {
    return AppendReq.newBuilder()
        .setProposedMessage(
            AppendReq.ProposedMessage.newBuilder()
                .setId(UUID.newBuilder().setString(java.util.UUID.randomUUID().toString()))
                .putMetadata("type", "A")
                .putMetadata("content-type", "application/json"));
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.node.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AppendCallTest {

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final LoopedCall call = new LoopedCall();
  private final AppendCall append =
      new AppendCall(
          call, new Node(store).as(Caller.trusted()), new StreamLimits(1 << 20, 4 << 20));

  @AfterEach
  void closeStore() {
    store.close();
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

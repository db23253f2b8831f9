// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.streams.DeleteReq;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.node.Node;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class DeleteCallTest {

  private final HeldUpStore held = new HeldUpStore();
  private final LocalEventStore store = held.store();
  private final LoopedCall call = new LoopedCall();

  @AfterEach
  void closeStore() {
    held.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_call_that_asks_nothing_is_refused(boolean forEver) {
    new DeleteCall(call, new Node(store).as(Caller.trusted()), forEver, held.underWay())
        .halfClosed();

    assertThat(call.end()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(call.message()).contains("options");
  }

  @Test
  void only_the_first_message_deletes() throws Exception {
    for (var name : new String[] {"account-1", "account-2"}) {
      store.append(StreamName.of(name), ExpectedState.any(), ProposedEvent.json("A", "{}"));
    }
    var delete = new DeleteCall(call, new Node(store).as(Caller.trusted()), false, held.underWay());
    send(delete, "account-1");
    send(delete, "account-2");
    delete.halfClosed();

    call.runUntil(call::ended);
    assertThat(call.end()).isEqualTo(GrpcStatus.OK);
    // Behind the writer's queue, so the second delete would have been carried out.
    store.append(StreamName.of("account-3"), ExpectedState.any(), ProposedEvent.json("A", "{}"));
    assertThat(store.state(StreamName.of("account-2")).lastRevision()).isZero();
    assertThat(store.lastPosition()).as("two events, one delete, one event").contains(4L);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_caller_is_told_in_time_that_a_disk_hangs(boolean forEver) throws Exception {
    store.append(StreamName.of("account-1"), ExpectedState.any(), ProposedEvent.json("A", "{}"));
    held.hold();
    send(
        new DeleteCall(call, new Node(store).as(Caller.trusted()), forEver, held.underWay()),
        "account-1");
    held.pass(Duration.ofSeconds(10));

    call.runUntil(call::ended);
    assertThat(call.end()).isEqualTo(GrpcStatus.ABORTED);
    assertThat(call.message()).startsWith("Operation timed out: ");
  }

  private static void send(DeleteCall delete, String stream) {
    var bytes =
        DeleteReq.newBuilder()
            .setOptions(
                DeleteReq.Options.newBuilder()
                    .setStreamIdentifier(
                        StreamIdentifier.newBuilder()
                            .setStreamName(ByteString.copyFromUtf8(stream)))
                    .setAny(Empty.getDefaultInstance()))
            .build()
            .toByteArray();
    delete.message(bytes, 0, bytes.length);
  }
}

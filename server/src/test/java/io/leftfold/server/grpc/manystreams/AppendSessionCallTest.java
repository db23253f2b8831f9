// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.manystreams;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Value;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.manystreams.AppendRecord;
import io.leftfold.protocol.messages.manystreams.AppendRequest;
import io.leftfold.protocol.messages.manystreams.SchemaFormat;
import io.leftfold.protocol.messages.manystreams.SchemaInfo;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.UnderWay;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A session that never ends: what the server holds of it has a bound.
final class AppendSessionCallTest {

  private static final long APPEND_BYTES_MAX = 100_000;

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final CountedCall call = new CountedCall();
  private final AppendSessionCall session =
      new AppendSessionCall(
          call,
          new Node(store).as(Caller.trusted()),
          new Records(UUID::randomUUID, 50_000),
          APPEND_BYTES_MAX,
          new UnderWay(Duration.ofSeconds(10), () -> 0));

  @AfterEach
  void closeStore() {
    store.close();
  }

  private void send(String stream, int records, int bytes, int properties) {
    var request = AppendRequest.newBuilder().setStream(stream);
    var record =
        AppendRecord.newBuilder()
            .setSchema(
                SchemaInfo.newBuilder().setName("A").setFormat(SchemaFormat.SCHEMA_FORMAT_BYTES))
            .setData(ByteString.copyFrom(new byte[bytes]));
    for (var i = 0; i < properties; i++) {
      record.putProperties("p" + i, Value.getDefaultInstance());
    }
    for (var i = 0; i < records; i++) {
      request.addRecords(record);
    }
    var message = request.build().toByteArray();
    session.message(message, 0, message.length);
  }

  @Test
  void what_it_holds_is_counted_and_bounded() {
    for (var i = 0; i < 1000 && !call.ended(); i++) {
      var before = call.kept();
      send("stream-" + i, 2, 500, 0);
      if (!call.ended()) {
        assertThat(call.kept() - before).isGreaterThan(1000);
      }
    }

    assertThat(call.end()).isEqualTo(GrpcStatus.ABORTED);
    assertThat(call.kept()).isLessThan(2 * APPEND_BYTES_MAX);
  }

  @Test
  void records_are_counted_over_all_its_messages() {
    for (var i = 0; i < 1000 && !call.ended(); i++) {
      send("stream-" + i, 100, 0, 0);
    }

    // Each has metadata that says its schema: so the bytes come to an end first.
    assertThat(call.end()).isEqualTo(GrpcStatus.ABORTED);
    assertThat(call.kept()).isLessThan(2_000_000);
  }

  @Test
  void values_are_counted_over_all_its_messages() {
    var count = new RecordCount(APPEND_BYTES_MAX);
    var record = AppendRecord.newBuilder();
    for (var i = 0; i < 1000; i++) {
      record.putProperties("p" + i, Value.getDefaultInstance());
    }
    var message = AppendRequest.newBuilder().addRecords(record).build().toByteArray();

    assertThat(messagesUntilRefused(count, message)).isEqualTo(RecordCount.VALUES_MAX / 2000);
  }

  private static int messagesUntilRefused(RecordCount count, byte[] message) {
    for (var sent = 0; ; sent++) {
      try {
        count.addRequest(message, 0, message.length);
      } catch (BadRequestException refused) {
        return sent;
      }
    }
  }

  @Test
  void what_has_not_come_whole_is_refused_when_the_server_ends() {
    send("a-1", 1, 0, 0);

    session.shuttingDown();

    assertThat(call.end()).isEqualTo(GrpcStatus.UNAVAILABLE);
    assertThat(call.message()).contains("repeat the append");
    assertThat(store.lastPosition()).hasValue(0L);
  }
}

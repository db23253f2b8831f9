// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.ScavengeOptions;
import io.leftfold.protocol.messages.redaction.GetEventPositionReq;
import io.leftfold.protocol.messages.redaction.GetEventPositionResp;
import io.leftfold.protocol.messages.redaction.GetEventPositionResp.EventPosition;
import io.leftfold.protocol.messages.redaction.RedactionGrpc;
import io.leftfold.protocol.messages.redaction.SwitchChunkReq;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Operators are told where events lie. Files are not put in the place of others.
final class RedactionWireTest {

  private static final StreamName STREAM = StreamName.of("secrets-1");

  private static GetEventPositionReq revision(StreamName stream, long revision) {
    return GetEventPositionReq.newBuilder()
        .setStreamIdentifier(
            StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8(stream.value())))
        .setStreamRevision(revision)
        .build();
  }

  private static List<List<EventPosition>> places(Wire wire, GetEventPositionReq... requests)
      throws Exception {
    var answers = new ArrayList<List<EventPosition>>();
    var call = RedactionGrpc.newBlockingV2Stub(wire.channel()).getEventPositions();
    for (var request : requests) {
      call.write(request);
      answers.add(call.read().getEventPositionsList());
    }
    call.halfClose();
    assertThat(call.read()).isNull();
    return answers;
  }

  @Test
  void what_is_recorded_lies_where_the_answer_says(@TempDir Path directory) throws Exception {
    try (var server =
            TestServer.of(
                LocalEventStore.open(directory, EngineOptions.defaults().withChunkBytesMax(4096)));
        var wire = Wire.to(server)) {
      for (var i = 0; i < 20; i++) {
        server
            .store()
            .append(
                STREAM,
                ExpectedState.any(),
                ProposedEvent.binary(
                    "Told",
                    "secret-%03d".formatted(i).repeat(40).getBytes(StandardCharsets.UTF_8)));
      }

      var answers = places(wire, revision(STREAM, 3), revision(STREAM, 19), revision(STREAM, 20));

      var early = answers.get(0).getFirst();
      var late = answers.get(1).getFirst();
      assertThat(early.getLogPosition()).isLessThan(late.getLogPosition());
      assertThat(early.getChunkInfo().getIsComplete()).isTrue();
      assertThat(late.getChunkInfo().getIsComplete()).isFalse();
      assertLies(directory, early, "secret-003");
      assertLies(directory, late, "secret-019");
      assertThat(answers.get(2)).as("of an event that is not there").isEmpty();
    }
  }

  private static void assertLies(Path directory, EventPosition place, String data)
      throws IOException {
    var info = place.getChunkInfo();
    assertThat(info.getVersion()).isZero();
    var bytes = Files.readAllBytes(directory.resolve("log").resolve(info.getFileName()));
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(text.indexOf(data, info.getEventOffset()))
        .isEqualTo(text.indexOf(data))
        .isLessThan(info.getEventOffset() + 200);
  }

  @Test
  void a_scavenged_file_tells_how_often_it_was_written() throws Exception {
    try (var server = TestServer.inMemory(EngineOptions.defaults().withChunkBytesMax(4096));
        var wire = Wire.to(server)) {
      for (var i = 0; i < 5; i++) {
        for (var stream : List.of(StreamName.of("gone-1"), STREAM)) {
          server
              .store()
              .append(stream, ExpectedState.any(), ProposedEvent.binary("Told", new byte[900]));
        }
      }
      server.store().delete(StreamName.of("gone-1"), ExpectedState.any());
      server.store().scavenge(ScavengeOptions.defaults()).await();

      var answers = places(wire, revision(STREAM, 0), revision(StreamName.of("gone-1"), 0));

      assertThat(answers.getFirst().getFirst().getChunkInfo().getVersion()).isPositive();
      assertThat(answers.getFirst().getFirst().getChunkInfo().getFileName()).contains(".1.log");
      assertThat(answers.getLast()).isEmpty();
    }
  }

  @Test
  void no_file_is_put_in_the_place_of_another() throws Exception {
    try (var server = TestServer.inMemory(EngineOptions.defaults());
        var wire = Wire.to(server)) {
      var call = RedactionGrpc.newBlockingV2Stub(wire.channel()).switchChunks();
      call.write(
          SwitchChunkReq.newBuilder()
              .setTargetChunkFile("chunk-000000.log")
              .setNewChunkFile("mine.log")
              .build());

      assertThatThrownBy(call::read)
          .isInstanceOfSatisfying(
              StatusException.class,
              refused -> {
                assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
                assertThat(refused.getStatus().getDescription())
                    .contains("nothing that was recorded is rewritten", "scavenge");
              });
    }
  }

  @Test
  void the_service_answers_to_its_earlier_name_too() throws Exception {
    try (var server = TestServer.inMemory(EngineOptions.defaults());
        var wire = Wire.to(server)) {
      server.store().append(STREAM, ExpectedState.any(), ProposedEvent.binary("Told", new byte[1]));
      MethodDescriptor<GetEventPositionReq, GetEventPositionResp> earlier =
          RedactionGrpc.getGetEventPositionsMethod().toBuilder()
              .setFullMethodName("event_store.client.redaction.Redaction/GetEventPositions")
              .build();
      BlockingClientCall<GetEventPositionReq, GetEventPositionResp> call =
          ClientCalls.blockingBidiStreamingCall(wire.channel(), earlier, CallOptions.DEFAULT);

      call.write(revision(STREAM, 0));

      assertThat(call.read().getEventPositionsList()).hasSize(1);
      call.cancel("seen enough", null);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.manystreams;

import com.google.protobuf.InvalidProtocolBufferException;
import io.leftfold.api.AppendResult;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.api.WrongExpectedStateException.Conflict;
import io.leftfold.protocol.messages.manystreams.AppendRecordsRequest;
import io.leftfold.protocol.messages.manystreams.AppendRecordsResponse;
import io.leftfold.protocol.messages.manystreams.StreamRevision;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.grpc.calls.OneRequest;
import io.leftfold.server.node.Completion;
import io.leftfold.server.node.Session;
import io.leftfold.server.node.UnderWay;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// `AppendRecords`: records of any streams, and checks of any streams, in one request.
final class AppendRecordsCall extends OneRequest<AppendRecordsRequest> {

  private final GrpcCall call;
  private final Session session;
  private final long appendBytesMax;

  AppendRecordsCall(
      GrpcCall call, Session session, Records records, long appendBytesMax, UnderWay underWay) {
    super(
        call,
        AppendRecordsRequest.parser(),
        request -> {
          var append = CheckedAppend.of(request, records);
          underWay.during(
              () -> Refusal.timedOut(underWay.atMost()).end(call),
              new Waiting(call, session, append),
              told -> session.append(append.parts(), told));
        });
    this.call = call;
    this.session = session;
    this.appendBytesMax = appendBytesMax;
  }

  @Override
  protected void check(byte[] bytes, int offset, int length) {
    new RecordCount(appendBytesMax).addRecords(bytes, offset, length);
  }

  @Override
  public void oversized(long length) {
    refuse(LimitExceededException.append(length, appendBytesMax));
  }

  @Override
  protected RuntimeException noMessage(InvalidProtocolBufferException cause) {
    return Refusal.noMessage(String.valueOf(cause.getMessage()));
  }

  @Override
  protected void refuse(RuntimeException error) {
    Refusal.of(error, session.caller()).fail(call);
  }

  /// One append that the writer has.
  private record Waiting(GrpcCall call, Session session, CheckedAppend append)
      implements Completion {

    @Override
    public void completed(AppendResult result) {
      var revisions = new LinkedHashMap<StreamName, Long>();
      for (var i = 0; i < append.parts().size(); i++) {
        if (!append.parts().get(i).events().isEmpty()) {
          var stream = result.streams().get(i);
          revisions.put(stream.stream(), stream.lastRevision());
        }
      }
      var response =
          AppendRecordsResponse.newBuilder().setPosition(result.position().orElseThrow());
      revisions.forEach((stream, revision) ->
          response.addRevisions(
              StreamRevision.newBuilder().setStream(stream.value()).setRevision(revision)));
      var answer = response.build().toByteArray();
      call.execute(() -> call.sendLast(answer, 0, answer.length));
    }

    @Override
    public void failed(LeftfoldException reason) {
      var violations = append.violations(actual(reason));
      var refusal =
          violations.isEmpty()
              ? Refusal.of(RecordTooLargeException.placed(reason, append.parts()), session.caller())
              : Refusal.violated(String.valueOf(reason.getMessage()), violations);
      refusal.end(call);
    }

    /// What streams were found to be, if that is what stood against the append.
    private static Map<StreamName, StreamState> actual(LeftfoldException reason) {
      return switch (reason) {
        case WrongExpectedStateException wrong ->
            wrong.conflicts().stream()
                .collect(Collectors.toMap(Conflict::stream, Conflict::actual));
        case StreamTombstonedException tombstoned ->
            Map.of(tombstoned.stream(), new StreamState.Tombstoned());
        default -> Map.of();
      };
    }
  }
}

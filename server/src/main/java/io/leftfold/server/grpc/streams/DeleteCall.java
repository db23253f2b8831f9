// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.leftfold.api.AppendResult;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.streams.DeleteReq;
import io.leftfold.protocol.messages.streams.DeleteResp;
import io.leftfold.protocol.messages.streams.TombstoneReq;
import io.leftfold.protocol.messages.streams.TombstoneResp;
import io.leftfold.protocol.streams.WireExpectation;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.grpc.kurrent.Names;
import io.leftfold.server.grpc.kurrent.Refusal;
import io.leftfold.server.node.Completion;
import io.leftfold.server.node.Session;
import io.leftfold.server.node.UnderWay;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// `Delete` and `Tombstone`.
final class DeleteCall implements GrpcListener, Completion {

  private final GrpcCall call;
  private final Session session;
  private final boolean forEver;
  private final UnderWay underWay;
  private boolean asked;

  DeleteCall(GrpcCall call, Session session, boolean forEver, UnderWay underWay) {
    this.call = call;
    this.session = session;
    this.forEver = forEver;
    this.underWay = underWay;
  }

  @Override
  public void message(byte[] bytes, int offset, int length) {
    if (asked) {
      return;
    }
    asked = true;
    try {
      var request = ByteBuffer.wrap(bytes, offset, length);
      if (forEver) {
        var options = TombstoneReq.parseFrom(request).getOptions();
        var stream = stream(options.getStreamIdentifier().getStreamName());
        var expected = expected(options);
        inTime(told -> session.tombstone(stream, expected, told));
      } else {
        var options = DeleteReq.parseFrom(request).getOptions();
        var stream = stream(options.getStreamIdentifier().getStreamName());
        var expected = expected(options);
        inTime(told -> session.delete(stream, expected, told));
      }
    } catch (InvalidProtocolBufferException e) {
      Refusal.invalid("The request is not a protobuf message: " + e.getMessage()).fail(call);
    } catch (RuntimeException e) {
      Refusal.of(e).fail(call);
    }
  }

  private void inTime(Consumer<Completion> write) {
    underWay.during(() -> Refusal.timedOut(underWay.atMost()).end(call), this, write);
  }

  private static StreamName stream(ByteString name) {
    return Names.stream(name);
  }

  private static ExpectedState expected(DeleteReq.Options options) {
    return Requests.expected(
        switch (options.getExpectedStreamRevisionCase()) {
          case REVISION -> new WireExpectation.AtRevision(options.getRevision());
          case NO_STREAM -> new WireExpectation.NoStream();
          case ANY -> new WireExpectation.Any();
          case STREAM_EXISTS -> new WireExpectation.StreamExists();
          case EXPECTEDSTREAMREVISION_NOT_SET -> new WireExpectation.Unset();
        });
  }

  private static ExpectedState expected(TombstoneReq.Options options) {
    return Requests.expected(
        switch (options.getExpectedStreamRevisionCase()) {
          case REVISION -> new WireExpectation.AtRevision(options.getRevision());
          case NO_STREAM -> new WireExpectation.NoStream();
          case ANY -> new WireExpectation.Any();
          case STREAM_EXISTS -> new WireExpectation.StreamExists();
          case EXPECTEDSTREAMREVISION_NOT_SET -> new WireExpectation.Unset();
        });
  }

  @Override
  public void halfClosed() {
    if (!asked) {
      Refusal.invalid("'options' is a required argument of type Options").fail(call);
    }
  }

  @Override
  public boolean isBusy() {
    return asked;
  }

  @Override
  public void completed(AppendResult result) {
    var position = result.position().orElseThrow();
    var answer =
        forEver
            ? TombstoneResp.newBuilder()
                .setPosition(
                    TombstoneResp.Position.newBuilder()
                        .setCommitPosition(position)
                        .setPreparePosition(position))
                .build()
                .toByteArray()
            : DeleteResp.newBuilder()
                .setPosition(
                    DeleteResp.Position.newBuilder()
                        .setCommitPosition(position)
                        .setPreparePosition(position))
                .build()
                .toByteArray();
    call.execute(() -> call.sendLast(answer, 0, answer.length));
  }

  @Override
  public void failed(LeftfoldException reason) {
    Refusal.of(reason).end(call);
  }
}

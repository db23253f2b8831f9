// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.manystreams;

import com.google.protobuf.InvalidProtocolBufferException;
import io.leftfold.api.AppendResult;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.protocol.messages.manystreams.AppendRequest;
import io.leftfold.protocol.messages.manystreams.AppendResponse;
import io.leftfold.protocol.messages.manystreams.AppendSessionResponse;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.node.Completion;
import io.leftfold.server.node.Session;
import io.leftfold.server.node.UnderWay;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// `AppendSession`: a request for each stream, recorded together when the caller is through.
final class AppendSessionCall implements GrpcListener, Completion {

  private final GrpcCall call;
  private final Session session;
  private final Records records;
  private final long appendBytesMax;
  private final UnderWay underWay;
  private final RecordCount count;
  private final List<StreamAppend> parts = new ArrayList<>();

  /// Names in lower case: clients see no difference between such streams in one session.
  private final Set<String> streams = new HashSet<>();

  private long bytes;
  private boolean handedOver;

  AppendSessionCall(
      GrpcCall call, Session session, Records records, long appendBytesMax, UnderWay underWay) {
    this.underWay = underWay;
    this.call = call;
    this.session = session;
    this.records = records;
    this.appendBytesMax = appendBytesMax;
    this.count = new RecordCount(appendBytesMax);
  }

  @Override
  public void message(byte[] bytes, int offset, int length) {
    try {
      count.addRequest(bytes, offset, length);
      take(AppendRequest.parser().parseFrom(bytes, offset, length));
    } catch (InvalidProtocolBufferException e) {
      refuse(Refusal.noMessage(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  private void take(AppendRequest request) {
    var stream = Records.stream(request.getStream(), "stream");
    if (request.getRecordsCount() == 0) {
      throw new BadRequestException(
          "records",
          "A request has at least one record, the one for %s has none".formatted(stream));
    }
    if (!streams.add(stream.value().toLowerCase(Locale.ROOT))) {
      Refusal.alreadyInSession(stream.value()).fail(call);
      return;
    }
    var expected =
        Records.expected(
            request.hasExpectedRevision() ? request.getExpectedRevision() : Records.ANY);
    var events = new ArrayList<ProposedEvent>(request.getRecordsCount());
    for (var i = 0; i < request.getRecordsCount(); i++) {
      events.add(records.event(request.getRecords(i), stream.value(), "records[%d]".formatted(i)));
      count(Records.sizeOf(events.getLast()));
      if (call.ended()) {
        return;
      }
    }
    parts.add(new StreamAppend(stream, expected, events));
  }

  private void count(long size) {
    bytes += size;
    if (bytes > appendBytesMax) {
      throw LimitExceededException.append(bytes, appendBytesMax);
    }
    call.keep(Records.memoryOf(size));
  }

  @Override
  public void oversized(long length) {
    refuse(LimitExceededException.append(length, appendBytesMax));
  }

  @Override
  public void halfClosed() {
    if (parts.isEmpty()) {
      Refusal.noRequests().fail(call);
      return;
    }
    try {
      handedOver = true;
      underWay.during(
          () -> Refusal.timedOut(underWay.atMost()).end(call),
          this,
          told -> session.append(parts, told));
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  /// What has not come whole is not recorded; what has is answered.
  @Override
  public void shuttingDown() {
    if (!handedOver) {
      Refusal.shuttingDown().fail(call);
    }
  }

  @Override
  public void completed(AppendResult result) {
    var response = AppendSessionResponse.newBuilder().setPosition(result.position().orElseThrow());
    for (var stream : result.streams()) {
      response.addOutput(
          AppendResponse.newBuilder()
              .setStream(stream.stream().value())
              .setStreamRevision(stream.lastRevision())
              .setPosition(result.position().getAsLong()));
    }
    var answer = response.build().toByteArray();
    call.execute(() -> call.sendLast(answer, 0, answer.length));
  }

  @Override
  public void failed(LeftfoldException reason) {
    call.execute(() -> refuse(reason));
  }

  private void refuse(RuntimeException error) {
    Refusal.of(RecordTooLargeException.placed(error, parts), session.caller()).fail(call);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.api.AppendResult;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.streams.AppendRequest;
import io.leftfold.protocol.streams.AppendResponses;
import io.leftfold.protocol.streams.WireExpectation;
import io.leftfold.protocol.wire.WireWriter;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.grpc.kurrent.Refusal;
import io.leftfold.server.node.Completion;
import io.leftfold.server.node.Session;
import io.leftfold.server.node.TooManyEventsException;
import io.leftfold.server.node.UnderWay;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `Append`: options, then events one by one, recorded together when the caller is through.
final class AppendCall implements GrpcListener, Completion {

  private static final int ANSWER_BYTES = 64;

  private final GrpcCall call;
  private final Session session;
  private final StreamLimits limits;
  private final UnderWay underWay;
  private final List<ProposedEvent> events = new ArrayList<>(1);

  private @Nullable StreamName stream;
  private @Nullable ExpectedState expected;
  private WireExpectation wireExpected = new WireExpectation.Unset();
  private long bytes;

  AppendCall(GrpcCall call, Session session, StreamLimits limits, UnderWay underWay) {
    this.call = call;
    this.session = session;
    this.limits = limits;
    this.underWay = underWay;
    call.messageBytesMax(limits.messageBytesMax());
  }

  @Override
  public void message(byte[] bytes, int offset, int length) {
    if (call.ended()) {
      return;
    }
    try {
      switch (AppendRequest.read(bytes, offset, length)) {
        case AppendRequest.Options(var name, var expectation) -> {
          stream = Requests.stream(name);
          expected = Requests.expected(expectation);
          wireExpected = expectation;
        }
        case AppendRequest.Proposed(var message) -> {
          if (stream == null) {
            Refusal.handlerFailed().fail(call);
            return;
          }
          if (events.size() == TooManyEventsException.EVENTS_MAX) {
            throw new TooManyEventsException(limits.appendBytesMax());
          }
          events.add(Requests.event(message, limits.eventBytesMax()));
          count(message.size());
        }
        case AppendRequest.Nothing() -> {}
      }
    } catch (RuntimeException e) {
      Refusal.of(e).fail(call);
    }
  }

  private void count(long size) {
    bytes += size;
    if (bytes > limits.appendBytesMax()) {
      throw LimitExceededException.append(bytes, limits.appendBytesMax());
    }
    call.keep(Requests.memoryOf(1, size));
  }

  @Override
  public void oversized(long length) {
    Refusal.appendTooLarge(limits.eventBytesMax()).fail(call);
  }

  @Override
  public void halfClosed() {
    if (call.ended()) {
      return;
    }
    if (stream == null || expected == null) {
      Refusal.handlerFailed().fail(call);
      return;
    }
    try {
      var append = List.of(new StreamAppend(stream, expected, events));
      underWay.during(
          () -> Refusal.timedOut(underWay.atMost()).end(call),
          this,
          told -> session.append(append, told));
    } catch (RuntimeException e) {
      Refusal.of(e).fail(call);
    }
  }

  @Override
  public void completed(AppendResult result) {
    var out = new WireWriter(ANSWER_BYTES);
    AppendResponses.success(out, result.lastRevision(), result.position());
    answer(out);
  }

  @Override
  public void failed(LeftfoldException reason) {
    if (reason instanceof WrongExpectedStateException wrong) {
      var out = new WireWriter(ANSWER_BYTES);
      AppendResponses.wrongExpectedVersion(out, wireExpected, wrong.actual().lastRevision());
      answer(out);
    } else {
      Refusal.of(reason).end(call);
    }
  }

  private void answer(WireWriter out) {
    call.execute(() -> call.sendLast(out.array(), 0, out.length()));
  }
}

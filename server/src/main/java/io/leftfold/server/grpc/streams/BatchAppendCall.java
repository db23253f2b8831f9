// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.api.AppendResult;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.streams.BatchAppendRequest;
import io.leftfold.protocol.streams.BatchAppendResponses;
import io.leftfold.protocol.streams.WireUuid;
import io.leftfold.protocol.wire.WireException;
import io.leftfold.protocol.wire.WireWriter;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.grpc.calls.Alarm;
import io.leftfold.server.grpc.kurrent.Refusal;
import io.leftfold.server.node.Completion;
import io.leftfold.server.node.Session;
import io.leftfold.server.node.TooManyEventsException;
import io.leftfold.server.node.UnderWay;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// `BatchAppend`: many appends over one call, told apart by a correlation id. Each is recorded when
/// its final part arrives and answered exactly once, in whatever order they become durable; with a
/// timeout, if its caller has waited long enough.
///
/// A caller that does not take its answers, or has very many appends under way, is not listened to
/// until it does: what waits here for its reader has a bound.
final class BatchAppendCall implements GrpcListener {

  /// No append may take longer to arrive, whatever its writer says.
  private static final Duration ARRIVAL_MAX = Duration.ofSeconds(2);

  /// So many appends may be under way; at half of them, the caller is heard again.
  private static final int UNDER_WAY_MAX = 1024;

  /// So many appends are remembered of which more may come although they were refused.
  private static final int REFUSED_MAX = 1024;

  private final GrpcCall call;
  private final Session session;
  private final StreamLimits limits;
  private final Clock clock;
  private final Alarm alarm;
  private final UnderWay underWay;
  private final HashMap<UUID, Arriving> arriving = new HashMap<>();

  /// Refused before their final part came. What still comes of them is passed over: a caller may
  /// repeat the options in each part, and taken for a new append, the rest would be recorded alone.
  private final LinkedHashSet<UUID> refused = new LinkedHashSet<>();

  private long arrivingBytes;
  private int arrivingEvents;
  private int unanswered;
  private boolean halfClosed;
  private boolean shuttingDown;
  private boolean heldUp;

  BatchAppendCall(
      GrpcCall call,
      Session session,
      StreamLimits limits,
      Clock clock,
      Alarm alarm,
      UnderWay underWay) {
    this.call = call;
    this.session = session;
    this.limits = limits;
    this.clock = clock;
    this.alarm = alarm;
    this.underWay = underWay;
    call.messageBytesMax(limits.batchBytesMax());
  }

  /// An append that was not answered yet.
  private static final class Arriving {
    final WireUuid correlation;
    final BatchAppendRequest.Options options;
    final StreamName stream;
    final ExpectedState expected;
    final List<ProposedEvent> events = new ArrayList<>(1);
    final Duration patience;
    long bytes;
    boolean isAnswered;

    long memory() {
      return Requests.memoryOf(events.size(), bytes);
    }

    Arriving(WireUuid correlation, BatchAppendRequest.Options options, Duration patience) {
      this.patience = patience;
      this.correlation = correlation;
      this.options = options;
      this.stream = Requests.stream(options.stream());
      this.expected = Requests.expected(options.expected());
    }
  }

  @Override
  public void message(byte[] bytes, int offset, int length) {
    if (call.ended() || shuttingDown) {
      return;
    }
    BatchAppendRequest request;
    try {
      request = BatchAppendRequest.read(bytes, offset, length, TooManyEventsException.EVENTS_MAX);
    } catch (WireException e) {
      Refusal.of(e).fail(call);
      return;
    }
    if (isOfRefused(request)) {
      return;
    }
    try {
      take(request);
    } catch (RuntimeException e) {
      drop(request.correlation().id());
      if (!request.isFinal()) {
        refused(request.correlation().id());
      }
      refuse(request.correlation(), request.options().orElse(null), e);
    }
    keepPace();
  }

  private void refused(UUID correlation) {
    refused.add(correlation);
    if (refused.size() > REFUSED_MAX) {
      refused.removeFirst();
    }
  }

  private boolean isOfRefused(BatchAppendRequest request) {
    var id = request.correlation().id();
    return request.isFinal() ? refused.remove(id) : refused.contains(id);
  }

  /// Listens to the caller, or not. What is under way is answered in either case, and an append
  /// that cannot arrive because of it is given up after its time: so this ends.
  private void keepPace() {
    var underWay = unanswered + arriving.size();
    if (!heldUp && (underWay >= UNDER_WAY_MAX || !call.ready())) {
      heldUp = true;
      call.pause();
    } else if (heldUp && underWay <= UNDER_WAY_MAX / 2 && call.ready()) {
      heldUp = false;
      call.resume();
    }
    if (heldUp && !call.ready()) {
      call.onReady(this::keepPace);
    }
  }

  private void take(BatchAppendRequest request) {
    var append = arriving(request);
    if (append == null) {
      return;
    }
    if (request.fault().isPresent()) {
      throw request.fault().get();
    }
    var events = request.proposed().size();
    if (append.events.size() + events > TooManyEventsException.EVENTS_MAX
        || arrivingEvents + events > 2 * TooManyEventsException.EVENTS_MAX) {
      throw new TooManyEventsException(limits.appendBytesMax());
    }
    for (var message : request.proposed()) {
      append.events.add(Requests.event(message, limits.eventBytesMax()));
      arrivingEvents++;
      append.bytes += message.size();
      arrivingBytes += message.size();
      call.keep(Requests.memoryOf(1, message.size()));
    }
    if (append.bytes > limits.appendBytesMax() || arrivingBytes > 2 * limits.appendBytesMax()) {
      throw LimitExceededException.append(append.bytes, limits.appendBytesMax());
    }
    if (request.isFinal() && !call.ended()) {
      forget(append);
      unanswered++;
      try {
        underWay.during(
            append.patience,
            () -> call.execute(() -> late(append)),
            new Waiting(append),
            told ->
                session.append(
                    List.of(new StreamAppend(append.stream, append.expected, append.events)),
                    told));
      } catch (RuntimeException e) {
        answered(append);
        call.keep(-append.memory());
        throw e;
      }
    }
  }

  /// The append that a message belongs to; null if nobody knows, or its time is over.
  private @Nullable Arriving arriving(BatchAppendRequest request) {
    var id = request.correlation().id();
    var known = arriving.get(id);
    if (known != null || request.options().isEmpty()) {
      return known;
    }
    var options = request.options().get();
    var patience = options.deadline().remaining(clock.instant(), underWay.atMost());
    var begun = new Arriving(request.correlation(), options, patience);
    if (!patience.isPositive()) {
      if (!request.isFinal()) {
        refused(id);
      }
      timedOut(begun);
      return null;
    }
    if (!request.isFinal()) {
      var arrival = patience.compareTo(ARRIVAL_MAX) < 0 ? patience : ARRIVAL_MAX;
      alarm.after(arrival, () -> call.execute(() -> giveUp(begun)));
    }
    arriving.put(id, begun);
    return begun;
  }

  private void giveUp(Arriving append) {
    if (arriving.get(append.correlation.id()) == append) {
      drop(append.correlation.id());
      refused(append.correlation.id());
      timedOut(append);
      keepPace();
    }
  }

  /// Nobody waits for it any more. It stays what it is to the store.
  private void late(Arriving append) {
    if (!append.isAnswered) {
      answered(append);
      timedOut(append);
      keepPace();
    }
  }

  private void timedOut(Arriving append) {
    send(out ->
        error(
            out,
            append.correlation,
            append.options,
            GrpcStatus.DEADLINE_EXCEEDED,
            "Timeout",
            "Timeout",
            new WireWriter(0)));
    completeIfThrough();
  }

  /// An append is given up.
  private void drop(UUID correlation) {
    var append = arriving.get(correlation);
    if (append != null) {
      forget(append);
      call.keep(-append.memory());
    }
  }

  private void answered(Arriving append) {
    append.isAnswered = true;
    unanswered--;
  }

  /// An append is not arriving any more, but is kept.
  private void forget(Arriving append) {
    arriving.remove(append.correlation.id());
    arrivingBytes -= append.bytes;
    arrivingEvents -= append.events.size();
  }

  @Override
  public void oversized(long length) {
    Refusal.appendTooLarge(limits.appendBytesMax()).fail(call);
  }

  @Override
  public void halfClosed() {
    halfClosed = true;
    completeIfThrough();
  }

  /// Clients keep the call open for as long as they live: when the server ends, it ends it.
  @Override
  public void shuttingDown() {
    shuttingDown = true;
    arriving.clear();
    completeIfThrough();
  }

  @Override
  public boolean isBusy() {
    return unanswered > 0;
  }

  @Override
  public void cancelled() {
    arriving.clear();
  }

  private void completeIfThrough() {
    if (unanswered > 0 || call.ended()) {
      return;
    }
    if (shuttingDown) {
      // Not OK: what had not come whole is not answered.
      call.fail(GrpcStatus.UNAVAILABLE, "Server Is Shutting Down");
    } else if (halfClosed && arriving.isEmpty()) {
      call.complete();
    }
  }

  private void send(Consumer<WireWriter> answer) {
    if (!call.ended()) {
      var out = new WireWriter(128);
      answer.accept(out);
      call.send(out.array(), 0, out.length());
    }
  }

  private void refuse(
      WireUuid correlation, BatchAppendRequest.@Nullable Options options, RuntimeException error) {
    send(out -> writeRefusal(out, correlation, options, error));
    completeIfThrough();
  }

  private static void writeRefusal(
      WireWriter out,
      WireUuid correlation,
      BatchAppendRequest.@Nullable Options options,
      RuntimeException error) {
    var text = String.valueOf(error.getMessage());
    var detail = new WireWriter(64);
    switch (error) {
      case WrongExpectedStateException wrong when options != null ->
          BatchAppendResponses.wrongExpectedVersion(
              out, correlation, options, text, wrong.actual().lastRevision());
      case StreamTombstonedException tombstoned -> {
        var name = tombstoned.stream().value().getBytes(StandardCharsets.UTF_8);
        detail.begin(1, name.length);
        detail.bytes(3, name);
        detail.end();
        error(
            out,
            correlation,
            options,
            GrpcStatus.NOT_FOUND,
            Refusal.tombstoned(tombstoned.stream()).message(),
            "StreamDeleted",
            detail);
      }
      case NotAuthorizedException _ ->
          error(
              out,
              correlation,
              options,
              GrpcStatus.PERMISSION_DENIED,
              "Access Denied",
              "AccessDenied",
              detail);
      case LimitExceededException limit -> writeLimit(out, correlation, options, limit, detail);
      case TooManyEventsException many -> {
        detail.varint(1, many.appendBytesMax());
        error(
            out,
            correlation,
            options,
            GrpcStatus.INVALID_ARGUMENT,
            text,
            "MaximumAppendSizeExceeded",
            detail);
      }
      case UnavailableException unavailable ->
          error(
              out,
              correlation,
              options,
              GrpcStatus.UNAVAILABLE,
              Refusal.unavailableText(unavailable),
              "Unknown",
              detail);
      default -> {
        detail.text(1, text);
        error(out, correlation, options, GrpcStatus.INVALID_ARGUMENT, text, "BadRequest", detail);
      }
    }
  }

  private static void writeLimit(
      WireWriter out,
      WireUuid correlation,
      BatchAppendRequest.@Nullable Options options,
      LimitExceededException limit,
      WireWriter detail) {
    var refusal = Refusal.of(limit);
    if (limit.eventId().isEmpty()) {
      detail.varint(1, limit.bytesMax());
    } else {
      detail.text(1, limit.eventId().get().toString());
      detail.varint(2, limit.bytes());
      detail.varint(3, limit.bytesMax());
    }
    error(
        out,
        correlation,
        options,
        GrpcStatus.INVALID_ARGUMENT,
        refusal.message(),
        limit.eventId().isEmpty() ? "MaximumAppendSizeExceeded" : "MaximumAppendEventSizeExceeded",
        detail);
  }

  private static void error(
      WireWriter out,
      WireUuid correlation,
      BatchAppendRequest.@Nullable Options options,
      GrpcStatus status,
      String message,
      String detailType,
      WireWriter detail) {
    BatchAppendResponses.error(
        out, correlation, options, status.code(), message, detailType, detail.toByteArray());
  }

  /// One append that the writer has.
  private final class Waiting implements Completion {
    private final Arriving append;

    Waiting(Arriving append) {
      this.append = append;
    }

    @Override
    public void completed(AppendResult result) {
      answer(out ->
          BatchAppendResponses.success(
              out, append.correlation, append.options, result.lastRevision(), result.position()));
    }

    @Override
    public void failed(LeftfoldException reason) {
      answer(out -> writeRefusal(out, append.correlation, append.options, reason));
    }

    private void answer(Consumer<WireWriter> answer) {
      call.execute(() -> {
        call.keep(-append.memory());
        if (!append.isAnswered) {
          answered(append);
          send(answer);
          completeIfThrough();
          keepPace();
        }
      });
    }
  }
}

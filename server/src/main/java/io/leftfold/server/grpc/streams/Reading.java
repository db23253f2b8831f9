// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.api.EventSink;
import io.leftfold.api.EventView;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ReadOptions.Direction;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.protocol.streams.ReadResponses;
import io.leftfold.protocol.wire.WireWriter;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.grpc.kurrent.Events;
import io.leftfold.server.grpc.kurrent.Refusal;
import io.leftfold.server.node.MeasuredRead;
import java.util.OptionalLong;
import java.util.concurrent.ThreadFactory;

/// Answers a read, a slice at a time: as fast as the caller takes it, and letting other calls of
/// the same event loop in between.
///
/// A slice is read on the event loop, for reading does not wait. Only where most events may have to
/// be passed over is it read on a thread of its own, which hands over each event as it finds it.
///
/// What is read is written here as it lies ([EventSink]), by whichever of the two threads reads.
final class Reading implements ReadCall.Answering, EventSink {

  private static final int SLICE_EVENTS = 128;
  private static final int SLICE_BYTES = 64 << 10;

  /// What the original server reads at once; clients can tell from what follows an empty page.
  private static final int PAGE_EVENTS = 32;

  private final GrpcCall call;
  private final ThreadFactory threads;
  private final ReadRequest request;
  private final MeasuredRead read;
  private final boolean searches;

  /// The last message that was written.
  private final WireWriter out = new WireWriter(1024);

  private final Unshown unshown = new Unshown();
  private final boolean ofAll;
  private long left;
  private boolean isShown;
  private OptionalLong lastRevision = OptionalLong.empty();
  private volatile boolean stopped;
  private boolean busy;

  Reading(
      GrpcCall call,
      ThreadFactory threads,
      ReadRequest request,
      MeasuredRead read,
      long limit,
      boolean searches) {
    this.call = call;
    this.threads = threads;
    this.request = request;
    this.read = read;
    this.ofAll = read instanceof MeasuredRead.OfAll;
    this.left = limit;
    this.searches = searches;
  }

  /// Begins with what is to be said of the stream itself.
  void begin(StreamName stream, ReadOptions options) {
    switch (((StreamRead) read).state()) {
      case StreamState.Present(var first, var last) -> {
        if (request.tellsEnds()) {
          tellFirst(options, first, last);
          lastRevision = OptionalLong.of(last);
        }
        begin();
      }
      case StreamState.Absent(), StreamState.Deleted(_), StreamState.Tombstoned() -> {
        ReadResponses.streamNotFound(out.reset(), stream.value());
        call.send(out.array(), 0, out.length());
        stop();
        call.complete();
      }
    }
  }

  private void tellFirst(ReadOptions options, long first, long last) {
    var firstPageIsEmpty = first - options.from() >= PAGE_EVENTS || first > last;
    if (options.direction() == Direction.FORWARDS && options.from() < first && firstPageIsEmpty) {
      ReadResponses.firstStreamPosition(out.reset(), first);
      call.send(out.array(), 0, out.length());
    }
  }

  void begin() {
    call.onReady(this::goOn);
  }

  private void goOn() {
    if (stopped || call.ended()) {
      stop();
      return;
    }
    if (searches) {
      busy = true;
      threads.newThread(this::search).start();
    } else {
      slice();
    }
  }

  /// On the event loop.
  private void slice() {
    try {
      var bytes = 0;
      for (var i = 0; i < SLICE_EVENTS && bytes < SLICE_BYTES; i++) {
        if (!next()) {
          finish();
          return;
        }
        if (isShown) {
          call.send(out.array(), 0, out.length());
          bytes += out.length();
        }
      }
      read.pause();
      call.onReady(this::goOn);
    } catch (RuntimeException | Error e) {
      stop();
      Refusal.of(e).fail(call);
    }
  }

  /// On a thread of its own: each next event may take long to be found.
  private void search() {
    try {
      var bytes = 0L;
      for (var i = 0; i < SLICE_EVENTS && bytes < SLICE_BYTES && !stopped; i++) {
        if (!next()) {
          call.execute(this::finish);
          return;
        }
        if (isShown) {
          var message = out.toByteArray();
          bytes += message.length;
          call.execute(() -> found(message));
        }
      }
      call.execute(this::searched);
    } catch (RuntimeException | Error e) {
      call.execute(() -> {
        busy = false;
        stop();
        Refusal.of(e).fail(call);
      });
    }
  }

  /// Reads one event more, to be shown or not.
  private boolean next() {
    return left > 0 && read.next(this);
  }

  private void found(byte[] message) {
    if (!stopped && !call.ended()) {
      call.send(message, 0, message.length);
    }
  }

  private void searched() {
    busy = false;
    if (!stopped && !call.ended()) {
      read.pause();
      call.onReady(this::goOn);
    } else {
      stop();
    }
  }

  @Override
  public void event(EventView event) {
    isShown = !ofAll || !unshown.isUnshown(event);
    if (isShown) {
      left--;
      Events.write(out.resetTo(SLICE_BYTES), event, request.form());
    }
  }

  @Override
  public void resolved(ResolvedEvent resolved) {
    isShown = !ofAll || !unshown.isUnshown(resolved);
    if (isShown) {
      left--;
      Events.write(out.resetTo(SLICE_BYTES), resolved, request.form());
    }
  }

  private void finish() {
    busy = false;
    stop();
    if (!call.ended()) {
      if (lastRevision.isPresent()) {
        ReadResponses.lastStreamPosition(out.reset(), lastRevision.getAsLong());
        call.send(out.array(), 0, out.length());
      }
      call.complete();
    }
  }

  @Override
  public void stop() {
    stopped = true;
    if (!busy) {
      read.close();
    }
  }

  @Override
  public void shuttingDown() {
    if (!call.ended()) {
      stop();
      call.fail(GrpcStatus.UNAVAILABLE, "Server Is Shutting Down");
    }
  }
}

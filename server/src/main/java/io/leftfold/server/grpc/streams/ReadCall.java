// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import com.google.protobuf.InvalidProtocolBufferException;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.streams.StreamReadRequest;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.grpc.kurrent.Refusal;
import io.leftfold.server.indexes.UserIndexes;
import io.leftfold.server.node.IndexControl;
import io.leftfold.server.node.Session;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `Read`: a read that ends, or a subscription that does not.
final class ReadCall implements GrpcListener {

  private static final StreamName ALL = StreamName.of("$all");

  private final GrpcCall call;
  private final Session session;
  private final UserIndexes indexes;
  private final Clock clock;
  private final Supplier<UUID> subscriptionIds;
  private final ThreadFactory threads;
  private @Nullable Answering answering;

  ReadCall(
      GrpcCall call,
      Session session,
      UserIndexes indexes,
      Clock clock,
      Supplier<UUID> subscriptionIds,
      ThreadFactory threads) {
    this.call = call;
    this.session = session;
    this.indexes = indexes;
    this.clock = clock;
    this.subscriptionIds = subscriptionIds;
    this.threads = threads;
  }

  /// What answers, until it is stopped.
  interface Answering {
    /// Releases what it holds. On the call's event loop.
    void stop();

    /// The server is about to close.
    void shuttingDown();
  }

  @Override
  public void message(byte[] bytes, int offset, int length) {
    if (answering != null || call.ended()) {
      return;
    }
    try {
      answer(request(bytes, offset, length));
    } catch (InvalidProtocolBufferException e) {
      Refusal.invalid("The request is not a protobuf message: " + e.getMessage()).fail(call);
    } catch (RuntimeException | Error e) {
      Refusal.of(e).fail(call);
    }
  }

  private static ReadRequest request(byte[] bytes, int offset, int length)
      throws InvalidProtocolBufferException {
    var usual = StreamReadRequest.read(bytes, offset, length);
    return usual.isPresent()
        ? ReadRequest.of(usual.get())
        : ReadRequest.of(ReadReq.parseFrom(ByteBuffer.wrap(bytes, offset, length)));
  }

  private void answer(ReadRequest request) {
    switch (request.what()) {
      case ReadRequest.OfStream(var stream, var options) -> {
        var read =
            new Reading(
                call, threads, request, session.read(stream, options), Long.MAX_VALUE, false);
        answering = read;
        read.begin(stream, options);
      }
      case ReadRequest.OfAll(var options, var isOfIndex) -> {
        if (!isThere(options, isOfIndex)) {
          return;
        }
        var searches = !(options.filter() instanceof EventFilter.Everything);
        // What is not shown does not count.
        var all = session.readAll(options.limit(Long.MAX_VALUE));
        var read = new Reading(call, threads, request, all, options.limit(), searches);
        answering = read;
        read.begin();
      }
      case ReadRequest.ToStream(var stream, var options) ->
          follow(request, session.subscribe(stream, options), false, false);
      case ReadRequest.ToAll(var options) -> {
        if (!isThere(options.start())) {
          return;
        }
        follow(request, session.subscribeToAll(options), true, hasExpression(options.filter()));
      }
      case ReadRequest.OfIndex(var asked, var options) -> {
        if (!isThere(options, true)) {
          return;
        }
        var read = new IndexControl(session, indexes).read(asked, options);
        var reading = new Reading(call, threads, request, read, Long.MAX_VALUE, true);
        answering = reading;
        reading.begin();
      }
      case ReadRequest.ToIndex(var asked, var options) -> {
        if (!isThere(options.start())) {
          return;
        }
        follow(request, new IndexControl(session, indexes).follow(asked, options), true, true);
      }
    }
  }

  /// Whether a read can begin where it is to; if not, that is told.
  private boolean isThere(ReadOptions options, boolean isOfIndex) {
    if (options.from() > 0 && options.from() != ReadOptions.END && options.from() > end()) {
      refusePosition(options.from(), isOfIndex);
      return false;
    }
    return true;
  }

  /// Whether a subscription can begin where it is to; if not, that is told.
  private boolean isThere(SubscribeOptions.Start start) {
    if (start instanceof SubscribeOptions.Start.After(var last) && last >= end()) {
      refusePosition(last, true);
      return false;
    }
    return true;
  }

  /// The position of the next event, for those who may read all.
  private long end() {
    session.requireReading(ALL);
    return session.lastPosition().map(last -> last + 1).orElse(0L);
  }

  private void refusePosition(long position, boolean isOfIndexOrFollows) {
    var refusal =
        isOfIndexOrFollows
            ? Refusal.invalid("Trying to read from an invalid position.")
            : Refusal.invalidPosition(position);
    refusal.fail(call);
  }

  private static boolean hasExpression(EventFilter filter) {
    return filter instanceof EventFilter.TypeRegex || filter instanceof EventFilter.StreamRegex;
  }

  private void follow(
      ReadRequest request,
      io.leftfold.server.node.Following following,
      boolean ofAll,
      boolean searches) {
    var subscription =
        new Subscribing(call, clock, threads, request.form(), following, ofAll, searches);
    answering = subscription;
    subscription.begin(subscriptionIds.get());
  }

  @Override
  public void halfClosed() {
    if (answering == null && !call.ended()) {
      Refusal.invalid("'options' is a required argument of type Options").fail(call);
    }
  }

  @Override
  public void cancelled() {
    if (answering != null) {
      answering.stop();
    }
  }

  @Override
  public void shuttingDown() {
    if (answering != null) {
      answering.shuttingDown();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.protocol.streams.ReadResponses;
import io.leftfold.protocol.streams.ReadResponses.UuidForm;
import io.leftfold.protocol.wire.WireWriter;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.grpc.kurrent.Events;
import io.leftfold.server.grpc.kurrent.Refusal;
import io.leftfold.server.node.Following;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;

/// Answers a subscription: takes messages while the caller takes them, and waits to be called when
/// there are none. A caller that stops taking costs nothing but its place.
///
/// Messages are taken on the event loop, for taking does not wait. Only where each name has to be
/// searched for a regular expression are they taken on a thread of its own, a slice at a time.
final class Subscribing implements ReadCall.Answering {

  private static final int SLICE_MESSAGES = 128;
  private static final int SLICE_BYTES = 64 << 10;

  private final GrpcCall call;
  private final Clock clock;
  private final ThreadFactory threads;
  private final UuidForm form;
  private final Following following;
  private final boolean ofAll;
  private final boolean searches;
  private final Unshown unshown = new Unshown();
  private final WireWriter out = new WireWriter(1024);
  private volatile boolean stopped;

  Subscribing(
      GrpcCall call,
      Clock clock,
      ThreadFactory threads,
      UuidForm form,
      Following following,
      boolean ofAll,
      boolean searches) {
    this.call = call;
    this.clock = clock;
    this.threads = threads;
    this.form = form;
    this.following = following;
    this.ofAll = ofAll;
    this.searches = searches;
  }

  void begin(UUID id) {
    ReadResponses.confirmation(out.reset(), id.toString());
    call.send(out.array(), 0, out.length());
    call.onReady(this::goOn);
  }

  private void goOn() {
    if (stopped || call.ended()) {
      stop();
    } else if (searches) {
      threads.newThread(this::search).start();
    } else {
      slice();
    }
  }

  /// On the event loop.
  private void slice() {
    try {
      var bytes = 0L;
      for (var i = 0; i < SLICE_MESSAGES && bytes < SLICE_BYTES && call.ready(); i++) {
        var message = following.poll();
        if (message.isEmpty()) {
          awaitNews();
          return;
        }
        if (isShown(message.get())) {
          tell(message.get());
          bytes += out.length();
        }
      }
      call.onReady(this::goOn);
    } catch (RuntimeException | Error e) {
      end(e);
    }
  }

  /// On a thread of its own: finding out about one name may take long.
  private void search() {
    try {
      var found = new ArrayList<SubscriptionMessage>();
      var bytes = 0L;
      var more = true;
      while (more && found.size() < SLICE_MESSAGES && bytes < SLICE_BYTES && !stopped) {
        var message = following.poll();
        more = message.isPresent();
        message.filter(this::isShown).ifPresent(found::add);
        bytes += message.map(Subscribing::size).orElse(0L);
      }
      var exhausted = !more;
      call.execute(() -> searched(found, exhausted));
    } catch (RuntimeException | Error e) {
      call.execute(() -> end(e));
    }
  }

  /// About how many bytes a message takes.
  private static long size(SubscriptionMessage message) {
    return message instanceof SubscriptionMessage.Event(var event)
        ? size(event.event()) + size(event.link())
        : 0;
  }

  private static long size(Optional<RecordedEvent> event) {
    return event.map(e -> (long) e.data().length + e.metadata().length).orElse(0L);
  }

  private void searched(List<SubscriptionMessage> found, boolean exhausted) {
    if (stopped || call.ended()) {
      stop();
      return;
    }
    found.forEach(this::tell);
    if (exhausted) {
      awaitNews();
    } else {
      call.onReady(this::goOn);
    }
  }

  private void awaitNews() {
    following.onAvailable(() -> call.execute(() -> call.onReady(this::goOn)));
  }

  private void end(Throwable error) {
    if (!stopped) {
      stop();
      Refusal.of(error).fail(call);
    }
  }

  private boolean isShown(SubscriptionMessage message) {
    return !ofAll
        || !(message instanceof SubscriptionMessage.Event(var event))
        || !unshown.isUnshown(event);
  }

  private void tell(SubscriptionMessage message) {
    out.resetTo(SLICE_BYTES);
    switch (message) {
      case SubscriptionMessage.Event(var event) -> Events.write(out, event, form);
      case SubscriptionMessage.Checkpoint(var position) ->
          ReadResponses.checkpoint(out, position, clock.instant());
      case SubscriptionMessage.CaughtUp(var at, var last) -> {
        if (ofAll) {
          ReadResponses.allCaughtUp(out, last, at);
        } else {
          ReadResponses.streamCaughtUp(out, last, at);
        }
      }
      // The original never says so, and there are clients that do not expect it.
      case SubscriptionMessage.FellBehind(_, _) -> {
        return;
      }
    }
    call.send(out.array(), 0, out.length());
  }

  @Override
  public void stop() {
    stopped = true;
    following.close();
  }

  @Override
  public void shuttingDown() {
    stop();
    if (!call.ended()) {
      call.fail(GrpcStatus.UNAVAILABLE, "Server Is Shutting Down");
    }
  }
}

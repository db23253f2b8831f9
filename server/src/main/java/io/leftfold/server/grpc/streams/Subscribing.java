// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.api.SubscriptionMessage;
import io.leftfold.protocol.streams.ReadResponses;
import io.leftfold.protocol.streams.ReadResponses.UuidForm;
import io.leftfold.protocol.wire.WireWriter;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.node.Following;
import java.time.Clock;
import java.util.UUID;

/// Answers a subscription: takes messages while the caller takes them, and waits to be called when
/// there are none. A caller that stops taking costs nothing but its place.
final class Subscribing implements ReadCall.Answering {

  private static final int SLICE_MESSAGES = 128;
  private static final int SLICE_BYTES = 64 << 10;

  private final GrpcCall call;
  private final Clock clock;
  private final UuidForm form;
  private final Following following;
  private final boolean ofAll;
  private final WireWriter out = new WireWriter(1024);
  private boolean stopped;

  Subscribing(GrpcCall call, Clock clock, UuidForm form, Following following, boolean ofAll) {
    this.call = call;
    this.clock = clock;
    this.form = form;
    this.following = following;
    this.ofAll = ofAll;
  }

  void begin(UUID id) {
    ReadResponses.confirmation(out.reset(), id.toString());
    call.send(out.array(), 0, out.length());
    goOn();
  }

  private void goOn() {
    if (stopped || call.ended()) {
      stop();
      return;
    }
    try {
      var bytes = 0L;
      for (var i = 0; i < SLICE_MESSAGES && bytes < SLICE_BYTES && call.ready(); i++) {
        var message = following.poll();
        if (message.isEmpty()) {
          following.onAvailable(() -> call.execute(() -> call.onReady(this::goOn)));
          return;
        }
        tell(message.get());
        bytes += out.length();
      }
      call.onReady(this::goOn);
    } catch (RuntimeException | Error e) {
      stop();
      Refusal.of(e).fail(call);
    }
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

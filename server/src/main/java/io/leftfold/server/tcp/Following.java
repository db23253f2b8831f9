// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.protocol.messages.tcp.CheckpointReached;
import io.leftfold.protocol.messages.tcp.StreamEventAppeared;
import io.leftfold.protocol.messages.tcp.SubscriptionDropped.SubscriptionDropReason;
import io.leftfold.server.edge.FrameConnection;
import io.leftfold.server.group.GroupId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/// Answers a subscription: takes messages while the connection takes them, and waits to be called
/// when there are none. A peer that stops taking costs nothing but its place in the log.
///
/// Messages are taken on the event loop, for taking does not wait. Only where each name has to be
/// searched for a regular expression are they taken on a thread of its own, a slice at a time.
final class Following implements Subscribed {

  private static final int SLICE_MESSAGES = 128;
  private static final int SLICE_BYTES = 64 << 10;

  private final Exchange exchange;
  private final FrameConnection connection;
  private final ThreadFactory threads;
  private final io.leftfold.server.node.Following following;
  private final boolean ofAll;
  private final boolean searches;
  private volatile boolean stopped;

  Following(
      Exchange exchange,
      FrameConnection connection,
      ThreadFactory threads,
      io.leftfold.server.node.Following following,
      boolean ofAll,
      boolean searches) {
    this.exchange = exchange;
    this.connection = connection;
    this.threads = threads;
    this.following = following;
    this.ofAll = ofAll;
    this.searches = searches;
  }

  Following begin() {
    connection.onReady(this::goOn);
    return this;
  }

  private void goOn() {
    if (stopped) {
      return;
    }
    if (searches) {
      threads.newThread(this::search).start();
    } else {
      slice();
    }
  }

  /// On the event loop.
  private void slice() {
    try {
      var bytes = 0L;
      for (var i = 0; i < SLICE_MESSAGES && bytes < SLICE_BYTES && connection.ready(); i++) {
        var message = following.poll();
        if (message.isEmpty()) {
          awaitNews();
          return;
        }
        tell(message.get());
        bytes += size(message.get());
      }
      connection.onReady(this::goOn);
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
        message.ifPresent(found::add);
        bytes += message.map(Following::size).orElse(0L);
      }
      var exhausted = !more;
      connection.execute(() -> searched(found, exhausted));
    } catch (RuntimeException | Error e) {
      connection.execute(() -> end(e));
    }
  }

  private void searched(List<SubscriptionMessage> found, boolean exhausted) {
    if (stopped) {
      return;
    }
    found.forEach(this::tell);
    if (exhausted) {
      awaitNews();
    } else {
      connection.onReady(this::goOn);
    }
  }

  private static long size(SubscriptionMessage message) {
    return message instanceof SubscriptionMessage.Event(var event) ? WireEvents.size(event) : 0;
  }

  private void awaitNews() {
    following.onAvailable(() ->
        connection.execute(() -> {
          if (!stopped) {
            connection.onReady(this::goOn);
          }
        }));
  }

  private void tell(SubscriptionMessage message) {
    switch (message) {
      case SubscriptionMessage.Event(var event) -> {
        if (!ofAll || !GroupId.isNoteOfGroupOnAll(event.original().stream().value())) {
          exchange.say(
              Command.STREAM_EVENT_APPEARED,
              StreamEventAppeared.newBuilder().setEvent(WireEvents.positioned(event)).build());
        }
      }
      case SubscriptionMessage.Checkpoint(var position) ->
          exchange.say(
              Command.CHECKPOINT_REACHED,
              CheckpointReached.newBuilder()
                  .setCommitPosition(position)
                  .setPreparePosition(position)
                  .build());
      // This wire has no words for it.
      case SubscriptionMessage.CaughtUp(_, _), SubscriptionMessage.FellBehind(_, _) -> {}
    }
  }

  private void end(Throwable error) {
    if (stopped) {
      return;
    }
    stop();
    if (error instanceof StreamTombstonedException) {
      return; // the tombstone was told; nothing follows it, and that is no reason to drop anybody
    }
    drop(Consuming.dropReason(error));
  }

  @Override
  public void stop() {
    if (!stopped) {
      stopped = true;
      following.close();
    }
  }

  @Override
  public void drop(SubscriptionDropReason reason) {
    stop();
    exchange.answer(Command.SUBSCRIPTION_DROPPED, FollowCalls.dropped(reason));
  }
}

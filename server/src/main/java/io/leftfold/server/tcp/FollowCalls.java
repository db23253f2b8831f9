// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import com.google.protobuf.ByteString;
import io.leftfold.api.EventFilter;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.protocol.messages.tcp.FilteredSubscribeToStream;
import io.leftfold.protocol.messages.tcp.SubscribeToStream;
import io.leftfold.protocol.messages.tcp.SubscriptionConfirmation;
import io.leftfold.protocol.messages.tcp.SubscriptionDropped;
import io.leftfold.protocol.messages.tcp.SubscriptionDropped.SubscriptionDropReason;
import io.leftfold.server.edge.FrameConnection;
import io.leftfold.server.node.Session;
import java.util.concurrent.ThreadFactory;

/// What follows: from the end on, for whoever needs what was before reads that.
///
/// A subscription is confirmed with the last event before it, and everything behind that is told;
/// so a client that reads up to what was confirmed misses nothing, and has nothing twice.
final class FollowCalls {

  private static final StreamName ALL = StreamName.of("$all");
  private static final long NONE = -1;

  private final FrameConnection connection;
  private final ThreadFactory threads;

  /// @param threads makes virtual threads for those who search
  FollowCalls(FrameConnection connection, ThreadFactory threads) {
    this.connection = connection;
    this.threads = threads;
  }

  /// Begins a subscription.
  ///
  /// @return what answers it
  Subscribed begin(Exchange exchange, Session session, SubscribeToStream message) {
    return isAll(message.getEventStreamId())
        ? all(exchange, session, EventFilter.everything(), message.getResolveLinkTos(), 0)
        : stream(
            exchange,
            session,
            WireEvents.stream(message.getEventStreamId()),
            message.getResolveLinkTos());
  }

  /// Begins a subscription to everything with a filter.
  ///
  /// @return what answers it
  Subscribed begin(Exchange exchange, Session session, FilteredSubscribeToStream message) {
    if (!isAll(message.getEventStreamId())) {
      throw new IllegalArgumentException("A filter is for all streams, got the name of one");
    }
    return all(
        exchange,
        session,
        Filters.of(message.getFilter()),
        message.getResolveLinkTos(),
        Math.max(1, message.getCheckpointInterval()));
  }

  private static boolean isAll(ByteString stream) {
    return stream.isEmpty() || stream.toStringUtf8().equals(ALL.value());
  }

  private Following all(
      Exchange exchange,
      Session session,
      EventFilter filter,
      boolean resolves,
      int checkpointEvery) {
    session.requireReading(ALL);
    var last = session.lastPosition().orElse(NONE);
    var options = from(last, resolves).filteredBy(filter).checkpointEvery(checkpointEvery);
    var following =
        new Following(
            exchange,
            connection,
            threads,
            session.subscribeToAll(options),
            true,
            Filters.searches(filter));
    // Clients take one that says the number of an event for one of a stream.
    exchange.say(
        Command.SUBSCRIPTION_CONFIRMATION,
        SubscriptionConfirmation.newBuilder().setLastCommitPosition(last).build());
    return following.begin();
  }

  private Subscribed stream(
      Exchange exchange, Session session, StreamName stream, boolean resolves) {
    var state = session.state(stream);
    if (state instanceof StreamState.Tombstoned) {
      confirm(exchange, session, state);
      return new Silent(exchange);
    }
    var options = from(state.lastRevision(), resolves);
    var following =
        new Following(
            exchange, connection, threads, session.subscribe(stream, options), false, false);
    confirm(exchange, session, state);
    return following.begin();
  }

  private static void confirm(Exchange exchange, Session session, StreamState state) {
    exchange.say(
        Command.SUBSCRIPTION_CONFIRMATION,
        SubscriptionConfirmation.newBuilder()
            .setLastCommitPosition(ReadCalls.confirmedPosition(session))
            .setLastEventNumber(state.lastRevision())
            .build());
  }

  /// Nothing comes of a stream that was closed for ever, and that is no reason to drop anybody.
  private record Silent(Exchange exchange) implements Subscribed {
    @Override
    public void stop() {}

    @Override
    public void drop(SubscriptionDropReason reason) {
      exchange.answer(Command.SUBSCRIPTION_DROPPED, dropped(reason));
    }
  }

  private static SubscribeOptions from(long last, boolean resolves) {
    var options = last < 0 ? SubscribeOptions.fromBeginning() : SubscribeOptions.after(last);
    return resolves ? options.resolvingLinks() : options;
  }

  /// The end of a subscription.
  static SubscriptionDropped dropped(SubscriptionDropReason reason) {
    return SubscriptionDropped.newBuilder().setReason(reason).build();
  }
}

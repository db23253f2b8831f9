// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import com.google.protobuf.ByteString;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.tcp.ConnectToPersistentSubscription;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionAckEvents;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionConfirmation;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionNakEvents;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionStreamEventAppeared;
import io.leftfold.protocol.messages.tcp.SubscriptionDropped.SubscriptionDropReason;
import io.leftfold.server.edge.FrameConnection;
import io.leftfold.server.group.GroupConsumer;
import io.leftfold.server.group.GroupException;
import io.leftfold.server.group.Groups;
import io.leftfold.server.group.NackAction;
import io.leftfold.server.node.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A consumer of a group. Events are encoded on the group's thread; what one turn of the group
/// delivers goes to the event loop in one piece. A peer that does not take what is sent is given
/// nothing more.
final class Consuming implements GroupConsumer, Subscribed {

  /// What a consumer may ask to have at a time: all of it is kept until it is acked.
  private static final int BUFFER_MAX = 100_000;

  private final Exchange exchange;
  private final FrameConnection connection;
  private final Session session;
  private final Identity identity;
  private final StreamName source;
  private final String subscription;

  // These belong to the event loop.

  private @Nullable Connection group;
  private boolean stopped;

  /// Belongs to the group's thread.
  private List<byte[]> delivered = new ArrayList<>();

  private Consuming(
      Exchange exchange,
      FrameConnection connection,
      Session session,
      Identity identity,
      StreamName source,
      String subscription) {
    this.exchange = exchange;
    this.connection = connection;
    this.session = session;
    this.identity = identity;
    this.source = source;
    this.subscription = subscription;
  }

  /// Connects a consumer to its group.
  ///
  /// @param connectionName what the peer calls its connection
  static Consuming begin(
      Exchange exchange,
      FrameConnection connection,
      Session session,
      Groups groups,
      String connectionName,
      ConnectToPersistentSubscription message) {
    var id = GroupCalls.id(message.getEventStreamId(), message.getSubscriptionId());
    var source = WireEvents.stream(message.getEventStreamId());
    session.requireReading(source);
    if (message.getAllowedInFlightMessages() <= 0) {
      throw new IllegalArgumentException(
          "A consumer has room for 1 event or more, got allowed_in_flight_messages of "
              + message.getAllowedInFlightMessages());
    }
    var identity =
        new Identity(connection.peer().toString(), session.caller().name(), connectionName);
    var consuming = new Consuming(exchange, connection, session, identity, source, id.toString());
    groups.connect(id, consuming, Math.min(message.getAllowedInFlightMessages(), BUFFER_MAX));
    return consuming;
  }

  // ---- what the peer says, on the event loop

  /// @param taken runs when the group has taken notice
  void ack(PersistentSubscriptionAckEvents message, Runnable taken) {
    var ids = ids(message.getProcessedEventIdsList());
    if (group != null) {
      group.ack(ids, taken);
    } else {
      taken.run();
    }
  }

  /// @param taken runs when the group has taken notice
  void nak(PersistentSubscriptionNakEvents message, Runnable taken) {
    var ids = ids(message.getProcessedEventIdsList());
    var action =
        switch (message.getAction()) {
          case Unknown, Retry -> NackAction.RETRY;
          case Park -> NackAction.PARK;
          case Skip -> NackAction.SKIP;
          case Stop -> NackAction.STOP;
        };
    if (group != null) {
      group.nack(ids, action, message.getMessage(), taken);
    } else {
      taken.run();
    }
  }

  private static List<UUID> ids(List<ByteString> ids) {
    return ids.stream().map(WireEvents::id).toList();
  }

  @Override
  public void stop() {
    stopped = true;
    if (group != null) {
      group.close();
      group = null;
    }
  }

  @Override
  public void drop(SubscriptionDropReason reason) {
    stop();
    exchange.answer(Command.SUBSCRIPTION_DROPPED, FollowCalls.dropped(reason));
  }

  // ---- what the group says, on its thread

  @Override
  public Identity identity() {
    return identity;
  }

  @Override
  public void connected(Connection answers) {
    var last = lastEvent();
    var position = ReadCalls.confirmedPosition(session);
    connection.execute(() -> {
      if (stopped) {
        answers.close();
        return;
      }
      group = answers;
      exchange.say(
          Command.PERSISTENT_SUBSCRIPTION_CONFIRMATION,
          PersistentSubscriptionConfirmation.newBuilder()
              .setLastCommitPosition(position)
              .setSubscriptionId(subscription)
              .setLastEventNumber(last)
              .build());
    });
  }

  private long lastEvent() {
    try {
      return session.state(source).lastRevision();
    } catch (LeftfoldException _) {
      return -1; // the next turn of the group objects
    }
  }

  @Override
  public Optional<RuntimeException> objection() {
    try {
      session.requireReading(source);
      return Optional.empty();
    } catch (LeftfoldException refused) {
      return Optional.of(refused);
    }
  }

  @Override
  public void deliver(ResolvedEvent event, int retryCount) {
    delivered.add(
        exchange.encoded(
            Command.PERSISTENT_SUBSCRIPTION_EVENT_APPEARED,
            PersistentSubscriptionStreamEventAppeared.newBuilder()
                .setEvent(WireEvents.indexed(session.delivered(event)))
                .setRetryCount(retryCount)
                .build()));
  }

  @Override
  public void flush() {
    var packages = delivered;
    delivered = new ArrayList<>(packages.size());
    connection.execute(() -> send(packages));
  }

  private void send(List<byte[]> packages) {
    if (group == null) {
      return;
    }
    packages.forEach(exchange::say);
    if (!connection.ready()) {
      group.reading(false);
      connection.onReady(() -> {
        if (group != null) {
          group.reading(true);
        }
      });
    }
  }

  @Override
  public void dropped(RuntimeException reason) {
    connection.execute(() -> {
      group = null;
      if (!stopped) {
        drop(dropReason(reason));
      }
    });
  }

  /// Why a consumer is not, or not any more, one.
  static SubscriptionDropReason dropReason(Throwable reason) {
    if (reason instanceof GroupException known) {
      return switch (known.kind()) {
        case MISSING, FAILED, EXISTS -> SubscriptionDropReason.NotFound;
        case FULL -> SubscriptionDropReason.SubscriberMaxCountReached;
        case DROPPED -> SubscriptionDropReason.PersistentSubscriptionDeleted;
      };
    }
    return switch (Refusal.of(reason)) {
      case Refusal.Denied() -> SubscriptionDropReason.AccessDenied;
      case Refusal.Deleted(_) -> SubscriptionDropReason.NotFound;
      case Refusal.Bad(_), Refusal.NotNow(_), Refusal.WrongVersion(_, _) ->
          SubscriptionDropReason.Unsubscribed;
    };
  }
}

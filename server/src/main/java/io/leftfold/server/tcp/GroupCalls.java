// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.leftfold.api.EventFilter;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.protocol.messages.tcp.ChangePersistentSubscriptionCompleted;
import io.leftfold.protocol.messages.tcp.ChangePersistentSubscriptionCompleted.ChangeResult;
import io.leftfold.protocol.messages.tcp.CreatePersistentSubscriptionCompleted;
import io.leftfold.protocol.messages.tcp.CreatePersistentSubscriptionCompleted.CreateResult;
import io.leftfold.protocol.messages.tcp.DeletePersistentSubscription;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionSettings;
import io.leftfold.server.access.Right;
import io.leftfold.server.group.GroupDefinition;
import io.leftfold.server.group.GroupException;
import io.leftfold.server.group.GroupId;
import io.leftfold.server.group.GroupSettings;
import io.leftfold.server.group.GroupSource;
import io.leftfold.server.group.Groups;
import io.leftfold.server.group.Strategy;
import io.leftfold.server.node.Session;
import java.time.Duration;

/// What manages groups: persistent subscriptions to one stream; this wire knows none to all. Waits
/// for the store: not for event loops.
final class GroupCalls {

  private final Groups groups;

  GroupCalls(Groups groups) {
    this.groups = groups;
  }

  /// The group that is meant.
  ///
  /// @throws GroupException if there can be none
  static GroupId id(ByteString stream, String group) {
    var name = WireEvents.stream(stream);
    if (name.value().equals(GroupSource.ALL)) {
      throw GroupException.failed(
          name.value(), group, "$all is not a stream: over this protocol groups read one stream");
    }
    return new GroupId(new GroupSource.OfStream(name), group);
  }

  MessageLite create(Session session, PersistentSubscriptionSettings message) {
    try {
      var id = id(message.getEventStreamId(), message.getGroup());
      var definition = new GroupDefinition(id, EventFilter.everything(), settings(message));
      manage(
          session,
          "create persistent subscription",
          id,
          () -> groups.create(definition, session.caller().name()));
      return created(CreateResult.Success, "");
    } catch (GroupException e) {
      return created(
          e.kind() == GroupException.Kind.EXISTS ? CreateResult.AlreadyExists : CreateResult.Fail,
          text(e));
    } catch (NotAuthorizedException _) {
      return created(CreateResult.AccessDenied, Refusal.Denied.MESSAGE);
    } catch (IllegalArgumentException e) {
      return created(CreateResult.Fail, text(e));
    }
  }

  MessageLite update(Session session, PersistentSubscriptionSettings message) {
    return changed(() -> {
      var id = id(message.getEventStreamId(), message.getGroup());
      var settings = settings(message);
      manage(
          session,
          "update persistent subscription",
          id,
          () -> groups.update(id, settings, session.caller().name()));
    });
  }

  MessageLite delete(Session session, DeletePersistentSubscription message) {
    return changed(() -> {
      var id = id(message.getEventStreamId(), message.getGroup());
      manage(
          session,
          "delete persistent subscription",
          id,
          () -> groups.delete(id, session.caller().name()));
    });
  }

  /// Changes something, which `$audit` is to tell.
  private static void manage(Session session, String action, GroupId id, Runnable work) {
    session
        .operator()
        .does(
            Right.OnNode.MANAGE_GROUPS,
            action,
            id.toString(),
            () -> {
              work.run();
              return true;
            });
  }

  private static MessageLite changed(Runnable work) {
    try {
      work.run();
      return changed(ChangeResult.Success, "");
    } catch (GroupException e) {
      return changed(
          e.kind() == GroupException.Kind.MISSING ? ChangeResult.DoesNotExist : ChangeResult.Fail,
          text(e));
    } catch (NotAuthorizedException _) {
      return changed(ChangeResult.AccessDenied, Refusal.Denied.MESSAGE);
    } catch (IllegalArgumentException e) {
      return changed(ChangeResult.Fail, text(e));
    }
  }

  private static String text(Exception error) {
    return String.valueOf(error.getMessage());
  }

  private static MessageLite created(CreateResult result, String reason) {
    return CreatePersistentSubscriptionCompleted.newBuilder()
        .setResult(result)
        .setReason(reason)
        .build();
  }

  private static MessageLite changed(ChangeResult result, String reason) {
    return ChangePersistentSubscriptionCompleted.newBuilder()
        .setResult(result)
        .setReason(reason)
        .build();
  }

  private static GroupSettings settings(PersistentSubscriptionSettings message) {
    return new GroupSettings(
        message.getStartFrom(),
        message.getResolveLinkTos(),
        message.getRecordStatistics(),
        Duration.ofMillis(message.getMessageTimeoutMilliseconds()),
        message.getMaxRetryCount(),
        Duration.ofMillis(message.getCheckpointAfterTime()),
        message.getCheckpointMinCount(),
        message.getCheckpointMaxCount(),
        message.getSubscriberMaxCount(),
        message.getLiveBufferSize(),
        message.getBufferSize(),
        message.getReadBatchSize(),
        strategy(message));
  }

  private static Strategy strategy(PersistentSubscriptionSettings message) {
    var name = message.getNamedConsumerStrategy();
    if (name.isEmpty()) {
      return message.getPreferRoundRobin() ? Strategy.ROUND_ROBIN : Strategy.DISPATCH_TO_SINGLE;
    }
    return Strategy.of(name)
        .orElseThrow(() ->
            new IllegalArgumentException("Consumer strategy %s does not exist.".formatted(name)));
  }
}

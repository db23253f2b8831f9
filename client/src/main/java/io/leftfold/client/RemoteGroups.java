// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.leftfold.api.EventFilter;
import io.leftfold.protocol.messages.groups.CreateReq;
import io.leftfold.protocol.messages.groups.DeleteReq;
import io.leftfold.protocol.messages.groups.GetInfoReq;
import io.leftfold.protocol.messages.groups.ListReq;
import io.leftfold.protocol.messages.groups.PersistentSubscriptionsGrpc;
import io.leftfold.protocol.messages.groups.ReplayParkedReq;
import io.leftfold.protocol.messages.groups.SubscriptionInfo;
import io.leftfold.protocol.messages.groups.TruncateParkedReq;
import io.leftfold.protocol.messages.groups.UpdateReq;
import io.leftfold.protocol.messages.parked.GroupsGrpc;
import io.leftfold.protocol.messages.parked.ParkedRequest;
import io.leftfold.protocol.messages.parked.ReplayChosenRequest;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// The persistent subscriptions of a server, for whoever looks after them. Consuming is the
/// business of the official clients.
///
/// A *source* is the name of a stream, or `$all`. What the server refuses is a
/// [GroupFailedException]; what else may go wrong is what [RemoteEventStore] says.
public final class RemoteGroups {

  private static final String ALL = "$all";
  private static final Empty EMPTY = Empty.getDefaultInstance();
  private static final Metadata.Key<String> EXCEPTION =
      Metadata.Key.of("exception", Metadata.ASCII_STRING_MARSHALLER);
  private static final Set<String> OF_GROUPS =
      Set.of(
          "persistent-subscription-failed",
          "persistent-subscription-does-not-exist",
          "persistent-subscription-exists");

  private final ManagedChannel channel;
  private final ConnectionString connection;
  private final Failures failures;

  RemoteGroups(ManagedChannel channel, ConnectionString connection, Failures failures) {
    this.channel = channel;
    this.connection = connection;
    this.failures = failures;
  }

  /// All of them.
  ///
  /// @return by name
  public List<GroupReport> list() {
    var request =
        ListReq.newBuilder()
            .setOptions(ListReq.Options.newBuilder().setListAllSubscriptions(EMPTY))
            .build();
    return ask(PersistentSubscriptionsGrpc.getListMethod(), request, "The list of groups")
        .getSubscriptionsList()
        .stream()
        .map(RemoteGroups::report)
        .toList();
  }

  /// How one is.
  ///
  /// @param source what it reads
  /// @param group its name
  /// @return as of this moment
  public GroupReport info(String source, String group) {
    var options = GetInfoReq.Options.newBuilder().setGroupName(group);
    var named = isAll(source) ? options.setAll(EMPTY) : options.setStreamIdentifier(stream(source));
    return report(
        ask(
                PersistentSubscriptionsGrpc.getGetInfoMethod(),
                GetInfoReq.newBuilder().setOptions(named).build(),
                "The look at group " + group)
            .getSubscriptionInfo());
  }

  /// Makes one.
  ///
  /// @param source what it reads
  /// @param group its name
  /// @param filter which events, of all streams; by prefixes or an expression
  /// @param options how it works
  public void create(String source, String group, EventFilter filter, GroupOptions options) {
    var request = CreateReq.Options.newBuilder().setGroupName(group).setSettings(created(options));
    var named =
        isAll(source)
            ? request.setAll(all(options, filter))
            : request.setStream(
                CreateReq.StreamOptions.newBuilder()
                    .setStreamIdentifier(stream(source))
                    .setRevision(options.start()));
    var _ =
        ask(
            PersistentSubscriptionsGrpc.getCreateMethod(),
            CreateReq.newBuilder().setOptions(named).build(),
            "The creation of group " + group);
  }

  private static CreateReq.AllOptions all(GroupOptions options, EventFilter filter) {
    var all = CreateReq.AllOptions.newBuilder();
    if (options.start() == GroupOptions.END) {
      all.setEnd(EMPTY);
    } else {
      all.setPosition(
          CreateReq.Position.newBuilder()
              .setCommitPosition(options.start())
              .setPreparePosition(options.start()));
    }
    return filter instanceof EventFilter.Everything
        ? all.setNoFilter(EMPTY).build()
        : all.setFilter(filter(filter)).build();
  }

  private static CreateReq.AllOptions.FilterOptions filter(EventFilter filter) {
    var options =
        CreateReq.AllOptions.FilterOptions.newBuilder()
            .setCount(EMPTY)
            .setCheckpointIntervalMultiplier(1);
    var expression = CreateReq.AllOptions.FilterOptions.Expression.newBuilder();
    return switch (filter) {
      case EventFilter.StreamPrefix(var prefixes) ->
          options.setStreamIdentifier(expression.addAllPrefix(prefixes)).build();
      case EventFilter.StreamRegex(var regex) ->
          options.setStreamIdentifier(expression.setRegex(regex)).build();
      case EventFilter.TypePrefix(var prefixes) ->
          options.setEventType(expression.addAllPrefix(prefixes)).build();
      case EventFilter.TypeRegex(var regex) ->
          options.setEventType(expression.setRegex(regex)).build();
      case EventFilter.Everything _,
          EventFilter.Category _,
          EventFilter.Types _,
          EventFilter.Tagged _,
          EventFilter.Matching _ ->
          throw new IllegalArgumentException(
              "A group is filtered by prefixes or an expression, got " + filter);
    };
  }

  private static CreateReq.Settings created(GroupOptions options) {
    return CreateReq.Settings.newBuilder()
        .setResolveLinks(options.resolveLinks())
        .setExtraStatistics(options.extraStatistics())
        .setMessageTimeoutMs(millis(options.messageTimeout()))
        .setMaxRetryCount(options.maxRetries())
        .setCheckpointAfterMs(millis(options.checkpointAfter()))
        .setMinCheckpointCount(options.minCheckpoint())
        .setMaxCheckpointCount(options.maxCheckpoint())
        .setMaxSubscriberCount(options.maxConsumers())
        .setLiveBufferSize(options.liveBuffer())
        .setHistoryBufferSize(options.historyBuffer())
        .setReadBatchSize(options.readBatch())
        .setConsumerStrategy(options.strategy())
        .build();
  }

  /// Changes how one works. Its consumers are dropped, and connect again.
  ///
  /// @param source what it reads
  /// @param group its name
  /// @param options how it is to work
  public void update(String source, String group, GroupOptions options) {
    var request = UpdateReq.Options.newBuilder().setGroupName(group).setSettings(updated(options));
    if (isAll(source)) {
      request.setAll(
          UpdateReq.AllOptions.newBuilder()
              .setPosition(
                  UpdateReq.Position.newBuilder()
                      .setCommitPosition(options.start())
                      .setPreparePosition(options.start())));
    } else {
      request.setStream(
          UpdateReq.StreamOptions.newBuilder()
              .setStreamIdentifier(stream(source))
              .setRevision(options.start()));
    }
    var _ =
        ask(
            PersistentSubscriptionsGrpc.getUpdateMethod(),
            UpdateReq.newBuilder().setOptions(request).build(),
            "The change of group " + group);
  }

  private static UpdateReq.Settings updated(GroupOptions options) {
    return UpdateReq.Settings.newBuilder()
        .setResolveLinks(options.resolveLinks())
        .setExtraStatistics(options.extraStatistics())
        .setMessageTimeoutMs(millis(options.messageTimeout()))
        .setMaxRetryCount(options.maxRetries())
        .setCheckpointAfterMs(millis(options.checkpointAfter()))
        .setMinCheckpointCount(options.minCheckpoint())
        .setMaxCheckpointCount(options.maxCheckpoint())
        .setMaxSubscriberCount(options.maxConsumers())
        .setLiveBufferSize(options.liveBuffer())
        .setHistoryBufferSize(options.historyBuffer())
        .setReadBatchSize(options.readBatch())
        .setNamedConsumerStrategy(strategy(options.strategy()))
        .build();
  }

  private static UpdateReq.ConsumerStrategy strategy(String name) {
    return switch (name) {
      case "DispatchToSingle" -> UpdateReq.ConsumerStrategy.DispatchToSingle;
      case "RoundRobin" -> UpdateReq.ConsumerStrategy.RoundRobin;
      case "Pinned" -> UpdateReq.ConsumerStrategy.Pinned;
      default ->
          throw new IllegalArgumentException(
              "A group is changed to DispatchToSingle, RoundRobin or Pinned, for the wire has no other words; got "
                  + name);
    };
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }

  /// Deletes one, with its checkpoint and its parked events.
  ///
  /// @param source what it reads
  /// @param group its name
  public void delete(String source, String group) {
    var options = DeleteReq.Options.newBuilder().setGroupName(group);
    var named = isAll(source) ? options.setAll(EMPTY) : options.setStreamIdentifier(stream(source));
    var _ =
        ask(
            PersistentSubscriptionsGrpc.getDeleteMethod(),
            DeleteReq.newBuilder().setOptions(named).build(),
            "The deletion of group " + group);
  }

  /// What is parked.
  ///
  /// @param source what the group reads
  /// @param group its name
  /// @param from the first place among the parked
  /// @param limit how many at most; there may be more behind the last, even if there are fewer
  /// @return in the order of parking
  public List<ParkedMessage> parked(String source, String group, long from, int limit) {
    var request =
        ParkedRequest.newBuilder()
            .setSource(source)
            .setGroup(group)
            .setFrom(from)
            .setLimit(limit)
            .build();
    return ask(GroupsGrpc.getParkedMethod(), request, "The look at what is parked")
        .getEventsList()
        .stream()
        .map(event ->
            new ParkedMessage(
                event.getParkedAt(),
                event.getWhy().toStringUtf8(),
                event.getStream(),
                event.getRevision(),
                event.getType(),
                event.getData().toByteArray(),
                event.getMetadata().toByteArray()))
        .toList();
  }

  /// Hands parked events out again.
  ///
  /// @param source what the group reads
  /// @param group its name
  /// @param stopAt the first place among the parked that is left alone; empty for all
  public void replay(String source, String group, OptionalLong stopAt) {
    var options = ReplayParkedReq.Options.newBuilder().setGroupName(group);
    var named = isAll(source) ? options.setAll(EMPTY) : options.setStreamIdentifier(stream(source));
    var request =
        stopAt.isPresent() ? named.setStopAt(stopAt.getAsLong()) : named.setNoLimit(EMPTY);
    var _ =
        ask(
            PersistentSubscriptionsGrpc.getReplayParkedMethod(),
            ReplayParkedReq.newBuilder().setOptions(request).build(),
            "The replay of parked events");
  }

  /// Hands a few parked events out again.
  ///
  /// @param source what the group reads
  /// @param group its name
  /// @param parkedAt their places among the parked
  public void replayChosen(String source, String group, Set<Long> parkedAt) {
    var request =
        ReplayChosenRequest.newBuilder()
            .setSource(source)
            .setGroup(group)
            .addAllParkedAt(parkedAt)
            .build();
    var _ = ask(GroupsGrpc.getReplayChosenMethod(), request, "The replay of parked events");
  }

  /// Forgets parked events.
  ///
  /// @param source what the group reads
  /// @param group its name
  /// @param stopAt the first place among the parked that is left alone; empty for all
  public void truncate(String source, String group, OptionalLong stopAt) {
    var options = TruncateParkedReq.Options.newBuilder().setGroupName(group);
    var named = isAll(source) ? options.setAll(EMPTY) : options.setStreamIdentifier(stream(source));
    var request =
        stopAt.isPresent() ? named.setStopAt(stopAt.getAsLong()) : named.setNoLimit(EMPTY);
    var _ =
        ask(
            PersistentSubscriptionsGrpc.getTruncateParkedMethod(),
            TruncateParkedReq.newBuilder().setOptions(request).build(),
            "The truncation of parked events");
  }

  /// Lets the server begin anew with all groups. Consumers are dropped, and connect again.
  public void restart() {
    var _ =
        ask(
            PersistentSubscriptionsGrpc.getRestartSubsystemMethod(),
            EMPTY,
            "The restart of the persistent subscriptions");
  }

  private <Q extends MessageLite, A> A ask(MethodDescriptor<Q, A> method, Q request, String call) {
    try {
      return ClientCalls.blockingUnaryCall(
          channel,
          method,
          CallOptions.DEFAULT.withDeadlineAfter(connection.defaultDeadline()),
          request);
    } catch (StatusRuntimeException e) {
      var exception = e.getTrailers() == null ? null : e.getTrailers().get(EXCEPTION);
      if (exception != null && OF_GROUPS.contains(exception)) {
        throw new GroupFailedException(String.valueOf(e.getStatus().getDescription()), e);
      }
      throw failures.of(e, call, request.getSerializedSize());
    }
  }

  private static boolean isAll(String source) {
    return source.equals(ALL);
  }

  private static StreamIdentifier stream(String name) {
    return StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8(name)).build();
  }

  private static GroupReport report(SubscriptionInfo info) {
    var figures = new TreeMap<String, String>();
    figures.put("total-items", Long.toString(info.getTotalItems()));
    figures.put("average-per-second", Integer.toString(info.getAveragePerSecond()));
    figures.put("read-buffer", Integer.toString(info.getReadBufferCount()));
    figures.put("live-buffer", Long.toString(info.getLiveBufferCount()));
    figures.put("retry-buffer", Integer.toString(info.getRetryBufferCount()));
    figures.put("outstanding", Integer.toString(info.getOutstandingMessagesCount()));
    return new GroupReport(
        info.getEventSource(),
        info.getGroupName(),
        info.getStatus(),
        info.getConnectionsCount(),
        info.getTotalInFlightMessages(),
        info.getParkedMessageCount(),
        info.getLastCheckpointedEventPosition(),
        info.getLastKnownEventPosition(),
        options(info),
        figures);
  }

  private static GroupOptions options(SubscriptionInfo info) {
    return new GroupOptions(
        place(info.getStartFrom()),
        info.getResolveLinkTos(),
        info.getExtraStatistics(),
        Duration.ofMillis(info.getMessageTimeoutMilliseconds()),
        info.getMaxRetryCount(),
        Duration.ofMillis(info.getCheckPointAfterMilliseconds()),
        info.getMinCheckPointCount(),
        info.getMaxCheckPointCount(),
        info.getMaxSubscriberCount(),
        info.getLiveBufferSize(),
        info.getBufferSize(),
        info.getReadBatchSize(),
        info.getNamedConsumerStrategy());
  }

  /// `42`, or `C:42/P:42`.
  private static long place(String text) {
    var slash = text.indexOf('/');
    return Long.parseLong(text.startsWith("C:") && slash > 0 ? text.substring(2, slash) : text);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.groups;

import io.leftfold.protocol.messages.groups.SubscriptionInfo;
import io.leftfold.server.group.GroupInfo;
import java.util.OptionalLong;

/// How groups are, in the words of the wire.
final class GroupAnswers {

  private GroupAnswers() {}

  static SubscriptionInfo info(GroupInfo info) {
    var settings = info.definition().settings();
    var source = info.definition().id().source();
    var figures = info.figures();
    var answer =
        SubscriptionInfo.newBuilder()
            .setEventSource(source.toString())
            .setGroupName(info.definition().id().name())
            .setStatus(info.status())
            .setAveragePerSecond(info.pace().averagePerSecond())
            .setTotalItems(info.pace().total())
            .setCountSinceLastMeasurement(info.pace().sinceLast())
            .setLastCheckpointedEventPosition(text(info, info.checkpoint()))
            .setLastKnownEventPosition(text(info, info.lastKnown()))
            .setResolveLinkTos(settings.resolveLinks())
            .setStartFrom(source.text(settings.start()))
            .setMessageTimeoutMilliseconds(millis(settings.messageTimeout()))
            .setExtraStatistics(settings.extraStatistics())
            .setMaxRetryCount(settings.maxRetryCount())
            .setLiveBufferSize(settings.liveBufferSize())
            .setBufferSize(settings.historyBufferSize())
            .setReadBatchSize(settings.readBatchSize())
            .setCheckPointAfterMilliseconds(millis(settings.checkpointAfter()))
            .setMinCheckPointCount(settings.minCheckpointCount())
            .setMaxCheckPointCount(settings.maxCheckpointCount())
            .setReadBufferCount(figures.readBuffer())
            .setLiveBufferCount(figures.liveBuffer())
            .setRetryBufferCount(figures.retryBuffer())
            .setTotalInFlightMessages(figures.inFlight())
            .setOutstandingMessagesCount(figures.outstanding())
            .setNamedConsumerStrategy(settings.strategy().text())
            .setMaxSubscriberCount(settings.maxSubscriberCount())
            .setParkedMessageCount(info.parked());
    info.connections().forEach(connection -> answer.addConnections(connection(connection)));
    return answer.build();
  }

  private static int millis(java.time.Duration duration) {
    return (int) Math.min(Integer.MAX_VALUE, duration.toMillis());
  }

  private static String text(GroupInfo info, OptionalLong place) {
    // Before the first event there is no place.
    return place.orElse(-1) >= 0 ? info.definition().id().source().text(place.getAsLong()) : "";
  }

  private static SubscriptionInfo.ConnectionInfo connection(GroupInfo.ConnectionInfo connection) {
    var identity = connection.identity();
    var answer =
        SubscriptionInfo.ConnectionInfo.newBuilder()
            .setFrom(identity.from())
            .setUsername(identity.user())
            .setConnectionName(identity.connectionName())
            .setAverageItemsPerSecond(connection.pace().averagePerSecond())
            .setTotalItems(connection.pace().total())
            .setCountSinceLastMeasurement(connection.pace().sinceLast())
            .setAvailableSlots(connection.availableSlots())
            .setInFlightMessages(connection.inFlight());
    for (var measurement : connection.measurements()) {
      answer.addObservedMeasurements(
          SubscriptionInfo.Measurement.newBuilder()
              .setKey(measurement.key())
              .setValue(measurement.millis()));
    }
    return answer.build();
  }
}

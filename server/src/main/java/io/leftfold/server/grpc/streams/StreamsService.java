// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.server.edge.GrpcHandler;
import io.leftfold.server.node.Node;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

/// The five methods of `event_store.client.streams.Streams`.
public final class StreamsService {

  private static final String SERVICE = "/event_store.client.streams.Streams/";

  private final Node node;
  private final StreamLimits limits;
  private final Clock clock;
  private final Supplier<UUID> subscriptionIds;
  private final Alarm alarm;
  private final ThreadFactory threads;

  /// The service of a node.
  ///
  /// @param node answers
  /// @param limits how much is listened to
  /// @param clock the time in notices, and for deadlines
  /// @param subscriptionIds a fresh one for each subscription
  /// @param alarm for appends that do not arrive
  /// @param threads makes a virtual thread for each read that has to search
  public StreamsService(
      Node node,
      StreamLimits limits,
      Clock clock,
      Supplier<UUID> subscriptionIds,
      Alarm alarm,
      ThreadFactory threads) {
    this.node = node;
    this.limits = limits;
    this.clock = clock;
    this.subscriptionIds = subscriptionIds;
    this.alarm = alarm;
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, GrpcHandler> handlers() {
    return Map.of(
        SERVICE + "Read",
        call -> new ReadCall(call, node, clock, subscriptionIds, threads),
        SERVICE + "Append",
        call -> new AppendCall(call, node, limits),
        SERVICE + "BatchAppend",
        call -> new BatchAppendCall(call, node, limits, clock, alarm),
        SERVICE + "Delete",
        call -> new DeleteCall(call, node, false),
        SERVICE + "Tombstone",
        call -> new DeleteCall(call, node, true));
  }
}

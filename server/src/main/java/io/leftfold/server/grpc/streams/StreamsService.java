// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.server.grpc.calls.Alarm;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.indexes.UserIndexes;
import io.leftfold.server.node.UnderWay;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

/// The five methods of `event_store.client.streams.Streams`.
public final class StreamsService {

  private static final String SERVICE = "/event_store.client.streams.Streams/";

  private final StreamLimits limits;
  private final UserIndexes indexes;
  private final Clock clock;
  private final Supplier<UUID> subscriptionIds;
  private final Alarm alarm;
  private final UnderWay underWay;
  private final ThreadFactory threads;

  /// The service.
  ///
  /// @param limits how much is listened to
  /// @param indexes are read besides streams
  /// @param clock the time in notices, and for deadlines
  /// @param subscriptionIds a fresh one for each subscription
  /// @param alarm for appends that do not arrive
  /// @param underWay for writes that take too long
  /// @param threads makes a virtual thread for each read that has to search
  public StreamsService(
      StreamLimits limits,
      UserIndexes indexes,
      Clock clock,
      Supplier<UUID> subscriptionIds,
      Alarm alarm,
      UnderWay underWay,
      ThreadFactory threads) {
    this.limits = limits;
    this.indexes = indexes;
    this.clock = clock;
    this.subscriptionIds = subscriptionIds;
    this.alarm = alarm;
    this.underWay = underWay;
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.of(
        SERVICE + "Read",
        (call, session) -> new ReadCall(call, session, indexes, clock, subscriptionIds, threads),
        SERVICE + "Append",
        (call, session) -> new AppendCall(call, session, limits, underWay),
        SERVICE + "BatchAppend",
        (call, session) -> new BatchAppendCall(call, session, limits, clock, alarm, underWay),
        SERVICE + "Delete",
        (call, session) -> new DeleteCall(call, session, false, underWay),
        SERVICE + "Tombstone",
        (call, session) -> new DeleteCall(call, session, true, underWay));
  }
}

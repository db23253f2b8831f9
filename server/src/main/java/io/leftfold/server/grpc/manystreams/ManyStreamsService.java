// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.manystreams;

import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.node.UnderWay;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/// The two methods of `kurrentdb.protocol.v2.streams.StreamsService`.
public final class ManyStreamsService {

  private static final String SERVICE = "/kurrentdb.protocol.v2.streams.StreamsService/";

  /// What a message may have beyond its events: names, framing.
  private static final int BYTES_BESIDES = 1 << 20;

  private final Records records;
  private final long appendBytesMax;
  private final UnderWay underWay;

  /// The service.
  ///
  /// @param ids for records without one
  /// @param eventBytesMax the largest event
  /// @param appendBytesMax the largest append, all its events together
  /// @param underWay for appends that take too long
  public ManyStreamsService(
      Supplier<UUID> ids, long eventBytesMax, long appendBytesMax, UnderWay underWay) {
    this.underWay = underWay;
    this.records = new Records(ids, eventBytesMax);
    this.appendBytesMax = appendBytesMax;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.of(
        SERVICE + "AppendSession",
        (call, session) -> {
          listenToAppends(call);
          return new AppendSessionCall(call, session, records, appendBytesMax, underWay);
        },
        SERVICE + "AppendRecords",
        (call, session) -> {
          listenToAppends(call);
          return new AppendRecordsCall(call, session, records, appendBytesMax, underWay);
        });
  }

  private void listenToAppends(GrpcCall call) {
    call.messageBytesMax(
        Math.toIntExact(Math.min(Integer.MAX_VALUE, appendBytesMax + BYTES_BESIDES)));
  }
}

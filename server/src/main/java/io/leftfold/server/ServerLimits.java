// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.server.edge.EdgeLimits;

/// How much a server holds on behalf of its callers. 0 stands for what the largest heap of the
/// process can bear.
///
/// @param connections connections beyond are closed
/// @param calls open gRPC calls of all connections together, subscriptions among them; calls beyond
///   are refused
/// @param callsPerConnection the same of one connection; callers wait with the next
/// @param requestBytes requests that have not come whole or are not answered yet, of all
///   connections together; calls beyond are refused
/// @param requestBytesPerConnection the same of one connection
/// @param answerBytes answers that callers have not taken, of all connections together; beyond, the
///   server waits until they do
/// @param answerBytesPerConnection the same of one connection
public record ServerLimits(
    int connections,
    int calls,
    int callsPerConnection,
    long requestBytes,
    long requestBytesPerConnection,
    long answerBytes,
    long answerBytesPerConnection) {

  private static final ServerLimits DEFAULTS = new ServerLimits(0, 0, 0, 0, 0, 0, 0);

  /// Checks that no limit is negative.
  public ServerLimits {
    if (connections < 0
        || calls < 0
        || callsPerConnection < 0
        || requestBytes < 0
        || requestBytesPerConnection < 0
        || answerBytes < 0
        || answerBytesPerConnection < 0) {
      throw new IllegalArgumentException("A limit is 1 or more, or 0 for what the heap can bear");
    }
  }

  /// What the heap can bear.
  ///
  /// @return all 0
  public static ServerLimits defaults() {
    return DEFAULTS;
  }

  /// These with other limits on connections and calls.
  ///
  /// @param connections in all
  /// @param calls in all
  /// @param callsPerConnection of one
  /// @return the new limits
  public ServerLimits withCalls(int connections, int calls, int callsPerConnection) {
    return new ServerLimits(
        connections,
        calls,
        callsPerConnection,
        requestBytes,
        requestBytesPerConnection,
        answerBytes,
        answerBytesPerConnection);
  }

  /// These with other limits on requests.
  ///
  /// @param bytes in all
  /// @param bytesPerConnection of one connection
  /// @return the new limits
  public ServerLimits withRequests(long bytes, long bytesPerConnection) {
    return new ServerLimits(
        connections,
        calls,
        callsPerConnection,
        bytes,
        bytesPerConnection,
        answerBytes,
        answerBytesPerConnection);
  }

  /// These with other limits on answers.
  ///
  /// @param bytes in all
  /// @param bytesPerConnection of one connection
  /// @return the new limits
  public ServerLimits withAnswers(long bytes, long bytesPerConnection) {
    return new ServerLimits(
        connections,
        calls,
        callsPerConnection,
        requestBytes,
        requestBytesPerConnection,
        bytes,
        bytesPerConnection);
  }

  /// What the edge is told.
  ///
  /// @param heapBytesMax the largest heap
  /// @param appendBytesMax the largest append: while it is received its parts are held twice
  EdgeLimits edge(long heapBytesMax, long appendBytesMax) {
    var byHeap = EdgeLimits.of(heapBytesMax, appendBytesMax + appendBytesMax / 2);
    return new EdgeLimits(
        or(connections, byHeap.connectionsMax()),
        or(calls, byHeap.callsMax()),
        or(callsPerConnection, byHeap.callsPerConnectionMax()),
        byHeap.pagesMax(),
        or(requestBytes, byHeap.requestBytesMax()),
        or(requestBytesPerConnection, byHeap.requestBytesPerConnectionMax()),
        or(answerBytes, byHeap.answerBytesMax()),
        or(answerBytesPerConnection, byHeap.answerBytesPerConnectionMax()));
  }

  private static int or(int said, int byHeap) {
    return said > 0 ? said : byHeap;
  }

  private static long or(long said, long byHeap) {
    return said > 0 ? said : byHeap;
  }
}

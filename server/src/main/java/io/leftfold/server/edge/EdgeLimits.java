// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

/// How much the edge holds on behalf of its peers, of each connection and of all together.
///
/// @param connectionsMax connections beyond are closed as soon as they are accepted
/// @param callsMax open gRPC calls of all connections together; calls beyond are failed
/// @param callsPerConnectionMax concurrent streams of an HTTP/2 connection; a peer that keeps to
///   the protocol waits with the next
/// @param pagesMax requests of plain HTTP that are being answered; those beyond are told to come
///   again (503)
/// @param requestBytesMax memory for requests that have not come whole or are not answered yet, of
///   all calls together; beyond, a call of the connection that holds most is failed
/// @param requestBytesPerConnectionMax the same, of the calls of one connection; a call that goes
///   beyond is failed
/// @param answerBytesMax answers that peers have not taken, of all connections together; beyond,
///   calls wait with the next part of theirs
/// @param answerBytesPerConnectionMax the same, of one connection
public record EdgeLimits(
    int connectionsMax,
    int callsMax,
    int callsPerConnectionMax,
    int pagesMax,
    long requestBytesMax,
    long requestBytesPerConnectionMax,
    long answerBytesMax,
    long answerBytesPerConnectionMax) {

  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;

  /// About what a connection takes that does nothing, and a call.
  private static final long BYTES_OF_CONNECTION = 64 * KIB;

  private static final long BYTES_OF_CALL = 32 * KIB;

  private static final long PART_FOR_REQUESTS = 4;
  private static final long PART_FOR_ANSWERS = 8;
  private static final long PART_OF_REQUESTS_FOR_ONE = 4;
  private static final long PART_OF_ANSWERS_FOR_ONE = 16;
  private static final int PAGES_MAX = 256;

  /// Checks that each lets something through.
  public EdgeLimits {
    if (connectionsMax < 1
        || callsMax < 1
        || callsPerConnectionMax < 1
        || pagesMax < 1
        || requestBytesMax < 1
        || requestBytesPerConnectionMax < 1
        || answerBytesMax < 1
        || answerBytesPerConnectionMax < 1) {
      throw new IllegalArgumentException("Each limit is 1 or more");
    }
  }

  /// What a heap can bear.
  ///
  /// @param heapBytesMax the largest heap
  /// @param requestBytes what the largest request takes: there is room for two, and for one of each
  ///   connection
  /// @return the limits
  public static EdgeLimits of(long heapBytesMax, long requestBytes) {
    var requests = Math.max(heapBytesMax / PART_FOR_REQUESTS, 2 * requestBytes);
    var answers = Math.max(heapBytesMax / PART_FOR_ANSWERS, 8 * MIB);
    var calls = between(1024, heapBytesMax / BYTES_OF_CALL, 1 << 20);
    return new EdgeLimits(
        between(256, heapBytesMax / BYTES_OF_CONNECTION, 16_384),
        calls,
        Math.min(4096, calls / 2),
        PAGES_MAX,
        requests,
        Math.max(requests / PART_OF_REQUESTS_FOR_ONE, requestBytes),
        answers,
        Math.max(answers / PART_OF_ANSWERS_FOR_ONE, MIB));
  }

  private static int between(int least, long wanted, int most) {
    return Math.clamp(wanted, least, most);
  }

  /// These with other limits on connections.
  ///
  /// @param connectionsMax at least 1
  /// @param callsPerConnectionMax at least 1
  /// @return the new limits
  public EdgeLimits withConnections(int connectionsMax, int callsPerConnectionMax) {
    return new EdgeLimits(
        connectionsMax,
        callsMax,
        callsPerConnectionMax,
        pagesMax,
        requestBytesMax,
        requestBytesPerConnectionMax,
        answerBytesMax,
        answerBytesPerConnectionMax);
  }

  /// These with other limits on what is being answered.
  ///
  /// @param callsMax of gRPC, at least 1
  /// @param pagesMax of plain HTTP, at least 1
  /// @return the new limits
  public EdgeLimits withCalls(int callsMax, int pagesMax) {
    return new EdgeLimits(
        connectionsMax,
        callsMax,
        callsPerConnectionMax,
        pagesMax,
        requestBytesMax,
        requestBytesPerConnectionMax,
        answerBytesMax,
        answerBytesPerConnectionMax);
  }

  /// These with other limits on requests.
  ///
  /// @param bytesMax of all connections together
  /// @param bytesPerConnectionMax of one
  /// @return the new limits
  public EdgeLimits withRequests(long bytesMax, long bytesPerConnectionMax) {
    return new EdgeLimits(
        connectionsMax,
        callsMax,
        callsPerConnectionMax,
        pagesMax,
        bytesMax,
        bytesPerConnectionMax,
        answerBytesMax,
        answerBytesPerConnectionMax);
  }

  /// These with other limits on answers.
  ///
  /// @param bytesMax of all connections together
  /// @param bytesPerConnectionMax of one
  /// @return the new limits
  public EdgeLimits withAnswers(long bytesMax, long bytesPerConnectionMax) {
    return new EdgeLimits(
        connectionsMax,
        callsMax,
        callsPerConnectionMax,
        pagesMax,
        requestBytesMax,
        requestBytesPerConnectionMax,
        bytesMax,
        bytesPerConnectionMax);
  }
}

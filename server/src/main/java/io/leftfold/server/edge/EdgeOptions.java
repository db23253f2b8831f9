// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.time.Duration;

/// Where the edge listens, and how much it lets peers have of it.
///
/// @param host a name or address of this machine
/// @param port 0 for any free one
/// @param eventLoops threads that serve connections
/// @param limits how much is held on behalf of peers
/// @param headerBytesMax all headers of a request together
/// @param messageBytesMax the longest gRPC message taken, unless its handler wants otherwise
/// @param openingTimeout how long a connection may take until its first request or, in HTTP/2, its
///   first settings, and a message of gRPC or a request of HTTP/1.1 that comes too slowly to be
///   more than a pretence; it is ended then, or after the same time again
/// @param keepAlive how long a connection may be silent
public record EdgeOptions(
    String host,
    int port,
    int eventLoops,
    EdgeLimits limits,
    int headerBytesMax,
    int messageBytesMax,
    Duration openingTimeout,
    KeepAlive keepAlive) {

  private static final int MIB = 1024 * 1024;

  /// Loopback, port 2113, as many event loops as processors.
  ///
  /// @return the defaults
  public static EdgeOptions defaults() {
    return new EdgeOptions(
        "127.0.0.1",
        2113,
        Runtime.getRuntime().availableProcessors(),
        EdgeLimits.of(Runtime.getRuntime().maxMemory(), 17 * MIB),
        16 * 1024,
        17 * MIB,
        Duration.ofSeconds(30),
        KeepAlive.defaults());
  }

  /// These on another address.
  ///
  /// @param host a name or address of this machine
  /// @param port 0 for any free one
  /// @return the new options
  public EdgeOptions withAddress(String host, int port) {
    return new EdgeOptions(
        host, port, eventLoops, limits, headerBytesMax, messageBytesMax, openingTimeout, keepAlive);
  }

  /// These with another number of event loops.
  ///
  /// @param eventLoops at least 1
  /// @return the new options
  public EdgeOptions withEventLoops(int eventLoops) {
    return new EdgeOptions(
        host, port, eventLoops, limits, headerBytesMax, messageBytesMax, openingTimeout, keepAlive);
  }

  /// These with other limits.
  ///
  /// @param limits how much is held on behalf of peers
  /// @return the new options
  public EdgeOptions withLimits(EdgeLimits limits) {
    return new EdgeOptions(
        host, port, eventLoops, limits, headerBytesMax, messageBytesMax, openingTimeout, keepAlive);
  }

  /// These with another limit on messages.
  ///
  /// @param messageBytesMax the longest message
  /// @return the new options
  public EdgeOptions withMessages(int messageBytesMax) {
    return new EdgeOptions(
        host, port, eventLoops, limits, headerBytesMax, messageBytesMax, openingTimeout, keepAlive);
  }

  /// These with other patience.
  ///
  /// @param openingTimeout until a connection has said what it is
  /// @param keepAlive how long a connection may be silent
  /// @return the new options
  public EdgeOptions withPatience(Duration openingTimeout, KeepAlive keepAlive) {
    return new EdgeOptions(
        host, port, eventLoops, limits, headerBytesMax, messageBytesMax, openingTimeout, keepAlive);
  }
}

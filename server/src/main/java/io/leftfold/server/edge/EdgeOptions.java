// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.time.Duration;

/// Where the edge listens, and how much it lets peers have of it.
///
/// @param host a name or address of this machine
/// @param port 0 for any free one
/// @param eventLoops threads that serve connections
/// @param connectionsMax connections beyond are closed as soon as they are accepted
/// @param callsPerConnectionMax concurrent streams of an HTTP/2 connection
/// @param headerBytesMax all headers of a request together
/// @param messageBytesMax the longest gRPC message taken, unless its handler wants otherwise
/// @param receivingBytesMax memory for messages, and for requests of several messages, that have
///   not come whole, of all calls together; calls beyond are failed
/// @param openingTimeout how long a connection may take until its first request or, in HTTP/2, its
///   first settings, and a message or a request of HTTP/1.1 that comes too slowly to be more than a
///   pretence; it is ended then, or after the same time again
/// @param keepAlive how long a connection may be silent
public record EdgeOptions(
    String host,
    int port,
    int eventLoops,
    int connectionsMax,
    int callsPerConnectionMax,
    int headerBytesMax,
    int messageBytesMax,
    long receivingBytesMax,
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
        16_384,
        4096,
        16 * 1024,
        17 * MIB,
        512L * MIB,
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
        host,
        port,
        eventLoops,
        connectionsMax,
        callsPerConnectionMax,
        headerBytesMax,
        messageBytesMax,
        receivingBytesMax,
        openingTimeout,
        keepAlive);
  }

  /// These with another number of event loops.
  ///
  /// @param eventLoops at least 1
  /// @return the new options
  public EdgeOptions withEventLoops(int eventLoops) {
    return new EdgeOptions(
        host,
        port,
        eventLoops,
        connectionsMax,
        callsPerConnectionMax,
        headerBytesMax,
        messageBytesMax,
        receivingBytesMax,
        openingTimeout,
        keepAlive);
  }

  /// These with other limits on connections and their calls.
  ///
  /// @param connectionsMax at least 1
  /// @param callsPerConnectionMax at least 1
  /// @return the new options
  public EdgeOptions withConnections(int connectionsMax, int callsPerConnectionMax) {
    return new EdgeOptions(
        host,
        port,
        eventLoops,
        connectionsMax,
        callsPerConnectionMax,
        headerBytesMax,
        messageBytesMax,
        receivingBytesMax,
        openingTimeout,
        keepAlive);
  }

  /// These with other limits on what is received.
  ///
  /// @param messageBytesMax the longest message
  /// @param receivingBytesMax of all calls together
  /// @return the new options
  public EdgeOptions withMessages(int messageBytesMax, long receivingBytesMax) {
    return new EdgeOptions(
        host,
        port,
        eventLoops,
        connectionsMax,
        callsPerConnectionMax,
        headerBytesMax,
        messageBytesMax,
        receivingBytesMax,
        openingTimeout,
        keepAlive);
  }

  /// These with other patience.
  ///
  /// @param openingTimeout until a connection has said what it is
  /// @param keepAlive how long a connection may be silent
  /// @return the new options
  public EdgeOptions withPatience(Duration openingTimeout, KeepAlive keepAlive) {
    return new EdgeOptions(
        host,
        port,
        eventLoops,
        connectionsMax,
        callsPerConnectionMax,
        headerBytesMax,
        messageBytesMax,
        receivingBytesMax,
        openingTimeout,
        keepAlive);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import java.time.Duration;

/// How the old TCP protocol is served, on the address of the node and with TLS if it has TLS.
///
/// @param port the port; 0 for any that is free
/// @param heartbeatInterval how long a connection may be silent until it is asked for a sign of
///   life
/// @param heartbeatTimeout how long that sign may take; the connection is closed then
public record TcpOptions(int port, Duration heartbeatInterval, Duration heartbeatTimeout) {

  /// Checks the times.
  ///
  /// @throws IllegalArgumentException if one is none
  public TcpOptions {
    if (!heartbeatInterval.isPositive() || !heartbeatTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "Heartbeats take some time to be asked for and to come, got %s and %s"
              .formatted(heartbeatInterval, heartbeatTimeout));
    }
  }

  /// Port 1113, heartbeats as KurrentDB has them: 2 s and 1 s.
  ///
  /// @return the defaults
  public static TcpOptions defaults() {
    return new TcpOptions(1113, Duration.ofSeconds(2), Duration.ofSeconds(1));
  }

  /// These on another port.
  ///
  /// @param port 0 for any that is free
  /// @return the new options
  public TcpOptions withPort(int port) {
    return new TcpOptions(port, heartbeatInterval, heartbeatTimeout);
  }

  /// These with other heartbeats.
  ///
  /// @param interval how long a connection may be silent
  /// @param timeout how long a sign of life may take
  /// @return the new options
  public TcpOptions withHeartbeats(Duration interval, Duration timeout) {
    return new TcpOptions(port, interval, timeout);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

/// How a node is reached: `ServerOptions.defaults().withAddress("0.0.0.0", 2113)`.
///
/// @param host the name or address of this machine to listen on
/// @param port the port; 0 for any that is free
/// @param advertisedHost the name or address that clients are told to reach this node by; empty for
///   the one it listens on
public record ServerOptions(String host, int port, String advertisedHost) {

  private static final ServerOptions DEFAULTS = new ServerOptions("127.0.0.1", 2113, "");

  /// Loopback, port 2113.
  ///
  /// @return the options
  public static ServerOptions defaults() {
    return DEFAULTS;
  }

  /// With another address to listen on.
  ///
  /// @param host a name or address of this machine
  /// @param port 0 for any that is free
  /// @return the new options
  public ServerOptions withAddress(String host, int port) {
    return new ServerOptions(host, port, advertisedHost);
  }

  /// With a name by which clients reach this node.
  ///
  /// @param host a name or address
  /// @return the new options
  public ServerOptions withAdvertisedHost(String host) {
    return new ServerOptions(this.host, port, host);
  }
}

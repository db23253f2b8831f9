// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.vertx.core.http.HttpServerRequest;

/// Where a caller connects from.
///
/// @param host the address, the same for all calls of one machine; empty if it is not known
/// @param port of the connection; 0 if it is not known
public record Peer(String host, int port) {

  /// A peer of which nothing is known.
  public static final Peer UNKNOWN = new Peer("", 0);

  /// Where a request comes from.
  ///
  /// @param request of HTTP, gRPC's too
  /// @return its peer, or [#UNKNOWN]
  public static Peer of(HttpServerRequest request) {
    var address = request.remoteAddress();
    return address == null || address.hostAddress() == null
        ? UNKNOWN
        : new Peer(address.hostAddress(), address.port());
  }

  /// Address and port, for people; empty if they are not known.
  @Override
  public String toString() {
    return host.isEmpty() ? "" : "%s:%d".formatted(host, port);
  }
}

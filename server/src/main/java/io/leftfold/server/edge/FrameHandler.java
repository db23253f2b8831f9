// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

/// Answers connections that speak in frames.
@FunctionalInterface
public interface FrameHandler {

  /// Somebody has connected. Called on the connection's event loop, and may not block.
  ///
  /// @param connection to answer with
  /// @return hears what comes
  FrameListener open(FrameConnection connection);
}

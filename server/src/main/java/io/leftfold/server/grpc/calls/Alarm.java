// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.calls;

import java.time.Duration;

/// Does something later.
@FunctionalInterface
public interface Alarm {
  /// Runs a task after a while, on some thread, unless the server ends before.
  ///
  /// @param delay how long from now
  /// @param task hands over and returns
  void after(Duration delay, Runnable task);
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.time.Duration;

/// How it is found out that nobody is at the other end of a connection any more.
///
/// @param interval how long a connection may be silent until it is asked for a sign of life
/// @param timeout how long the answer may take; the connection is closed then. HTTP/1.1 has no such
///   question: it is closed after the same time, unless a request waits for its answer
public record KeepAlive(Duration interval, Duration timeout) {

  /// Checks that both are some time.
  ///
  /// @throws IllegalArgumentException if one is not
  public KeepAlive {
    if (!interval.isPositive() || !timeout.isPositive()) {
      throw new IllegalArgumentException(
          "Signs of life take some time to be asked for and to come, got %s and %s"
              .formatted(interval, timeout));
    }
  }

  /// Ten seconds each.
  ///
  /// @return the defaults
  public static KeepAlive defaults() {
    return new KeepAlive(Duration.ofSeconds(10), Duration.ofSeconds(10));
  }
}

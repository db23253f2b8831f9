// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import java.time.Instant;

/// How much of a backup is restored.
public sealed interface RestorePoint {

  /// All of it.
  record Latest() implements RestorePoint {}

  /// Every commit that reaches no further than a position.
  ///
  /// @param last the last position that may be there
  record AtPosition(long last) implements RestorePoint {
    /// Checks the position.
    public AtPosition {
      if (last < 0) {
        throw new IllegalArgumentException("A position is 0 or more, got " + last);
      }
    }
  }

  /// Every commit that was recorded by a time.
  ///
  /// @param time the time, that moment included
  record AtTime(Instant time) implements RestorePoint {}

  /// All of it.
  ///
  /// @return the point
  static RestorePoint latest() {
    return new Latest();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.nio.file.Path;
import java.time.Duration;

/// Where a benchmark writes, and how much time it takes.
///
/// @param directory an empty directory of its own, on the disk that is measured
/// @param measuring how long each contestant is measured, all rounds together
/// @param quick whether to work on a tenth of the data, to see that it works
public record Settings(Path directory, Duration measuring, boolean quick) {

  private static final int ROUNDS = 25;
  private static final int ROUNDS_QUICK = 5;

  /// How often each contestant has its turn.
  public int rounds() {
    return quick ? ROUNDS_QUICK : ROUNDS;
  }

  /// How long one turn is.
  public Duration round() {
    return measuring.dividedBy(rounds());
  }

  /// A number of things, or a tenth of it.
  ///
  /// @param full how many it is otherwise
  /// @return how many to take
  public int scaled(int full) {
    return quick ? full / 10 : full;
  }
}

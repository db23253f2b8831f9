// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.time.Duration;

/// Whether something comes, or only seems to: a byte now and then keeps it coming for ever, at no
/// cost to who sends it.
///
/// Looked at once a period. What has not come whole in one that it did not begin in is a pretence,
/// unless it comes at a rate that costs its sender something.
final class Trickle {

  private static final long BYTES_PER_SECOND_LEAST = 240;

  private boolean unfinishedBefore;
  private long bytes;

  /// What is to come in a period, at that rate.
  static long least(Duration period) {
    return BYTES_PER_SECOND_LEAST * period.toMillis() / 1000;
  }

  void came(int count) {
    bytes += count;
  }

  /// Something else comes from now on.
  void begun() {
    unfinishedBefore = false;
  }

  /// Whether it has been coming for too long; to be asked once a period.
  ///
  /// @param unfinished whether anything is to come
  /// @param least how many bytes of it in a period are no pretence
  boolean isPretence(boolean unfinished, long least) {
    var pretence = unfinished && unfinishedBefore && bytes < least;
    unfinishedBefore = unfinished;
    bytes = 0;
    return pretence;
  }
}

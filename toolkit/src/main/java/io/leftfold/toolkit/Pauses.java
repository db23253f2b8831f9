// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before a command that others were quicker than is decided again.
@FunctionalInterface
public interface Pauses {

  /// Waits.
  ///
  /// @param attempts how many there were, from 1
  /// @throws InterruptedException if the thread is interrupted
  void pause(int attempts) throws InterruptedException;

  /// Decides again at once.
  ///
  /// @return no pauses
  static Pauses none() {
    return _ -> {};
  }

  /// Waits by chance, up to a time that doubles with each attempt: so that of many who compete the
  /// next meets fewer.
  ///
  /// @param first up to how long after the first attempt
  /// @param longest up to how long at most
  /// @param random chooses, for many threads at once
  /// @return the pauses
  static Pauses jittered(Duration first, Duration longest, RandomGenerator random) {
    return attempts -> Thread.sleep(jitter(first, longest, attempts, random));
  }

  /// How long to wait by chance.
  ///
  /// @param first up to how long after the first attempt; twice as long after each other
  /// @param longest up to how long at most
  /// @param attempts how many there were, from 1
  /// @param random chooses
  /// @return how long
  static Duration jitter(Duration first, Duration longest, int attempts, RandomGenerator random) {
    var nanos = Math.max(1, first.toNanos());
    var doublingsMax = Long.numberOfLeadingZeros(nanos) - 1;
    var most = Math.min(longest.toNanos(), nanos << Math.min(attempts - 1, doublingsMax));
    return Duration.ofNanos(random.nextLong(most + 1));
  }
}

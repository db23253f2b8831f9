// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.toolkit.Pauses;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long a command is tried whose target cannot be asked, or does not answer. After that it has
/// [Settlement.Failed]. Tries are counted from when a runner was started; a new one begins anew.
///
/// @param first the pause after the first attempt is by chance, up to this
/// @param longest the pause doubles with each attempt, up to this
/// @param within no attempt begins later than this after the first one
/// @param random chooses
public record Retries(Duration first, Duration longest, Duration within, RandomGenerator random) {

  /// Checks the durations.
  ///
  /// @throws IllegalArgumentException if one is negative
  public Retries {
    if (first.isNegative() || longest.isNegative() || within.isNegative()) {
      throw new IllegalArgumentException(
          "Pauses and time limits of retries are 0 or longer, got %s, %s and %s"
              .formatted(first, longest, within));
    }
  }

  /// Pauses of up to 100 ms at first and 30 s at last, for 15 minutes.
  ///
  /// @param random chooses
  /// @return the retries
  public static Retries defaults(RandomGenerator random) {
    return new Retries(
        Duration.ofMillis(100), Duration.ofSeconds(30), Duration.ofMinutes(15), random);
  }

  /// For as long as this.
  ///
  /// @param limit no attempt begins later than this after the first one
  /// @return the new retries
  public Retries within(Duration limit) {
    return new Retries(first, longest, limit, random);
  }

  /// A pause by chance.
  Duration pause(int attempts) {
    return Pauses.jitter(first, longest, attempts, random);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.time.Clock;
import java.util.OptionalLong;

/// How often an event was tried that fails, and when it will be again.
final class Attempts {

  private static final int ATTEMPTS_MAX = 10;

  private final Clock clock;
  private int made;
  private OptionalLong againAt = OptionalLong.empty();
  private String trouble = "";

  Attempts(Clock clock) {
    this.clock = clock;
  }

  /// One more has failed.
  ///
  /// @param why for a person
  /// @return whether there will be another
  boolean failed(String why) {
    made++;
    if (made >= ATTEMPTS_MAX) {
      return false;
    }
    againAt = OptionalLong.of(clock.millis() + BackOff.millis(made));
    trouble = "Attempt %d failed, and there will be another: %s".formatted(made, why);
    return true;
  }

  /// Another event is next.
  void clear() {
    made = 0;
    againAt = OptionalLong.empty();
    trouble = "";
  }

  /// When there will be another, in milliseconds.
  OptionalLong againAt() {
    return againAt;
  }

  /// Whether the time for it has not come.
  boolean isPausing() {
    return againAt.isPresent() && againAt.getAsLong() > clock.millis();
  }

  /// What is being tried again, and why; empty if nothing is.
  String trouble() {
    return trouble;
  }
}

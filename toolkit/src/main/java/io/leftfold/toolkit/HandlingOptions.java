// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.time.Duration;
import java.util.Random;

/// How commands are handled: `HandlingOptions.defaults().withAttemptsMax(5)`.
///
/// @param attemptsMax how often a command is decided if others are quicker, 1 or more
/// @param pauses how long to wait in between
/// @param unknownEvents what becomes of events for which there is no word
/// @param rememberedStatesMax of how many boundaries the state is kept in memory, so that only what
///   is new has to be read; 0 for none. A state is folded anew when its stream shows other events
///   than before; what a stream's `$maxAge` hides, or a scavenge forgot, stays in what is kept
/// @param observer looks on
public record HandlingOptions(
    int attemptsMax,
    Pauses pauses,
    UnknownEvents unknownEvents,
    int rememberedStatesMax,
    WorkObserver observer) {

  private static final HandlingOptions DEFAULTS =
      new HandlingOptions(
          20,
          Pauses.jittered(Duration.ofMillis(1), Duration.ofMillis(200), new Random()),
          UnknownEvents.REFUSE,
          0,
          WorkObserver.none());

  /// Checks the numbers.
  ///
  /// @throws IllegalArgumentException if there is no attempt, or less than no state
  public HandlingOptions {
    if (attemptsMax < 1) {
      throw new IllegalArgumentException(
          "A command is decided once or more often, got " + attemptsMax);
    }
    if (rememberedStatesMax < 0) {
      throw new IllegalArgumentException(
          "States of 0 boundaries or more are kept, got " + rememberedStatesMax);
    }
  }

  /// What holds if nobody says otherwise.
  ///
  /// @return 20 attempts, with pauses of up to 200 ms; what is unknown is refused, and no state
  ///   kept
  public static HandlingOptions defaults() {
    return DEFAULTS;
  }

  /// With so many attempts.
  ///
  /// @param count 1 or more
  /// @return the new options
  public HandlingOptions withAttemptsMax(int count) {
    return new HandlingOptions(count, pauses, unknownEvents, rememberedStatesMax, observer);
  }

  /// With other pauses.
  ///
  /// @param other how long to wait between attempts
  /// @return the new options
  public HandlingOptions with(Pauses other) {
    return new HandlingOptions(attemptsMax, other, unknownEvents, rememberedStatesMax, observer);
  }

  /// With other ways of what is unknown.
  ///
  /// @param other what becomes of events for which there is no word
  /// @return the new options
  public HandlingOptions with(UnknownEvents other) {
    return new HandlingOptions(attemptsMax, pauses, other, rememberedStatesMax, observer);
  }

  /// Keeping states in memory.
  ///
  /// @param count of how many boundaries; 0 for none
  /// @return the new options
  public HandlingOptions withRememberedStatesMax(int count) {
    return new HandlingOptions(attemptsMax, pauses, unknownEvents, count, observer);
  }

  /// With somebody who looks on, beside those who do already.
  ///
  /// @param other who
  /// @return the new options
  public HandlingOptions observedBy(WorkObserver other) {
    return new HandlingOptions(
        attemptsMax, pauses, unknownEvents, rememberedStatesMax, observer.and(other));
  }
}

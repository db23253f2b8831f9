// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import java.time.Duration;
import java.time.Instant;

/// What an instance of a process wants to be done: data, which is recorded together with the input
/// that led to it, and done afterwards.
///
/// @param <C> the commands
public sealed interface Effect<C> {

  /// The lane of commands that name none.
  String DEFAULT_LANE = "";

  /// Sends a command, behind those that the instance sent before.
  ///
  /// @param command what is wanted
  /// @param <C> the commands
  /// @return the effect
  static <C> Effect<C> send(C command) {
    return new Send<>(DEFAULT_LANE, command);
  }

  /// Sends a command, behind those that the instance sent before in the same lane.
  ///
  /// @param lane its name
  /// @param command what is wanted
  /// @param <C> the commands
  /// @return the effect
  static <C> Effect<C> send(String lane, C command) {
    return new Send<>(lane, command);
  }

  /// Starts a timer that fires after a time. One of the same name is replaced.
  ///
  /// @param timer its name
  /// @param after counted from when this is recorded
  /// @param <C> the commands
  /// @return the effect
  static <C> Effect<C> startTimer(String timer, Duration after) {
    return new StartTimer<>(timer, after);
  }

  /// Starts a timer that fires at a time, or at once if that has passed. One of the same name is
  /// replaced.
  ///
  /// @param timer its name
  /// @param at the time
  /// @param <C> the commands
  /// @return the effect
  static <C> Effect<C> startTimerAt(String timer, Instant at) {
    return new StartTimerAt<>(timer, at);
  }

  /// Cancels a timer, if it is running. It may be about to fire nevertheless: that comes before
  /// this or not at all.
  ///
  /// @param timer its name
  /// @param <C> the commands
  /// @return the effect
  static <C> Effect<C> cancelTimer(String timer) {
    return new CancelTimer<>(timer);
  }

  /// Sends a command to its target, within the store or outside. It goes out again until its
  /// outcome is recorded, each time with the same [io.leftfold.toolkit.CommandId]; the outcome
  /// comes back as [Input.Settled].
  ///
  /// @param lane of the commands of one lane of an instance each waits for the one before to be
  ///   settled; lanes do not wait for each other
  /// @param command what is wanted
  /// @param <C> the commands
  record Send<C>(String lane, C command) implements Effect<C> {}

  /// Starts a timer.
  ///
  /// @param timer its name
  /// @param after counted from when this is recorded
  /// @param <C> the commands
  record StartTimer<C>(String timer, Duration after) implements Effect<C> {}

  /// Starts a timer.
  ///
  /// @param timer its name
  /// @param at when it fires
  /// @param <C> the commands
  record StartTimerAt<C>(String timer, Instant at) implements Effect<C> {}

  /// Cancels a timer.
  ///
  /// @param timer its name
  /// @param <C> the commands
  record CancelTimer<C>(String timer) implements Effect<C> {}
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.toolkit.CommandId;
import java.time.Instant;

/// What comes to an instance of a process, in the order of its stream.
///
/// @param <E> the events that are followed
/// @param <C> the commands
public sealed interface Input<E, C> {

  /// An event happened.
  ///
  /// @param event which
  /// @param recorded when, by the store's clock
  /// @param <E> the events that are followed
  /// @param <C> the commands
  record Occurred<E, C>(E event, Instant recorded) implements Input<E, C> {}

  /// A timer that the instance had started is due.
  ///
  /// @param timer its name
  /// @param due when it was to fire: now, or before
  /// @param <E> the events that are followed
  /// @param <C> the commands
  record Fired<E, C>(String timer, Instant due) implements Input<E, C> {}

  /// A command that the instance had sent has an outcome.
  ///
  /// @param id of the command
  /// @param command what was sent
  /// @param outcome what became of it
  /// @param <E> the events that are followed
  /// @param <C> the commands
  record Settled<E, C>(CommandId id, C command, Settlement outcome) implements Input<E, C> {}
}

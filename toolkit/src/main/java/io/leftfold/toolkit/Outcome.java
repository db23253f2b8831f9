// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.List;

/// What became of a command.
///
/// @param <E> the events
/// @param <R> why a command is rejected
public sealed interface Outcome<E, R> {

  /// The command was accepted, and its events are durable.
  ///
  /// @param position of the last event that it wrote: a reader who has come so far has seen all of
  ///   them. If it wrote none, of the last event that it rests on; −1 if there is none either
  /// @param events what happened by it, in order
  /// @param repeated whether that was so already when the command was given this time
  /// @param <E> the events
  /// @param <R> why a command is rejected
  record Accepted<E, R>(long position, List<E> events, boolean repeated) implements Outcome<E, R> {
    /// Copies the list.
    public Accepted {
      events = List.copyOf(events);
    }
  }

  /// The command was rejected, and nothing was written.
  ///
  /// @param why the reason that the decider gave
  /// @param <E> the events
  /// @param <R> why a command is rejected
  record Rejected<E, R>(R why) implements Outcome<E, R> {}
}

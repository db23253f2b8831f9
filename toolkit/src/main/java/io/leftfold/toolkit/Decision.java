// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.List;

/// What a [Decider] makes of a command.
///
/// @param <E> the events
/// @param <R> why a command is rejected
public sealed interface Decision<E, R> {

  /// The command leads to events.
  ///
  /// @param events what happens by it, in order; none if there is nothing left to do
  /// @param <E> the events
  /// @param <R> why a command is rejected
  record Accept<E, R>(List<E> events) implements Decision<E, R> {
    /// Copies the list.
    public Accept {
      events = List.copyOf(events);
    }
  }

  /// The command leads to nothing.
  ///
  /// @param why the reason, as data: somebody may want to know it
  /// @param <E> the events
  /// @param <R> why a command is rejected
  record Reject<E, R>(R why) implements Decision<E, R> {}

  /// The command leads to events.
  ///
  /// @param events what happens by it, in order; none if there is nothing left to do
  /// @param <E> the events
  /// @param <R> why a command is rejected
  /// @return the decision
  @SafeVarargs
  @SuppressWarnings("varargs") // The array is only copied.
  static <E, R> Decision<E, R> accept(E... events) {
    return new Accept<>(List.of(events));
  }

  /// The command leads to events.
  ///
  /// @param events what happens by it, in order; none if there is nothing left to do
  /// @param <E> the events
  /// @param <R> why a command is rejected
  /// @return the decision
  static <E, R> Decision<E, R> accept(List<E> events) {
    return new Accept<>(events);
  }

  /// The command leads to nothing.
  ///
  /// @param why the reason
  /// @param <E> the events
  /// @param <R> why a command is rejected
  /// @return the decision
  static <E, R> Decision<E, R> reject(R why) {
    return new Reject<>(why);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.function.BiFunction;
import java.util.function.Predicate;

/// What commands do: three pure functions, and where it ends.
///
/// ```java
/// Decider<AccountCommand, Account, AccountEvent, Refusal> accounts =
///     Decider.of(
///         Account.NONE,
///         (command, account) ->
///             switch (command) {
///               case Withdraw(_, var amount) when amount > account.balance() -> reject(OVERDRAWN);
///               case Withdraw(_, var amount) -> accept(new Withdrawn(amount));
///               …
///             },
///         (account, event) ->
///             switch (event) {
///               case Withdrawn(var amount) -> account.minus(amount);
///               …
///             });
/// ```
///
/// The functions are called by many threads, as often as it takes, and again for the same command:
/// they only look at what they are given, and change nothing.
///
/// @param <C> the commands
/// @param <S> the state, which is never changed, only replaced
/// @param <E> the events
/// @param <R> why a command is rejected
public interface Decider<C, S, E, R> {

  /// The state before the first event.
  ///
  /// @return the state
  S initialState();

  /// What a command does.
  ///
  /// @param command what is wanted
  /// @param state what the events so far amount to
  /// @return the events it leads to, or why it leads to none
  Decision<E, R> decide(C command, S state);

  /// What an event makes of the state. It was recorded, so it is never refused.
  ///
  /// @param state before the event
  /// @param event what happened
  /// @return the state after it
  S evolve(S state, E event);

  /// Whether nothing can happen any more. Commands are still decided, to say why not; events behind
  /// the end are an [IllegalStateException], and are not written.
  ///
  /// @param state the state
  /// @return whether it is the last; by default never
  default boolean isTerminal(S state) {
    return false;
  }

  /// What events make of a state, one after the other: the left fold.
  ///
  /// @param state before them
  /// @param events in the order in which they happened
  /// @return the state after them
  default S fold(S state, Iterable<? extends E> events) {
    var folded = state;
    for (var event : events) {
      folded = evolve(folded, event);
    }
    return folded;
  }

  /// This decider, ending at some states.
  ///
  /// @param terminal whether a state is the last
  /// @return the new decider
  default Decider<C, S, E, R> endingWhen(Predicate<? super S> terminal) {
    return new DeciderOfFunctions<>(initialState(), this::decide, this::evolve, terminal);
  }

  /// A decider of its functions; it never ends.
  ///
  /// @param initialState the state before the first event
  /// @param decide what a command does
  /// @param evolve what an event makes of the state
  /// @param <C> the commands
  /// @param <S> the state
  /// @param <E> the events
  /// @param <R> why a command is rejected
  /// @return the decider
  static <C, S, E, R> Decider<C, S, E, R> of(
      S initialState,
      BiFunction<? super C, ? super S, Decision<E, R>> decide,
      BiFunction<? super S, ? super E, ? extends S> evolve) {
    return new DeciderOfFunctions<>(initialState, decide, evolve, _ -> false);
  }
}

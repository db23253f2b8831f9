// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.function.BiFunction;
import java.util.function.Predicate;

/// A decider whose functions are lambdas.
record DeciderOfFunctions<C, S, E, R>(
    S initialState,
    BiFunction<? super C, ? super S, Decision<E, R>> decide,
    BiFunction<? super S, ? super E, ? extends S> evolve,
    Predicate<? super S> terminal)
    implements Decider<C, S, E, R> {

  @Override
  public Decision<E, R> decide(C command, S state) {
    return decide.apply(command, state);
  }

  @Override
  public S evolve(S state, E event) {
    return evolve.apply(state, event);
  }

  @Override
  public boolean isTerminal(S state) {
    return terminal.test(state);
  }
}

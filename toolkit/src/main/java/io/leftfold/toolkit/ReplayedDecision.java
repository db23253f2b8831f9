// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// A decision of the past, made again.
///
/// @param state that it was made by, as events are understood today
/// @param decision what today's decider makes of it
/// @param asRecorded whether that is what became of it then
/// @param <S> the state
/// @param <E> the events
/// @param <R> why a command is rejected
public record ReplayedDecision<S, E, R>(S state, Decision<E, R> decision, boolean asRecorded) {}

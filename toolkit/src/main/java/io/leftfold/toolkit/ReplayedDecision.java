// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// A decision of the past, made again.
///
/// @param state that it was made by, as events are understood today
/// @param decision what today's decider makes of it
/// @param asRecorded whether that is what became of it then; not, if nobody can tell any more
/// @param lost how many of the events that were recorded with it are no longer in the store: if any
///   is, what became of it cannot be compared. What was scavenged of the events before it, which
///   the state is folded of, nobody counts
/// @param <S> the state
/// @param <E> the events
/// @param <R> why a command is rejected
public record ReplayedDecision<S, E, R>(
    S state, Decision<E, R> decision, boolean asRecorded, int lost) {}

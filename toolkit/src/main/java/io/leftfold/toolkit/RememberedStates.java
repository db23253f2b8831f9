// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.StreamState;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// States that were folded before, for the next fold to begin at: memoisation of the fold. Those
/// that were not asked for longest go first.
final class RememberedStates<S> {

  private final int statesMax;
  private final SequencedMap<Object, Remembered<S>> states = new LinkedHashMap<>(16, 0.75f, true);

  /// How often all was forgotten. What was folded before the last time is not remembered.
  private long generation;

  RememberedStates(int statesMax) {
    this.statesMax = statesMax;
  }

  /// A state, and what it is a fold of.
  ///
  /// @param state what the events amount to
  /// @param lastPosition of the last of them; −1 if there is none
  /// @param firstVisible of a stream, the first revision that was not hidden; of a query 0
  /// @param next where what is not in the state begins: a revision of a stream, otherwise a
  ///   position
  /// @param unsaved how much of it is in no snapshot
  record Remembered<S>(S state, long lastPosition, long firstVisible, long next, Unsaved unsaved) {

    /// What was folded since the last snapshot.
    ///
    /// @param events how many
    /// @param nanos how long reading and folding them took
    record Unsaved(long events, long nanos) {
      static final Unsaved NOTHING = new Unsaved(0, 0);

      Unsaved plus(long moreEvents, long moreNanos) {
        return new Unsaved(events + moreEvents, nanos + moreNanos);
      }
    }

    /// The same, when all of it is in a snapshot.
    Remembered<S> saved() {
      return new Remembered<>(state, lastPosition, firstVisible, next, Unsaved.NOTHING);
    }

    /// Whether the stream still shows what this is a fold of.
    boolean isOf(StreamState stream) {
      return switch (stream) {
        case StreamState.Present(var first, var last) -> first == firstVisible && last + 1 >= next;
        case StreamState.Absent(), StreamState.Deleted(_), StreamState.Tombstoned() -> false;
      };
    }
  }

  synchronized Optional<Remembered<S>> of(Object boundary) {
    return Optional.ofNullable(states.get(boundary));
  }

  synchronized long generation() {
    return generation;
  }

  /// @param foldedIn the generation when folding began
  synchronized void remember(Object boundary, Remembered<S> state, long foldedIn) {
    if (statesMax > 0 && foldedIn == generation) {
      states.put(boundary, state);
      if (states.size() > statesMax) {
        states.pollFirstEntry();
      }
    }
  }

  synchronized void forgetAll() {
    generation++;
    states.clear();
  }
}

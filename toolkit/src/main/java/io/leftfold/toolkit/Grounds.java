// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.AppendCondition;
import io.leftfold.api.ExpectedState;
import io.leftfold.toolkit.RememberedStates.Remembered;
import java.util.List;

/// What a decision rests on, and what has to hold when it is written.
///
/// @param folded what the events of the boundary amount to
/// @param expected of the streams that are written
/// @param conditions of the commit
/// @param generation of what is remembered, when folding began
record Grounds<S>(
    Remembered<S> folded,
    ExpectedState expected,
    List<AppendCondition> conditions,
    long generation) {

  Grounds(Remembered<S> folded, ExpectedState expected, List<AppendCondition> conditions) {
    this(folded, expected, conditions, 0);
  }

  Grounds<S> foldedIn(long other) {
    return new Grounds<>(folded, expected, conditions, other);
  }

  S state() {
    return folded.state();
  }

  long lastPosition() {
    return folded.lastPosition();
  }
}

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
record Grounds<S>(Remembered<S> folded, ExpectedState expected, List<AppendCondition> conditions) {

  S state() {
    return folded.state();
  }

  long lastPosition() {
    return folded.lastPosition();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// What becomes of an event in a boundary for which the application has no word.
public enum UnknownEvents {
  /// The command fails with an [UnreadableEventException]: a decision is not to rest on a state
  /// that lacks something.
  REFUSE,
  /// The event is left out of the state, as if it had not happened. It still counts as added to the
  /// boundary.
  PASS_OVER
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// What a run wants done.
@FunctionalInterface
interface RunEffects {

  /// What the thread that asks has allocated since it began, in bytes; 0 if nobody knows.
  default long allocatedBytes() {
    return 0;
  }

  /// Writes a step, and says [RunCore#written] or [RunCore#writeFailed]. There is one at a time.
  void write(Step step);
}

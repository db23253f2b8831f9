// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// What a run wants done.
@FunctionalInterface
interface RunEffects {

  /// Writes a step, and says [RunCore#written] or [RunCore#writeFailed]. There is one at a time.
  void write(Step step);
}

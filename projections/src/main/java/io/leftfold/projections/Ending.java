// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether and how a run comes to its end: behind a last step, of what was folded, or without one.
/// Either way it comes when no step is being written; what is decided first counts.
final class Ending {

  private boolean stopping;
  private @Nullable String fault;
  private @Nullable RunEnd decided;
  private @Nullable RunEnd end;

  /// Behind a last step, because somebody wants it.
  void stop() {
    stopping = true;
  }

  /// Behind a last step, because an event cannot be folded.
  void fault(String reason) {
    fault = reason;
  }

  /// Whether a last step is to be made.
  boolean wantsLastStep() {
    return stopping || fault != null;
  }

  /// How it ends behind its last step.
  RunEnd behindLastStep() {
    if (fault != null) {
      return new RunEnd.Faulted(fault);
    }
    return stopping ? new RunEnd.Stopped() : new RunEnd.Completed();
  }

  /// Without a last step, or when that is made.
  ///
  /// @param how kept if nothing was decided before
  void decide(RunEnd how) {
    if (decided == null) {
      decided = how;
    }
  }

  boolean isDecided() {
    return decided != null;
  }

  /// Whether nothing more is to be folded.
  boolean isNear() {
    return isDecided() || wantsLastStep();
  }

  /// The end that was decided has come.
  void come() {
    end = decided;
  }

  /// How it ended; empty if it has not yet.
  Optional<RunEnd> end() {
    return Optional.ofNullable(end);
  }
}

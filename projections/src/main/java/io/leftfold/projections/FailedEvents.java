// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import java.util.Optional;

/// What becomes of an event that makes the script fail, or of which nobody can take what comes of
/// it: what the projection's policy says.
///
/// @param identity who runs
/// @param policy the projection's
/// @param attempts counts how often an event was tried
/// @param parking takes what is set aside
/// @param cutter knows what it means that a state cannot be saved
record FailedEvents(
    RunIdentity identity,
    FailurePolicy policy,
    Attempts attempts,
    Parking parking,
    StepCutter cutter) {

  /// What becomes of it.
  sealed interface Verdict {
    /// The run ends in front of it, behind a last step.
    ///
    /// @param reason for a person
    record Stops(String reason) implements Verdict {}

    /// It is tried again when its time has come.
    record Waits() implements Verdict {}

    /// It is parked, or its partition is from here on, and the run goes on behind it.
    record Parked() implements Verdict {}

    /// The run ends without the open step.
    record Ends(RunEnd how) implements Verdict {}
  }

  /// The fault of an event of which nobody can take what comes of it.
  static ProjectionFault rejection(RecordedEvent event, String reason) {
    return new ProjectionFault(
        ProjectionFault.Kind.OUTPUT,
        reason,
        Optional.empty(),
        Optional.of(ProjectionFault.EventPlace.of(event)),
        Optional.empty(),
        Optional.empty());
  }

  Verdict of(ResolvedEvent resolved, ProjectionFault why, OpenStep open) {
    return switch (policy) {
      case STOP -> new Verdict.Stops(describe(why));
      case RETRY -> tryAgain(describe(why));
      case PARK_EVENT -> park(resolved, why, false, open);
      case PARK_PARTITION -> parkPartition(resolved, why, open);
    };
  }

  private Verdict parkPartition(ResolvedEvent resolved, ProjectionFault why, OpenStep open) {
    if (!parking.canParkPartition(why)) {
      return park(resolved, why, false, open);
    }
    var objection = parking.objection(why);
    return objection.isPresent()
        ? new Verdict.Stops(objection.get() + "\n" + describe(why))
        : park(resolved, why, true, open);
  }

  private String describe(ProjectionFault why) {
    return why.describe(identity.streams().name());
  }

  private Verdict tryAgain(String why) {
    return attempts.failed(why) ? new Verdict.Waits() : new Verdict.Stops(why);
  }

  private Verdict park(
      ResolvedEvent resolved, ProjectionFault why, boolean wholePartition, OpenStep open) {
    try {
      parking.park(resolved, why, wholePartition, open);
      return new Verdict.Parked();
    } catch (ProjectionFaultException | LeftfoldException e) {
      return new Verdict.Ends(cutter.unsaved(open, e));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.toolkit.Checkpoint.Role;
import java.util.Optional;
import java.util.Set;

/// What a [Projector] is doing, and how far it has come.
///
/// @param version of what
/// @param phase what it is doing
/// @param role what readers see of it; empty as long as nothing was read of it
/// @param position of the last event that was looked at, −1 before the first. It may be ahead of
///   the kept checkpoint by events that the projection does not want
/// @param parked the partitions that stand still
/// @param failure what the last attempt failed with, if it is retrying or stopped
public record ProjectionStatus(
    ProjectionVersion version,
    Phase phase,
    Optional<Role> role,
    long position,
    Set<String> parked,
    Optional<RuntimeException> failure) {

  /// Copies the set.
  public ProjectionStatus {
    parked = Set.copyOf(parked);
  }

  /// What a projector is doing.
  public enum Phase {
    /// It does nothing by itself: it was not started, or goes step by step.
    IDLE,
    /// It folds in the background, or waits for events.
    RUNNING,
    /// Something failed that is no event's fault, and it will try again.
    RETRYING,
    /// An event failed and it is not to be parked, or the event store was closed. To go on, it is
    /// started again.
    STOPPED,
    /// A newer version is live.
    RETIRED,
    /// It was closed.
    CLOSED
  }
}

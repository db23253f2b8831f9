// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import java.util.List;
import java.util.Locale;

/// Whether a node answers everything and takes appends, and if not, why.
///
/// @param reasons why not; empty if it does
/// @param indexed how many events its index covers
/// @param events of how many
public record Readiness(List<Reason> reasons, long indexed, long events) {

  /// Copies the reasons.
  public Readiness {
    reasons = List.copyOf(reasons);
  }

  /// A reason why a node is not ready.
  ///
  /// @param obstacle what is in the way
  /// @param message more about it, for people
  public record Reason(Obstacle obstacle, String message) {}

  /// What may be in the way.
  public enum Obstacle {
    /// The index is being made: reads of everything are answered.
    INDEXING,
    /// The log is damaged: reads of everything are answered up to there, for good.
    DAMAGED,
    /// A write failed: no appends are taken until the store is opened again.
    WRITE_FAILED,
    /// The disk has no more than its reserve: appends are refused until it has.
    DISK_FULL,
    /// The server is being stopped.
    SHUTTING_DOWN;

    /// The name in answers.
    ///
    /// @return in lower case
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Whether it answers everything and takes appends.
  ///
  /// @return whether it does
  public boolean isReady() {
    return reasons.isEmpty();
  }
}

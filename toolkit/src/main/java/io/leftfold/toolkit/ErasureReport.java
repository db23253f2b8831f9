// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.StreamName;
import io.leftfold.toolkit.keys.Subject;
import java.time.Instant;
import java.util.List;

/// What was erased, as the log tells it.
///
/// @param subject whose personal data
/// @param reason why, as whoever wanted it said
/// @param begun when that was recorded, before anything was done
/// @param done when everything was done
/// @param unreadable events whose personal data can no longer be read
/// @param purged what else was forgotten
public record ErasureReport(
    Subject subject,
    String reason,
    Instant begun,
    Instant done,
    List<Unreadable> unreadable,
    List<Purged> purged) {

  /// Copies the lists.
  public ErasureReport {
    unreadable = List.copyOf(unreadable);
    purged = List.copyOf(purged);
  }

  /// Events of one stream. The query for the subject's tag finds each.
  ///
  /// @param stream its name
  /// @param events how many
  /// @param firstPosition of the first of them
  /// @param lastPosition of the last of them
  public record Unreadable(StreamName stream, long events, long firstPosition, long lastPosition) {}

  /// What one of the purges forgot.
  ///
  /// @param by the name of the purge
  /// @param what in its words; none if there was nothing
  public record Purged(String by, List<String> what) {
    /// Copies the list.
    public Purged {
      what = List.copyOf(what);
    }
  }
}

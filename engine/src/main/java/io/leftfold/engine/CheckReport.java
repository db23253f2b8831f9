// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import java.util.List;

/// What a check of a store found.
///
/// @param events how many events were checked
/// @param streams in how many streams
/// @param bytes how many bytes of log files
/// @param notes what is worth knowing and no damage, such as an unfinished commit at the end
/// @param damages what is not as it should be; empty for a sound store
public record CheckReport(
    long events, long streams, long bytes, List<String> notes, List<Damage> damages) {

  /// Copies the lists.
  public CheckReport {
    notes = List.copyOf(notes);
    damages = List.copyOf(damages);
  }

  /// Whether nothing is damaged.
  ///
  /// @return whether it is sound
  public boolean isSound() {
    return damages.isEmpty();
  }

  /// One thing that is not as it should be.
  ///
  /// @param file where
  /// @param offset the byte in it
  /// @param finding what was expected and what was found
  /// @param firstPosition the position of the first event of the file; −1 if nobody knows
  /// @param endPosition the position behind its last event; −1 if nobody knows
  public record Damage(
      String file, long offset, String finding, long firstPosition, long endPosition) {

    /// Damage to nobody knows which events.
    ///
    /// @param file where
    /// @param offset the byte in it
    /// @param finding what was expected and what was found
    public Damage(String file, long offset, String finding) {
      this(file, offset, finding, -1, -1);
    }
  }
}

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
  public record Damage(String file, long offset, String finding) {}
}

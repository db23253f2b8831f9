// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import io.leftfold.projections.ProjectionLimits;

/// When a page is full, and what scripts may take.
///
/// @param pageEntries after how many entries a page is written
/// @param pageChars after how many characters of values
/// @param pagePositions after how many positions that were looked at
/// @param scripts what a filter with its selectors may take for one event
public record IndexLimits(
    int pageEntries, int pageChars, int pagePositions, ProjectionLimits scripts) {

  /// What holds if nobody says otherwise.
  public static final IndexLimits DEFAULT =
      new IndexLimits(4_096, 256 << 10, 100_000, ProjectionLimits.DEFAULT);

  /// Checks that all are above 0.
  ///
  /// @throws IllegalArgumentException if one is not
  public IndexLimits {
    if (pageEntries <= 0 || pageChars <= 0 || pagePositions <= 0) {
      throw new IllegalArgumentException(
          "A page has 1 entry, character and position or more, got %d, %d and %d"
              .formatted(pageEntries, pageChars, pagePositions));
    }
  }

  /// These limits with other pages.
  ///
  /// @param entries after how many entries a page is written
  /// @param positions after how many positions
  /// @return the new limits
  public IndexLimits withPages(int entries, int positions) {
    return new IndexLimits(entries, pageChars, positions, scripts);
  }

  /// These limits with others for scripts.
  ///
  /// @param scripts what they may take for one event
  /// @return the new limits
  public IndexLimits withScripts(ProjectionLimits scripts) {
    return new IndexLimits(pageEntries, pageChars, pagePositions, scripts);
  }
}

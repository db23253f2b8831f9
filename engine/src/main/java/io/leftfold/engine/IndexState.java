// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import java.util.Optional;

/// What the index of a store is made of: files for older events, tables in memory for newer ones.
///
/// @param segments how many files
/// @param segmentBytes their size together
/// @param segmentEvents how many events they cover
/// @param tables how many tables are in memory; more than one if some wait to be written
/// @param tableEvents how many events they cover
/// @param merge the merge of neighbouring files under way
/// @param failure why the last file could not be written; then its events stay in memory
public record IndexState(
    int segments,
    long segmentBytes,
    long segmentEvents,
    int tables,
    long tableEvents,
    Optional<Merge> merge,
    Optional<String> failure) {

  /// How far a merge is.
  ///
  /// @param segments how many files become one
  /// @param bytes how many were written
  /// @param bytesMax how many they will be, at most
  public record Merge(int segments, long bytes, long bytesMax) {}
}

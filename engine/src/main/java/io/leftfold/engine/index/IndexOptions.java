// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import java.util.concurrent.Executor;

/// How an index is kept.
///
/// @param tableEvents how many events are indexed in memory before they become a segment
/// @param tableBytes or, if that comes sooner, how many bytes of the log: opening reads those
/// @param mergedSegments how many neighbouring segments of one size become one
/// @param hash spreads keys; what is written with one is to be read with the same
/// @param readOnly whether nothing may be written; then what no segment covers is kept in memory
/// @param anew whether what there is is thrown away, so that all is read from the log
/// @param atOpeningMax how many events opening indexes before it returns; if more lack, they are
///   indexed in the background. For reading only that is not so
/// @param executor does the work behind the writing thread; if it is an
///   [java.util.concurrent.ExecutorService], it is shut down with the index
public record IndexOptions(
    int tableEvents,
    long tableBytes,
    int mergedSegments,
    KeyHash hash,
    boolean readOnly,
    boolean anew,
    long atOpeningMax,
    Executor executor) {

  /// What suits most: tables of some ten megabytes.
  public static final int TABLE_EVENTS = 1 << 18;

  private static final long TABLE_BYTES = 128L << 20;
  private static final int MERGED_SEGMENTS = 4;

  /// Checks the bounds.
  public IndexOptions {
    if (tableEvents < 1 || mergedSegments < 2) {
      throw new IllegalArgumentException(
          "A table has at least 1 event and a merge 2 segments, got %d and %d"
              .formatted(tableEvents, mergedSegments));
    }
  }

  /// With tables of as many bytes as suits most.
  public IndexOptions(
      int tableEvents,
      int mergedSegments,
      KeyHash hash,
      boolean readOnly,
      boolean anew,
      long atOpeningMax,
      Executor executor) {
    this(tableEvents, TABLE_BYTES, mergedSegments, hash, readOnly, anew, atOpeningMax, executor);
  }

  /// The usual, but for the size of tables.
  public static IndexOptions standard(int tableEvents, boolean readOnly, Executor executor) {
    return new IndexOptions(
        tableEvents, MERGED_SEGMENTS, KeyHash.STANDARD, readOnly, false, Long.MAX_VALUE, executor);
  }

  /// The same, and the index is made anew.
  public IndexOptions withNewIndex() {
    return new IndexOptions(
        tableEvents, tableBytes, mergedSegments, hash, readOnly, true, atOpeningMax, executor);
  }

  /// The same, and what lacks beyond a number of events is indexed in the background.
  public IndexOptions withAtOpeningMax(long events) {
    return new IndexOptions(
        tableEvents, tableBytes, mergedSegments, hash, readOnly, anew, events, executor);
  }

  /// The same, with tables of fewer or more bytes of the log.
  public IndexOptions withTableBytes(long bytes) {
    return new IndexOptions(
        tableEvents, bytes, mergedSegments, hash, readOnly, anew, atOpeningMax, executor);
  }
}

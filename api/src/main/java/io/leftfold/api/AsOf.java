// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.time.Instant;

/// Which moment of a store a read sees: everything that was recorded by then, and nothing else.
///
/// Streams, their metadata, their deletes and tombstones, virtual streams and what links lead to
/// are all as they were then. So is the age of events ([StreamMetadata#maxAge()]): it is judged as
/// of then. Only what was scavenged since is missing.
public sealed interface AsOf {

  /// All that is recorded when the read is opened.
  ///
  /// @return the moment
  static AsOf now() {
    return Now.INSTANCE;
  }

  /// As it is now.
  record Now() implements AsOf {
    private static final Now INSTANCE = new Now();
  }

  /// As it was when the event at a position was about to be recorded: what lies *below* the
  /// position is seen. Ages are judged as of the time of the last event below.
  ///
  /// @param end the first position that is not seen; beyond the last event it is as now
  record Position(long end) implements AsOf {
    /// Checks the number.
    public Position {
      if (end < 0) {
        throw new IllegalArgumentException("A position is counted from 0, got " + end);
      }
    }
  }

  /// As it was at a time: what was recorded at that time *or before* is seen. Ages are judged as of
  /// that time, or of now if that is earlier.
  ///
  /// @param at the time, by the store's clock
  record Time(Instant at) implements AsOf {}
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamState;
import io.leftfold.engine.index.Postings;

/// A stream as it was at one end of the log.
///
/// @param postings where its events are
/// @param count how many of them there were
/// @param regular whether the n-th event has revision n
/// @param lastRevision of the last event; −1 if there is none, or the stream is tombstoned
/// @param tombstoned whether it, or the stream whose metastream it is, was closed for ever
/// @param metadata what its metadata said
/// @param metadataJson the JSON object that said it, `{}` if there was none
/// @param metastreamRevision the last revision of its metastream; −1 if that has no events
record StreamView(
    Postings postings,
    long count,
    boolean regular,
    long lastRevision,
    boolean tombstoned,
    StreamMetadata metadata,
    byte[] metadataJson,
    long metastreamRevision) {

  boolean hasMetadata() {
    return metastreamRevision >= 0;
  }

  boolean isDeleted() {
    return isDeleted(metadata);
  }

  static boolean isDeleted(StreamMetadata metadata) {
    return metadata.truncateBefore().orElse(0) == Long.MAX_VALUE;
  }

  /// The first revision that count and truncation leave to be seen.
  long firstVisible() {
    return firstVisible(metadata, lastRevision);
  }

  static long firstVisible(StreamMetadata metadata, long lastRevision) {
    var byCount =
        metadata.maxCount().isPresent() ? lastRevision - metadata.maxCount().getAsLong() + 1 : 0;
    return Math.max(0, Math.max(byCount, metadata.truncateBefore().orElse(0)));
  }

  StreamState state() {
    return state(tombstoned, isDeleted(), firstVisible(), lastRevision);
  }

  static StreamState state(
      boolean tombstoned, boolean deleted, long firstVisible, long lastRevision) {
    if (tombstoned) {
      return new StreamState.Tombstoned();
    }
    if (deleted) {
      return new StreamState.Deleted(lastRevision);
    }
    return lastRevision < 0
        ? new StreamState.Absent()
        : new StreamState.Present(firstVisible, lastRevision);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.util.List;
import java.util.OptionalLong;

/// Where the events of a commit are.
///
/// @param position of the commit's last event; empty if the commit had no events
/// @param streams one for each [StreamAppend], in their order
/// @param idempotent whether the events were there before; then, of a stream that was named several
///   times, each entry tells of all its events
public record AppendResult(
    OptionalLong position, List<AppendedStream> streams, boolean idempotent) {

  /// Copies the list.
  public AppendResult {
    streams = List.copyOf(streams);
  }

  /// The last revision of the first stream: all there is to know after an append to one stream.
  ///
  /// @return the revision; −1 if nothing was appended to a stream that holds nothing
  public long lastRevision() {
    return streams.getFirst().lastRevision();
  }

  /// What a commit did to one stream.
  ///
  /// @param stream the stream
  /// @param firstRevision the revision of its first event in this commit; one more than
  ///   `lastRevision` if it had none
  /// @param lastRevision the revision of its last event in this commit, or what it was before if it
  ///   had none; −1 for a stream without events
  public record AppendedStream(StreamName stream, long firstRevision, long lastRevision) {}
}

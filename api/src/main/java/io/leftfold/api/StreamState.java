// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// What a stream is at one moment.
public sealed interface StreamState {

  /// The revision of the stream's last event, visible or not.
  ///
  /// @return the last revision; −1 if it never had an event; [Long#MAX_VALUE] if it is tombstoned
  default long lastRevision() {
    return switch (this) {
      case Absent() -> -1;
      case Present(_, var last) -> last;
      case Deleted(var last) -> last;
      case Tombstoned() -> Long.MAX_VALUE;
    };
  }

  /// The stream never held an event; or, if it is one of a [VirtualStream.Correlation], has none
  /// that is not forgotten.
  record Absent() implements StreamState {
    @Override
    public String toString() {
      return "absent";
    }
  }

  /// The stream holds events.
  ///
  /// @param firstRevision the first that metadata does not hide (`$tb`, `$maxCount`); may exceed
  ///   the last. What `$maxAge` hides is found only by reading.
  /// @param lastRevision the last
  record Present(long firstRevision, long lastRevision) implements StreamState {
    @Override
    public String toString() {
      return "at revision " + lastRevision;
    }
  }

  /// The stream was deleted softly: its events are hidden, and it may be written again.
  ///
  /// @param lastRevision the last; −1 if it held only metadata
  record Deleted(long lastRevision) implements StreamState {
    @Override
    public String toString() {
      return "deleted, at revision " + lastRevision;
    }
  }

  /// The stream was closed for ever.
  record Tombstoned() implements StreamState {
    @Override
    public String toString() {
      return "tombstoned";
    }
  }
}

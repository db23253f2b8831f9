// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import io.leftfold.protocol.wire.WireWriter;

/// What the writer of an append believes about the stream, as it stands on the wire.
public sealed interface WireExpectation {

  /// Nothing was chosen; an append refuses that.
  record Unset() implements WireExpectation {}

  /// No claim.
  record Any() implements WireExpectation {}

  /// The stream does not exist.
  record NoStream() implements WireExpectation {}

  /// The stream exists.
  record StreamExists() implements WireExpectation {}

  /// The stream's last event has this revision.
  ///
  /// @param revision unsigned; clients of old send -1, -2 and -4 for no stream, any and exists
  record AtRevision(long revision) implements WireExpectation {}

  /// Writes the choice: a revision, or one of three empty messages.
  ///
  /// @param out where to
  /// @param revision the field of the revision; those of the three are given next
  /// @param noStream the field of no stream
  /// @param any the field of any
  /// @param streamExists the field of exists
  default void write(WireWriter out, int revision, int noStream, int any, int streamExists) {
    switch (this) {
      case Unset() -> {}
      case Any() -> out.empty(any);
      case NoStream() -> out.empty(noStream);
      case StreamExists() -> out.empty(streamExists);
      case AtRevision(var value) -> out.varint(revision, value);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import io.leftfold.protocol.wire.WireWriter;
import java.util.OptionalLong;

/// Writes `AppendResp` messages.
public final class AppendResponses {

  private static final int SUCCESS = 1;
  private static final int WRONG_EXPECTED_VERSION = 2;

  private AppendResponses() {}

  /// The events are recorded.
  ///
  /// @param out where to
  /// @param lastRevision of the stream; negative if it has no events (an append of none)
  /// @param position of the last event; empty if it is not known
  public static void success(WireWriter out, long lastRevision, OptionalLong position) {
    out.begin(SUCCESS);
    writeOutcome(out, lastRevision, position);
    out.end();
  }

  /// `Success`, which is the same in both kinds of append.
  static void writeOutcome(WireWriter out, long lastRevision, OptionalLong position) {
    if (lastRevision >= 0) {
      out.varint(1, lastRevision);
    } else {
      out.empty(2);
    }
    if (position.isPresent()) {
      out.begin(3);
      writePosition(out, position.getAsLong());
      out.end();
    } else {
      out.empty(4);
    }
  }

  /// The two fields of a position; zeros are left out, as in generated code.
  static void writePosition(WireWriter out, long position) {
    if (position != 0) {
      out.varint(1, position);
      out.varint(2, position);
    }
  }

  /// The stream is not as the writer believed. Says so twice: in the fields that clients before
  /// 20.6.1 read, and in the others.
  ///
  /// @param out where to
  /// @param expected what the writer believed
  /// @param lastRevision of the stream; negative if it has no events
  public static void wrongExpectedVersion(
      WireWriter out, WireExpectation expected, long lastRevision) {
    out.begin(WRONG_EXPECTED_VERSION);
    if (lastRevision >= 0) {
      out.varint(1, lastRevision);
    } else {
      out.empty(2);
    }
    switch (expected) {
      case WireExpectation.Unset() -> {}
      case WireExpectation.AtRevision(var revision) -> out.varint(3, revision);
      // Clients of old know no stream as -1.
      case WireExpectation.NoStream() -> out.varint(3, -1);
      case WireExpectation.Any() -> out.empty(4);
      case WireExpectation.StreamExists() -> out.empty(5);
    }
    if (lastRevision >= 0) {
      out.varint(6, lastRevision);
    } else {
      out.empty(7);
    }
    expected.write(out, 8, 11, 9, 10);
    out.end();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import io.leftfold.protocol.wire.WireReader;
import org.jspecify.annotations.Nullable;

/// One message of an `Append` call: first the options, then the events.
public sealed interface AppendRequest {

  /// Where to, and what the writer believes.
  ///
  /// @param stream the stream's name; null if there was none
  /// @param expected what the writer believes
  record Options(@Nullable String stream, WireExpectation expected) implements AppendRequest {}

  /// An event.
  ///
  /// @param message the event
  record Proposed(ProposedMessage message) implements AppendRequest {}

  /// Neither.
  record Nothing() implements AppendRequest {}

  /// Reads an `AppendReq`.
  ///
  /// @param bytes the whole message
  /// @return what it says
  /// @throws io.leftfold.protocol.wire.WireException if it makes no sense
  static AppendRequest read(byte[] bytes) {
    return read(bytes, 0, bytes.length);
  }

  /// Reads an `AppendReq`.
  ///
  /// @param bytes holds the message
  /// @param offset where it begins
  /// @param length how long it is
  /// @return what it says
  /// @throws io.leftfold.protocol.wire.WireException if it makes no sense
  static AppendRequest read(byte[] bytes, int offset, int length) {
    return AppendFields.readAppend(new WireReader(bytes, offset, length));
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.wire;

/// The bytes are not a protobuf message: cut short, a length beyond the end, an endless number.
public final class MalformedMessageException extends WireException {

  /// With a reason.
  ///
  /// @param message where, what was expected, what was found
  public MalformedMessageException(String message) {
    super(message);
  }
}

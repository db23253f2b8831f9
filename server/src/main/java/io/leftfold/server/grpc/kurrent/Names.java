// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.kurrent;

import com.google.protobuf.ByteString;
import io.leftfold.api.StreamName;

/// Names as they come in.
public final class Names {

  private Names() {}

  /// The stream that bytes name. Bytes that are no text name none: replaced by signs, several would
  /// name one.
  ///
  /// @param name UTF-8
  /// @return the name
  /// @throws IllegalArgumentException if it is no name
  public static StreamName stream(ByteString name) {
    if (!name.isValidUtf8()) {
      throw new IllegalArgumentException("A stream name is UTF-8, got other bytes");
    }
    return StreamName.of(name.toStringUtf8());
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.wire;

/// What is wrong with received bytes. The sender is to blame, so there is no stack trace.
public abstract sealed class WireException extends RuntimeException
    permits MalformedMessageException, InvalidFieldException, MissingMetadataPropertyException {

  WireException(String message) {
    super(message, null, false, false);
  }
}

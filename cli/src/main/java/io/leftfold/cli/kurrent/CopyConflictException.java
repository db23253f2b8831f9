// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.kurrent;

/// The store holds something else than the source at the same place.
public final class CopyConflictException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// With a message that says where, and what to do.
  ///
  /// @param message the message
  public CopyConflictException(String message) {
    super(message);
  }
}

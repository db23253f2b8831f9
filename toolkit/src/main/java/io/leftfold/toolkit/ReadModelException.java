// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// The store of a read model did not do what it was asked to. Of a transaction that ended so nobody
/// knows whether it took place, until its checkpoint is read again.
public final class ReadModelException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// With a cause.
  ///
  /// @param message what was asked, what stands against it
  /// @param cause what went wrong beneath
  public ReadModelException(String message, Throwable cause) {
    super(message, cause);
  }

  /// Without a cause beneath.
  ///
  /// @param message what was asked, what stands against it
  public ReadModelException(String message) {
    super(message);
  }
}

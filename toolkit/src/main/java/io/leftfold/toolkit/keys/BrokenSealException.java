// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

/// What was sealed cannot be opened, and nobody has erased it: it was changed or moved, or this is
/// not the key.
public final class BrokenSealException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// Of what was found.
  ///
  /// @param message what is wrong
  public BrokenSealException(String message) {
    super(message);
  }

  /// Of what was found, and how it showed.
  ///
  /// @param message what is wrong
  /// @param cause how it showed
  public BrokenSealException(String message, Throwable cause) {
    super(message, cause);
  }
}

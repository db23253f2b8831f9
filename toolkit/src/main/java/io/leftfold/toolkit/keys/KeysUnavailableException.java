// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

/// Keys cannot be asked now: their disk or their service does not answer, or they are closed. What
/// they would have said is not known, so nothing may be concluded; whoever gets this tries again
/// later. No event is taken for unreadable by it.
public final class KeysUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// With what went wrong.
  ///
  /// @param cause what the keys failed with
  public KeysUnavailableException(Throwable cause) {
    super("The keys of subjects cannot be asked now: " + cause, cause);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// The caller may not do this, or nobody may.
public final class NotAuthorizedException extends LeftfoldException {

  private static final long serialVersionUID = 1;

  /// With a message that names the action, the stream and the missing right.
  ///
  /// @param message the message
  public NotAuthorizedException(String message) {
    super(message);
  }
}

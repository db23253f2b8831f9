// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

/// The credentials of a request are not valid. Whoever sent them is told no more than that.
public final class NotAuthenticatedException extends Exception {

  private static final long serialVersionUID = 1;

  /// With a reason for the log.
  ///
  /// @param message without any secret
  public NotAuthenticatedException(String message) {
    super(message);
  }
}

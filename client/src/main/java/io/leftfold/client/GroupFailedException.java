// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

/// A server did not do what was asked of its persistent subscriptions: there is no such group, or
/// there is one already, or it cannot be as asked for.
public final class GroupFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// @param message what the server says
  /// @param cause how it says it
  GroupFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}

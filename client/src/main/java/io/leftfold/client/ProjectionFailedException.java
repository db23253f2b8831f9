// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

/// A server did not do what was asked of its projections: there is no such projection, or there is
/// one already, or it is not in the state for that, or the server runs none.
public final class ProjectionFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// @param message what the server says
  /// @param cause how it says it
  ProjectionFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// A projection cannot do what was asked for.
public final class ProjectionException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final Reason reason;

  /// Why not.
  public enum Reason {
    /// There is no projection of that name.
    NOT_FOUND,
    /// There is one already.
    EXISTS,
    /// It is not in the state for that: running, being deleted, being built.
    WRONG_STATE,
    /// It is not a thing that can be done: with a built-in projection, with this script.
    NOT_POSSIBLE,
    /// The caller ended it.
    CANCELLED,
    /// The projections were closed.
    CLOSED
  }

  ProjectionException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  static ProjectionException notFound(String name) {
    return new ProjectionException(Reason.NOT_FOUND, "Projection '%s' not found".formatted(name));
  }

  static ProjectionException exists(String name) {
    return new ProjectionException(Reason.EXISTS, "Projection '%s' already exists".formatted(name));
  }

  static ProjectionException wrongState(String message) {
    return new ProjectionException(Reason.WRONG_STATE, message);
  }

  /// It is not a thing that can be done.
  ///
  /// @param message what, why not, and what can be done instead
  /// @return the error
  public static ProjectionException notPossible(String message) {
    return new ProjectionException(Reason.NOT_POSSIBLE, message);
  }

  /// Why not.
  ///
  /// @return the reason
  public Reason reason() {
    return reason;
  }
}

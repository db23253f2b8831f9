// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

/// A user cannot be made or changed as asked.
public final class UserProblemException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// What is in the way.
  public enum Problem {
    /// There is no such user.
    NOT_FOUND,
    /// There is such a user already.
    CONFLICT,
    /// Somebody else changed the user at the same time.
    TRY_AGAIN
  }

  private final Problem problem;
  private final String user;

  UserProblemException(Problem problem, String user) {
    super(
        switch (problem) {
          case NOT_FOUND -> "There is no user \"%s\"".formatted(user);
          case CONFLICT -> "There is a user \"%s\" already, with another password".formatted(user);
          case TRY_AGAIN ->
              "User \"%s\" was changed by somebody else at the same time; try again"
                  .formatted(user);
        });
    this.problem = problem;
    this.user = user;
  }

  /// What is in the way.
  ///
  /// @return the problem
  public Problem problem() {
    return problem;
  }

  /// Of whom.
  ///
  /// @return the login name
  public String user() {
    return user;
  }
}

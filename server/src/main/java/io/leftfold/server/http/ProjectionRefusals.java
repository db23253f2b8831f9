// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.projections.ProjectionException;
import io.leftfold.projections.ProjectionFaultException;

/// Errors of projections over HTTP: the status that KurrentDB answers with, and the reason as a
/// text.
final class ProjectionRefusals {

  private static final System.Logger LOGGER = System.getLogger(ProjectionRefusals.class.getName());
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int FAILED = 500;
  private static final int NOT_AVAILABLE = 503;

  private ProjectionRefusals() {}

  /// What is answered.
  ///
  /// @throws NotAuthorizedException if it is one
  static PageAnswer of(RuntimeException error) {
    return switch (error) {
      case ProjectionException known -> text(status(known.reason()), known);
      case ProjectionFaultException fault -> text(FAILED, fault);
      case IllegalArgumentException misuse -> text(BAD_REQUEST, misuse);
      case NotAuthorizedException denied -> throw denied; // as everywhere
      case UnavailableException unavailable ->
          text(NOT_AVAILABLE, unavailable).with("retry-after", "5");
      case LimitExceededException limit -> text(BAD_REQUEST, limit);
      case LeftfoldException other -> text(FAILED, other);
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A page of projections failed", error);
        yield PageAnswer.text(FAILED, "The server's log says why");
      }
    };
  }

  private static int status(ProjectionException.Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> NOT_FOUND;
      case EXISTS -> CONFLICT;
      case WRONG_STATE, NOT_POSSIBLE, CANCELLED -> FAILED;
      case CLOSED -> NOT_AVAILABLE;
    };
  }

  private static PageAnswer text(int status, RuntimeException error) {
    return PageAnswer.text(status, String.valueOf(error.getMessage()));
  }
}

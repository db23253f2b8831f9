// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.users;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.server.access.UserProblemException;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;

/// An error as the clients of KurrentDB understand it.
///
/// @param status the gRPC status
/// @param message for people
/// @param trailers for programs
record Refusal(GrpcStatus status, String message, GrpcTrailers trailers) {

  private static final System.Logger LOGGER = System.getLogger(Refusal.class.getName());

  static Refusal of(RuntimeException error) {
    return switch (error) {
      case UserProblemException problem -> of(problem);
      case IllegalArgumentException misuse ->
          new Refusal(GrpcStatus.INVALID_ARGUMENT, text(misuse), GrpcTrailers.NONE);
      case LeftfoldException known -> of(known);
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A call about users failed", error);
        yield new Refusal(
            GrpcStatus.UNKNOWN, "Exception was thrown by handler.", GrpcTrailers.NONE);
      }
    };
  }

  private static Refusal of(UserProblemException problem) {
    return switch (problem.problem()) {
      case NOT_FOUND ->
          new Refusal(
              GrpcStatus.NOT_FOUND,
              "User '%s' is not found.".formatted(problem.user()),
              about("user-not-found", problem));
      case CONFLICT ->
          new Refusal(GrpcStatus.FAILED_PRECONDITION, "Conflict.", about("user-conflict", problem));
      case TRY_AGAIN ->
          new Refusal(GrpcStatus.DEADLINE_EXCEEDED, "Try again.", about("user-conflict", problem));
    };
  }

  private static GrpcTrailers about(String exception, UserProblemException problem) {
    return GrpcTrailers.NONE.with("exception", exception).with("login-name", problem.user());
  }

  private static Refusal of(LeftfoldException error) {
    return switch (error) {
      case NotAuthorizedException _ ->
          new Refusal(
              GrpcStatus.PERMISSION_DENIED,
              "Access Denied",
              GrpcTrailers.NONE.with("exception", "access-denied"));
      case UnavailableException _ ->
          new Refusal(GrpcStatus.UNAVAILABLE, text(error), GrpcTrailers.NONE);
      case CorruptLogException _ ->
          new Refusal(GrpcStatus.DATA_LOSS, text(error), GrpcTrailers.NONE);
      case WrongExpectedStateException _,
          ConditionFailedException _,
          AlreadyTrackedException _,
          StreamTombstonedException _,
          LimitExceededException _ ->
          new Refusal(GrpcStatus.FAILED_PRECONDITION, text(error), GrpcTrailers.NONE);
    };
  }

  private static String text(Exception error) {
    return String.valueOf(error.getMessage());
  }

  /// Ends a call with this error, on its event loop.
  void end(GrpcCall call) {
    call.fail(status, message, trailers);
  }
}

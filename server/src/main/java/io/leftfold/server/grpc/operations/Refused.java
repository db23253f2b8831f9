// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.operations;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;

/// An answer to an operator that is none.
final class Refused extends Exception {

  private static final long serialVersionUID = 1;
  private static final System.Logger LOGGER = System.getLogger(Refused.class.getName());

  private final GrpcStatus status;
  private final transient GrpcTrailers trailers;

  Refused(GrpcStatus status, String message, GrpcTrailers trailers) {
    super(message);
    this.status = status;
    this.trailers = trailers;
  }

  /// What a caller is told of an error. It is logged if it is no caller's fault.
  static Refused of(RuntimeException error) {
    return switch (error) {
      case IllegalArgumentException misuse ->
          new Refused(GrpcStatus.INVALID_ARGUMENT, text(misuse), GrpcTrailers.NONE);
      case NotAuthorizedException _ ->
          new Refused(
              GrpcStatus.PERMISSION_DENIED,
              "Access Denied",
              GrpcTrailers.NONE.with("exception", "access-denied"));
      case LeftfoldException known -> new Refused(status(known), text(known), GrpcTrailers.NONE);
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A call of an operator failed", error);
        yield new Refused(
            GrpcStatus.UNKNOWN, "Exception was thrown by handler.", GrpcTrailers.NONE);
      }
    };
  }

  private static GrpcStatus status(LeftfoldException error) {
    return switch (error) {
      case UnavailableException _ -> GrpcStatus.UNAVAILABLE;
      case NotAuthorizedException _ -> GrpcStatus.PERMISSION_DENIED;
      case CorruptLogException _ -> GrpcStatus.DATA_LOSS;
      case WrongExpectedStateException _,
          ConditionFailedException _,
          AlreadyTrackedException _,
          StreamTombstonedException _,
          LimitExceededException _ ->
          GrpcStatus.FAILED_PRECONDITION;
    };
  }

  private static String text(Exception error) {
    return String.valueOf(error.getMessage());
  }

  /// Ends a call with it, from any thread.
  void end(GrpcCall call) {
    call.execute(() -> call.fail(status, text(this), trailers));
  }
}

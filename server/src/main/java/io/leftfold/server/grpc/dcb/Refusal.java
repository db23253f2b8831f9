// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.dcb;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.messages.dcb.Umadb.ErrorResponse;
import io.leftfold.protocol.messages.dcb.Umadb.ErrorResponse.ErrorType;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import io.leftfold.server.node.TooManyEventsException;

/// An error as this wire says it: a status, and an [ErrorResponse] in its details.
///
/// @param status the gRPC status code
/// @param type what programs go by
/// @param message for people
record Refusal(GrpcStatus status, ErrorType type, String message) {

  private static final System.Logger LOGGER = System.getLogger(Refusal.class.getName());
  private static final String DETAILS = "grpc-status-details-bin";

  /// So that the details fit in what clients take of trailers.
  private static final int MESSAGE_CHARS_MAX = 500;

  /// A request that cannot be read.
  static final class NoMessageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    NoMessageException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// What a caller is told of an error. It is logged if it is no caller's fault.
  ///
  /// @throws OutOfMemoryError if it is one: that is not the matter of one call
  static Refusal of(Throwable error) {
    return switch (error) {
      case OutOfMemoryError fatal -> throw fatal;
      case LeftfoldException known -> of(known);
      case NoMessageException unread ->
          because(GrpcStatus.INVALID_ARGUMENT, ErrorType.SERIALIZATION, unread);
      case TooManyEventsException many ->
          because(GrpcStatus.INVALID_ARGUMENT, ErrorType.INVALID_ARGUMENT, many);
      case IllegalArgumentException misuse ->
          because(GrpcStatus.INVALID_ARGUMENT, ErrorType.INVALID_ARGUMENT, misuse);
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A call to umadb.v1.DCB failed", error);
        yield new Refusal(
            GrpcStatus.INTERNAL,
            ErrorType.INTERNAL,
            "The call failed inside the server; its log says why");
      }
    };
  }

  private static Refusal of(LeftfoldException error) {
    return switch (error) {
      case ConditionFailedException _,
          AlreadyTrackedException _,
          WrongExpectedStateException _,
          StreamTombstonedException _ ->
          because(GrpcStatus.FAILED_PRECONDITION, ErrorType.INTEGRITY, error);
      case LimitExceededException _ ->
          because(GrpcStatus.INVALID_ARGUMENT, ErrorType.INVALID_ARGUMENT, error);
      case NotAuthorizedException _ ->
          because(GrpcStatus.PERMISSION_DENIED, ErrorType.AUTHENTICATION, error);
      case UnavailableException _ -> because(GrpcStatus.UNAVAILABLE, ErrorType.IO, error);
      case CorruptLogException _ -> because(GrpcStatus.DATA_LOSS, ErrorType.CORRUPTION, error);
    };
  }

  private static Refusal because(GrpcStatus status, ErrorType type, Exception error) {
    var message = String.valueOf(error.getMessage());
    return new Refusal(
        status,
        type,
        message.length() <= MESSAGE_CHARS_MAX
            ? message
            : message.substring(0, MESSAGE_CHARS_MAX) + "…");
  }

  /// Ends a call with this error, from any thread.
  void end(GrpcCall call) {
    call.execute(() -> endHere(call));
  }

  /// Ends a call with this error, on its event loop.
  void endHere(GrpcCall call) {
    var details = ErrorResponse.newBuilder().setMessage(message).setErrorType(type).build();
    call.fail(status, message, GrpcTrailers.NONE.with(DETAILS, details.toByteArray()));
  }
}

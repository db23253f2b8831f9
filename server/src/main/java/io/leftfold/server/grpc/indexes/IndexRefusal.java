// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.indexes;

import com.google.protobuf.Message;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.protocol.messages.errors.AccessDeniedErrorDetails;
import io.leftfold.protocol.messages.errors.ServerError;
import io.leftfold.protocol.messages.indexes.errors.IndexAlreadyExistsErrorDetails;
import io.leftfold.protocol.messages.indexes.errors.IndexNotFoundErrorDetails;
import io.leftfold.protocol.messages.indexes.errors.IndexesError;
import io.leftfold.protocol.messages.indexes.errors.IndexesNotReadyErrorDetails;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.grpc.kurrent.Refusal;
import io.leftfold.server.grpc.kurrent.RichStatus;
import io.leftfold.server.grpc.kurrent.RichStatus.Detail;
import io.leftfold.server.indexes.IndexExistsException;
import io.leftfold.server.indexes.IndexNotFoundException;
import io.leftfold.server.indexes.InvalidIndexException;
import io.leftfold.server.node.IndexControl;
import java.util.List;

/// Errors of indexes as this service says them.
final class IndexRefusal {

  private static final int MESSAGE_CHARS_MAX = 500;

  private IndexRefusal() {}

  /// What a caller is told of an error. It is logged if it is no caller's fault.
  static Refusal of(RuntimeException error, IndexControl control, Caller caller) {
    return switch (error) {
      case IndexNotFoundException missing ->
          indexes(
              GrpcStatus.NOT_FOUND,
              IndexesError.INDEXES_ERROR_INDEX_NOT_FOUND,
              text(missing),
              IndexNotFoundErrorDetails.newBuilder().setName(missing.index()).build());
      case IndexExistsException exists ->
          indexes(
              GrpcStatus.ALREADY_EXISTS,
              IndexesError.INDEXES_ERROR_INDEX_ALREADY_EXISTS,
              text(exists),
              IndexAlreadyExistsErrorDetails.newBuilder().setName(exists.index()).build());
      case UnavailableException unavailable
          when unavailable.reason() == UnavailableException.Reason.INDEXING ->
          notReady(unavailable, control.progress());
      case UnavailableException unavailable ->
          server(GrpcStatus.UNAVAILABLE, reason(unavailable), text(unavailable), List.of());
      case NotAuthorizedException denied -> denied(denied, caller);
      case IllegalArgumentException misuse -> invalid(misuse);
      default -> Refusal.of(error);
    };
  }

  private static Refusal notReady(
      UnavailableException unavailable, IndexControl.Progress progress) {
    return indexes(
        GrpcStatus.FAILED_PRECONDITION,
        IndexesError.INDEXES_ERROR_INDEXES_NOT_READY,
        text(unavailable),
        IndexesNotReadyErrorDetails.newBuilder()
            .setCurrentPosition(progress.indexed())
            .setTargetPosition(progress.events())
            .build());
  }

  private static ServerError reason(UnavailableException unavailable) {
    return switch (unavailable.reason()) {
      case TOO_BUSY -> ServerError.SERVER_ERROR_SERVER_OVERLOADED;
      case CLOSED -> ServerError.SERVER_ERROR_SERVER_SHUTTING_DOWN;
      case INDEXING, READ_ONLY, IN_USE, UNREACHABLE -> ServerError.SERVER_ERROR_SERVER_NOT_READY;
    };
  }

  private static Refusal denied(NotAuthorizedException denied, Caller caller) {
    var details = AccessDeniedErrorDetails.newBuilder().setOperation("indexes");
    if (caller instanceof Caller.User user) {
      details.setUsername(user.name());
    }
    return server(
        GrpcStatus.PERMISSION_DENIED,
        ServerError.SERVER_ERROR_ACCESS_DENIED,
        text(denied),
        List.of(Detail.of(details.build())));
  }

  private static Refusal invalid(IllegalArgumentException misuse) {
    var field = misuse instanceof InvalidIndexException invalid ? invalid.field() : "";
    return server(
        GrpcStatus.INVALID_ARGUMENT,
        ServerError.SERVER_ERROR_BAD_REQUEST,
        text(misuse),
        List.of(Detail.badRequest(field, text(misuse))));
  }

  private static Refusal indexes(
      GrpcStatus status, IndexesError error, String message, Message detail) {
    var reason = error.name().replace("INDEXES_ERROR_", "");
    return refusal(new RichStatus(status, reason, "indexes", message, List.of(Detail.of(detail))));
  }

  private static Refusal server(
      GrpcStatus status, ServerError error, String message, List<Detail> details) {
    var reason = error.name().replace("SERVER_ERROR_", "");
    return refusal(new RichStatus(status, reason, "server", message, details));
  }

  private static Refusal refusal(RichStatus status) {
    return new Refusal(status.status(), status.message(), status.trailers());
  }

  private static String text(RuntimeException error) {
    var text = String.valueOf(error.getMessage());
    return text.length() <= MESSAGE_CHARS_MAX ? text : text.substring(0, MESSAGE_CHARS_MAX) + "…";
  }
}

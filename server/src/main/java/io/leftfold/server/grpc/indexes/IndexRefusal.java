// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.indexes;

import com.google.protobuf.Message;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.protocol.messages.indexes.errors.IndexAlreadyExistsErrorDetails;
import io.leftfold.protocol.messages.indexes.errors.IndexNotFoundErrorDetails;
import io.leftfold.protocol.messages.indexes.errors.IndexesError;
import io.leftfold.protocol.messages.indexes.errors.IndexesNotReadyErrorDetails;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.grpc.kurrent.Refusal;
import io.leftfold.server.grpc.kurrent.RichRefusal;
import io.leftfold.server.indexes.IndexExistsException;
import io.leftfold.server.indexes.IndexNotFoundException;
import io.leftfold.server.indexes.InvalidIndexException;
import io.leftfold.server.node.IndexControl;
import java.util.List;

/// Errors of indexes as this service says them.
final class IndexRefusal {

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
      case UnavailableException unavailable -> RichRefusal.unavailable(unavailable).asRefusal();
      case NotAuthorizedException denied ->
          RichRefusal.denied(caller, "indexes", text(denied)).asRefusal();
      case InvalidIndexException invalid ->
          RichRefusal.badRequest(invalid.field(), text(invalid)).asRefusal();
      case IllegalArgumentException misuse -> RichRefusal.badRequest("", text(misuse)).asRefusal();
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

  private static Refusal indexes(
      GrpcStatus status, IndexesError error, String message, Message detail) {
    var reason = error.name().replace("INDEXES_ERROR_", "");
    return new RichRefusal(
            status, reason, "indexes", message, List.of(RichRefusal.Detail.of(detail)))
        .asRefusal();
  }

  private static String text(RuntimeException error) {
    return String.valueOf(error.getMessage());
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.projections;

import io.leftfold.projections.ProjectionException;
import io.leftfold.projections.ProjectionFaultException;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import io.leftfold.server.grpc.kurrent.Refusal;

/// Errors of projections, as clients understand them: by status alone.
final class ProjectionRefusal {

  private ProjectionRefusal() {}

  static Refusal of(Throwable error) {
    return switch (error) {
      case ProjectionException known -> refusal(status(known.reason()), known);
      case ProjectionFaultException fault -> refusal(GrpcStatus.FAILED_PRECONDITION, fault);
      default -> Refusal.of(error);
    };
  }

  /// The same for callers of our own service, who are told errors of the store whole.
  static Refusal whole(Throwable error) {
    if (error instanceof ProjectionException || error instanceof ProjectionFaultException) {
      return of(error);
    }
    var told = io.leftfold.server.grpc.store.Refusal.of(error);
    return new Refusal(told.status(), told.message(), told.trailers());
  }

  private static GrpcStatus status(ProjectionException.Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> GrpcStatus.NOT_FOUND;
      case EXISTS -> GrpcStatus.ALREADY_EXISTS;
      case WRONG_STATE, NOT_POSSIBLE -> GrpcStatus.FAILED_PRECONDITION;
      case CANCELLED -> GrpcStatus.CANCELLED;
      case CLOSED -> GrpcStatus.UNAVAILABLE;
    };
  }

  private static Refusal refusal(GrpcStatus status, RuntimeException error) {
    return new Refusal(status, String.valueOf(error.getMessage()), GrpcTrailers.NONE);
  }
}

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

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.groups;

import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.group.GroupException;
import io.leftfold.server.grpc.kurrent.Refusal;

/// Errors of groups, as clients understand them.
final class GroupRefusal {

  private GroupRefusal() {}

  static Refusal of(Throwable error) {
    return error instanceof GroupException known ? of(known) : Refusal.of(error);
  }

  private static Refusal of(GroupException error) {
    return switch (error.kind()) {
      case MISSING ->
          refusal(error, GrpcStatus.NOT_FOUND, "persistent-subscription-does-not-exist");
      case EXISTS -> refusal(error, GrpcStatus.ALREADY_EXISTS, "persistent-subscription-exists");
      case FULL -> refusal(error, GrpcStatus.FAILED_PRECONDITION, "maximum-subscribers-reached");
      case DROPPED -> refusal(error, GrpcStatus.CANCELLED, "persistent-subscription-dropped");
      case FAILED -> {
        var refusal = refusal(error, GrpcStatus.INTERNAL, "persistent-subscription-failed");
        yield new Refusal(
            refusal.status(), refusal.message(), refusal.trailers().with("reason", error.reason()));
      }
    };
  }

  private static Refusal refusal(GroupException error, GrpcStatus status, String exception) {
    return new Refusal(
        status,
        String.valueOf(error.getMessage()),
        Refusal.exception(exception)
            .with("stream-name", error.source())
            .with("group-name", error.name()));
  }
}

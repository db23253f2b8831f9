// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

/// How a gRPC call ends.
public enum GrpcStatus {
  /// As it should.
  OK(0),
  /// The caller did not want it any more.
  CANCELLED(1),
  /// Something went wrong that has no better name.
  UNKNOWN(2),
  /// The request makes no sense, whatever the state of the server.
  INVALID_ARGUMENT(3),
  /// Too late.
  DEADLINE_EXCEEDED(4),
  /// What was asked for is not there.
  NOT_FOUND(5),
  /// What was to be made is there.
  ALREADY_EXISTS(6),
  /// The caller is known, and may not.
  PERMISSION_DENIED(7),
  /// A limit is reached.
  RESOURCE_EXHAUSTED(8),
  /// The state of the server forbids it.
  FAILED_PRECONDITION(9),
  /// Tried, and given up.
  ABORTED(10),
  /// Beyond the valid range.
  OUT_OF_RANGE(11),
  /// No such method.
  UNIMPLEMENTED(12),
  /// A rule that holds always does not hold.
  INTERNAL(13),
  /// Not now; later perhaps.
  UNAVAILABLE(14),
  /// Lost for ever.
  DATA_LOSS(15),
  /// The caller is not known.
  UNAUTHENTICATED(16);

  private final int code;

  GrpcStatus(int code) {
    this.code = code;
  }

  /// The code on the wire.
  ///
  /// @return 0 to 16
  public int code() {
    return code;
  }
}

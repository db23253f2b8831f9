// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

/// How a gRPC call ends. The ordinal is the code on the wire.
public enum GrpcStatus {
  /// As it should.
  OK,
  /// The caller did not want it any more.
  CANCELLED,
  /// Something went wrong that has no better name.
  UNKNOWN,
  /// The request makes no sense, whatever the state of the server.
  INVALID_ARGUMENT,
  /// Too late.
  DEADLINE_EXCEEDED,
  /// What was asked for is not there.
  NOT_FOUND,
  /// What was to be made is there.
  ALREADY_EXISTS,
  /// The caller is known, and may not.
  PERMISSION_DENIED,
  /// A limit is reached.
  RESOURCE_EXHAUSTED,
  /// The state of the server forbids it.
  FAILED_PRECONDITION,
  /// Tried, and given up.
  ABORTED,
  /// Beyond the valid range.
  OUT_OF_RANGE,
  /// No such method.
  UNIMPLEMENTED,
  /// A rule that holds always does not hold.
  INTERNAL,
  /// Not now; later perhaps.
  UNAVAILABLE,
  /// Lost for ever.
  DATA_LOSS,
  /// The caller is not known.
  UNAUTHENTICATED;

  /// The code on the wire.
  ///
  /// @return 0 to 16
  public int code() {
    return ordinal();
  }
}

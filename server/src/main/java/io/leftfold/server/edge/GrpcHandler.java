// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

/// Answers the calls of one gRPC method.
@FunctionalInterface
public interface GrpcHandler {

  /// Begins a call. Called on the call's event loop; what it throws ends the call with UNKNOWN.
  ///
  /// @param call to answer with; may be answered at once
  /// @return what hears the caller
  GrpcListener open(GrpcCall call);
}

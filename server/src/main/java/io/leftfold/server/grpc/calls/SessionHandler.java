// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.calls;

import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.node.Session;

/// Answers the calls of one gRPC method, which are made by somebody.
@FunctionalInterface
public interface SessionHandler {

  /// A call has begun, and it is known who its caller is. On the call's event loop.
  ///
  /// @param call to be answered
  /// @param session the node as the caller has it
  /// @return hears the messages
  GrpcListener open(GrpcCall call, Session session);
}

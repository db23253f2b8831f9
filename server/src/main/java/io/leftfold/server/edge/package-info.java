// SPDX-License-Identifier: Apache-2.0

/// The network's edge: one port for HTTP/1.1, HTTP/2 and gRPC.
///
/// [Edge] owns the port, its event loops and the connections; HTTP itself is Vert.x's work, gRPC's
/// framing on top of it is ours. What a call means is not known here: a [GrpcHandler] is found by
/// the call's path, gets a [GrpcCall] to answer with and gives a [GrpcListener] to hear with;
/// anything that is not gRPC goes to a router.
///
/// Each connection lives on one event loop, and so does each of its calls: handlers and listeners
/// are called there and may not block. Other threads come in through [GrpcCall#execute], which
/// hands over in batches. Everything that a peer can make grow has a limit in [EdgeOptions].
@NullMarked
package io.leftfold.server.edge;

import org.jspecify.annotations.NullMarked;

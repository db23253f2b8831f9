// SPDX-License-Identifier: Apache-2.0

/// Leftfold's own service, `leftfold.v1.Store`: the API of the store, as it is, over gRPC.
///
/// Generated messages are used here, and a virtual thread for each read and each subscription: this
/// wire is for tools and for programs that take what comes at their pace. The calls that must be
/// fast are those of `io.leftfold.server.grpc`.
@NullMarked
package io.leftfold.server.grpc.store;

import org.jspecify.annotations.NullMarked;

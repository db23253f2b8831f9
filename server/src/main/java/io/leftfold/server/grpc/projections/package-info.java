// SPDX-License-Identifier: Apache-2.0

/// `event_store.client.projections.Projections`, as every EventStoreDB and KurrentDB client calls
/// it, and `leftfold.v1.Projections` beside it.
///
/// Translates between these wires and [io.leftfold.server.node.ProjectionControl], which asks
/// whether the caller may. Each call waits for the store and has a virtual thread of its own.
@NullMarked
package io.leftfold.server.grpc.projections;

import org.jspecify.annotations.NullMarked;

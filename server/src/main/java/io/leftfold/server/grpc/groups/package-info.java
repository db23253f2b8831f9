// SPDX-License-Identifier: Apache-2.0

/// `event_store.client.persistent_subscriptions.PersistentSubscriptions`, as every EventStoreDB and
/// KurrentDB client calls it, and our own `leftfold.v1.Groups` for what that has no words for.
///
/// Translates between those wires and [io.leftfold.server.group.Groups], and asks whether the
/// caller may. `Read` runs on the event loop of its connection and never waits; everything else is
/// rare, waits for the store, and has a virtual thread of its own.
@NullMarked
package io.leftfold.server.grpc.groups;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// Persistent subscriptions: groups of consumers that share the events of a stream or of all.
///
/// [Groups] are all groups of a store, found again in its own streams. Each is a [RunningGroup]:
/// the threads around a [GroupCore], which decides everything and does nothing. Built on
/// `io.leftfold.api` alone; no wire is known here.
@NullMarked
package io.leftfold.server.group;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// What operators look at and do over plain HTTP: `/stats`, `/gossip`, `/admin/…`,
/// `/sys/subsystems`, as EventStoreDB and KurrentDB have them.
@NullMarked
package io.leftfold.server.http.operations;

import org.jspecify.annotations.NullMarked;

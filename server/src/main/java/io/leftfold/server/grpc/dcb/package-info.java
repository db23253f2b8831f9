// SPDX-License-Identifier: Apache-2.0

/// The wire of UmaDB, `umadb.v1.DCB`: events by query, appends on conditions, tracking.
///
/// Events that come this way are recorded in one stream; those of other streams are found as well.
/// What begins with `$` (types, streams) is invisible here. An append never blocks the event loop;
/// everything else runs on a virtual thread of its own.
@NullMarked
package io.leftfold.server.grpc.dcb;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// Streams as feeds of Atom: `/streams/…`, as EventStoreDB and KurrentDB have it.
///
/// [StreamPages] finds what a path means; what is posted is understood by `body`, what is shown is
/// written by `feed`. Here is what lies between them and the session: which events a page has, what
/// it links to, how long it may be kept.
@NullMarked
package io.leftfold.server.http.atom;

import org.jspecify.annotations.NullMarked;

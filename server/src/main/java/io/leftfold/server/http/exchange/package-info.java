// SPDX-License-Identifier: Apache-2.0

/// A request over plain HTTP, whole, and the answer to it.
///
/// [Exchanges] takes a request on its event loop, finds out who asks, and has a handler answer it
/// on a virtual thread of its own; the answer goes out in parts as it is written. Which routes
/// there are and what they mean is the business of the packages that use this one: Atom's streams,
/// groups, users, the node.
@NullMarked
package io.leftfold.server.http.exchange;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// Who somebody is, and what they may do.
///
/// An [Authenticator] makes a [Caller] of what a request brings; [Access] decides whether a caller
/// has a [Right]. Users and rules are kept in the store itself, as events; so this package uses the
/// words of the store (`io.leftfold.api`), and knows neither the engine nor a wire. The rights are
/// asked for in `io.leftfold.server.node`, once for all wires.
@NullMarked
package io.leftfold.server.access;

import org.jspecify.annotations.NullMarked;

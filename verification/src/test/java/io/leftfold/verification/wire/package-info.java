// SPDX-License-Identifier: Apache-2.0

/// The wire itself, message by message, and what arrives on it from peers that are broken or mean
/// it badly.
///
/// grpc-java is the other side here. What the official clients make of the wire is in
/// `io.leftfold.verification.clients`.
@NullMarked
package io.leftfold.verification.wire;

import org.jspecify.annotations.NullMarked;

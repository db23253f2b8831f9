// SPDX-License-Identifier: Apache-2.0

/// The server over gRPC, beside its own transport answering the same bytes without a store; and
/// over Atom and TCP, beside gRPC.
///
/// Each server runs in a process of its own ([ServerProcess], [ServerMain]), so that its processor
/// time can be told from that of the load, which one thread makes ([Load]): HTTP/2 written by hand,
/// requests laid out in advance, and one connection for each call in flight, as with as many
/// clients.
@NullMarked
package io.leftfold.benchmarks.grpc;

import org.jspecify.annotations.NullMarked;

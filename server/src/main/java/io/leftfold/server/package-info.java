// SPDX-License-Identifier: Apache-2.0

/// A node on the network: what EventStoreDB and KurrentDB clients talk to.
///
/// Users need [LeftfoldServer] and [ServerOptions]. Beneath: `edge` is the port and knows no
/// streams; `node` has each operation once; `grpc.*` and `http` translate between a wire and the
/// node and do not know each other, nor the engine.
@NullMarked
package io.leftfold.server;

import org.jspecify.annotations.NullMarked;

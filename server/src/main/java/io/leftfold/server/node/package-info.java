// SPDX-License-Identifier: Apache-2.0

/// The node: each operation of the store once, for every wire.
///
/// The wires (`io.leftfold.server.grpc`, `.http`) translate between a protocol and [Node], and know
/// nothing of the engine. Here nothing is translated and no connection is known.
@NullMarked
package io.leftfold.server.node;

import org.jspecify.annotations.NullMarked;

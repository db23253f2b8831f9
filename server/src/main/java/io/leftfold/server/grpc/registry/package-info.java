// SPDX-License-Identifier: Apache-2.0

/// `kurrentdb.protocol.registry.v2.SchemaRegistryService`: KurrentDB's schema registry.
///
/// Translates between that wire and `io.leftfold.server.registry`, asks for rights, and sees to the
/// audit; nothing else. Each call is answered by a thread of its own, which may wait.
@NullMarked
package io.leftfold.server.grpc.registry;

import org.jspecify.annotations.NullMarked;

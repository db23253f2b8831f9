// SPDX-License-Identifier: Apache-2.0

/// What an operator asks of a node: KurrentDB's services `Operations` (scavenging, shutting down)
/// and `Monitoring` (figures).
@NullMarked
package io.leftfold.server.grpc.operations;

import org.jspecify.annotations.NullMarked;

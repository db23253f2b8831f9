// SPDX-License-Identifier: Apache-2.0

/// What an operator asks of a node: KurrentDB's service `Operations`, as far as there is something
/// behind it. So far that is scavenging.
@NullMarked
package io.leftfold.server.grpc.operations;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// Users over gRPC: KurrentDB's service `Users`, and what it has no words for,
/// `leftfold.v1.Access`.
@NullMarked
package io.leftfold.server.grpc.users;

import org.jspecify.annotations.NullMarked;

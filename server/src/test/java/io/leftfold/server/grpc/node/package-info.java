// SPDX-License-Identifier: Apache-2.0

/// Tests of `ServerFeatures` and `Gossip` without a network.
@NullMarked
package io.leftfold.server.grpc.node;

import org.jspecify.annotations.NullMarked;

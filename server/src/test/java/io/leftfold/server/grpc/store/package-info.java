// SPDX-License-Identifier: Apache-2.0

/// Tests of `leftfold.v1.Store` without a network: a call is scripted, the store is real.
@NullMarked
package io.leftfold.server.grpc.store;

import org.jspecify.annotations.NullMarked;

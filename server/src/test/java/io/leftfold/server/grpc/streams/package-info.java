// SPDX-License-Identifier: Apache-2.0

/// Tests of `Streams` without a network: the test is the event loop of a call, the store is real.
@NullMarked
package io.leftfold.server.grpc.streams;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// Tests of what appends to several streams cost the server.
@NullMarked
package io.leftfold.server.grpc.manystreams;

import org.jspecify.annotations.NullMarked;

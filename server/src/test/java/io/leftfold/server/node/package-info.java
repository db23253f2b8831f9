// SPDX-License-Identifier: Apache-2.0

/// Tests of what the node decides for every wire.
@NullMarked
package io.leftfold.server.node;

import org.jspecify.annotations.NullMarked;

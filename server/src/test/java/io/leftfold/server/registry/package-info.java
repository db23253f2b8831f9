// SPDX-License-Identifier: Apache-2.0

/// Tests of the schema registry without a wire.
@NullMarked
package io.leftfold.server.registry;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// Tests of what the writing thread keeps in memory. What a whole store does with it is tested one
/// package up.
@NullMarked
package io.leftfold.engine.stream;

import org.jspecify.annotations.NullMarked;

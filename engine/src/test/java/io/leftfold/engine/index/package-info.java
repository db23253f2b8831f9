// SPDX-License-Identifier: Apache-2.0

/// Tests of the index alone: against a plain map, and against damage.
@NullMarked
package io.leftfold.engine.index;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// Tests of the log below the store: batches, crashes at each step, recovery.
@NullMarked
package io.leftfold.engine.log;

import org.jspecify.annotations.NullMarked;

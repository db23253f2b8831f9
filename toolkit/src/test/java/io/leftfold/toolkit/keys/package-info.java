// SPDX-License-Identifier: Apache-2.0

/// Tests of keys: what a crash leaves of them, what erasing leaves.
@NullMarked
package io.leftfold.toolkit.keys;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// Whether a soak would see it if something were wrong.
@NullMarked
package io.leftfold.benchmarks.soak;

import org.jspecify.annotations.NullMarked;

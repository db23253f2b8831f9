// SPDX-License-Identifier: Apache-2.0

/// How fast scripts fold: the language alone, and the engine of projections over a store on disk,
/// beside the same script in the same engine of JavaScript over an array, and the same fold in
/// Java.
@NullMarked
package io.leftfold.benchmarks.projections;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// How fast scripts fold: the language beside the same script in the same engine, over an array.
///
/// No store is read here; that is for the benchmarks of the engine of projections.
@NullMarked
package io.leftfold.benchmarks.projections;

import org.jspecify.annotations.NullMarked;

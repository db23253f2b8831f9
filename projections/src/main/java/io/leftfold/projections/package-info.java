// SPDX-License-Identifier: Apache-2.0

/// Projections: folds of events, written in JavaScript as KurrentDB's users write them.
///
/// Here is the language. A [ProjectionRuntime] compiles a [ProjectionSource] to a
/// [CompiledProjection], which says what it reads ([ProjectionDefinition]) and opens any number of
/// folds; a [ProjectionFold] takes events one by one and keeps the states of the partitions. What
/// it emits and saves is given to the caller: nothing here writes to a store, follows one or runs
/// by itself. [InMemoryProjection] folds a list of events, for tests and for authors. How it works,
/// and what it cannot limit, is in `designs/projections-language.md`.
@NullMarked
package io.leftfold.projections;

import org.jspecify.annotations.NullMarked;

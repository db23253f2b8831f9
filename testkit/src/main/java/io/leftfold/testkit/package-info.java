// SPDX-License-Identifier: Apache-2.0

/// What every event store is held against.
///
/// Here are the model ([InMemoryEventStore]: the semantics of the store as plainly as they can be
/// written, for tests and for reading), the contract that every implementation passes
/// ([EventStoreContract]), and a generator of steps that drives an implementation and the model
/// side by side ([Steps], [ModelComparison]). [CodeBlock] is for tests of pages. Nothing here is
/// fast, durable, or bounded in memory.
@NullMarked
package io.leftfold.testkit;

import org.jspecify.annotations.NullMarked;

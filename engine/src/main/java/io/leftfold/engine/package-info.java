// SPDX-License-Identifier: Apache-2.0

/// The embedded event store: one dependency, one directory.
///
/// ```java
/// try (var store = LocalEventStore.open(Path.of("data"))) {
///   store.append(StreamName.of("account-7"), ExpectedState.any(), ProposedEvent.json("Opened", "{}"));
/// }
/// ```
///
/// Users need [LocalEventStore] and [EngineOptions]; operators [StoreCheck]. What is beneath this
/// package is inside: `disk ← log ← index ← stream ← subscription`, and nothing points back. The
/// network, users and projections are elsewhere.
@NullMarked
package io.leftfold.engine;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// The words of Leftfold: what a store, a stream, an event and an expectation are.
///
/// Here are the five verbs of an event store ([EventStore]: append, read, subscribe, delete,
/// tombstone), the values they take and give, and the errors by what a caller can do about them
/// ([LeftfoldException]). There is no store here: the embedded one is in `io.leftfold.engine`, the
/// remote one in `io.leftfold.client`, the one to test against in `io.leftfold.testkit`; all are an
/// [EventStore]. This package needs the JDK alone.
@NullMarked
package io.leftfold.api;

import org.jspecify.annotations.NullMarked;

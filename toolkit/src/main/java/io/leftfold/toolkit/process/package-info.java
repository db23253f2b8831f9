// SPDX-License-Identifier: Apache-2.0

/// Process managers: what happens across things and over time, as plain functions.
///
/// A [ProcessManager] says what inputs mean to an instance and what it wants to be done next; a
/// [ProcessRunner] runs it on a store. An instance is a fold of its stream, which is its inbox and
/// its outbox: an input and all that is wanted by it are one append, and nothing is done before
/// that. [ProcessSpecification] tests a process manager without a store.
///
/// Uses `io.leftfold.toolkit`, which does not know it. How it works, and what a crash leaves, is in
/// `designs/toolkit.md`.
@NullMarked
package io.leftfold.toolkit.process;

import org.jspecify.annotations.NullMarked;

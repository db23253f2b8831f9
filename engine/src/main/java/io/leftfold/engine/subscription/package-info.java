// SPDX-License-Identifier: Apache-2.0

/// Following streams: history first, then what is new, without a gap or a double.
///
/// A subscription is a place in the log and nothing else: it is asked for the next message, reads
/// on from its place, and waits in [Wakeups] when it has reached the end. Nothing is pushed and
/// nothing is buffered for it, so a slow taker costs no memory and joining history and live is one
/// loop. Reading itself is the business of `…engine.stream`.
@NullMarked
package io.leftfold.engine.subscription;

import org.jspecify.annotations.NullMarked;

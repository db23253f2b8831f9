// SPDX-License-Identifier: Apache-2.0

/// The log: chunk files of commits, written front to back by one thread, read by any number.
///
/// Knows positions, bytes and checksums, not what a stream's history means: finding a stream's
/// events is the business of `io.leftfold.engine.index`, deciding about an append of
/// `…engine.stream`.
///
/// **Threads.** One thread owns the [LogWriter]. It encodes commits into a batch, writes and syncs
/// the batch, and then publishes the new end ([Log#end()], volatile). Readers load the end first
/// and never look beyond it, so they see whole, durable commits only, without a lock.
///
/// **Crash.** What was published is durable. Behind it there may be any part of one batch;
/// [LogRecovery] cuts it at the last whole commit. Each commit also says up to where the chunk was
/// durable when it was written, so recovery can tell a torn batch (cut) from a damaged middle
/// (refuse).
///
/// The bytes are drawn in `docs/format/log.md`.
@NullMarked
package io.leftfold.engine.log;

import org.jspecify.annotations.NullMarked;

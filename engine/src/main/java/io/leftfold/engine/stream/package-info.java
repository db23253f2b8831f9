// SPDX-License-Identifier: Apache-2.0

/// Streams: what an append may do, what a read may see.
///
/// [Committer] owns the writing thread: it takes waiting appends, lets [AppendDecision] judge each
/// against the state of its streams, writes what passes as one batch, and answers when the batch is
/// durable. [StreamReader] and [AllScan] read; [Visibility] is what metadata and deletion leave to
/// be seen. The bytes are the business of `…engine.log`, the positions of `…engine.index`; who
/// waits for new events is the business of `…engine.subscription`.
@NullMarked
package io.leftfold.engine.stream;

import org.jspecify.annotations.NullMarked;

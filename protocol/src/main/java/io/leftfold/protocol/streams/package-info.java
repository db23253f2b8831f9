// SPDX-License-Identifier: Apache-2.0

/// The hot calls of `event_store.client.streams.Streams`, parsed and written by hand.
///
/// Requests become small records ([AppendRequest], [BatchAppendRequest]); answers
/// ([AppendResponses], [BatchAppendResponses], [ReadResponses]) are written straight into a
/// [io.leftfold.protocol.wire.WireWriter]. The tests hold both against the generated messages in
/// `io.leftfold.protocol.messages.streams`, which serve the calls that are not hot. Nothing here
/// decides anything: what an expectation means for a stream is the server's business.
///
/// Of a field that may stand once, the last one counts.
@NullMarked
package io.leftfold.protocol.streams;

import org.jspecify.annotations.NullMarked;

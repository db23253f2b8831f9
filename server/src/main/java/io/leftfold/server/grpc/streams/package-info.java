// SPDX-License-Identifier: Apache-2.0

/// `event_store.client.streams.Streams`: what every EventStoreDB and KurrentDB client calls.
///
/// Translates between that wire and [io.leftfold.server.node.Node], and nothing else. Field
/// numbers, status codes, trailers and texts are those that the clients rely on. Appends, deletes
/// and reads run on the event loop of their connection and never wait; only a read that has to look
/// at events nobody wants runs on a thread of its own.
@NullMarked
package io.leftfold.server.grpc.streams;

import org.jspecify.annotations.NullMarked;

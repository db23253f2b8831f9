// SPDX-License-Identifier: Apache-2.0

/// The event store, far away: [RemoteEventStore] is an [io.leftfold.api.EventStore] that asks a
/// server.
///
/// Here are the connection string, the channel, and the translation between the API's values and
/// the messages of `leftfold.v1.Store`. There is no storing, no caching and no retrying of writes
/// here: what the server answers is the answer. Callers block; each read and each subscription is
/// one streaming call that holds a bounded number of messages, so that a slow taker slows the
/// server down and nothing else.
@NullMarked
package io.leftfold.client;

import org.jspecify.annotations.NullMarked;

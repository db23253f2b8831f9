// SPDX-License-Identifier: Apache-2.0

/// `kurrentdb.protocol.v2.streams.StreamsService`: appending to several streams at once, as the
/// newer KurrentDB clients do.
///
/// Translates between that wire and [io.leftfold.server.node.Session], and nothing else. What the
/// wire calls a record is an event; its properties are the event's metadata. Both calls run on the
/// event loop of their connection and never wait. Reading is the business of
/// `io.leftfold.server.grpc.streams`.
@NullMarked
package io.leftfold.server.grpc.manystreams;

import org.jspecify.annotations.NullMarked;

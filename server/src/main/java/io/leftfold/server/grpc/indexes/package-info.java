// SPDX-License-Identifier: Apache-2.0

/// `kurrentdb.protocol.v2.indexes.IndexesService`: user-defined indexes over gRPC. Translates; what
/// they are is the business of `io.leftfold.server.indexes`, and who may is that of
/// `io.leftfold.server.node`. They are read with `event_store.client.streams.Streams`.
@NullMarked
package io.leftfold.server.grpc.indexes;

import org.jspecify.annotations.NullMarked;

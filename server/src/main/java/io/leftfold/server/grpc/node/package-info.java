// SPDX-License-Identifier: Apache-2.0

/// What clients ask before they ask for streams: which methods there are
/// (`event_store.client.server_features.ServerFeatures`), and who leads
/// (`event_store.client.gossip.Gossip`).
@NullMarked
package io.leftfold.server.grpc.node;

import org.jspecify.annotations.NullMarked;

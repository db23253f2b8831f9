// SPDX-License-Identifier: Apache-2.0

/// What is shown of streams: feeds, their entries, single events, the description document; as JSON
/// and as XML. Knows events and links, and nothing of requests.
@NullMarked
package io.leftfold.server.http.atom.feed;

import org.jspecify.annotations.NullMarked;

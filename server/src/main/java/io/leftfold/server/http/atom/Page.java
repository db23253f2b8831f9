// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.server.http.atom.feed.Feed;
import java.util.Iterator;

/// A page that is about to be shown.
///
/// @param feed what it says before its entries
/// @param newestFirst its events, read as they are taken
/// @param isFinal whether it will be the same for ever
/// @param version changes whenever the page does
/// @param read is closed when the page was shown
record Page(
    Feed feed,
    Iterator<ResolvedEvent> newestFirst,
    boolean isFinal,
    long version,
    AutoCloseable read) {

  void close() {
    try {
      read.close();
    } catch (Exception e) {
      throw new IllegalStateException("Closing a read does not fail", e);
    }
  }
}

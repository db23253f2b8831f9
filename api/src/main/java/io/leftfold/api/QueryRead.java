// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// The events that match a query, and how far the store had come when the read was opened.
public interface QueryRead extends EventRead {
  /// The head as of this read: every matching event below it is among the events, if the read has
  /// neither start nor limit. Of a read as of an earlier moment it is where the store ended then.
  ///
  /// @return the head, known before the first event is taken
  Head head();
}

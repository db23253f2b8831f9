// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.subscription;

import io.leftfold.api.EventFilter;

/// What a waiting subscription waits for.
sealed interface Interest {

  /// An event of one stream, which is not virtual.
  ///
  /// @param stream its name
  record OfStream(String stream) implements Interest {}

  /// An event that a filter wants, which a look at the event tells.
  ///
  /// @param filter the filter
  record OfFilter(EventFilter filter) implements Interest {}

  /// Something that only the subscription itself knows.
  record Unknown() implements Interest {}
}

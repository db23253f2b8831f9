// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import io.leftfold.api.EventFilter;
import io.leftfold.protocol.messages.tcp.Filter;
import io.leftfold.protocol.messages.tcp.Filter.FilterContext;
import io.leftfold.protocol.messages.tcp.Filter.FilterType;

/// Filters as this wire has them.
final class Filters {

  private Filters() {}

  /// What is filtered by.
  ///
  /// @throws IllegalArgumentException if that makes no sense
  static EventFilter of(Filter filter) {
    if (filter.getDataCount() == 0) {
      throw new IllegalArgumentException("A filter has an expression or prefixes, got none");
    }
    var byType = filter.getContext() == FilterContext.EventType;
    if (filter.getType() == FilterType.Prefix) {
      return byType
          ? new EventFilter.TypePrefix(filter.getDataList())
          : new EventFilter.StreamPrefix(filter.getDataList());
    }
    if (filter.getDataCount() > 1) {
      throw new IllegalArgumentException(
          "A filter has one expression, got " + filter.getDataCount());
    }
    return byType
        ? new EventFilter.TypeRegex(filter.getData(0))
        : new EventFilter.StreamRegex(filter.getData(0));
  }

  /// Whether finding out about one name may take long.
  static boolean searches(EventFilter filter) {
    return filter instanceof EventFilter.TypeRegex || filter instanceof EventFilter.StreamRegex;
  }
}

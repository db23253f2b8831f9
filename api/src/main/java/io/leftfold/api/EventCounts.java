// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// How many events a store holds of its most frequent types and categories, the most frequent
/// first.
///
/// @param byType by the type of the events
/// @param byCategory by the category of their streams
public record EventCounts(Map<String, Long> byType, Map<String, Long> byCategory) {
  /// Copies the maps, in their order.
  public EventCounts {
    byType = Collections.unmodifiableMap(new LinkedHashMap<>(byType));
    byCategory = Collections.unmodifiableMap(new LinkedHashMap<>(byCategory));
  }
}

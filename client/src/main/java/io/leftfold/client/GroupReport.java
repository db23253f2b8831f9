// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// How a persistent subscription is at a moment.
///
/// @param source the stream, or `$all`
/// @param group its name
/// @param status what it does, `Live` for example
/// @param consumers how many are connected
/// @param inFlight how many events they have
/// @param parked how many events are parked
/// @param checkpoint the last place written; empty if none was
/// @param last the last place of its source; empty if there is none
/// @param options how it works
/// @param figures everything else, by name
public record GroupReport(
    String source,
    String group,
    String status,
    int consumers,
    int inFlight,
    long parked,
    String checkpoint,
    String last,
    GroupOptions options,
    SortedMap<String, String> figures) {

  /// Copies the map.
  public GroupReport {
    figures = Collections.unmodifiableSortedMap(new TreeMap<>(figures));
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.EventCounts;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.index.Postings;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;

/// Which types and categories have most events. The index knows the count of each; here they are
/// compared.
final class MostFrequent {

  /// Of more keys than that nothing is told: each takes a look into the index.
  private static final long KEYS_MAX = 100_000;

  private MostFrequent() {}

  static EventCounts of(Index index, int most, long end) {
    var keys = index.keyCounts();
    return new EventCounts(
        keys.types() > KEYS_MAX
            ? Map.of()
            : mostFrequent(index.typeNames(""), index::type, most, end),
        keys.categories() > KEYS_MAX
            ? Map.of()
            : mostFrequent(index.categoryNames(), index::category, most, end));
  }

  private static Map<String, Long> mostFrequent(
      Iterator<String> names, Function<String, Postings> postings, int most, long end) {
    var fewestFirst = Comparator.comparingLong(Map.Entry<String, Long>::getValue);
    var frequent =
        new PriorityQueue<Map.Entry<String, Long>>(
            fewestFirst.thenComparing(Map.Entry::getKey, Comparator.reverseOrder()));
    while (names.hasNext()) {
      var name = names.next();
      var count = postings.apply(name).countBelow(end);
      if (count > 0) {
        frequent.add(Map.entry(name, count));
      }
      if (frequent.size() > most) {
        frequent.remove();
      }
    }
    var counts = new LinkedHashMap<String, Long>();
    frequent.stream()
        .sorted(frequent.comparator().reversed())
        .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
    return counts;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.NavigableMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A set of numbers from 0 on, of which only the ends of ranges are kept: it takes memory for the
/// gaps between its numbers, however many they are. As JSON: `{"removed":[[3,5],[9,9]]}`, each pair
/// from the first to the last.
///
/// Belongs to one thread.
final class Ranges {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String REMOVED = "removed";

  /// The last number of each range by its first; between two ranges there is a gap.
  private final NavigableMap<Long, Long> lasts = new TreeMap<>();

  private long count;

  static Ranges copyOf(Ranges other) {
    var copy = new Ranges();
    copy.lasts.putAll(other.lasts);
    copy.count = other.count;
    return copy;
  }

  void add(long number) {
    add(number, number);
  }

  private void add(long first, long last) {
    var from = first;
    var to = last;
    var before = lasts.floorEntry(first);
    if (before != null && before.getValue() >= first - 1) {
      from = before.getKey();
    }
    for (var next = lasts.ceilingEntry(from);
        next != null && next.getKey() - 1 <= to;
        next = lasts.ceilingEntry(from)) {
      to = Math.max(to, next.getValue());
      forget(next.getKey(), next.getValue());
    }
    lasts.put(from, to);
    count += to - from + 1;
  }

  private void forget(long first, long last) {
    lasts.remove(first);
    count -= last - first + 1;
  }

  void removeBelow(long number) {
    for (var next = lasts.firstEntry();
        next != null && next.getKey() < number;
        next = lasts.firstEntry()) {
      forget(next.getKey(), next.getValue());
      if (next.getValue() >= number) {
        add(number, next.getValue());
      }
    }
  }

  boolean contains(long number) {
    var range = lasts.floorEntry(number);
    return range != null && range.getValue() >= number;
  }

  /// The first number that is not in the set.
  ///
  /// @param from where to begin
  long firstMissing(long from) {
    var range = lasts.floorEntry(from);
    return range != null && range.getValue() >= from ? range.getValue() + 1 : from;
  }

  boolean isEmpty() {
    return lasts.isEmpty();
  }

  /// How many numbers there are.
  long count() {
    return count;
  }

  /// How many ranges they are kept as.
  int size() {
    return lasts.size();
  }

  String text() {
    var json = JSON.createObjectNode();
    var ranges = json.putArray(REMOVED);
    lasts.forEach((first, last) -> ranges.addArray().add(first).add(last));
    return JSON.writeValueAsString(json);
  }

  /// The numbers of a text that lie between two others; none if it is not such a text.
  static Ranges parse(byte[] text, long first, long last) {
    var numbers = new Ranges();
    try {
      for (var range : JSON.readTree(text).path(REMOVED)) {
        var from = Math.max(first, range.path(0).asLong(Long.MAX_VALUE));
        var to = Math.min(last, range.path(1).asLong(Long.MIN_VALUE));
        if (from <= to) {
          numbers.add(from, to);
        }
      }
      return numbers;
    } catch (JacksonException _) {
      return new Ranges();
    }
  }
}

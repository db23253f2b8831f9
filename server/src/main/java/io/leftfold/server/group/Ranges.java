// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.SortedSet;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A set of numbers as JSON: `{"removed":[[3,5],[9,9]]}`, each pair from the first to the last.
final class Ranges {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String REMOVED = "removed";

  private Ranges() {}

  static String text(SortedSet<Long> numbers) {
    var json = JSON.createObjectNode();
    var ranges = json.putArray(REMOVED);
    var from = -1L;
    var to = -1L;
    for (var number : numbers) {
      if (from >= 0 && number == to + 1) {
        to = number;
      } else {
        if (from >= 0) {
          ranges.addArray().add(from).add(to);
        }
        from = number;
        to = number;
      }
    }
    if (from >= 0) {
      ranges.addArray().add(from).add(to);
    }
    return JSON.writeValueAsString(json);
  }

  /// The numbers of a text that lie between two others; none if it is not such a text.
  static SortedSet<Long> parse(byte[] text, long first, long last) {
    var numbers = new TreeSet<Long>();
    try {
      for (var range : JSON.readTree(text).path(REMOVED)) {
        var from = Math.max(first, range.path(0).asLong(Long.MAX_VALUE));
        var to = Math.min(last, range.path(1).asLong(Long.MIN_VALUE));
        for (var number = from; number <= to; number++) {
          numbers.add(number);
        }
      }
    } catch (JacksonException _) {
      numbers.clear();
    }
    return numbers;
  }
}

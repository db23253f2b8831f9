// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How long a consumer took for each of its last thousand events.
final class Latencies {

  private static final int KEPT = 1_000;
  private static final int QUINTILES = 5;

  private long[] millis = {};
  private long count;

  void add(long took) {
    if (millis.length == 0) {
      millis = new long[KEPT];
    }
    millis[(int) (count++ % KEPT)] = took;
  }

  /// The figures that KurrentDB gives; none if there is nothing to measure.
  List<GroupInfo.Measurement> figures() {
    var figures = new ArrayList<GroupInfo.Measurement>();
    if (count == 0) {
      return figures;
    }
    var sorted = Arrays.copyOf(millis, (int) Math.min(count, KEPT));
    Arrays.sort(sorted);
    add(figures, "Mean", Math.round(Arrays.stream(sorted).average().orElse(0)));
    add(figures, "Median", at(sorted, 0.5));
    add(figures, "Fastest", sorted[0]);
    for (var i = 1; i <= QUINTILES; i++) {
      add(figures, "Quintile " + i, at(sorted, (double) i / QUINTILES));
    }
    add(figures, "90%", at(sorted, 0.9));
    add(figures, "95%", at(sorted, 0.95));
    add(figures, "99%", at(sorted, 0.99));
    add(figures, "99.5%", at(sorted, 0.995));
    add(figures, "99.9%", at(sorted, 0.999));
    add(figures, "Highest", sorted[sorted.length - 1]);
    return figures;
  }

  private static void add(List<GroupInfo.Measurement> figures, String key, long millis) {
    figures.add(new GroupInfo.Measurement(key, millis));
  }

  private static long at(long[] sorted, double share) {
    return sorted[Math.clamp((long) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
  }
}

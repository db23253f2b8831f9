// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Rounds in which every contestant has a short turn, so that whatever else the machine does hits
/// all of them. The first round, in which code is compiled and files grow, does not count.
public final class Rounds {

  private final Settings settings;
  private final Map<String, Contestant> contestants = new LinkedHashMap<>();
  private final Map<String, List<Double>> results = new LinkedHashMap<>();

  /// Rounds without contestants yet.
  ///
  /// @param settings how many, and how long
  public Rounds(Settings settings) {
    this.settings = settings;
  }

  /// Adds a contestant.
  ///
  /// @param name what its results are asked for by
  /// @param contestant works
  /// @return this
  public Rounds with(String name, Contestant contestant) {
    contestants.put(name, contestant);
    results.put(name, new ArrayList<>());
    return this;
  }

  /// Goes through all rounds.
  ///
  /// @return this, with results
  /// @throws Exception if a contestant could not work
  public Rounds run() throws Exception {
    for (var round = 0; round <= settings.rounds(); round++) {
      for (var contestant : contestants.entrySet()) {
        var result = contestant.getValue().work(settings.round());
        if (round > 0) {
          resultsOf(contestant.getKey()).add(result);
        }
      }
    }
    return this;
  }

  /// The middle one of a contestant's results.
  ///
  /// @param name of the contestant
  /// @return the median
  public double median(String name) {
    return median(resultsOf(name).stream().mapToDouble(Double::doubleValue).toArray());
  }

  /// How two contestants compare: the middle one of the rounds' ratios. Both sides of a ratio were
  /// measured within a second or so of each other.
  ///
  /// @param name of the one
  /// @param other of the one it is divided by
  /// @return the median
  public double ratio(String name, String other) {
    var above = resultsOf(name);
    var below = resultsOf(other);
    var ratios = new double[above.size()];
    for (var i = 0; i < ratios.length; i++) {
      ratios[i] = above.get(i) / below.get(i);
    }
    return median(ratios);
  }

  private List<Double> resultsOf(String name) {
    var found = results.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "The contestants are %s, got %s".formatted(results.keySet(), name));
    }
    return found;
  }

  static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    var middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}

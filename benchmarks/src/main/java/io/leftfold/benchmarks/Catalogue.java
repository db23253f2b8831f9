// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks;

import io.leftfold.benchmarks.embedded.BulkAppends;
import io.leftfold.benchmarks.embedded.DurableAppends;
import io.leftfold.benchmarks.embedded.RandomReads;
import io.leftfold.benchmarks.embedded.Scan;
import io.leftfold.benchmarks.measure.Benchmark;
import java.util.List;

/// All benchmarks.
final class Catalogue {

  private static final List<Benchmark> ALL =
      List.of(
          new DurableAppends(1),
          new DurableAppends(8),
          new DurableAppends(64),
          new DurableAppends(512),
          new BulkAppends(1),
          new BulkAppends(4),
          new Scan(),
          new RandomReads());

  private Catalogue() {}

  static List<Benchmark> all() {
    return ALL;
  }

  /// Those with one of the names. A name that is nobody's stands for all that begin with it.
  static List<Benchmark> named(List<String> names) {
    return ALL.stream()
        .filter(benchmark -> names.stream().anyMatch(name -> isMeant(benchmark, name)))
        .toList();
  }

  private static boolean isMeant(Benchmark benchmark, String name) {
    return name.equals("all")
        || (ALL.stream().anyMatch(other -> other.name().equals(name))
            ? benchmark.name().equals(name)
            : benchmark.name().startsWith(name));
  }
}

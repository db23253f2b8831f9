// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import java.util.Locale;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/// How often a bad client did something, and had something done to it.
final class Tally {

  private final ConcurrentSkipListMap<String, LongAdder> counts = new ConcurrentSkipListMap<>();

  void count(String what) {
    counts.computeIfAbsent(what, _ -> new LongAdder()).increment();
  }

  @Override
  public String toString() {
    return counts.entrySet().stream()
        .map(entry -> String.format(Locale.ROOT, "%,d %s", entry.getValue().sum(), entry.getKey()))
        .collect(Collectors.joining(", "));
  }
}

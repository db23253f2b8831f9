// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What must not be. Said at once, and the first of them kept for the report.
final class Violations {

  private static final int KEPT_MAX = 200;

  private final Consumer<String> said;
  private final List<String> first = new ArrayList<>();
  private long count;

  Violations(Consumer<String> said) {
    this.said = said;
  }

  synchronized void report(String violation) {
    if (++count <= KEPT_MAX) {
      first.add(violation);
      said.accept("VIOLATION " + violation);
    }
  }

  synchronized long count() {
    return count;
  }

  synchronized List<String> first() {
    return List.copyOf(first);
  }
}

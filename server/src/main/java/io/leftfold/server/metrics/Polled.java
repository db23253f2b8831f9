// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Figures that many gauges show and that cost something to get: asked for once a look.
final class Polled<T> implements Supplier<T> {

  private final Supplier<T> source;
  private final Looks looks;
  private volatile @Nullable Known<T> known;

  private record Known<T>(T value, Looks.Look look) {}

  Polled(Supplier<T> source, Looks looks) {
    this.source = source;
    this.looks = looks;
  }

  @Override
  public T get() {
    var now = looks.now();
    var last = known;
    if (last == null || !now.isSameAs(last.look)) {
      last = new Known<>(source.get(), now);
      known = last;
    }
    return last.value;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.observing;

import io.micrometer.core.instrument.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Figures that many gauges show and that cost a read of the store: asked for once a look. There
/// are none while the store cannot be asked.
final class Polled<T> implements Supplier<Optional<T>> {

  private static final long SAME_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Supplier<Optional<T>> source;
  private final Clock clock;
  private volatile @Nullable Known<T> known;

  private record Known<T>(Optional<T> figures, long at) {}

  Polled(Supplier<Optional<T>> source, Clock clock) {
    this.source = source;
    this.clock = clock;
  }

  @Override
  public Optional<T> get() {
    var now = clock.monotonicTime();
    var last = known;
    if (last == null || now - last.at >= SAME_LOOK_NANOS) {
      last = new Known<>(asked(), now);
      known = last;
    }
    return last.figures;
  }

  private Optional<T> asked() {
    try {
      return source.get();
    } catch (RuntimeException _) {
      return Optional.empty();
    }
  }
}

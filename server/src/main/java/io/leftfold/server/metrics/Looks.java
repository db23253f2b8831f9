// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Tells one look at all metrics from the next: a page begins one, and so does time passing, since
/// nobody tells when metrics are sent.
final class Looks {

  private static final long SAME_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final LongSupplier nanoTime;
  private final AtomicLong count = new AtomicLong();

  Looks(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// A look.
  ///
  /// @param number counts those that were begun
  /// @param at when
  record Look(long number, long at) {
    boolean isSameAs(Look earlier) {
      return number == earlier.number && at - earlier.at < SAME_NANOS;
    }
  }

  void begin() {
    count.incrementAndGet();
  }

  Look now() {
    return new Look(count.get(), nanoTime.getAsLong());
  }
}

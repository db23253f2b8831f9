// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// Counts what was refused because the server is busy, and says so: a line a minute of each kind,
/// at most.
final class Refusals {

  private static final System.Logger LOG = System.getLogger("io.leftfold.server.edge");
  private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoTime;
  private final Map<Shortage, Kind> kinds = new EnumMap<>(Shortage.class);

  Refusals(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    var longAgo = nanoTime.getAsLong() - PERIOD_NANOS;
    for (var shortage : Shortage.values()) {
      kinds.put(shortage, new Kind(longAgo));
    }
  }

  private static final class Kind {
    final LongAdder count = new LongAdder();
    final AtomicLong toldNanos;
    long told;

    Kind(long toldNanos) {
      this.toldNanos = new AtomicLong(toldNanos);
    }
  }

  /// Something was refused.
  ///
  /// @param why for people
  void refused(Shortage shortage, String why) {
    var kind = of(shortage);
    kind.count.increment();
    var now = nanoTime.getAsLong();
    var told = kind.toldNanos.get();
    if (now - told >= PERIOD_NANOS && kind.toldNanos.compareAndSet(told, now)) {
      say(shortage, kind, why);
    }
  }

  private static synchronized void say(Shortage shortage, Kind kind, String why) {
    var all = kind.count.sum();
    LOG.log(
        System.Logger.Level.WARNING,
        "{0} {1} refused since this was said last: {2} (option: {3})",
        all - kind.told,
        shortage.refused(),
        why,
        shortage.option());
    kind.told = all;
  }

  long count(Shortage shortage) {
    return of(shortage).count.sum();
  }

  private Kind of(Shortage shortage) {
    return java.util.Objects.requireNonNull(kinds.get(shortage));
  }
}

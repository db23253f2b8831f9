// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.graalvm.polyglot.Context;
import org.jspecify.annotations.Nullable;

/// What one script takes for the step that it is in.
///
/// The thread of the script counts: an odd number is a step that runs. The watchdog compares, and
/// stops the script.
final class Watch {

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Context context;
  private final long allocatedMax;
  private volatile long count;
  private long steps; // the same, for the thread that counts
  private volatile long nanosMax;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Stop stop;

  // The watchdog's own.
  private long seen;
  private Watchdog.Usage since = new Watchdog.Usage(0, 0);

  Watch(Context context, long allocatedMax) {
    this.context = context;
    this.allocatedMax = allocatedMax;
  }

  /// A script was told to stop.
  ///
  /// @param step which step
  /// @param kind which limit it reached
  /// @param taken how much it had taken, in milliseconds or bytes
  /// @param stopper is done when the script will not be interrupted any more
  private record Stop(long step, ProjectionFault.Kind kind, long taken, Thread stopper) {}

  void begin(Duration limit) {
    var own = Thread.currentThread();
    if (!own.equals(thread)) {
      thread = own;
    }
    if (nanosMax != limit.toNanos()) {
      nanosMax = limit.toNanos();
    }
    count = ++steps;
  }

  void end() {
    count = ++steps;
  }

  boolean isRunning() {
    return (count & 1) == 1;
  }

  /// Which limit the step that just ended has reached, after waiting until nothing of it can hit a
  /// later one.
  Optional<ProjectionFault.Kind> reached() {
    var told = stop;
    if (told == null) {
      return Optional.empty();
    }
    while (told.stopper().isAlive()) {
      try {
        told.stopper().join();
      } catch (InterruptedException _) {
        // By the stopper itself.
      }
    }
    // Stopping a script interrupts its thread; who interrupted it otherwise is not to be told
    // apart.
    var _ = Thread.interrupted();
    stop = null;
    return told.step() == count ? Optional.of(told.kind()) : Optional.empty();
  }

  /// By the watchdog only.
  void look(Watchdog watchdog) {
    var step = count;
    var runner = thread;
    if ((step & 1) == 0 || runner == null || stop != null) {
      seen = 0;
      return;
    }
    var usage = watchdog.usageOf(runner);
    if (step != seen) {
      seen = step;
      since = usage;
      return;
    }
    var nanos = usage.nanos() - since.nanos();
    var bytes = usage.bytes() - since.bytes();
    if (nanos > nanosMax) {
      stop =
          new Stop(step, ProjectionFault.Kind.TIME, nanos / 1_000_000, watchdog.start(this::kill));
    } else if (bytes > allocatedMax) {
      stop = new Stop(step, ProjectionFault.Kind.MEMORY, bytes, watchdog.start(this::kill));
    }
  }

  private void kill() {
    try {
      context.interrupt(PATIENCE);
    } catch (TimeoutException e) {
      // Something that does not look whether it shall stop; a closed context does not begin
      // anything new.
      context.close(true);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

  /// A script is told to stop.
  ///
  /// @param kind which limit it reached
  /// @param hit done when nothing of this can hit the script or its thread any more; `false` if it
  ///   came too late for its step
  private record Stop(ProjectionFault.Kind kind, CompletableFuture<Boolean> hit) {}

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

  /// Ends the step, after waiting until nothing that was to stop it can hit a later one.
  ///
  /// @return which limit the step was stopped at; the script may be dead then, whatever the step
  ///   came to
  Optional<ProjectionFault.Kind> end() {
    count = ++steps;
    // The watchdog writes and reads these two in the other order, so that one sees the other.
    var told = stop;
    if (told == null) {
      return Optional.empty();
    }
    var hit = told.hit().join();
    stop = null;
    if (!hit) {
      return Optional.empty();
    }
    // Stopping a script interrupts its thread; who interrupted it otherwise is not to be told
    // apart.
    var _ = Thread.interrupted();
    return Optional.of(told.kind());
  }

  boolean isRunning() {
    return (count & 1) == 1;
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
      stop(step, ProjectionFault.Kind.TIME, watchdog);
    } else if (bytes > allocatedMax) {
      stop(step, ProjectionFault.Kind.MEMORY, watchdog);
    }
  }

  private void stop(long step, ProjectionFault.Kind kind, Watchdog watchdog) {
    var told = new Stop(kind, new CompletableFuture<>());
    stop = told;
    if (count == step) {
      watchdog.start(() -> hit(told));
    } else {
      stop = null;
      told.hit().complete(false);
    }
  }

  private void hit(Stop told) {
    try {
      context.interrupt(PATIENCE);
    } catch (TimeoutException e) {
      // Something that does not look whether it shall stop; a closed context does not begin
      // anything new.
      context.close(true);
    } finally {
      told.hit().complete(true);
    }
  }
}

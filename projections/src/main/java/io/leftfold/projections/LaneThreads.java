// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/// The threads on which lanes fold, which all projections share.
///
/// Whoever has lanes fold does the work of one of them, and of those that no thread has begun with
/// by then; so nobody waits for the scripts of others.
///
/// @param lanes how many lanes a projection has; 1 for none beside the thread that asks
/// @param eventsMin with fewer events they would wait for each other more than they fold
/// @param threads as many as there are lanes besides that
/// @param allocated what the thread that asks has allocated since it began, in bytes
record LaneThreads(int lanes, int eventsMin, Executor threads, LongSupplier allocated) {

  static final int EVENTS_MIN = 16;

  long allocatedBytes() {
    return allocated.getAsLong();
  }

  /// Does something for each lane, and returns when all is done.
  ///
  /// @param count how many lanes
  /// @param work is given the number of a lane
  /// @param elsewhere takes what other threads have allocated for it
  void run(int count, IntConsumer work, AtomicLong elsewhere) {
    var own = Thread.currentThread();
    var tasks = new ArrayList<FutureTask<?>>();
    for (var i = 0; i < count; i++) {
      var lane = i;
      tasks.add(
          new FutureTask<>(() -> {
            var before = allocatedBytes();
            work.accept(lane);
            if (!Thread.currentThread().equals(own)) {
              elsewhere.addAndGet(allocatedBytes() - before);
            }
            return true;
          }));
    }
    tasks.stream().skip(1).forEach(this::begin);
    // A task runs once, whoever comes first.
    tasks.forEach(FutureTask::run);
    tasks.forEach(LaneThreads::await);
  }

  private void begin(FutureTask<?> task) {
    try {
      threads.execute(task);
    } catch (RejectedExecutionException _) {
      // Everything was closed; then the thread that asks does it.
    }
  }

  /// @throws RuntimeException what the task has thrown
  private static void await(FutureTask<?> task) {
    var isInterrupted = false;
    try {
      while (true) {
        try {
          task.get();
          return;
        } catch (InterruptedException _) {
          isInterrupted = true;
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;

/// Callers, each on a thread of its own, each waiting for its answer before it asks again.
public final class Callers {

  private Callers() {}

  /// One piece of work.
  @FunctionalInterface
  public interface Call {
    /// Does it once.
    ///
    /// @throws Exception if it cannot be done
    void make() throws Exception;
  }

  /// What each caller calls; made by its own thread.
  @FunctionalInterface
  public interface CallOf {
    /// What one of them calls.
    ///
    /// @param number of the caller, from 0
    /// @return its work
    Call caller(int number);
  }

  /// Lets callers call.
  ///
  /// @param callers how many
  /// @param time about how long
  /// @param calls what each calls
  /// @return calls per second
  /// @throws InterruptedException if waiting for them was interrupted
  public static double call(int callers, Duration time, CallOf calls) throws InterruptedException {
    return call(Thread.ofVirtual().factory(), callers, time, calls);
  }

  /// The same on threads of another kind.
  static double call(ThreadFactory factory, int callers, Duration time, CallOf calls)
      throws InterruptedException {
    var done = new ArrayList<Future<Long>>(callers);
    var begin = System.nanoTime();
    var end = begin + time.toNanos();
    try (var threads = Executors.newThreadPerTaskExecutor(factory)) {
      for (var i = 0; i < callers; i++) {
        var number = i;
        done.add(
            threads.submit(() -> {
              var call = calls.caller(number);
              var count = 0L;
              while (System.nanoTime() < end) {
                call.make();
                count++;
              }
              return count;
            }));
      }
    }
    var elapsed = System.nanoTime() - begin;
    var total = 0L;
    for (var count : done) {
      try {
        total += count.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("A caller failed", e.getCause());
      }
    }
    return total * 1e9 / elapsed;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.time.Duration;

/// How many events a second.
public final class Pace {

  private Pace() {}

  /// Something that is done over and over.
  @FunctionalInterface
  public interface Pass {
    /// Does it once.
    ///
    /// @return how many events that were
    /// @throws Exception if it cannot be done
    long go() throws Exception;
  }

  /// Does something until a time is over, once at least.
  ///
  /// @param time how long
  /// @param pass what to do
  /// @return how many events that were, a second
  /// @throws Exception if it cannot be done
  public static double perSecond(Duration time, Pass pass) throws Exception {
    var begin = System.nanoTime();
    var events = 0L;
    long taken;
    do {
      events += pass.go();
      taken = System.nanoTime() - begin;
    } while (taken < time.toNanos());
    return events * 1e9 / taken;
  }
}

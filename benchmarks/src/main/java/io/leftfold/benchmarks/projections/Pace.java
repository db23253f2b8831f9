// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.projections;

import java.time.Duration;

/// How many events a second.
final class Pace {

  private Pace() {}

  /// Something that is done over and over.
  interface Pass {
    /// Does it once.
    ///
    /// @return how many events that were
    long go();
  }

  static double perSecond(Duration time, Pass pass) {
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

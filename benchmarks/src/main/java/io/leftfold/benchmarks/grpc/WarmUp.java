// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.benchmarks.measure.Contestant;
import io.leftfold.benchmarks.measure.Settings;
import java.time.Duration;
import java.util.List;

/// Calls that are not counted, until the compiler is through with the servers, which takes it some
/// 500,000 calls. A server that is slow at first would otherwise be measured while the other has
/// long been compiled.
///
/// It takes a minute where calls are as slow as the disk, and less where less is measured than by
/// default: a row takes at most some fifteen times as long as each contestant is measured.
final class WarmUp {

  private static final long CALLS = 500_000;
  private static final int TURNS_MAX = 16;
  private static final int TURNS_OF_PAGES = 5;
  private static final int TURNS_QUICK = 4;
  private static final Duration TURN = Duration.ofSeconds(2);

  /// From how much measuring on turns are whole.
  private static final Duration MEASURING = Duration.ofSeconds(5);

  private static final Duration TURN_QUICK = Duration.ofMillis(250);

  private WarmUp() {}

  static void of(Settings settings, List<? extends Calling> loads) throws Exception {
    var turns = settings.quick() ? TURNS_QUICK : TURNS_MAX;
    var turn = turn(settings);
    for (var i = 0; i < turns; i++) {
      for (var load : loads) {
        if (load.calls() < CALLS && load.work(turn) <= 0) {
          throw new IllegalStateException("Nothing was answered");
        }
      }
    }
    loads.forEach(Calling::forget);
  }

  private static Duration turn(Settings settings) {
    if (settings.quick()) {
      return TURN_QUICK;
    }
    return settings.measuring().compareTo(MEASURING) < 0
        ? TURN.multipliedBy(settings.measuring().toMillis()).dividedBy(MEASURING.toMillis())
        : TURN;
  }

  /// Work that is not counted, by those who do not count it themselves: ten seconds each.
  static void inTurns(Settings settings, List<Contestant> contestants) throws Exception {
    for (var i = 0; i < (settings.quick() ? TURNS_QUICK : TURNS_OF_PAGES); i++) {
      for (var contestant : contestants) {
        if (contestant.work(turn(settings)) <= 0) {
          throw new IllegalStateException("Nothing was answered");
        }
      }
    }
  }
}

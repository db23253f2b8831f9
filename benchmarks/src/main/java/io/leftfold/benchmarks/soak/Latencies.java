// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// How long answers took, of what kind, in which phase. Calls without an answer are not in it.
final class Latencies {

  enum Kind {
    APPEND,
    CONDITIONAL_APPEND,
    STREAM_READ,
    ALL_READ,
    INDEXED_READ
  }

  enum Phase {
    STEADY,
    AFTER_RESTART
  }

  private static final int DIGITS = 3;
  private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(10);

  private final Map<Phase, Map<Kind, Recorder>> recorders = new EnumMap<>(Phase.class);
  private final Map<Phase, Map<Kind, Histogram>> totals = new EnumMap<>(Phase.class);
  private volatile Phase phase = Phase.STEADY;

  Latencies() {
    for (var each : Phase.values()) {
      var byKind = new EnumMap<Kind, Recorder>(Kind.class);
      var sums = new EnumMap<Kind, Histogram>(Kind.class);
      for (var kind : Kind.values()) {
        byKind.put(kind, new Recorder(DIGITS));
        sums.put(kind, new Histogram(DIGITS));
      }
      recorders.put(each, byKind);
      totals.put(each, sums);
    }
  }

  void enter(Phase phase) {
    this.phase = phase;
  }

  void answered(Kind kind, long nanos) {
    of(recorders, phase, kind)
        .recordValue(Math.min(MICROS_MAX, TimeUnit.NANOSECONDS.toMicros(nanos)));
  }

  /// What came in since the last time, of all phases.
  synchronized Map<Kind, Histogram> interval() {
    var interval = new EnumMap<Kind, Histogram>(Kind.class);
    for (var kind : Kind.values()) {
      var sum = new Histogram(DIGITS);
      for (var each : Phase.values()) {
        var part = of(recorders, each, kind).getIntervalHistogram();
        sum.add(part);
        of(totals, each, kind).add(part);
      }
      interval.put(kind, sum);
    }
    return interval;
  }

  /// All that the intervals had.
  synchronized Histogram total(Phase phase, Kind kind) {
    return of(totals, phase, kind).copy();
  }

  private static <T> T of(Map<Phase, Map<Kind, T>> all, Phase phase, Kind kind) {
    return java.util.Objects.requireNonNull(
        java.util.Objects.requireNonNull(all.get(phase)).get(kind));
  }
}

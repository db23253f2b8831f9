// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.projections;

import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Pace;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.projections.ProjectionOptions;
import io.leftfold.projections.ProjectionRuntime;
import io.leftfold.projections.Projections;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A projection over one event in a thousand, from its creation until it has come to the end of the
/// log, beside one that is given all of them and lets the others pass.
public final class RareEventsRun implements Benchmark {

  private static final int EVENTS = 400_000;
  private static final int STREAMS = 10_000;
  private static final int BYTES = 256;
  private static final int TYPES = 1_000;

  private static final String BY_TYPE =
      "fromAll().when({ $init: () => ({ n: 0 }), Type0(s, e) { s.n++; s.last = e.body.amount; } })";
  private static final String OF_ALL =
      "fromAll().when({ $init: () => ({ n: 0 }), $any(s, e) { if (e.eventType === 'Type0') { s.n++; s.last = e.body.amount; } } })";

  /// Makes the benchmark.
  public RareEventsRun() {}

  @Override
  public String name() {
    return "projection-run-rare-%d".formatted(BYTES);
  }

  @Override
  public String question() {
    return "How fast does a new projection over one event type in %,d come through a log of %,d events of %d bytes of JSON?"
        .formatted(TYPES, EVENTS, BYTES);
  }

  @Override
  public String sketch() {
    return "the index says where its events are: a read of each of them, 0.1 ms with all that begins and ends a run, and nothing for the rest";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var events = new SampleEvents(settings.scaled(EVENTS), settings.scaled(STREAMS), BYTES, TYPES);
    var few = new Settings(settings.directory(), settings.measuring(), true);
    var run = new AtomicInteger();
    try (var store = LocalEventStore.open(settings.directory().resolve("store"));
        var runtime = ProjectionRuntime.open()) {
      events.appendTo(store, _ -> {});
      var rare = (events.count() + TYPES - 1) / TYPES;
      try (var projections = Projections.open(store, ProjectionOptions.defaults())) {
        var rounds =
            new Rounds(few)
                .with(
                    "leftfold",
                    time ->
                        Pace.perSecond(
                            time,
                            () -> {
                              pass(projections, "rare-" + run.incrementAndGet(), BY_TYPE, rare);
                              return events.count();
                            }))
                .with(
                    "limit",
                    time ->
                        Pace.perSecond(
                            time,
                            () -> {
                              pass(
                                  projections,
                                  "all-" + run.incrementAndGet(),
                                  OF_ALL,
                                  events.count());
                              return events.count();
                            }))
                .run();
        rows.accept(
            Row.of(
                    name(),
                    "events of the log/s",
                    rounds,
                    "the same projection, given every event",
                    new Asked.Nothing())
                .withRemark(runtime.description()));
      }
    }
  }

  private static void pass(Projections projections, String name, String script, long expected) {
    var found = EngineRun.over(projections, name, script, false, _ -> {});
    if (found < expected) {
      throw new IllegalStateException("%d events expected, found %d".formatted(expected, found));
    }
  }
}

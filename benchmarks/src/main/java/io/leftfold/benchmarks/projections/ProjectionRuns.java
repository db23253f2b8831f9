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

/// A projection over a store on disk, from its creation until it has come to the end: read, folded,
/// and each step written.
public final class ProjectionRuns implements Benchmark {

  private static final int EVENTS = 1_000_000;
  private static final int STREAMS = 100_000;
  private static final double ASKED = 0.5;

  private final FoldScript script;
  private final int bytes;

  /// Makes the benchmark.
  ///
  /// @param script what is folded with
  /// @param bytes the size of an event's JSON
  public ProjectionRuns(FoldScript script, int bytes) {
    this.script = script;
    this.bytes = bytes;
  }

  @Override
  public String name() {
    return "projection-run-%s-%d".formatted(script.label(), bytes);
  }

  @Override
  public String question() {
    return "How fast does a new projection come through %,d events of %d bytes of JSON with the script \"%s\"?"
        .formatted(EVENTS, bytes, script.label());
  }

  @Override
  public String sketch() {
    return "reading is 0.5 µs an event and goes on beside; the script is nearly all, and with many partitions their states";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var events = new SampleEvents(settings.scaled(EVENTS), settings.scaled(STREAMS), bytes);
    // A pass takes seconds, so few of them have to do.
    var few = new Settings(settings.directory(), settings.measuring(), true);
    var run = new AtomicInteger();
    try (var store = LocalEventStore.open(settings.directory().resolve("store"));
        var runtime = ProjectionRuntime.open();
        var bare = new BareLoop(script, events.inMemory())) {
      events.appendTo(store, _ -> {});
      try (var projections = Projections.open(store, ProjectionOptions.defaults())) {
        var rounds =
            new Rounds(few)
                .with(
                    "leftfold",
                    time ->
                        Pace.perSecond(
                            time,
                            () ->
                                require(
                                    events.count(),
                                    EngineRun.over(
                                        projections,
                                        "run-" + run.incrementAndGet(),
                                        script,
                                        _ -> {}))))
                .with("limit", time -> Pace.perSecond(time, bare::foldAll))
                .with(
                    "java",
                    time ->
                        Pace.perSecond(
                            time,
                            () -> require(events.count(), new PlainFold(store, script).foldAll())))
                .run();
        rows.accept(
            Row.of(name(), "events/s", rounds, BareLoop.WHAT, new Asked.Share(ASKED))
                .withPeer("the same fold in Java over the same store", rounds.median("java"))
                .withRemark(runtime.description()));
      }
    }
  }

  private static long require(long expected, long found) {
    // What is emitted is no event of these scripts' sources, but counts where everything is read.
    if (found < expected) {
      throw new IllegalStateException("%d events expected, found %d".formatted(expected, found));
    }
    return found;
  }
}

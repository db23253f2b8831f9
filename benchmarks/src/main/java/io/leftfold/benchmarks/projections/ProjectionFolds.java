// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.projections;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Pace;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.projections.CompiledProjection;
import io.leftfold.projections.ProjectionFold;
import io.leftfold.projections.ProjectionLimits;
import io.leftfold.projections.ProjectionRuntime;
import io.leftfold.projections.ProjectionSource;
import io.leftfold.projections.SavedStates;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Events from memory through a projection that saves its states every thousand events.
public final class ProjectionFolds implements Benchmark {

  private static final int EVENTS_BETWEEN_SAVES = 1000;
  private static final int PARTITIONS = 100_000;
  private static final double ASKED = 0.5;

  private final FoldScript script;
  private final int bytes;

  /// Makes the benchmark.
  ///
  /// @param script what is folded with
  /// @param bytes the size of an event's JSON
  public ProjectionFolds(FoldScript script, int bytes) {
    this.script = script;
    this.bytes = bytes;
  }

  @Override
  public String name() {
    return "projection-%s-%d".formatted(script.label(), bytes);
  }

  @Override
  public String question() {
    return "How fast does one thread fold events of %d bytes of JSON with the script \"%s\"?"
        .formatted(bytes, script.label());
  }

  @Override
  public String sketch() {
    return "two crossings into the script and back, 50 ns each compiled; where the body is looked at, parsing it is nearly all";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var partitions = settings.scaled(PARTITIONS);
    var events = new SampleEvents(partitions, partitions, bytes).inMemory();
    try (var runtime = ProjectionRuntime.open();
        var bare = new BareLoop(script, events)) {
      var projection =
          runtime.compile(
              new ProjectionSource(name(), script.text()),
              ProjectionLimits.DEFAULT.withTimes(Duration.ofSeconds(5), Duration.ofSeconds(5)));
      try (var folded = new Folded(projection)) {
        var rounds =
            new Rounds(settings)
                .with("leftfold", time -> Pace.perSecond(time, () -> folded.foldAll(events)))
                .with("limit", time -> Pace.perSecond(time, bare::foldAll))
                .run();
        rows.accept(
            Row.of(name(), "events/s", rounds, BareLoop.WHAT, new Asked.Share(ASKED))
                .withRemark(runtime.description()));
      }
    }
  }

  /// A fold whose states are saved in memory.
  private static final class Folded implements SavedStates, AutoCloseable {
    private final Map<String, String> states = new HashMap<>();
    private final ProjectionFold fold;

    Folded(CompiledProjection projection) {
      fold = projection.fold(this);
    }

    @Override
    public Optional<String> state(String partition) {
      return Optional.ofNullable(states.get(partition));
    }

    @Override
    public Optional<String> sharedState() {
      return Optional.empty();
    }

    long foldAll(List<ResolvedEvent> events) {
      for (var event : events) {
        if (!fold.handle(event).isHandled()) {
          throw new IllegalStateException("Not handled: " + event);
        }
        if (fold.unsavedEvents() >= EVENTS_BETWEEN_SAVES) {
          fold.save().applyTo(states);
        }
      }
      return events.size();
    }

    @Override
    public void close() {
      fold.close();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.projections;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.projections.CompiledProjection;
import io.leftfold.projections.ProjectionFold;
import io.leftfold.projections.ProjectionLimits;
import io.leftfold.projections.ProjectionRuntime;
import io.leftfold.projections.ProjectionSource;
import io.leftfold.projections.SavedStates;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/// Events from memory through a projection that saves its states every thousand events.
public final class ProjectionFolds implements Benchmark {

  private static final int EVENTS_BETWEEN_SAVES = 1000;
  private static final int PARTITIONS = 100_000;
  private static final double ASKED = 0.5;

  private final Script script;
  private final int bytes;

  /// What is folded with.
  public enum Script {
    /// Counts, and looks at nothing.
    COUNT("count", "fromAll().when({ $init: () => ({ n: 0 }), $any(s, e) { s.n++; } })"),
    /// Counts by type.
    TYPES(
        "count-by-type",
        "fromAll().when({ $init: () => ({}), $any(s, e) { s[e.eventType] = (s[e.eventType] || 0) + 1; } })"),
    /// Adds up what stands in the bodies.
    SUM(
        "sum",
        "fromAll().when({ $init: () => ({ sum: 0 }), $any(s, e) { s.sum += e.body.amount; } })"),
    /// Adds up by stream.
    STREAMS(
        "foreach-stream",
        "fromAll().foreachStream().when({ $init: () => ({ n: 0, sum: 0 }), $any(s, e) { s.n++; s.sum += e.body.amount; } })"),
    /// Emits for each event.
    EMIT(
        "emit",
        "fromAll().when({ $init: () => ({ n: 0 }), $any(s, e) { s.n++; emit('out-' + e.streamId, 'Seen', { amount: e.body.amount, by: e.body.by, n: s.n }); } })");

    private final String name;
    private final String text;

    Script(String name, String text) {
      this.name = name;
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /// Makes the benchmark.
  ///
  /// @param script what is folded with
  /// @param bytes the size of an event's JSON
  public ProjectionFolds(Script script, int bytes) {
    this.script = script;
    this.bytes = bytes;
  }

  @Override
  public String name() {
    return "projection-%s-%d".formatted(script.name, bytes);
  }

  @Override
  public String question() {
    return "How fast does one thread fold events of %d bytes of JSON with the script \"%s\"?"
        .formatted(bytes, script.name);
  }

  @Override
  public String sketch() {
    return "two crossings into the script and back, 50 ns each compiled; where the body is looked at, parsing it is nearly all";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var events = events(settings.scaled(PARTITIONS));
    try (var runtime = ProjectionRuntime.open();
        var bare = new BareLoop(script, events)) {
      var projection =
          runtime.compile(
              new ProjectionSource(name(), script.text()),
              ProjectionLimits.DEFAULT.withTimes(Duration.ofSeconds(5), Duration.ofSeconds(5)));
      try (var folded = new Folded(projection)) {
        var rounds =
            new Rounds(settings)
                .with("leftfold", time -> perSecond(time, () -> folded.foldAll(events)))
                .with("limit", time -> perSecond(time, bare::foldAll))
                .run();
        rows.accept(
            Row.of(
                    name(),
                    "events/s",
                    rounds,
                    "the same script in the same engine, in a loop over an array of its own objects",
                    new Asked.Share(ASKED))
                .withRemark(runtime.description()));
      }
    }
  }

  private List<ResolvedEvent> events(int count) {
    var events = new ArrayList<ResolvedEvent>(count);
    for (var i = 0; i < count; i++) {
      events.add(
          ResolvedEvent.plain(
              new RecordedEvent(
                  i + 1L,
                  StreamName.of("account-" + i),
                  0,
                  new UUID(1, i + 1L),
                  "Type" + i % 20,
                  ContentType.JSON,
                  Instant.EPOCH,
                  body(i).getBytes(StandardCharsets.UTF_8),
                  new byte[0],
                  List.of())));
    }
    return events;
  }

  /// Some numbers and texts, as many as it takes.
  private String body(int i) {
    var body = new StringBuilder("{\"amount\":").append(i % 100).append(",\"by\":\"anna\"");
    for (var field = 0; body.length() < bytes - 36; field++) {
      body.append(",\"field").append(field).append("\":\"some text ").append(i + field).append('"');
    }
    return body.append('}').toString();
  }

  private interface Pass {
    long go();
  }

  private static double perSecond(Duration time, Pass pass) {
    var begin = System.nanoTime();
    var events = 0L;
    long taken;
    do {
      events += pass.go();
      taken = System.nanoTime() - begin;
    } while (taken < time.toNanos());
    return events * 1e9 / taken;
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

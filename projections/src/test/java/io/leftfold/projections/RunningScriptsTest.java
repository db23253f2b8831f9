// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What scripts do besides their states, in projections that run.
final class RunningScriptsTest {

  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-01T08:00:00Z"));
  private Fixture fixture =
      new Fixture(new InMemoryEventStore(), ProjectionOptions.defaults().with(clock));

  @AfterEach
  void close() {
    fixture.close();
  }

  private long say() {
    return fixture.append("s", "Said", "{}");
  }

  @ParameterizedTest
  @CsvSource({
    "gone, Stream gone is deleted. Cannot emit events to it",
    "$ce-x, Stream $ce-x is answered by the index",
    "$all, Stream $all is answered by the index",
    "$projections-x, Stream $projections-x is the projections' own",
    "$$$projections-x, is the projections' own",
    "$projectionstate-1.0-, is the projections' own",
  })
  void what_nobody_can_write_stops_the_projection_or_is_parked_and_the_rest_is_written(
      String target, String why) {
    fixture.store.append(
        StreamName.of("gone"), ExpectedState.any(), ProposedEvent.json("Begun", "{}"));
    fixture.store.tombstone(StreamName.of("gone"), ExpectedState.any());
    var script =
        """
        fromStream('s').when({
          $init: () => ({ n: 0 }),
          Said(s, e) {
            s.n++;
            emit(e.sequenceNumber === 1 ? '%s' : 'out', 'Told', { at: e.sequenceNumber });
          }
        })
        """
            .formatted(target);
    say();
    var refused = say();
    var last = say();
    fixture.projections.create(NewProjection.continuous("stops", script).emitting());
    fixture.awaitState("stops", ProjectionState.FAULTED);
    assertThat(fixture.projections.statistics("stops").reason()).contains(why, "1@s");
    assertThat(fixture.state("stops", "")).isEqualTo("{\"n\":1}");
    assertThat(fixture.texts("out")).containsExactly("{\"at\":0}");

    fixture.projections.configure(
        "stops", fixture.projections.config("stops").withFailurePolicy(FailurePolicy.PARK_EVENT));
    fixture.projections.enable("stops");
    fixture.awaitStep("stops", last);
    assertThat(fixture.state("stops", "")).isEqualTo("{\"n\":2}");
    assertThat(fixture.texts("out")).containsExactly("{\"at\":0}", "{\"at\":2}");
    assertThat(fixture.projections.parked("stops", 0, 100))
        .extracting(ParkedEvent::position)
        .containsExactly(refused);
  }

  @Test
  void a_projection_may_have_a_time_limit_of_its_own() {
    fixture.close();
    var patient = ProjectionLimits.DEFAULT.withTimes(Duration.ofMinutes(5), Duration.ofMinutes(5));
    fixture = new Fixture(new InMemoryEventStore(), ProjectionOptions.defaults().with(patient));
    say();
    var config = ProjectionConfig.DEFAULT;
    fixture.projections.create(
        NewProjection.continuous("hasty", "fromAll().when({ Said() { while (true); } })")
            .with(
                new ProjectionConfig(
                    false,
                    false,
                    config.checkpointAfterMs(),
                    config.checkpointHandledThreshold(),
                    config.checkpointUnhandledBytesThreshold(),
                    config.pendingEventsThreshold(),
                    config.maxWriteBatchLength(),
                    config.maxAllowedWritesInFlight(),
                    20,
                    FailurePolicy.STOP)));
    fixture.awaitState("hasty", ProjectionState.FAULTED);

    assertThat(fixture.projections.statistics("hasty").reason())
        .contains("took too long to execute", "0@s");
  }

  @Test
  void what_a_script_logs_is_logged_so_many_lines_a_second_for_whoever_listens() {
    var lines = new CopyOnWriteArrayList<String>();
    var logger = Logger.getLogger(ScriptLog.NAME);
    var listener = new Listener(lines);
    logger.addHandler(listener);
    logger.setUseParentHandlers(false);
    logger.setLevel(Level.FINE);
    try {
      var script =
          "fromAll().when({ Said(s, e) { for (let i = 0; i < 30; i++) log(`${e.sequenceNumber}.${i}\\nagain`); } })";
      fixture.projections.create(NewProjection.continuous("talks", script));
      for (var i = 0; i < 4; i++) {
        fixture.awaitStep("talks", say());
      }
      assertThat(lines).hasSize(ScriptLog.LINES_MAX);
      assertThat(lines.getFirst()).isEqualTo("Projection talks, event 0@s: 0.0 again");
      clock.advance(Duration.ofSeconds(1));
      fixture.awaitStep("talks", say());
      assertThat(lines).hasSize(ScriptLog.LINES_MAX + 30);
      assertThat(lines.get(ScriptLog.LINES_MAX))
          .isEqualTo(
              "Projection talks, event 4@s: 4.0 again (20 lines before this one are left out)");

      logger.setLevel(Level.INFO);
      clock.advance(Duration.ofSeconds(1));
      fixture.awaitStep("talks", say());
      assertThat(lines).hasSize(ScriptLog.LINES_MAX + 30);
    } finally {
      logger.removeHandler(listener);
      logger.setUseParentHandlers(true);
      logger.setLevel(null);
    }
  }

  private static final class Listener extends Handler {
    private final List<String> lines;

    private Listener(List<String> lines) {
      this.lines = lines;
      setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord said) {
      lines.add(new SimpleFormatter().formatMessage(said));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}

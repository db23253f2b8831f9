// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AsOf;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.ScavengeOptions;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimeTravelTest {

  private static final String SUMS =
      """
      fromAll().foreachStream().when({
        $init: () => ({ sum: 0 }),
        Added(s, e) { s.sum += e.body.n; emit('out', 'Added', { n: 1 }); }
      })
      """;

  private final ManualClock clock = new ManualClock(Instant.parse("2026-07-17T14:00:00Z"));
  private final Fixture fixture =
      new Fixture(new InMemoryEventStore(clock), ProjectionOptions.defaults());

  @AfterEach
  void close() {
    fixture.close();
  }

  private long add(String stream, int n) {
    return fixture.append(stream, "Added", "{\"n\":%d}".formatted(n));
  }

  @Test
  void the_state_as_of_any_position_is_what_a_fold_from_zero_up_to_there_is() {
    var random = new Random(Long.getLong("tests.seed", 42));
    fixture.projections.create(NewProjection.continuous("sums", SUMS).emitting());
    Map<Long, Map<String, Integer>> states = new TreeMap<>();
    var current = new HashMap<String, Integer>();
    for (var i = 0; i < 120; i++) {
      var stream = "s" + random.nextInt(5);
      var n = random.nextInt(100);
      var position = add(stream, n);
      current.merge(stream, n, Integer::sum);
      states.put(position, new HashMap<>(current));
      if (random.nextInt(10) == 0) {
        fixture.awaitStep("sums", position);
      }
    }
    states.forEach((position, expected) -> {
      var stream = "s" + random.nextInt(5);
      var sum = expected.get(stream);
      assertThat(
              fixture
                  .projections
                  .state("sums", stream, new AsOf.Position(position + 1), FoldProgress.UNHEARD)
                  .json())
          .as("%s as of %d", stream, position)
          .isEqualTo(sum == null ? "" : "{\"sum\":%d}".formatted(sum));
    });
  }

  @Test
  void a_report_says_what_it_would_have_said_that_day() {
    fixture.projections.create(NewProjection.continuous("sums", SUMS).emitting());
    add("a", 1);
    clock.advance(Duration.ofMinutes(2));
    add("a", 10);
    clock.advance(Duration.ofMinutes(1));
    fixture.awaitStep("sums", add("a", 100));

    var at = new AsOf.Time(Instant.parse("2026-07-17T14:02:00Z"));
    assertThat(fixture.projections.result("sums", "a", at, FoldProgress.UNHEARD).json())
        .isEqualTo("{\"sum\":11}");
  }

  @Test
  void after_an_update_the_past_is_what_the_new_script_makes_of_it() {
    fixture.projections.create(NewProjection.continuous("sums", SUMS).emitting());
    var first = add("a", 1);
    fixture.awaitStep("sums", first);
    fixture.projections.update(
        "sums", SUMS.replace("+= e.body.n", "-= e.body.n"), Optional.empty(), Optional.empty());
    fixture.awaitStep("sums", add("a", 10));

    assertThat(fixture.state("sums", "a")).isEqualTo("{\"sum\":-9}");
    assertThat(
            fixture
                .projections
                .state("sums", "a", new AsOf.Position(first + 1), FoldProgress.UNHEARD)
                .json())
        .isEqualTo("{\"sum\":-1}");
  }

  @Test
  void a_fold_of_the_past_tells_how_far_it_is_and_can_be_ended() {
    fixture.projections.create(NewProjection.continuous("sums", SUMS).disabled().emitting());
    add("a", 1);
    assertThatThrownBy(() -> fixture.projections.state("sums", "a", AsOf.now(), (_, _, _) -> false))
        .isInstanceOfSatisfying(
            ProjectionException.class,
            e -> assertThat(e.reason()).isEqualTo(ProjectionException.Reason.CANCELLED));
  }

  @Test
  void how_far_it_is_only_grows_and_never_goes_beyond_what_was_asked_for() {
    fixture.projections.create(NewProjection.continuous("sums", SUMS).disabled().emitting());
    var last = 0L;
    for (var i = 0; i < 3 * SourceReader.BATCH_EVENTS; i++) {
      last = add("a", 1);
    }
    var told = new ArrayList<long[]>();
    var state =
        fixture.projections.state(
            "sums",
            "a",
            new AsOf.Position(last),
            (position, end, events) -> told.add(new long[] {position, end, events}));

    assertThat(state.json()).isEqualTo("{\"sum\":%d}".formatted(3 * SourceReader.BATCH_EVENTS - 1));
    assertThat(told).hasSizeGreaterThan(1);
    for (var i = 0; i < told.size(); i++) {
      var now = told.get(i);
      assertThat(now[0]).isLessThan(last);
      assertThat(now[1]).isEqualTo(last);
      assertThat(now[2]).isPositive();
      if (i > 0) {
        assertThat(now[0]).isGreaterThan(told.get(i - 1)[0]);
        assertThat(now[2]).isGreaterThan(told.get(i - 1)[2]);
      }
    }
  }

  @Test
  void a_debugger_shows_the_state_before_and_after_each_event_and_writes_nothing() {
    fixture.projections.create(NewProjection.continuous("sums", SUMS).disabled().emitting());
    add("a", 1);
    add("b", 5);
    var third = add("a", 2);
    var before = fixture.store.lastPosition();

    try (var debugger =
        fixture.projections.debug("sums", new DebugStart.Zero(), FoldProgress.UNHEARD)) {
      var first = debugger.step().orElseThrow();
      assertThat(first.partition()).isEqualTo("a");
      assertThat(first.stateBefore()).isEmpty();
      assertThat(first.stateAfter()).isEqualTo("{\"sum\":1}");
      assertThat(first.emitted()).hasSize(1);
      debugger.step();
      assertThat(debugger.step().orElseThrow().stateBefore()).isEqualTo("{\"sum\":1}");
      assertThat(debugger.step()).isEmpty();
    }
    try (var debugger =
        fixture.projections.debug("sums", new DebugStart.Position(third), FoldProgress.UNHEARD)) {
      var step = debugger.step().orElseThrow();
      assertThat(step.stateBefore()).isEqualTo("{\"sum\":1}");
      assertThat(step.stateAfter()).isEqualTo("{\"sum\":3}");
    }
    assertThat(fixture.store.lastPosition()).isEqualTo(before);
  }

  @Test
  void a_debugger_shows_what_was_logged_and_emitted_before_it_failed() {
    fixture.projections.create(
        NewProjection.continuous(
                "talks",
                """
                fromAll().when({
                  $init: () => ({ sum: 0 }),
                  Added(s, e) {
                    log('n is', e.body.n);
                    emit('out', 'Sum', { n: e.body.n });
                    s.sum += e.body.n;
                    if (e.body.n > 1) throw new Error('too much');
                  }
                })
                """)
            .disabled()
            .emitting());
    add("a", 1);
    add("a", 2);
    try (var debugger =
        fixture.projections.debug("talks", new DebugStart.Zero(), FoldProgress.UNHEARD)) {
      assertThat(debugger.step().orElseThrow().fault()).isEmpty();
      var failed = debugger.step().orElseThrow();
      assertThat(failed.fault().orElseThrow().message()).contains("too much");
      assertThat(failed.stateAfter()).isEqualTo("{\"sum\":1}");
      assertThat(failed.logged()).containsExactly("n is 2");
      assertThat(failed.emitted()).extracting(EmittedEvent::data).containsExactly("{\"n\":2}");
    }
  }

  @Test
  void a_debugger_begins_with_the_states_that_a_fold_from_zero_would_give_it() {
    fixture.projections.create(NewProjection.continuous("sums", SUMS).emitting());
    var positions = new ArrayList<Long>();
    for (var i = 1; i <= 12; i++) {
      positions.add(add("s" + i % 2, i));
      if (i % 3 == 0) {
        fixture.awaitStep("sums", positions.getLast());
      }
    }
    var sums = new int[2];
    for (var i = 1; i <= 12; i++) {
      var before = sums[i % 2];
      sums[i % 2] += i;
      try (var debugger =
          fixture.projections.debug(
              "sums", new DebugStart.Position(positions.get(i - 1)), FoldProgress.UNHEARD)) {
        var step = debugger.step().orElseThrow();
        assertThat(step.event().original().position()).isEqualTo(positions.get(i - 1));
        assertThat(step.stateBefore())
            .isEqualTo(before == 0 ? "" : "{\"sum\":%d}".formatted(before));
        assertThat(step.stateAfter()).isEqualTo("{\"sum\":%d}".formatted(sums[i % 2]));
      }
    }
    fixture.projections.disable("sums");
    var next = add("s1", 100);
    try (var debugger =
        fixture.projections.debug("sums", new DebugStart.Checkpoint(), FoldProgress.UNHEARD)) {
      fixture.projections.enable("sums");
      fixture.awaitStep("sums", next);
      var step = debugger.step().orElseThrow();
      assertThat(step.event().original().position()).isEqualTo(next);
      assertThat(step.stateBefore()).isEqualTo("{\"sum\":%d}".formatted(sums[1]));
    }
  }

  @Test
  void what_was_scavenged_meanwhile_is_folded_again() throws InterruptedException {
    var store = LocalEventStore.inMemory(EngineOptions.defaults().withChunkBytesMax(4096));
    try (var scavenged = new Fixture(store, ProjectionOptions.defaults())) {
      scavenged.projections.create(NewProjection.continuous("sums", SUMS).emitting());
      scavenged.awaitStep("sums", scavenged.append("a", "Added", "{\"n\":1}"));
      var second = scavenged.append("a", "Added", "{\"n\":2}");
      scavenged.awaitStep("sums", second);
      for (var i = 0; i < 40; i++) {
        scavenged.append("filler", "Filled", "{\"text\":\"%s\"}".formatted("x".repeat(500)));
      }
      store.scavenge(ScavengeOptions.defaults()).await();
      try (var debugger =
          scavenged.projections.debug(
              "sums", new DebugStart.Position(second), FoldProgress.UNHEARD)) {
        var step = debugger.step().orElseThrow();
        assertThat(step.event().original().position()).isEqualTo(second);
        assertThat(step.stateBefore()).isEqualTo("{\"sum\":1}");
        assertThat(step.stateAfter()).isEqualTo("{\"sum\":3}");
        assertThat(debugger.step()).isEmpty();
      }
      assertThat(
              scavenged
                  .projections
                  .state("sums", "a", new AsOf.Position(second), FoldProgress.UNHEARD)
                  .json())
          .isEqualTo("{\"sum\":1}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"foreachStream()", "partitionBy(e => e.streamId)"})
  void a_parked_partition_stands_still_in_the_past_too(String partitioning) {
    var script =
        "fromAll().%s.when({ $init: () => ({ sum: 0 }), Added(s, e) { if (e.body.n > 90) throw new Error('too much'); s.sum += e.body.n; } })"
            .formatted(partitioning);
    fixture.projections.create(
        NewProjection.continuous("parking", script)
            .with(ProjectionConfig.DEFAULT.withFailurePolicy(FailurePolicy.PARK_PARTITION)));
    add("a", 1);
    var poison = add("a", 99);
    add("b", 3);
    var behind = add("a", 5);
    // The first time from zero, then from the states of a checkpoint.
    assertThat(past("parking", "a", behind + 1)).isEqualTo("{\"sum\":1}");
    fixture.awaitStep("parking", behind);
    var last = add("a", 7);
    assertThat(past("parking", "a", last + 1)).isEqualTo("{\"sum\":1}");
    assertThat(past("parking", "a", poison)).isEqualTo("{\"sum\":1}");
    assertThat(past("parking", "b", last + 1)).isEqualTo("{\"sum\":3}");
  }

  private String past(String name, String partition, long end) {
    return fixture
        .projections
        .state(name, partition, new AsOf.Position(end), FoldProgress.UNHEARD)
        .json();
  }

  @Test
  void states_of_a_fold_of_the_past_take_no_more_memory_than_they_may() {
    var small = ProjectionOptions.defaults().withStateBytesMax(2_000);
    try (var bounded = new Fixture(new InMemoryEventStore(clock), small)) {
      var byTen =
          "fromAll().partitionBy(e => e.streamId).when({ Added(s, e) { s.text = 'x'.repeat(100); } })";
      bounded.projections.create(NewProjection.continuous("texts", byTen).disabled());
      for (var i = 0; i < 20; i++) {
        bounded.append("s" + i, "Added", "{}");
      }
      assertThat(bounded.projections.state("texts", "s3", AsOf.now(), FoldProgress.UNHEARD).json())
          .contains("xxx");
      try (var debugger =
          bounded.projections.debug("texts", new DebugStart.Zero(), FoldProgress.UNHEARD)) {
        for (var i = 0; i < 20; i++) {
          assertThat(debugger.step()).isPresent();
        }
        for (var i = 20; i < 40; i++) {
          bounded.append("s" + i, "Added", "{}");
        }
        assertThatThrownBy(
                () -> {
                  while (debugger.step().isPresent()) {}
                })
            .isInstanceOf(ProjectionException.class)
            .hasMessageContaining("keeps states of");
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class ProjectionFoldTest {

  private static final ProjectionRuntime RUNTIME = ProjectionRuntime.open();

  @AfterAll
  static void close() {
    RUNTIME.close();
  }

  private static InMemoryProjection projection(String text) {
    return InMemoryProjection.of(RUNTIME.compile(new ProjectionSource("test", text)));
  }

  @Test
  void handlers_fold_the_events_of_their_types() {
    var events =
        new Events()
            .json("account-1", "Opened", "{\"by\":\"anna\"}")
            .json("account-1", "Deposited", "{\"amount\":50}")
            .json("account-1", "Renamed", "{}")
            .json("account-2", "Deposited", "{\"amount\":20}");

    try (var projection =
        projection(
            """
            fromAll().when({
              $init() { return { opened: 0, sum: 0 }; },
              Opened(s, e) { s.opened++; },
              Deposited(s, e) { return { ...s, sum: s.sum + e.body.amount }; },
            })
            """)) {
      events.all().forEach(projection::handle);

      assertThat(projection.state("")).isEqualTo("{\"opened\":1,\"sum\":70}");
      assertThat(projection.states()).containsExactly(entry("", "{\"opened\":1,\"sum\":70}"));
    }
  }

  @Test
  void a_handler_that_throws_is_a_fault_with_its_place_and_its_event_and_leaves_no_trace() {
    var events =
        new Events()
            .json("a-1", "Counted", "{\"by\":1}")
            .json("a-1", "Counted", "{}")
            .json("a-1", "Counted", "{\"by\":2}")
            .json("a-1", "Counted", "{}");
    try (var projection =
        projection(
            """
            fromAll().when({
              $init: () => ({ n: 0 }),
              Counted: function (s, e) {
                s.n += 1;
                if (!e.data.by) throw new Error('by is missing');
              }
            });
            """)) {
      for (var i : new int[] {0, 2}) {
        projection.handle(events.all().get(i));
        assertThatThrownBy(() -> projection.handle(events.all().get(i + 1)))
            .isInstanceOfSatisfying(
                ProjectionFaultException.class,
                e -> {
                  var fault = e.fault();
                  assertThat(fault.kind()).isEqualTo(ProjectionFault.Kind.THROWN);
                  assertThat(fault.message()).isEqualTo("Error: by is missing");
                  assertThat(fault.place().orElseThrow().line()).isEqualTo(5);
                  assertThat(fault.place().orElseThrow().column()).isEqualTo(27);
                  assertThat(fault.event().orElseThrow().position()).isEqualTo(i + 2);
                  assertThat(fault.stateBefore()).hasValue("{\"n\":%d}".formatted(i / 2 + 1));
                });
      }

      assertThat(projection.state("")).isEqualTo("{\"n\":2}");
    }
  }

  @Test
  void what_was_emitted_before_a_failure_is_not_emitted_again() {
    var events = new Events();
    for (var i = 1; i <= 6; i++) {
      events.json("a-1", "Counted", i == 4 ? "{}" : "{\"by\":%d}".formatted(i));
    }
    try (var projection =
        projection(
            """
            let seen = 0;
            fromAll().when({
              $init: () => ({ sum: 0 }),
              Counted(s, e) {
                s.sum += e.data.by;
                emit('out', 'Sum', { sum: s.sum, seen: ++seen });
                log('sum', s.sum);
                if (!e.data.by) throw 'by is missing';
              }
            });
            """)) {
      for (var event : events.all()) {
        try {
          projection.handle(event);
        } catch (ProjectionFaultException e) {
          assertThat(e.fault().message()).isEqualTo("by is missing");
        }
      }

      assertThat(projection.emitted())
          .extracting(EmittedEvent::data)
          .containsExactly(
              "{\"sum\":1,\"seen\":1}",
              "{\"sum\":3,\"seen\":2}",
              "{\"sum\":6,\"seen\":3}",
              "{\"sum\":11,\"seen\":4}",
              "{\"sum\":17,\"seen\":5}");
      assertThat(projection.logged()).hasSize(5).endsWith("sum 17");
    }
  }

  @Test
  void a_failure_of_many_leaves_the_other_partitions_and_the_shared_state() {
    var text =
        """
        fromAll().partitionBy(e => e.data.p).when({
          $init: () => [],
          $initShared: () => ({ n: 0 }),
          $any(s, e) { s[0].push(e.data.v); s[1].n++; if (e.data.bad) throw new Error('bad'); }
        })
        """;
    var good = new Events();
    var mixed = new Events();
    for (var i = 0; i < 300; i++) {
      var data = "{\"p\":\"p%d\",\"v\":%d}".formatted(i % 7, i);
      good.json("a", "X", data);
      mixed.json("a", "X", data);
      if (i % 5 == 0) {
        mixed.json("a", "X", "{\"p\":\"p%d\",\"v\":%d,\"bad\":true}".formatted(i % 11, i));
      }
    }
    try (var undisturbed = projection(text);
        var disturbed = projection(text)) {
      good.all().forEach(undisturbed::handle);
      var faults = 0;
      for (var event : mixed.all()) {
        try {
          disturbed.handle(event);
        } catch (ProjectionFaultException _) {
          faults++;
        }
      }

      assertThat(faults).isEqualTo(60);
      assertThat(disturbed.sharedState()).isEqualTo("{\"n\":300}");
      undisturbed
          .states()
          .forEach((partition, state) ->
              assertThat(disturbed.state(partition)).as(partition).isEqualTo(state));
    }
  }

  @Test
  void statements_are_counted_anew_for_each_event_and_limited() {
    var limits = ProjectionLimits.DEFAULT.withStatements(10_000);
    var source =
        new ProjectionSource(
            "counts",
            "fromAll().when({ $init: () => ({ n: 0 }), X(s, e) { for (let i = 0; i < e.data; i++) { s.n++; } } })");
    var events = new Events();
    for (var i = 0; i < 20; i++) {
      events.json("a", "X", "2000");
    }
    events.json("a", "X", "200000").json("a", "X", "1");
    try (var fold = RUNTIME.compile(source, limits).fold()) {
      events.all().subList(0, 20).forEach(fold::handle);
      assertThatThrownBy(() -> fold.handle(events.all().get(20)))
          .isInstanceOfSatisfying(
              ProjectionFaultException.class,
              e -> {
                assertThat(e.fault().kind()).isEqualTo(ProjectionFault.Kind.STATEMENTS);
                assertThat(e.fault().stateBefore()).hasValue("{\"n\":40000}");
              });
      fold.handle(events.all().get(21));

      assertThat(fold.state("")).isEqualTo("{\"n\":40001}");
    }
  }

  /// Whoever stops the script comes when the script has ended already.
  @Test
  void a_script_that_ended_before_it_was_stopped_is_a_fault_and_its_next_event_is_not_hit() {
    var folding = Thread.currentThread();
    var done = new AtomicBoolean();
    ThreadFactory late =
        work ->
            Thread.ofPlatform()
                .daemon()
                .unstarted(() -> {
                  while (folding.getState() != Thread.State.WAITING && !done.get()) {
                    Thread.onSpinWait();
                  }
                  work.run();
                });
    var watchdog = Thread.ofPlatform().daemon();
    var threads = new AtomicInteger();
    ThreadFactory factory =
        work -> threads.getAndIncrement() == 0 ? watchdog.unstarted(work) : late.newThread(work);
    var source =
        new ProjectionSource(
            "slow",
            """
            fromAll().when({
              $init: () => ({ n: 0 }),
              Slow(s, e) {
                s.n++;
                for (let i = 0; i < e.data; i++) { JSON.stringify(s); }
                if (e.data > 1) throw new Error('by itself');
              }
            })
            """);
    var limits =
        ProjectionLimits.DEFAULT
            .withTimes(Duration.ofSeconds(20), Duration.ofMillis(10))
            .withStatements(Long.MAX_VALUE);
    var events = new Events().json("a", "Slow", "1").json("a", "Slow", "100000").all();
    try (var runtime = ProjectionRuntime.open(factory);
        var fold = runtime.compile(source, limits).fold()) {
      fold.handle(events.getFirst());
      assertThatThrownBy(() -> fold.handle(events.getLast()))
          .isInstanceOfSatisfying(
              ProjectionFaultException.class,
              e -> assertThat(e.fault().kind()).isEqualTo(ProjectionFault.Kind.TIME));
      assertThat(folding.isInterrupted()).isFalse();
      fold.handle(events.getFirst());

      assertThat(fold.state("")).isEqualTo("{\"n\":2}");
    } finally {
      done.set(true);
    }
  }

  @Test
  void a_script_that_was_told_to_stop_may_be_dead_whatever_it_threw() {
    var failure =
        new Script.Failure(null, Optional.of(ProjectionFault.Kind.TIME), Optional.empty());

    assertThat(failure.isStopped()).isTrue();
  }

  @Test
  void what_the_saved_states_throw_is_passed_on() {
    var source = new ProjectionSource("lost", "fromAll().when({ X() {} })");
    SavedStates lost =
        new SavedStates() {
          @Override
          public Optional<String> state(String partition) {
            throw new UncheckedIOException(new IOException("the disk is gone"));
          }

          @Override
          public Optional<String> sharedState() {
            return Optional.empty();
          }
        };
    try (var fold = RUNTIME.compile(source).fold(lost)) {
      assertThatThrownBy(() -> fold.handle(new Events().json("a", "X", "1").all().getFirst()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("the disk is gone");
    }
  }

  @Test
  void a_fold_that_may_not_emit_says_so_even_if_the_script_catches_it() {
    var source =
        new ProjectionSource(
            "quiet", "fromAll().when({ X() { try { emit('a', 'B', {}); } catch (e) { } } })");
    try (var fold = RUNTIME.compile(source).foldWithoutEmitting(SavedStatesOf.NONE)) {
      assertThatThrownBy(() -> fold.handle(new Events().json("a", "X", "1").all().getFirst()))
          .hasMessageContaining("'emit' is not allowed by the projection/configuration/mode");
    }
  }

  @Test
  void a_fault_is_told_in_full() {
    var source =
        new ProjectionSource(
            "balances",
            """
            fromAll().foreachStream().when({
              Deposited(s, e) {
                s.sum = e.body.money.amount;
              }
            })
            """);
    try (var fold = RUNTIME.compile(source).fold()) {
      assertThatThrownBy(
              () -> fold.handle(new Events().json("account-1", "Deposited", "{}").all().getFirst()))
          .hasMessage(
              """
              Projection balances, line 3, column 13: TypeError: Cannot read property 'amount' of undefined
              Event: Deposited 0@account-1 (position 1)
              Partition: account-1
              State before: none
              Function: Deposited
                s.sum = e.body.money.amount;\
              """);
    }
  }

  @Test
  void a_fault_tells_the_state_before_as_far_as_a_person_reads_it() {
    for (var chars : new int[] {0, 900, 5_000}) {
      var source =
          new ProjectionSource(
              "texts",
              """
              fromAll().when({
                $init: () => ({ t: 'x'.repeat(%d) }),
                Begun(s, e) {},
                Failed(s, e) { s.t = 'changed'; throw new Error('no'); }
              })
              """
                  .formatted(chars));
      var events = new Events().json("a", "Begun", "{}").json("a", "Failed", "{}").all();
      try (var fold = RUNTIME.compile(source).fold()) {
        fold.handle(events.getFirst());
        assertThatThrownBy(() -> fold.handle(events.getLast()))
            .hasMessageContaining(
                chars <= 900
                    ? "\nState before: {\"t\":\"%s\"}\n".formatted("x".repeat(chars))
                    : "\nState before: {\"t\":\"%s… (5008 characters)\n"
                        .formatted("x".repeat(994)));
      }
    }
  }

  @Test
  void a_runtime_says_how_it_runs() {
    assertThat(RUNTIME.description())
        .startsWith("GraalJS ")
        .endsWith(RUNTIME.isOptimizing() ? ")" : "interpreted");
  }

  @Test
  void a_fold_keeps_no_more_of_saved_states_than_so_many_characters() {
    var script =
        RUNTIME.compile(
            new ProjectionSource(
                "test",
                "fromAll().foreachStream().when({ $init: () => ({ n: 0 }), Said(s, e) { s.n++; s.text = 'x'.repeat(20000); } })"));
    var saved = new HashMap<String, String>();
    var asked = new HashMap<String, Integer>();
    var states =
        new SavedStates() {
          @Override
          public Optional<String> state(String partition) {
            asked.merge(partition, 1, Integer::sum);
            return Optional.ofNullable(saved.get(partition));
          }

          @Override
          public Optional<String> sharedState() {
            return Optional.empty();
          }
        };
    var events = new Events();
    var partitions = (int) (ProjectionLimits.DEFAULT.stateCharsKept() / 20_000) + 100;
    for (var i = 0; i < partitions; i++) {
      events.json("s-" + i, "Said", "{}");
    }
    events.json("s-" + (partitions - 1), "Said", "{}").json("s-0", "Said", "{}");
    try (var fold = script.fold(states)) {
      for (var event : events.all()) {
        fold.handle(event);
        if (fold.unsavedEvents() == 100) {
          fold.save().applyTo(saved);
        }
      }
      assertThat(asked).hasSize(partitions);
      assertThat(asked.get("s-0")).isEqualTo(2);
      assertThat(asked.get("s-%d".formatted(partitions - 1))).isEqualTo(1);
      assertThat(fold.state("s-0")).startsWith("{\"n\":2,");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.testkit.InMemoryEventStore;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// All projections stopped and started again, without the store being closed.
final class RestartTest {

  private static final String COUNTS =
      """
      fromAll().when({
        $init: () => ({ n: 0 }),
        Added(s, e) { s.n++; emit('out', 'Counted', { n: s.n }); }
      })
      """;

  private final Fixture fixture =
      new Fixture(new InMemoryEventStore(), ProjectionOptions.defaults());

  @AfterEach
  void close() {
    fixture.close();
  }

  private long add() {
    return fixture.append("s", "Added", "{}");
  }

  @Test
  void what_is_enabled_goes_on_what_is_not_stays_and_queries_answer() {
    fixture.projections.create(NewProjection.continuous("counts", COUNTS).emitting());
    fixture.projections.create(NewProjection.continuous("stopped", COUNTS).disabled());
    fixture.projections.enable("$by_category");
    fixture.awaitStep("counts", add());
    fixture.projections.create(
        NewProjection.transientQuery("query", COUNTS.replace("emit", "log")));
    fixture.awaitState("query", ProjectionState.COMPLETED);

    fixture.projections.restart();
    fixture.awaitStep("counts", add());

    assertThat(fixture.state("counts", "")).isEqualTo("{\"n\":2}");
    assertThat(fixture.texts("out")).containsExactly("{\"n\":1}", "{\"n\":2}");
    assertThat(fixture.state("query", "")).isEqualTo("{\"n\":1}");
    assertThat(fixture.projections.statistics("stopped").state())
        .isEqualTo(ProjectionState.STOPPED);
    assertThat(fixture.projections.statistics("$by_category").enabled()).isTrue();
  }

  @Test
  void restarts_and_commands_at_the_same_time_leave_one_run() {
    fixture.projections.create(NewProjection.continuous("counts", COUNTS).emitting());
    var restarts =
        CompletableFuture.runAsync(() -> {
          for (var i = 0; i < 20; i++) {
            fixture.projections.restart();
          }
        });
    var events = 0;
    while (!restarts.isDone()) {
      add();
      events++;
      try {
        fixture.projections.disable("counts");
        fixture.projections.enable("counts");
      } catch (ProjectionException e) {
        assertThat(e.reason()).isEqualTo(ProjectionException.Reason.CLOSED);
      }
    }
    restarts.join();
    fixture.projections.enable("counts");
    fixture.awaitStep("counts", add());

    assertThat(fixture.texts("out")).hasSize(events + 1).doesNotHaveDuplicates();
    assertThat(fixture.projections.statistics("counts").state()).isEqualTo(ProjectionState.RUNNING);
  }

  @Test
  void a_stream_of_states_keeps_the_last_from_the_fourth_on_whoever_wrote_those_before() {
    fixture.projections.create(
        NewProjection.continuous(
            "each", "fromAll().foreachStream().when({ Added(s) { s.n = (s.n || 0) + 1; } })"));
    var states = "$projectionstate-1.0-s";
    for (var saved = 1; saved <= 3; saved++) {
      fixture.awaitStep("each", add());
      assertThat(fixture.events(states)).hasSize(saved);
      assertThat(fixture.events("$$" + states)).isEmpty();
    }
    fixture.reopen();
    for (var saved = 4; saved <= 6; saved++) {
      fixture.awaitStep("each", add());
      assertThat(fixture.texts(states)).containsExactly("{\"n\":%d}".formatted(saved));
      assertThat(fixture.events("$$" + states)).hasSize(1);
    }
  }
}

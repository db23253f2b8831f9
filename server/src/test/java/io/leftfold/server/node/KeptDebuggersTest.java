// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.DebugStep;
import io.leftfold.projections.FoldProgress;
import io.leftfold.projections.ProjectionDebugger;
import io.leftfold.projections.ProjectionOptions;
import io.leftfold.projections.Projections;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class KeptDebuggersTest {

  private static final String SUM =
      "fromAll().when({ $init: () => ({ sum: 0 }), Paid(s, e) { s.sum += e.body.n } })";

  private final ManualClock clock = new ManualClock(Instant.parse("2026-07-17T14:00:00Z"));
  private final KeptDebuggers debuggers = new KeptDebuggers(clock, 1_000);
  private final InMemoryEventStore store = new InMemoryEventStore();
  private final Projections projections = Projections.open(store, ProjectionOptions.defaults());
  private int opened;

  @BeforeEach
  void append() {
    for (var i = 0; i < 10; i++) {
      store.append(
          StreamName.of("paid-1"),
          ExpectedState.any(),
          ProposedEvent.json("Paid", "{\"n\":%d}".formatted(i)));
    }
  }

  @AfterEach
  void close() {
    projections.close();
    store.close();
  }

  private ProjectionInquiries.Steps page(String caller, String query, long from) {
    return debuggers.page(
        new KeptDebuggers.Place(caller, query, from),
        () -> {
          opened++;
          return projections.debugQuery(query, from, FoldProgress.UNHEARD);
        },
        KeptDebuggersTest::two);
  }

  private ProjectionInquiries.Steps behind(ProjectionInquiries.Steps page) {
    return page("jo", SUM, page.next().getAsLong());
  }

  private static String end(ProjectionInquiries.Steps page) {
    return page.steps().getLast().stateAfter();
  }

  private static ProjectionInquiries.Steps two(ProjectionDebugger debugger) {
    var steps = new ArrayList<DebugStep>();
    for (var i = 0; i < 2; i++) {
      steps.add(debugger.step().orElseThrow());
    }
    return new ProjectionInquiries.Steps(steps, OptionalLong.of(debugger.position() + 1));
  }

  @Test
  void the_next_page_goes_on_where_the_last_one_ended() {
    var first = page("jo", SUM, 0);
    assertThat(end(first)).isEqualTo("{\"sum\":1}");
    var second = behind(first);
    assertThat(end(second)).isEqualTo("{\"sum\":6}");
    assertThat(end(behind(second))).isEqualTo("{\"sum\":15}");
    assertThat(opened).isOne();
  }

  @Test
  void any_other_page_is_folded_from_zero_and_comes_to_the_same() {
    var first = page("jo", SUM, 0);
    var next = first.next().getAsLong();
    assertThat(end(page("al", SUM, next))).isEqualTo("{\"sum\":6}");
    assertThat(end(page("jo", SUM, next + 2))).isEqualTo("{\"sum\":15}");
    assertThat(end(page("jo", SUM.replace("+=", "-="), next))).isEqualTo("{\"sum\":-6}");
    assertThat(opened).isEqualTo(4);
  }

  @Test
  void nobody_waits_for_ever() {
    var first = page("jo", SUM, 0);
    clock.advance(KeptDebuggers.KEPT_FOR.plus(Duration.ofMillis(1)));
    assertThat(end(behind(first))).isEqualTo("{\"sum\":6}");
    assertThat(opened).isEqualTo(2);
  }

  @Test
  void what_takes_much_memory_is_not_kept() {
    var large = SUM.replace("s.sum +=", "s.text = 'x'.repeat(2_000); s.sum +=");
    var first = page("jo", large, 0);
    page("jo", large, first.next().getAsLong());
    assertThat(opened).isEqualTo(2);
  }

  @Test
  void what_has_failed_is_not_kept() {
    var last = behind(behind(behind(behind(page("jo", SUM, 0)))));
    assertThat(opened).isOne();
    assertThatThrownBy(() -> behind(last)).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(() -> behind(last)).isInstanceOf(NoSuchElementException.class);
    assertThat(opened).isEqualTo(2);
  }
}

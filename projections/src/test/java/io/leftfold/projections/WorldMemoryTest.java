// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a script keeps outside of its states nobody sees; it does not grow for ever all the same.
final class WorldMemoryTest {

  private static final int EVENTS = 4_000;

  private static Fixture fixture() {
    var fixture =
        new Fixture(
            new InMemoryEventStore(),
            ProjectionOptions.defaults()
                .withLanes(2)
                .with(ProjectionLimits.DEFAULT.withWorldBytes(2 << 20)));
    for (var stream = 0; stream < 4; stream++) {
      var events = new ArrayList<ProposedEvent>();
      for (var i = 0; i < EVENTS / 4; i++) {
        events.add(ProposedEvent.json("Added", "{\"n\":%d}".formatted(i)));
      }
      fixture.store.append(StreamName.of("s-" + stream), ExpectedState.any(), events);
    }
    return fixture;
  }

  private static void run(Fixture fixture, String script) {
    fixture.projections.create(
        NewProjection.continuous("hoarder", script)
            .with(ProjectionConfig.DEFAULT.withCheckpoints(200, 1 << 20, 0)));
    fixture.awaitStep("hoarder", fixture.store.lastPosition().orElse(-1L) - 50);
    Fixture.await(() -> fixture.projections.statistics("hoarder").lagEvents() == 0);
  }

  @ParameterizedTest
  @CsvSource({
    "'var seen = [];', seen",
    "'const seen = [];', seen",
    "'class Seen { static all = []; }', Seen.all"
  })
  void what_it_keeps_in_variables_is_let_go_of_and_states_are_as_they_would_be(
      String variable, String seen) {
    try (var fixture = fixture()) {
      run(
          fixture,
          """
          %s
          fromAll().when({
            $init: () => ({ n: 0, sum: 0, kept: 0 }),
            Added(s, e) {
              %s.push('x'.repeat(1000) + e.sequenceNumber);
              s.n++;
              s.sum += e.body.n;
              s.kept = Math.max(s.kept, %s.length);
            }
          })
          """
              .formatted(variable, seen, seen));
      var state = fixture.state("hoarder", "");
      assertThat(state).startsWith("{\"n\":4000,\"sum\":1998000,");
      assertThat(kept(state)).isBetween(200L, 3_000L);
      assertThat(fixture.projections.statistics("hoarder").faults()).isZero();
    }
  }

  @Test
  void so_is_what_each_of_several_worlds_keeps() {
    try (var fixture = fixture()) {
      run(
          fixture,
          """
          class Seen { static all = []; }
          fromAll().foreachStream().when({
            $init: () => ({ n: 0, kept: 0 }),
            Added(s, e) {
              Seen.all.push('x'.repeat(1000) + e.sequenceNumber);
              s.n++;
              s.kept = Math.max(s.kept, Seen.all.length);
            }
          })
          """);
      for (var stream = 0; stream < 4; stream++) {
        var state = fixture.state("hoarder", "s-" + stream);
        assertThat(state).startsWith("{\"n\":1000,");
        assertThat(kept(state)).isBetween(100L, 999L);
      }
    }
  }

  private static long kept(String state) {
    var matcher = Pattern.compile("\"kept\":(\\d+)").matcher(state);
    assertThat(matcher.find()).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs with one lane and with three, over the same backlog.
final class LanesInAStoreTest {

  private static final String SUMS =
      """
      fromCategory('account').foreachStream().when({
        $init: () => ({ n: 0, sum: 0 }),
        Paid(s, e) {
          if (e.body.amount === 13) throw new Error('unlucky');
          s.n++;
          s.sum += e.body.amount;
          emit('audit-' + e.streamId, 'Seen', { n: s.n, sum: s.sum });
          emit('all-seen', 'Seen', { of: e.streamId, at: e.sequenceNumber });
        }
      }).transformBy(s => ({ mean: s.sum / s.n }))
      """;
  private static final int EVENTS = 1_000;
  private static final long SEED = Steps.seed();

  private final List<Fixture> fixtures = new ArrayList<>();

  @BeforeEach
  void open() {
    for (var lanes : new int[] {1, 3}) {
      var options = ProjectionOptions.defaults().withLanes(lanes).withStateBytesMax(4_000);
      fixtures.add(new Fixture(new InMemoryEventStore(), options));
    }
  }

  @AfterEach
  void close() {
    fixtures.forEach(Fixture::close);
  }

  /// Amounts from 0 to 299, with 13s, one of them in the middle, or without.
  private long append(Fixture fixture, boolean poison) {
    var random = new Random(SEED);
    var last = 0L;
    for (var from = 0; from < EVENTS; from += 100) {
      var commit = new ArrayList<StreamAppend>();
      for (var i = 0; i < 100; i++) {
        var drawn = random.nextInt(300);
        var amount = !poison && drawn == 13 ? 14 : poison && from + i == EVENTS / 2 ? 13 : drawn;
        var json = "{\"amount\":%d}".formatted(amount);
        commit.add(
            StreamAppend.of(
                StreamName.of("account-" + random.nextInt(40)),
                ExpectedState.any(),
                ProposedEvent.json("Paid", json)));
      }
      last = fixture.store.append(commit).position().orElseThrow();
    }
    return last;
  }

  private static void create(Fixture fixture, String script, FailurePolicy policy) {
    fixture.projections.create(
        NewProjection.continuous("sums", script)
            .with(
                ProjectionConfig.DEFAULT
                    .withEmitEnabled(true)
                    .withFailurePolicy(policy)
                    .withCheckpoints(200, 100_000, 0)));
  }

  @ParameterizedTest
  @EnumSource(names = {"PARK_EVENT", "PARK_PARTITION", "STOP"})
  void states_results_and_what_is_emitted_are_the_same(FailurePolicy policy) {
    for (var fixture : fixtures) {
      var last = append(fixture, true);
      create(fixture, SUMS, policy);
      if (policy == FailurePolicy.STOP) {
        fixture.awaitState("sums", ProjectionState.FAULTED);
      } else {
        fixture.awaitStep("sums", last);
      }
      if (policy == FailurePolicy.PARK_EVENT) {
        fixture.projections.disable("sums");
        FoldFromZero.of(fixture.store, SUMS)
            .isWhatItCameTo(fixture.store, fixture.projections, "sums");
      }
    }
    assertThat(found(fixtures.getLast())).isEqualTo(found(fixtures.getFirst()));
  }

  private static List<Object> found(Fixture fixture) {
    var found = new ArrayList<>();
    var now = fixture.projections.statistics("sums");
    found.add(now.state() + now.reason());
    found.add(now.handled());
    found.add(now.checkpoint());
    found.add(fixture.texts("all-seen"));
    for (var i = 0; i < 40; i++) {
      found.add(fixture.state("sums", "account-" + i));
      found.add(fixture.texts("audit-account-" + i));
      // One for each step, and where a step ends is a matter of time.
      var results = fixture.texts("$projections-sums-account-" + i + "-result");
      found.add(results.subList(Math.max(0, results.size() - 1), results.size()));
    }
    fixture
        .projections
        .parked("sums", 0, 100)
        .forEach(parked -> found.add(parked.position() + parked.error()));
    return found;
  }

  @Test
  void a_script_that_makes_a_variable_comes_to_the_same_as_in_one_world() {
    var script =
        """
        fromCategory('account').foreachStream().when({
          Paid(s, e) {
            globalThis.seen = (globalThis.seen || 0) + 1;
            s.seen = globalThis.seen;
            emit('all-seen', 'Seen', { seen: globalThis.seen });
          }
        })
        """;
    for (var fixture : fixtures) {
      var last = append(fixture, false);
      create(fixture, script, FailurePolicy.STOP);
      fixture.awaitStep("sums", last);
    }
    var texts = fixtures.getLast().texts("all-seen");
    assertThat(texts).hasSize(EVENTS).last().isEqualTo("{\"seen\":%d}".formatted(EVENTS));
    assertThat(found(fixtures.getLast())).isEqualTo(found(fixtures.getFirst()));
  }
}

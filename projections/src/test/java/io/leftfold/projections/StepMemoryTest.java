// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.reading.Cursor;
import io.leftfold.projections.storage.ProjectionStreams;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What the states of an open step hold is in the script's hands, and grows until it is saved.
final class StepMemoryTest {

  private static final long EVENT_BYTES = OpenStep.ALLOCATED_BYTES_MAX / 64;

  /// Says each time that it is asked, which is twice for eight events, that half of that was taken.
  private static final class Greedy implements RunEffects {
    private final List<Step> steps = new ArrayList<>();
    private long allocated;

    @Override
    public void write(Step step) {
      steps.add(step);
    }

    @Override
    public long allocatedBytes() {
      allocated += 4 * EVENT_BYTES;
      return allocated;
    }
  }

  @Test
  void a_step_ends_when_folding_it_has_taken_much_memory() {
    try (var store = new InMemoryEventStore()) {
      for (var i = 0; i < 200; i++) {
        store.append(
            StreamName.of("s-" + i), ExpectedState.any(), ProposedEvent.json("Said", "\"a\""));
      }
      var greedy = new Greedy();
      try (var core = core(store, greedy);
          var cursor = new Cursor(store, Questions.of(CountingFold.DEFINITION), -1)) {
        core.take(cursor.next(1000, 1 << 20));
        var folded = new ArrayList<Integer>();
        while (core.turn(8) || folded.size() < greedy.steps.size()) {
          for (var step : greedy.steps.subList(folded.size(), greedy.steps.size())) {
            folded.add(step.events().size());
            core.written(step, store.append(step.commit()).streams().getLast().lastRevision());
          }
        }
        assertThat(folded).containsExactly(64, 64, 64, 8);
      }
    }
  }

  private static RunCore core(InMemoryEventStore store, RunEffects effects) {
    var streams = new ProjectionStreams("greedy", 1);
    var identity = RunIdentity.current(streams, 0, 0, new UUID(3, 3));
    return CountingFold.run(
        identity,
        CountingFold.loaded(store, identity, new UUID(5, 5)),
        ProjectionConfig.DEFAULT,
        CountingFold.opener(),
        new ManualClock(Instant.EPOCH),
        effects);
  }

  @Test
  void what_a_script_allocates_is_measured() {
    try (var fixture = new Fixture(new InMemoryEventStore(), ProjectionOptions.defaults())) {
      var last = 0L;
      for (var i = 0; i < 48; i++) {
        last = fixture.append("s", "Said", "{}");
      }
      fixture.projections.create(
          NewProjection.continuous(
              "greedy",
              "fromAll().when({ $init: () => ({ n: 0 }), Said(s) { s.n += 'x'.repeat(8e6).length; } })"));
      fixture.awaitStep("greedy", last);

      assertThat(fixture.state("greedy", "")).isEqualTo("{\"n\":384000000}");
      assertThat(
              fixture.store.state(StreamName.of("$projections-greedy-checkpoint")).lastRevision())
          .isPositive();
    }
  }
}

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
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Folding does not wait for a step that is being written, up to a bound.
final class StepSizeTest {

  private static final int THRESHOLD = 10;
  private static final ProjectionStreams STREAMS = new ProjectionStreams("sizes", 1);
  private static final RunIdentity IDENTITY = RunIdentity.current(STREAMS, 0, 0, new UUID(3, 3));

  private final InMemoryEventStore store = new InMemoryEventStore();
  private final Queue<Step> steps = new ArrayDeque<>();

  @BeforeEach
  void fill() {
    for (var i = 0; i < 300; i++) {
      store.append(StreamName.of("s-1"), ExpectedState.any(), ProposedEvent.json("Said", "\"a\""));
    }
  }

  @AfterEach
  void close() {
    store.close();
  }

  private RunCore core() {
    return CountingFold.run(
        IDENTITY,
        CountingFold.loaded(store, IDENTITY, new UUID(5, 5)),
        ProjectionConfig.DEFAULT.withCheckpoints(THRESHOLD, 1 << 20, 0),
        CountingFold.opener(),
        new ManualClock(Instant.EPOCH),
        steps::add);
  }

  private int write(RunCore core) {
    var step = steps.remove();
    core.written(step, store.append(step.commit()).streams().getLast().lastRevision());
    return step.events().size();
  }

  @Test
  void a_step_goes_on_while_the_one_before_is_being_written() {
    try (var core = core();
        var cursor = new Cursor(store, Questions.of(CountingFold.DEFINITION), -1)) {
      core.take(cursor.next(1_000, 1 << 20));
      core.turn(THRESHOLD);
      core.turn(25);
      assertThat(steps).as("none but the first, until that is written").hasSize(1);
      assertThat(write(core)).isEqualTo(THRESHOLD);
      assertThat(write(core)).as("all that was folded meanwhile").isEqualTo(25);
    }
  }

  @Test
  void however_long_writing_takes_a_step_has_a_bound() {
    try (var core = core();
        var cursor = new Cursor(store, Questions.of(CountingFold.DEFINITION), -1)) {
      core.take(cursor.next(1_000, 1 << 20));
      core.turn(1_000);
      assertThat(core.turn(1_000)).as("whether it folds on").isFalse();
      assertThat(write(core)).isEqualTo(THRESHOLD);
      assertThat(write(core)).isEqualTo(8 * THRESHOLD);
    }
  }
}

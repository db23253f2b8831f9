// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.reading.Cursor;
import io.leftfold.projections.storage.ProjectionStreams;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// An event that fails, and is tried again: by a clock that the test owns, on one thread.
final class RetryPolicyTest {

  private static final ProjectionStreams STREAMS = new ProjectionStreams("counting", 7);
  private static final RunIdentity IDENTITY = RunIdentity.current(STREAMS, 0, 0, new UUID(11, 13));

  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-01T08:00:00Z"));
  private final InMemoryEventStore store = new InMemoryEventStore(clock);
  private int attempts;
  private int failures;
  private @Nullable Step pending;

  /// Fails a number of times at the event that says "flaky".
  private final class Flaky implements Fold.Opener {
    @Override
    public ProjectionDefinition definition() {
      return CountingFold.DEFINITION;
    }

    @Override
    public Fold open(SavedStates states) {
      var fold = CountingFold.opener().open(states);
      return new Fold() {
        @Override
        public FoldStep handle(ResolvedEvent event) {
          if (event.event().orElseThrow().dataAsText().equals("flaky")) {
            attempts++;
            if (attempts <= failures) {
              throw CountingFold.failure(event.event().orElseThrow(), "took too long", "");
            }
          }
          return fold.handle(event);
        }

        @Override
        public StateChanges save() {
          return fold.save();
        }

        @Override
        public String state(String partition) {
          return fold.state(partition);
        }

        @Override
        public String sharedState() {
          return fold.sharedState();
        }

        @Override
        public String result(String partition) {
          return fold.result(partition);
        }

        @Override
        public void close() {
          fold.close();
        }
      };
    }
  }

  private RunCore run(String... texts) {
    for (var text : texts) {
      store.append(StreamName.of("s-1"), ExpectedState.any(), ProposedEvent.json("Said", text));
    }
    var core =
        CountingFold.run(
            IDENTITY,
            CountingFold.loaded(store, IDENTITY, new UUID(5, 5)),
            ProjectionConfig.DEFAULT.withFailurePolicy(FailurePolicy.RETRY),
            new Flaky(),
            clock,
            step -> pending = step);
    try (var cursor = new Cursor(store, Questions.of(CountingFold.DEFINITION), -1)) {
      core.take(cursor.next(100, 1 << 20));
    }
    return core;
  }

  private void land(RunCore core) {
    var step = pending;
    if (step != null) {
      pending = null;
      core.written(step, store.append(step.commit()).streams().getLast().lastRevision());
    }
  }

  private String state() {
    return new StoredStates(store, STREAMS, 0, io.leftfold.api.AsOf.now())
        .partition("s-1")
        .map(StateStore.Stored::text)
        .orElse("");
  }

  @Test
  void what_passes_is_waited_for_and_nothing_is_lost_or_folded_twice() {
    failures = 3;
    try (var core = run("a", "flaky", "b")) {
      core.turn(100);
      // What came before does not wait with it.
      land(core);
      assertThat(state()).isEqualTo("a;");
      assertThat(core.figures().trouble()).contains("Attempt 1 failed", "took too long");
      for (var pause : List.of(1, 2, 4)) {
        var before = attempts;
        clock.advance(Duration.ofSeconds(pause).minusMillis(1));
        assertThat(core.turn(100)).isFalse();
        assertThat(attempts).isEqualTo(before);
        assertThat(core.isWaiting()).isTrue();
        clock.advance(Duration.ofMillis(1));
        core.turn(100);
        assertThat(attempts).isEqualTo(before + 1);
      }
      core.stop();
      land(core);

      assertThat(core.figures().trouble()).isEmpty();
      assertThat(core.ended()).contains(new RunEnd.Stopped());
      assertThat(state()).isEqualTo("a;flaky;b;");
    }
  }

  @Test
  void what_does_not_pass_stops_the_projection_in_front_of_it() {
    failures = Integer.MAX_VALUE;
    try (var core = run("a", "flaky", "b")) {
      core.turn(100);
      land(core);
      for (var pause : List.of(1, 2, 4, 8, 16, 32, 60, 60, 60)) {
        assertThat(core.ended()).isEmpty();
        clock.advance(Duration.ofSeconds(pause));
        core.turn(100);
      }

      assertThat(attempts).isEqualTo(10);
      assertThat(core.ended())
          .get()
          .isInstanceOfSatisfying(
              RunEnd.Faulted.class, end -> assertThat(end.reason()).contains("took too long"));
      assertThat(state()).isEqualTo("a;");
    }
  }
}

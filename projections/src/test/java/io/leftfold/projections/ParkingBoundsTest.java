// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.reading.Cursor;
import io.leftfold.projections.storage.ParkedRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// However much fails, little of it is in memory, and none of it is lost.
final class ParkingBoundsTest {

  private static final ProjectionStreams STREAMS = new ProjectionStreams("sums", 1);
  private static final RunIdentity IDENTITY = RunIdentity.current(STREAMS, 0, 0, new UUID(3, 3));

  private static final String BY_KEY =
      """
      fromAll().partitionBy(e => e.body.key).when({
        Added(s, e) {
          if (e.body.n > 90) throw new Error('too much');
          s.n = e.body.n;
        }
      })
      """;

  private static void poison(InMemoryEventStore store, int partitions) {
    for (var i = 0; i < partitions; i++) {
      store.append(
          StreamName.of("s-%03d".formatted(i)),
          ExpectedState.any(),
          new ProposedEvent(
              new UUID(1, i),
              "Said",
              ContentType.BINARY,
              "poison".getBytes(StandardCharsets.UTF_8),
              new byte[0],
              List.of()));
    }
  }

  @Test
  void a_step_sets_aside_only_so_many() {
    try (var store = new InMemoryEventStore()) {
      poison(store, 1_200);
      var steps = new ArrayDeque<Step>();
      var parked = new ArrayList<Long>();
      try (var core = core(loaded(store), steps::add);
          var cursor = new Cursor(store, Questions.of(CountingFold.DEFINITION), -1)) {
        core.take(cursor.next(2_000, 1 << 20));
        do {
          // While the store takes its time.
          core.turn(2_000);
          core.turn(2_000);
          var step = steps.remove();
          parked.add(step.checkpoint().figures().skipped());
          core.written(step, store.append(step.commit()).streams().getLast().lastRevision());
        } while (!steps.isEmpty() || core.turn(1));
        assertThat(parked).containsExactly(500L, 1_000L, 1_200L);
        assertThat(core.figures().parked()).isEqualTo(1_200);
      }
    }
  }

  private static LoadedRun loaded(InMemoryEventStore store) {
    return CountingFold.loaded(store, IDENTITY, new UUID(5, store.lastPosition().orElse(0L)));
  }

  private static RunCore core(LoadedRun loaded, RunEffects effects) {
    return CountingFold.run(
        IDENTITY,
        loaded,
        ProjectionConfig.DEFAULT.withFailurePolicy(FailurePolicy.PARK_PARTITION),
        CountingFold.opener(),
        new ManualClock(Instant.EPOCH),
        effects);
  }

  @Test
  void it_is_listed_in_pages_in_the_order_of_positions_without_what_was_taken_up() {
    try (var fixture = new Fixture(new InMemoryEventStore(), ProjectionOptions.defaults())) {
      fixture.projections.create(
          NewProjection.continuous("sums", BY_KEY)
              .with(ProjectionConfig.DEFAULT.withFailurePolicy(FailurePolicy.PARK_PARTITION)));
      var positions = new ArrayList<Long>();
      for (var i = 0; i < 20; i++) {
        positions.add(add(fixture, "k" + i, 99));
      }
      // Partition k3 is parked again, further on.
      var again = add(fixture, "k3", 98);
      fixture.awaitStep("sums", add(fixture, "good", 1));
      assertThat(fixture.projections.skip("sums", positions.get(3))).isPresent();
      assertThat(fixture.projections.skip("sums", positions.get(5))).isEmpty();
      positions.remove(5);
      positions.remove(3);
      positions.add(again);

      var listed = new ArrayList<Long>();
      var sizes = new ArrayList<Integer>();
      var from = 0L;
      while (true) {
        var page = fixture.projections.parked("sums", from, 7);
        if (page.isEmpty()) {
          break;
        }
        sizes.add(page.size());
        page.forEach(event -> listed.add(event.position()));
        from = listed.getLast() + 1;
      }
      assertThat(listed).isEqualTo(positions);
      assertThat(sizes).containsExactly(7, 7, 5);
      assertThat(fixture.projections.statistics("sums").parked()).isEqualTo(19);
      fixture.reopen();
      assertThat(fixture.projections.statistics("sums").parked()).isEqualTo(19);
    }
  }

  @Test
  void what_was_taken_up_hides_nothing_behind_it() {
    try (var store = new InMemoryEventStore()) {
      for (var i = 0; i < 600; i += 10) {
        var said =
            LongStream.range(i, i + 10)
                .mapToObj(at ->
                    new ParkedRecord.Parked(
                            0,
                            at,
                            "s",
                            at,
                            "Added",
                            Optional.of("k" + at),
                            true,
                            "",
                            Optional.empty())
                        .proposed(new UUID(1, at)))
                .toList();
        store.append(STREAMS.parked(), ExpectedState.any(), said);
      }
      for (var i = 0; i < 550; i += 10) {
        var said =
            LongStream.range(i, i + 10)
                .mapToObj(at -> new ParkedRecord.Released(0, at).proposed(new UUID(2, at)))
                .toList();
        store.append(STREAMS.parked(), ExpectedState.any(), said);
      }
      var parked = ParkedStream.now(store, STREAMS, 0);
      assertThat(parked.page(7, 2, 50))
          .extracting(ParkedRecord.Parked::position)
          .containsExactly(550L, 551L);
      assertThat(parked.count()).isEqualTo(50);
      assertThat(parked.holds("k549")).isFalse();
      assertThat(parked.holds("k550")).isTrue();
      assertThat(parked.at(549)).isEmpty();
      assertThat(parked.at(599)).isPresent();
      assertThat(parked.page(600, 2, 50)).isEmpty();
    }
  }

  private static long add(Fixture fixture, String key, int n) {
    return fixture.append("in", "Added", "{\"n\":%d,\"key\":\"%s\"}".formatted(n, key));
  }

  @Test
  void where_there_is_no_room_for_the_name_of_another_one_it_stops_and_loses_nothing() {
    try (var store = new InMemoryEventStore()) {
      poison(store, 30);
      var position = -1L;
      for (var room : List.of(10, 20, 100)) {
        var steps = new ArrayDeque<Step>();
        var loaded = loaded(store);
        var parked = ParkedSet.read(ParkedStream.now(store, STREAMS, 0), room * 105L);
        try (var core =
                core(
                    new LoadedRun(
                        loaded.checkpoint(),
                        loaded.checkpointRevision(),
                        loaded.states(),
                        parked,
                        loaded.maker()),
                    steps::add);
            var cursor = new Cursor(store, Questions.of(CountingFold.DEFINITION), position)) {
          core.take(cursor.next(100, 1 << 20));
          core.turn(100);
          for (var step = steps.poll(); step != null; step = steps.poll()) {
            core.written(step, store.append(step.commit()).streams().getLast().lastRevision());
          }
          position = core.checkpoint().position();
          assertThat(core.figures().parked()).isEqualTo(Math.min(room, 30));
          if (room < 30) {
            assertThat(core.ended())
                .get()
                .isInstanceOfSatisfying(
                    RunEnd.Faulted.class,
                    end ->
                        assertThat(end.reason())
                            .contains("no room for the names of more", "poison"));
          } else {
            assertThat(core.ended()).isEmpty();
          }
        }
      }
      assertThat(ParkedStream.now(store, STREAMS, 0).count()).isEqualTo(30);
    }
  }

  @Test
  void streams_that_were_emitted_to_are_noted_again_when_they_were_forgotten() {
    var tracked = new TrackedStreams(500);
    assertThat(List.of(tracked.add("a"), tracked.add("b"), tracked.add("a")))
        .containsExactly(true, true, false);
    tracked.add("c");
    tracked.add("d");
    assertThat(tracked.size()).isEqualTo(3);
    assertThat(tracked.add("a")).isFalse();
    assertThat(tracked.add("b")).isTrue();
  }

  @Test
  void what_was_learned_of_events_is_forgotten_behind_them() {
    var hints = RunHints.NONE.rejecting(3, "why").rejecting(5, "why");
    assertThat(hints.behind(3).rejected()).containsOnlyKeys(5L);
  }
}

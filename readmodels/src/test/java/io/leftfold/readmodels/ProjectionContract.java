// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.leftfold.api.AsOf;
import io.leftfold.api.ReadOptions;
import io.leftfold.readmodels.DyingReadModel.Killed;
import io.leftfold.readmodels.Trails.Numbered;
import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.toolkit.Checkpoint;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.OnFailure;
import io.leftfold.toolkit.ParkedPartition;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.ProjectionFailedException;
import io.leftfold.toolkit.ProjectionStatus.Phase;
import io.leftfold.toolkit.ProjectionStoppedException;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.ReadModelException;
import io.leftfold.toolkit.States;
import io.leftfold.toolkit.keys.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What a projection promises, whatever it is kept in.
abstract class ProjectionContract extends VersionsContract {

  // ---- once

  @Test
  void killed_at_any_moment_and_begun_again_it_is_the_fold_from_zero() {
    Trails.append(store, 3, 0, 8);

    for (var moment = firstMoment(); ; moment += momentsApart()) {
      var dying = new DyingReadModel<>(readModel, moment, Killed::new);
      try {
        foldParkAndResume(dying);
      } catch (Killed _) {
        // Another process takes its place.
      }
      foldParkAndResume(readModel);

      assertThat(trails()).as("killed at moment %d", moment).isEqualTo(Trails.expected(3, 8));
      if (dying.isAlive()) {
        assertThat(moment).isGreaterThan(100);
        return;
      }
      readModel.drop(new ProjectionVersion(Trails.NAME, 1));
    }
  }

  @Test
  void failing_at_any_moment_and_going_on_it_is_the_fold_from_zero() {
    Trails.append(store, 3, 0, 8);

    for (var moment = firstMoment(); ; moment += momentsApart()) {
      var failing =
          new DyingReadModel<>(readModel, moment, () -> new ReadModelException("no answer"));
      try (var poisoned = Projector.of(store, Trails.projection(1, number(4)), failing, OPTIONS);
          var healed = Projector.of(store, Trails.projection(1), failing, OPTIONS)) {
        untilItWorks(poisoned::catchUp);
        untilItWorks(healed::catchUp);
        untilItWorks(() -> healed.resume("p01"));
      }

      assertThat(trails()).as("failed at moment %d", moment).isEqualTo(Trails.expected(3, 8));
      if (failing.isAlive()) {
        return;
      }
      readModel.drop(new ProjectionVersion(Trails.NAME, 1));
    }
  }

  private void foldParkAndResume(ReadModel<States<Trail>> keptIn) {
    Projector.of(store, Trails.projection(1, number(4)), keptIn, OPTIONS).catchUp();
    var healed = Projector.of(store, Trails.projection(1), keptIn, OPTIONS);
    healed.catchUp();
    healed.resume("p01");
  }

  private static void untilItWorks(Runnable work) {
    try {
      work.run();
    } catch (ReadModelException | ProjectionFailedException _) {
      work.run();
    }
  }

  @Test
  void who_is_slower_does_nothing_and_goes_on_behind_the_other() {
    Trails.append(store, 3, 0, 20);
    var one = projector(Trails.projection(1));
    var other = projector(Trails.projection(1));

    one.step();
    other.step();
    var folded = trails();
    one.step();
    assertThat(trails()).as("the other one has folded what comes next").isEqualTo(folded);
    one.step();
    other.step();
    assertThat(trails()).isEqualTo(Trails.expected(3, 12));
    other.catchUp();
    one.catchUp();

    assertThat(trails()).isEqualTo(Trails.expected(3, 20));
  }

  @Test
  void of_many_that_fold_the_same_each_event_is_folded_by_one() throws Exception {
    Trails.append(store, 5, 0, 100);

    try (var threads = Executors.newFixedThreadPool(3)) {
      var racers = new ArrayList<Future<?>>();
      for (var i = 0; i < 3; i++) {
        racers.add(threads.submit(() -> untilCaughtUp(projector(Trails.projection(1)))));
      }
      for (var racer : racers) {
        racer.get();
      }
    }

    assertThat(trails()).isEqualTo(Trails.expected(5, 100));
  }

  /// A database may refuse one of two that begin at once.
  private static void untilCaughtUp(Projector<?, ?> projector) {
    for (var attempts = 1; ; attempts++) {
      try {
        projector.catchUp();
        return;
      } catch (ReadModelException refused) {
        if (attempts == 100) {
          throw refused;
        }
      }
    }
  }

  // ---- what fails

  @Test
  void of_ten_partitions_one_that_fails_is_parked_and_the_others_go_on() {
    Trails.append(store, 10, 0, 60);
    var poisoned = projector(Trails.projection(1, number(23)));

    poisoned.catchUp();

    var expected = Trails.expected(10, 60);
    expected.put("p03", new Trail(List.of(3L, 13L), List.of(3L, 13L)));
    assertThat(trails()).isEqualTo(expected);
    assertThat(poisoned.status().parked()).containsExactly("p03");
    assertThat(poisoned.parked())
        .singleElement()
        .satisfies(parked -> {
          assertThat(parked.partition()).isEqualTo("p03");
          assertThat(parked.failure()).contains("cannot take 23");
          assertThat(parked.events()).isEqualTo(4);
          assertThat(store.readAll(from(parked.position())).events().getFirst().dataAsText())
              .isEqualTo("p03:23");
        });
  }

  private static ReadOptions from(long position) {
    return ReadOptions.forwards().from(position).limit(1);
  }

  @Test
  void a_parked_partition_is_resumed_in_order_and_goes_on_with_the_others() {
    Trails.append(store, 10, 0, 60);
    projector(Trails.projection(1, number(23))).catchUp();
    var healed = projector(Trails.projection(1));
    Trails.append(store, 10, 60, 70);
    healed.catchUp();
    assertThat(healed.parked()).extracting(ParkedPartition::events).containsExactly(5L);

    healed.resume("p03");
    healed.resume("p04"); // was never parked
    Trails.append(store, 10, 70, 80);
    healed.catchUp();

    assertThat(trails()).isEqualTo(Trails.expected(10, 80));
    assertThat(healed.parked()).isEmpty();
    assertThat(healed.status().parked()).isEmpty();
  }

  @Test
  void what_fails_again_stays_parked_with_what_is_behind_it() {
    Trails.append(store, 10, 0, 60);
    projector(Trails.projection(1, number(23))).catchUp();
    var other = projector(Trails.projection(1, number(43)));

    assertThatThrownBy(() -> other.resume("p03"))
        .isInstanceOf(ProjectionFailedException.class)
        .hasMessageContaining("cannot take 43");

    assertThat(trails().get("p03"))
        .isEqualTo(new Trail(List.of(3L, 13L, 23L, 33L), List.of(3L, 13L, 23L, 33L)));
    assertThat(other.parked())
        .singleElement()
        .satisfies(parked -> {
          assertThat(parked.failure()).contains("cannot take 43");
          assertThat(parked.events()).isEqualTo(2);
        });
    projector(Trails.projection(1)).resume("p03");
    assertThat(trails()).isEqualTo(Trails.expected(10, 60));
  }

  @Test
  void who_is_not_to_park_stands_before_the_event() {
    Trails.append(store, 3, 0, 9);
    var stopping =
        Projector.of(
            store, Trails.projection(1, number(4)), readModel, OPTIONS.with(OnFailure.STOP));

    for (var attempts = 0; attempts < 2; attempts++) {
      assertThatThrownBy(stopping::catchUp)
          .isInstanceOf(ProjectionFailedException.class)
          .hasMessageContaining("trails, version 1")
          .hasMessageContaining("cannot take 4");
      assertThat(trails()).isEqualTo(Trails.expected(3, 4));
    }

    projector(Trails.projection(1)).catchUp();
    assertThat(trails()).isEqualTo(Trails.expected(3, 9));
  }

  // ---- what cannot be understood

  private static final Subject ANN = Subject.of("ann");

  private Projector<Numbered, States<Trail>> settingAside(
      Projection<Numbered, States<Trail>> projection) {
    return Projector.of(store, projection, readModel, OPTIONS.with(OnFailure.SET_ASIDE));
  }

  @Test
  void what_cannot_be_understood_is_set_aside_and_folded_when_it_can() throws InterruptedException {
    Trails.append(store, 3, 0, 9);
    var strange = Trails.append(store, "p01", "ten", ANN);
    Trails.append(store, 3, 9, 12);
    var projector = settingAside(Trails.projection(1));

    projector.catchUp();

    assertThat(trails()).isEqualTo(Trails.expected(3, 12));
    assertThat(projector.parked())
        .singleElement()
        .satisfies(parked -> {
          assertThat(parked.partition()).isEqualTo(Projector.UNREADABLE);
          assertThat(parked.position()).isEqualTo(strange);
          assertThat(parked.failure()).contains("ten");
        });
    assertThatThrownBy(() -> projector.await(strange, LONG)).hasMessageContaining("parked");
    assertThatThrownBy(() -> projector.resume(Projector.UNREADABLE))
        .isInstanceOf(ProjectionFailedException.class)
        .hasMessageContaining("ten");

    settingAside(Trails.understanding("ten", 100)).resume(Projector.UNREADABLE);

    var expected = Trails.expected(3, 12);
    expected.computeIfPresent("p01", (_, trail) -> trail.with(100).reacted(100));
    assertThat(trails()).isEqualTo(expected);
    assertThat(settingAside(Trails.projection(1)).parked()).isEmpty();
  }

  @Test
  void what_is_understood_too_late_is_kept_with_its_partition_if_that_stands_still() {
    Trails.append(store, "p01", "ten", ANN);
    Trails.append(store, 3, 0, 9);
    settingAside(Trails.projection(1, number(4))).catchUp();

    var understanding = settingAside(Trails.understanding("ten", 100));
    understanding.resume(Projector.UNREADABLE);

    assertThat(understanding.parked())
        .extracting(ParkedPartition::partition, ParkedPartition::events)
        .containsExactly(tuple("p01", 3L));
    understanding.resume("p01");
    assertThat(trails().getOrDefault("p01", Trail.NONE).numbers())
        .containsExactlyInAnyOrder(1L, 4L, 7L, 100L);
  }

  @Test
  void what_was_left_out_stays_out_whatever_is_understood_later() {
    Trails.append(store, 3, 0, 9);
    var strange = Trails.append(store, "p01", "ten", ANN);
    var other = Trails.append(store, "p02", "ten", ANN);
    Trails.append(store, 3, 9, 12);
    var projector = settingAside(Trails.projection(1));
    projector.catchUp();

    assertThat(projector.leaveOut(strange)).isTrue();
    assertThat(projector.leaveOut(strange)).as("once more").isFalse();
    assertThat(projector.leaveOut(strange + 2)).as("never set aside").isFalse();
    assertThat(projector.parked())
        .extracting(ParkedPartition::partition, ParkedPartition::position)
        .containsExactly(tuple(Projector.UNREADABLE, other));
    assertThat(projector.leaveOut(other)).isTrue();
    assertThat(projector.parked()).isEmpty();
    assertThat(projector.leftOut()).containsExactly(strange, other);

    var understanding = settingAside(Trails.understanding("ten", 100));
    understanding.catchUp();
    assertThat(understanding.status().parked()).isEmpty();
    assertThat(understanding.purging(States::remove).purge(ANN, Set.of()))
        .containsExactly("p01", "p02");

    var quiet = Trails.expected(3, 12, _ -> false);
    var expected = Trails.expected(3, 12);
    expected.put("p01", quiet.get("p01")); // folded again, and nobody reacts again
    expected.put("p02", quiet.get("p02"));
    assertThat(trails()).isEqualTo(expected);
    assertThat(understanding.leftOut()).containsExactly(strange, other);

    understanding.resume(Projector.LEFT_OUT);
    assertThat(trails().getOrDefault("p01", Trail.NONE).numbers()).endsWith(100L);
    assertThat(understanding.leftOut()).isEmpty();
  }

  @Test
  void an_erasure_passes_over_what_still_cannot_be_understood() {
    Trails.append(store, 3, 0, 9);
    Trails.append(store, "p01", "ten", ANN);
    var projector = settingAside(Trails.projection(1));
    projector.catchUp();

    assertThat(projector.purging(States::remove).purge(ANN, Set.of())).isEmpty();

    assertThat(trails()).isEqualTo(Trails.expected(3, 9));
    assertThat(projector.parked())
        .singleElement()
        .satisfies(parked -> assertThat(parked.failure()).contains("purged").doesNotContain("ten"));
  }

  @Test
  void killed_while_it_is_purged_it_is_as_it_was_or_purged_and_can_be_purged_again() {
    Trails.append(store, 3, 0, 8);
    Trails.append(store, "p01", "100", ANN);
    var before = Trails.expected(3, 8);
    before.computeIfPresent("p01", (_, trail) -> trail.with(100).reacted(100));
    var purged = new TreeMap<>(before);
    purged.computeIfPresent("p01", (_, trail) -> new Trail(trail.numbers(), List.of()));

    for (var moment = firstMoment(); ; moment += momentsApart()) {
      projector(Trails.projection(1)).catchUp();
      var dying = new DyingReadModel<>(readModel, moment, Killed::new);
      try {
        purge(dying);
      } catch (Killed _) {
        // Another process takes its place.
      }
      assertThat(trails()).as("killed at moment %d", moment).isIn(before, purged);
      purge(readModel);

      assertThat(trails()).as("killed at moment %d", moment).isEqualTo(purged);
      if (dying.isAlive()) {
        return;
      }
      readModel.drop(new ProjectionVersion(Trails.NAME, 1));
    }
  }

  private void purge(ReadModel<States<Trail>> keptIn) {
    var projector = Projector.of(store, Trails.projection(1), keptIn, OPTIONS);
    assertThat(projector.purging(States::remove).purge(ANN, Set.of())).containsExactly("p01");
  }

  @Test
  void a_version_takes_over_with_what_was_left_out_of_it_and_not_before() {
    Trails.append(store, 3, 0, 9);
    var strange = Trails.append(store, "p01", "ten", ANN);
    var first = settingAside(Trails.projection(1));
    first.catchUp();
    first.leaveOut(strange);
    var second = settingAside(Trails.projection(2));
    second.catchUp();
    assertThat(second.status().role()).contains(Checkpoint.Role.BUILDING);

    second.leaveOut(strange);
    second.catchUp();

    assertThat(second.status().role()).contains(Checkpoint.Role.LIVE);
    assertThat(trails()).isEqualTo(Trails.expected(3, 9, _ -> false));
  }

  // ---- in the background

  @Test
  void what_was_written_can_be_waited_for_and_read() throws InterruptedException {
    Trails.append(store, 3, 0, 9);
    try (var background = projector(Trails.projection(1))) {
      background.start();
      for (var number = 9; number < 29; number++) {
        Trails.append(store, 3, number, number + 1);
        // Of every fourth the last event is nothing to the projection.
        assertThat(background.await(store.lastPosition().orElseThrow(), LONG)).isTrue();
        assertThat(trails()).isEqualTo(Trails.expected(3, number + 1));
      }
      assertThat(background.status().phase()).isEqualTo(Phase.RUNNING);
      assertThat(background.lag()).isZero();
      assertThat(background.await(1_000_000, Duration.ofMillis(1))).isFalse();
    }
  }

  @Test
  void who_waits_for_what_is_parked_is_told() throws InterruptedException {
    try (var background = projector(Trails.projection(1, number(4)))) {
      background.start();
      var parked = Trails.append(store, 3, 0, 5);
      var other = Trails.append(store, 3, 5, 6);
      assertThat(background.await(other, LONG)).isTrue();
      assertThatThrownBy(() -> background.await(parked, LONG))
          .isInstanceOf(ProjectionStoppedException.class)
          .hasMessageContaining("parked");
    }
  }

  // ---- the past

  @Test
  void as_of_a_moment_it_is_the_fold_of_what_was_there_then() {
    var third = Trails.append(store, 3, 0, 3);
    clock.advance(Duration.ofHours(1));
    Trails.append(store, 3, 3, 20);
    clock.advance(Duration.ofHours(1));
    Trails.append(store, 3, 20, 30);
    var projector = projector(Trails.projection(1));
    projector.catchUp();

    assertThat(past(projector, new AsOf.Position(third + 1))).isEqualTo(past(3));
    assertThat(past(projector, new AsOf.Position(third))).isEqualTo(past(2));
    assertThat(past(projector, new AsOf.Time(Instant.parse("2026-07-17T15:00:00Z"))))
        .isEqualTo(past(20));
    assertThat(past(projector, AsOf.now())).isEqualTo(past(30));
    assertThat(trails()).isEqualTo(Trails.expected(3, 30));
  }

  private static Map<String, Trail> past(long to) {
    return Trails.expected(3, to, _ -> false);
  }

  private static Map<String, Trail> past(
      Projector<Numbered, States<Trail>> projector, AsOf moment) {
    return projector.asOf(moment, new InMemoryReadModel<Trail>()).read(Trails.NAME, States::all);
  }
}

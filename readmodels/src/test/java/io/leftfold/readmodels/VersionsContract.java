// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.readmodels.DyingReadModel.Killed;
import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.toolkit.Checkpoint.Role;
import io.leftfold.toolkit.ProjectionStatus.Phase;
import io.leftfold.toolkit.ProjectionStoppedException;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.Projector;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is promised of versions that stand beside each other.
abstract class VersionsContract extends ProjectionFixture {

  @Test
  void a_new_version_is_built_beside_the_live_one_and_takes_its_place() {
    Trails.append(store, 3, 0, 20);
    var old = projector(Trails.projection(1));
    old.catchUp();
    Trails.append(store, 3, 20, 40);
    var next = projector(Trails.projection(2));

    assertThat(next.step()).isTrue();
    assertThat(next.status().role()).contains(Role.BUILDING);
    assertThat(trails()).as("the old one is read").isEqualTo(Trails.expected(3, 20));
    old.catchUp();
    assertThat(trails()).as("and goes on").isEqualTo(Trails.expected(3, 40));
    Trails.append(store, 3, 40, 50);
    next.catchUp();

    assertThat(next.status().role()).contains(Role.LIVE);
    assertThat(trails())
        .as("the new one is read, and has reacted only to what the old one did not see")
        .isEqualTo(Trails.expected(3, 50, number -> number >= 40));

    Trails.append(store, 3, 50, 60);
    old.catchUp();
    assertThat(old.status().phase()).isEqualTo(Phase.RETIRED);
    next.catchUp();
    assertThat(trails()).isEqualTo(Trails.expected(3, 60, number -> number >= 40));
    assertThatThrownBy(() -> old.await(Long.MAX_VALUE, LONG))
        .isInstanceOf(ProjectionStoppedException.class)
        .hasMessageContaining("RETIRED");
  }

  @Test
  void building_killed_at_any_moment_and_begun_again_takes_the_place_once() {
    Trails.append(store, 2, 0, 6);

    for (var moment = firstMoment(); ; moment += momentsApart()) {
      projector(Trails.projection(1)).catchUp();
      var dying = new DyingReadModel<>(readModel, moment, Killed::new);
      try {
        Projector.of(store, Trails.projection(2), dying, OPTIONS).catchUp();
      } catch (Killed _) {
        // Another process takes its place.
      }
      var again = projector(Trails.projection(2));
      again.catchUp();

      assertThat(again.status().role()).contains(Role.LIVE);
      assertThat(trails())
          .as("killed at moment %d", moment)
          .isEqualTo(Trails.expected(2, 6, _ -> false));
      if (dying.isAlive()) {
        return;
      }
      readModel.drop(new ProjectionVersion(Trails.NAME, 1));
      readModel.drop(new ProjectionVersion(Trails.NAME, 2));
    }
  }

  @Test
  void a_version_that_parks_does_not_take_the_place_of_one_that_does_not() {
    Trails.append(store, 3, 0, 9);
    projector(Trails.projection(1)).catchUp();
    var worse = projector(Trails.projection(2, number(4)));

    worse.catchUp();

    assertThat(worse.status().role()).contains(Role.BUILDING);
    assertThat(trails()).isEqualTo(Trails.expected(3, 9));
    var healed = projector(Trails.projection(2));
    healed.resume("p01");
    healed.catchUp();
    assertThat(healed.status().role()).contains(Role.LIVE);
    assertThat(trails()).isEqualTo(Trails.expected(3, 9, _ -> false));
  }

  @Test
  void what_the_old_version_had_parked_is_reacted_to_by_the_new_one() {
    Trails.append(store, 3, 0, 9);
    projector(Trails.projection(1, number(4))).catchUp();

    projector(Trails.projection(2)).catchUp();

    assertThat(trails()).isEqualTo(Trails.expected(3, 9, number -> number == 4 || number == 7));
  }

  @Test
  void an_older_version_than_the_live_one_does_nothing() {
    Trails.append(store, 3, 0, 9);
    projector(Trails.projection(2)).catchUp();
    var older = projector(Trails.projection(1));

    older.catchUp();

    assertThat(older.status().phase()).isEqualTo(Phase.RETIRED);
    assertThat(trails()).isEqualTo(Trails.expected(3, 9));
  }

  @Test
  void reactions_can_begin_later_than_the_fold() {
    var introduced = Trails.append(store, 3, 0, 5);
    Trails.append(store, 3, 5, 9);
    var projection = Trails.projection(1);

    projector(projection.reactingAfter(introduced, projection.reaction().orElseThrow())).catchUp();

    assertThat(trails()).isEqualTo(Trails.expected(3, 9, number -> number >= 5));
  }

  @Test
  void versions_in_the_background_hand_over_while_events_come() throws InterruptedException {
    Trails.append(store, 3, 0, 50);
    try (var next = projector(Trails.projection(2))) {
      try (var old = projector(Trails.projection(1))) {
        old.start();
        assertThat(old.await(Trails.append(store, 3, 50, 60), LONG)).isTrue();
        next.start();
        assertThat(next.await(Trails.append(store, 3, 60, 150), LONG)).isTrue();
      }
      assertThat(next.await(Trails.append(store, 3, 150, 160), LONG)).isTrue();
    }

    assertThat(numbers(2)).hasSize(160);
    assertThat(Stream.concat(reactions(1), reactions(2)))
        .as("each was reacted to by one of them")
        .hasSize(160)
        .doesNotHaveDuplicates();
    assertThat(reactions(2)).contains(150L, 159L);
  }

  private Collection<Trail> trails(int version) {
    return readModel.<Collection<Trail>>transact(transaction ->
        transaction.view(new ProjectionVersion(Trails.NAME, version)).all().values());
  }

  private Set<Long> numbers(int version) {
    return trails(version).stream()
        .flatMap(trail -> trail.numbers().stream())
        .collect(Collectors.toSet());
  }

  private Stream<Long> reactions(int version) {
    return trails(version).stream().flatMap(trail -> trail.reactions().stream());
  }
}

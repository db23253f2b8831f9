// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.testkit.InMemoryEventStore;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BuildingBesideTest {

  private static final String ADDS =
      """
      fromAll().when({
        $init: () => ({ sum: 0 }),
        Added(s, e) { s.sum += e.body.n; emit('out', 'Sum', { at: e.sequenceNumber }); }
      })
      """;
  private static final String DOUBLES = ADDS.replace("+= e.body.n", "+= 2 * e.body.n");

  private final Fixture fixture =
      new Fixture(new InMemoryEventStore(), ProjectionOptions.defaults());

  @AfterEach
  void close() {
    fixture.close();
  }

  private long add(int n) {
    return fixture.append("s", "Added", "{\"n\":%d}".formatted(n));
  }

  private void awaitSwitch() {
    Fixture.await(() -> fixture.projections.query("sums").query().equals(DOUBLES));
  }

  private void awaitFailure(String why) {
    Fixture.await(() ->
        fixture
            .projections
            .statistics("sums")
            .building()
            .filter(building -> building.reason().contains(why))
            .isPresent());
  }

  @Test
  void the_new_version_takes_over_and_emits_nothing_that_was_emitted() {
    fixture.projections.create(NewProjection.continuous("sums", ADDS).emitting());
    for (var i = 1; i <= 50; i++) {
      add(1);
    }
    fixture.projections.buildBeside("sums", DOUBLES, Optional.empty());
    for (var i = 1; i <= 50; i++) {
      add(1);
    }
    awaitSwitch();
    fixture.awaitStep("sums", add(1));

    assertThat(fixture.state("sums", "")).isEqualTo("{\"sum\":202}");
    assertThat(fixture.texts("out")).hasSize(101).doesNotHaveDuplicates();
    assertThat(fixture.projections.statistics("sums").building()).isEmpty();
  }

  @Test
  void building_goes_on_after_a_restart() {
    fixture.projections.create(NewProjection.continuous("sums", ADDS).emitting());
    for (var i = 1; i <= 20; i++) {
      fixture.awaitStep("sums", add(1));
    }
    fixture.projections.buildBeside("sums", DOUBLES, Optional.empty());
    fixture.reopen();
    awaitSwitch();
    fixture.awaitStep("sums", add(1));

    assertThat(fixture.state("sums", "")).isEqualTo("{\"sum\":42}");
    assertThat(fixture.texts("out")).hasSize(21).doesNotHaveDuplicates();
  }

  @Test
  void a_new_version_that_fails_leaves_the_old_one_alone_and_can_be_given_up() {
    fixture.projections.create(NewProjection.continuous("sums", ADDS).emitting());
    fixture.awaitStep("sums", add(1));
    fixture.projections.buildBeside(
        "sums", DOUBLES.replace("s.sum +=", "throw new Error('bad'); s.sum +="), Optional.empty());
    awaitFailure("bad");
    fixture.awaitStep("sums", add(1));

    assertThat(fixture.state("sums", "")).isEqualTo("{\"sum\":2}");
    fixture.projections.cancelBuilding("sums");
    assertThat(fixture.projections.statistics("sums").building()).isEmpty();
  }

  @Test
  void one_that_failed_goes_on_with_another_configuration_and_keeps_it_when_it_takes_over() {
    var silent = ADDS.replace(" emit('out', 'Sum', { at: e.sequenceNumber });", "");
    var choosy =
        silent.replace("s.sum +=", "if (e.body.n === 13) throw new Error('bad'); s.sum +=");
    fixture.projections.create(NewProjection.continuous("sums", silent));
    fixture.awaitStep("sums", add(13));
    fixture.projections.buildBeside("sums", choosy, Optional.empty());
    awaitFailure("bad");
    fixture.projections.reconfigure(
        "sums",
        fixture
            .projections
            .config("sums")
            .withEmitEnabled(true)
            .withFailurePolicy(FailurePolicy.PARK_EVENT));
    Fixture.await(() -> fixture.projections.query("sums").query().equals(choosy));
    fixture.awaitStep("sums", add(2));

    assertThat(fixture.state("sums", "")).isEqualTo("{\"sum\":2}");
    assertThat(fixture.projections.parked("sums", 0, 100)).hasSize(1);
    assertThat(fixture.projections.config("sums").emitEnabled()).isTrue();
  }

  @Test
  void it_takes_over_where_the_old_one_is_behind_all_that_either_wants() {
    try (var sums = new Supervised(NewProjection.continuous("sums", ADDS).emitting())) {
      sums.awaitStep(sums.append("s", "Added", "{\"n\":1}"));
      sums.projection.buildBeside(DOUBLES, Optional.empty());
      Fixture.await(() -> sums.store.waiting.get() == 2);
      // The old one looks past this as it begins; the new one has no reason to.
      var noted = sums.append("s", "Noted", "{}");
      sums.projection.disable();
      sums.projection.enable();
      Fixture.await(() -> sums.statistics().position() >= noted);
      sums.await(() -> sums.projection.answers().query().query().equals(DOUBLES));

      assertThat(sums.projection.answers().state("").json()).isEqualTo("{\"sum\":2}");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.RecordedEvent;
import io.leftfold.testkit.InMemoryEventStore;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What queries of which nothing is kept leave in the log, if they are told to.
final class QueryResultsTest {

  private static final String SUMS =
      """
      fromCategory('account').foreachStream().when({
        $init: () => ({ sum: 0 }), Deposited(s, e) { s.sum += e.body.amount; }
      })
      """;

  private final TroubledStore store = new TroubledStore(new InMemoryEventStore());
  private final Fixture fixture = new Fixture(store, ProjectionOptions.defaults());

  @BeforeEach
  void deposit() {
    deposit("account-1", 5);
    deposit("account-2", 70);
    deposit("account-1", 10);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private void deposit(String account, int amount) {
    fixture.append(account, "Deposited", "{\"amount\":%d}".formatted(amount));
  }

  private void query(String name, String script) {
    fixture.projections.create(NewProjection.transientQuery(name, script));
    fixture.awaitState(name, ProjectionState.COMPLETED);
  }

  @Test
  void a_query_that_is_told_to_writes_its_results_when_it_has_come_to_its_end() {
    query("q", SUMS + ".transformBy(s => ({ total: s.sum })).filterBy(s => s.total > 20)");

    assertThat(fixture.texts("$projections-q-account-2-result")).containsExactly("{\"total\":70}");
    assertThat(fixture.texts("$projections-q-account-1-result")).isEmpty();
    assertThat(fixture.texts("$projections-q-result"))
        .containsExactly("0@$projections-q-account-2-result");
  }

  @Test
  void one_without_partitions_writes_one_result_where_its_script_says() {
    query(
        "q",
        "fromAll().when({ $init: () => ({ n: 0 }), Deposited(s) { s.n++; } }).outputTo('report')");

    assertThat(fixture.events("report"))
        .extracting(RecordedEvent::type, RecordedEvent::dataAsText)
        .containsExactly(tuple("Result", "{\"n\":3}"));
  }

  @Test
  void one_that_is_not_told_to_writes_nothing() {
    var before = fixture.store.lastPosition();
    query("q", SUMS);

    assertThat(fixture.store.lastPosition()).isEqualTo(before);
    assertThat(fixture.state("q", "account-1")).isEqualTo("{\"sum\":15}");
  }

  @Test
  void a_one_time_projection_without_checkpoints_adds_what_has_changed_when_it_runs_again() {
    fixture.projections.create(
        NewProjection.oneTime("once", SUMS + ".outputState()").withoutCheckpoints());
    fixture.awaitState("once", ProjectionState.COMPLETED);
    deposit("account-2", 1);
    fixture.reopen();
    fixture.awaitState("once", ProjectionState.COMPLETED);

    assertThat(fixture.texts("$projections-once-account-1-result")).containsExactly("{\"sum\":15}");
    assertThat(fixture.texts("$projections-once-account-2-result"))
        .containsExactly("{\"sum\":70}", "{\"sum\":71}");
    assertThat(fixture.texts("$projections-once-result"))
        .containsExactly(
            "0@$projections-once-account-1-result",
            "0@$projections-once-account-2-result",
            "1@$projections-once-account-2-result");
  }

  @Test
  void results_that_cannot_be_written_are_a_fault() {
    store.before = _ -> Optional.of(new NotAuthorizedException("Access denied"));
    fixture.projections.create(NewProjection.transientQuery("q", SUMS + ".outputState()"));
    fixture.awaitState("q", ProjectionState.FAULTED);
    assertThat(fixture.projections.statistics("q").reason()).contains("($w)", "Access denied");

    fixture.projections.create(
        NewProjection.transientQuery(
            "thief", SUMS + ".outputTo('$projections-other-checkpoint', '$projections-{0}')"));
    fixture.awaitState("thief", ProjectionState.FAULTED);
    assertThat(fixture.projections.statistics("thief").reason()).contains("the projections' own");
  }

  @Test
  void a_stored_projection_writes_no_results_into_streams_of_others_either() {
    fixture.projections.create(
        NewProjection.continuous(
            "thief",
            "fromAll().when({ Deposited(s) { return {}; } }).outputTo('$projections-other-checkpoint')"));
    fixture.awaitState("thief", ProjectionState.FAULTED);

    assertThat(fixture.projections.statistics("thief").reason()).contains("the projections' own");
    assertThat(fixture.events("$projections-other-checkpoint")).isEmpty();
  }

  private static final String EMITTING =
      "fromAll().when({ Deposited(s, e) { emit('audit', 'Seen', { of: e.streamId }); } })";

  @Test
  void what_keeps_no_checkpoints_is_not_made_to_emit() {
    var projections = fixture.projections;
    var wanted = NewProjection.oneTime("once", EMITTING).withoutCheckpoints();
    refused(() -> projections.create(wanted.emitting()));
    refused(() -> projections.create(NewProjection.transientQuery("q", EMITTING).emitting()));
    assertThat(fixture.events("$projections-$all")).isEmpty();

    projections.create(wanted);
    fixture.awaitState("once", ProjectionState.FAULTED);
    assertThat(projections.statistics("once").reason()).contains("'emit' is not allowed");
    refused(() -> projections.update("once", EMITTING, Optional.of(true), Optional.empty()));
    var config = projections.config("once").withEmitEnabled(true);
    refused(() -> projections.configure("once", config));
    refused(() -> projections.reconfigure("once", config));
    assertThat(projections.statistics("once").state()).isEqualTo(ProjectionState.FAULTED);
    assertThat(fixture.events("audit")).isEmpty();
  }

  private static void refused(ThrowingCallable asked) {
    assertThatThrownBy(asked)
        .isInstanceOfSatisfying(
            ProjectionException.class,
            e -> assertThat(e.reason()).isEqualTo(ProjectionException.Reason.NOT_POSSIBLE))
        .hasMessageContaining("checkpoints");
  }

  /// As others have written it to the log, or an earlier version has.
  @Test
  void one_that_the_log_lets_emit_without_checkpoints_is_faulted_when_it_does() {
    fixture.projections.create(NewProjection.oneTime("once", EMITTING).withoutCheckpoints());
    var said = fixture.texts("$projections-once").getLast();
    assertThat(said).contains("\"emitEnabled\":false", "\"version\":0");
    fixture.append(
        "$projections-once",
        "$ProjectionUpdated",
        said.replace("\"emitEnabled\":false", "\"emitEnabled\":true")
            .replace("\"version\":0", "\"version\":1"));
    fixture.reopen();
    fixture.awaitState("once", ProjectionState.FAULTED);

    assertThat(fixture.projections.config("once").emitEnabled()).isTrue();
    assertThat(fixture.projections.statistics("once").reason()).contains("'emit' is not allowed");
    assertThat(fixture.events("audit")).isEmpty();
  }

  @Test
  void states_of_a_query_take_no_more_memory_than_they_may() {
    var small = ProjectionOptions.defaults().withStateBytesMax(2_000);
    try (var bounded = new Fixture(new InMemoryEventStore(), small)) {
      var texts = "partitionBy(e => e.eventId).when({ Said(s) { s.text = 'x'.repeat(100); } })";
      for (var i = 0; i < 20; i++) {
        bounded.append("few-" + i, "Said", "{}");
      }
      bounded.projections.create(
          NewProjection.transientQuery("few", "fromCategory('few')." + texts));
      bounded.awaitState("few", ProjectionState.COMPLETED);
      assertThat(bounded.projections.partitions("few", "", 100)).hasSize(20);

      for (var i = 0; i < 40; i++) {
        bounded.append("many-" + i, "Said", "{}");
      }
      bounded.projections.create(NewProjection.transientQuery("many", "fromAll()." + texts));
      bounded.awaitState("many", ProjectionState.FAULTED);
      assertThat(bounded.projections.statistics("many").reason())
          .contains("many", "keeps states of", "60 partitions");
      assertThat(bounded.projections.partitions("many", "", 100)).isEmpty();
    }
  }
}

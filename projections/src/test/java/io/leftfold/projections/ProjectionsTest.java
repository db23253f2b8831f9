// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AsOf;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProjectionsTest {

  private static final String SUMS =
      """
      fromCategory('account').foreachStream().when({
        $init: () => ({ sum: 0 }),
        Deposited(s, e) {
          s.sum += e.body.amount;
          emit('audit', 'Seen', { of: e.streamId, sum: s.sum });
        }
      })
      """;
  private static final String COUNT =
      "fromAll().when({ $init: () => ({ n: 0 }), Deposited(s, e) { s.n++; } })";

  private Fixture fixture = new Fixture(new InMemoryEventStore(), ProjectionOptions.defaults());

  @AfterEach
  void close() {
    fixture.close();
  }

  private long deposit(String account, int amount) {
    return fixture.append(account, "Deposited", "{\"amount\":%d}".formatted(amount));
  }

  private Projections projections() {
    return fixture.projections;
  }

  @Test
  void a_projection_folds_what_is_there_and_what_comes_and_goes_on_after_a_restart() {
    deposit("account-1", 5);
    projections().create(NewProjection.continuous("sums", SUMS).emitting());
    deposit("account-2", 7);
    fixture.awaitStep("sums", deposit("account-1", 10));

    assertThat(fixture.state("sums", "account-1")).isEqualTo("{\"sum\":15}");
    projections().close();
    var last = deposit("account-1", 1);
    fixture.reopen();
    fixture.awaitStep("sums", last);

    assertThat(fixture.state("sums", "account-1")).isEqualTo("{\"sum\":16}");
    assertThat(projections().partitions("sums", "", 10)).containsExactly("account-1", "account-2");
    assertThat(projections().statistics("sums").partitions()).isEqualTo(2);
    assertThat(fixture.texts("audit"))
        .containsExactly(
            "{\"of\":\"account-1\",\"sum\":5}",
            "{\"of\":\"account-2\",\"sum\":7}",
            "{\"of\":\"account-1\",\"sum\":15}",
            "{\"of\":\"account-1\",\"sum\":16}");
  }

  @Test
  void what_is_emitted_names_its_cause_and_its_correlation() {
    projections()
        .create(
            NewProjection.continuous(
                    "echo",
                    "fromAll().when({ Asked(s, e) { emit('out', 'Told', {}, { mine: 1 }); } })")
                .emitting());
    fixture.store.append(
        StreamName.of("q"),
        io.leftfold.api.ExpectedState.any(),
        io.leftfold.api.ProposedEvent.json("Asked", "{}")
            .withMetadata("{\"$correlationId\":\"c-7\"}"));
    Fixture.await(() -> !fixture.events("out").isEmpty());

    var cause = fixture.events("q").getFirst();
    assertThat(fixture.events("out").getFirst().metadataAsText())
        .contains("\"$causedBy\":\"%s\"".formatted(cause.id()))
        .contains("\"$correlationId\":\"c-7\"")
        .contains("\"mine\":1");
  }

  @Test
  void what_was_emitted_is_not_emitted_again_after_a_reset_unless_somebody_wants_it() {
    projections().create(NewProjection.continuous("sums", SUMS).emitting());
    deposit("account-1", 5);
    fixture.awaitStep("sums", deposit("account-1", 6));

    projections().reset("sums");
    fixture.awaitStep("sums", deposit("account-1", 7));

    assertThat(fixture.state("sums", "account-1")).isEqualTo("{\"sum\":18}");
    assertThat(fixture.texts("audit"))
        .containsExactly(
            "{\"of\":\"account-1\",\"sum\":5}",
            "{\"of\":\"account-1\",\"sum\":11}",
            "{\"of\":\"account-1\",\"sum\":18}");

    projections().reset("sums", true);
    fixture.awaitStep("sums", deposit("account-1", 1));
    assertThat(fixture.texts("audit"))
        .hasSize(7)
        .endsWith("{\"of\":\"account-1\",\"sum\":18}", "{\"of\":\"account-1\",\"sum\":19}");
  }

  @Test
  void resetting_again_and_again_while_it_runs_loses_nothing_and_doubles_nothing() {
    projections().create(NewProjection.continuous("sums", SUMS).emitting());
    var last = 0L;
    for (var round = 0; round < 12; round++) {
      for (var i = 0; i < 20; i++) {
        last = deposit("account-" + i % 3, 1);
      }
      projections().reset("sums");
    }
    fixture.awaitStep("sums", last);

    assertThat(fixture.state("sums", "account-0")).isEqualTo("{\"sum\":84}");
    assertThat(fixture.texts("audit")).hasSize(240).doesNotHaveDuplicates();
  }

  @Test
  void a_script_that_throws_stops_in_front_of_the_event_and_says_where() {
    projections()
        .create(
            NewProjection.continuous(
                "strict",
                """
                fromAll().when({
                  $init: () => ({ n: 0 }),
                  Deposited(s, e) {
                    if (e.body.amount < 0) throw new Error('negative');
                    s.n++;
                  }
                })
                """));
    deposit("account-1", 5);
    var last = deposit("account-1", -5);
    fixture.awaitState("strict", ProjectionState.FAULTED);

    var now = projections().statistics("strict");
    assertThat(now.status()).isEqualTo("Faulted (Enabled)");
    assertThat(now.reason()).contains("negative", "line 4", "1@account-1");
    assertThat(now.handled()).isEqualTo(1);
    assertThat(fixture.state("strict", "")).isEqualTo("{\"n\":1}");

    projections().update("strict", COUNT, Optional.empty(), Optional.empty());
    fixture.awaitStep("strict", last);
    assertThat(fixture.state("strict", "")).isEqualTo("{\"n\":2}");
  }

  @Test
  void a_query_runs_to_the_end_and_is_forgotten_when_nobody_asks() {
    var clock = new ManualClock(Instant.parse("2026-11-01T08:00:00Z"));
    fixture.close();
    fixture =
        new Fixture(
            new InMemoryEventStore(),
            ProjectionOptions.defaults().with(clock).withQueryExpiry(Duration.ofMinutes(3)));
    deposit("account-1", 5);
    projections().create(NewProjection.transientQuery("q", COUNT));
    Fixture.await(() -> fixture.state("q", "").length() > 1);

    clock.advance(Duration.ofMinutes(3).minusMillis(1));
    assertThat(fixture.state("q", "")).isEqualTo("{\"n\":1}");
    clock.advance(Duration.ofMinutes(3));
    Fixture.await(() -> projections().list().stream().noneMatch(one -> one.name().equals("q")));
    assertThat(fixture.store.state(StreamName.of("$projections-q")).lastRevision()).isEqualTo(-1);
  }

  @Test
  void a_query_is_not_forgotten_while_it_runs_or_somebody_asks_how_far_it_is() {
    var held = new CompletableFuture<Void>();
    try (var query = new Supervised(NewProjection.transientQuery("q", COUNT).disabled())) {
      query.workers.execute(held::join);
      query.projection.enable();
      query.pass(Duration.ofMinutes(20));
      assertThat(query.projection.isForgotten()).isFalse();

      held.complete(null);
      query.awaitState(ProjectionState.COMPLETED);
      for (var round = 0; round < 3; round++) {
        query.pass(Duration.ofMinutes(5).minusMillis(1));
        assertThat(query.projection.isForgotten()).isFalse();
        assertThat(query.projection.statisticsAsked().state()).isEqualTo(ProjectionState.COMPLETED);
      }
      query.pass(Duration.ofMinutes(4));
      // As in a list of all.
      assertThat(query.projection.statistics().name()).isEqualTo("q");
      query.pass(Duration.ofMinutes(1));
      assertThat(query.projection.isForgotten()).isTrue();
    } finally {
      held.complete(null);
    }
  }

  @Test
  void a_one_time_projection_ends_at_the_end_and_keeps_its_state() {
    deposit("account-1", 5);
    projections().create(NewProjection.oneTime("once", COUNT));
    fixture.awaitState("once", ProjectionState.COMPLETED);
    deposit("account-1", 5);
    fixture.reopen();
    assertThat(fixture.state("once", "")).startsWith("{\"n\":");
  }

  @Test
  void only_what_is_stopped_can_be_deleted_and_its_name_can_be_used_again() {
    projections().create(NewProjection.continuous("sums", SUMS).emitting());
    fixture.awaitStep("sums", deposit("account-1", 5));

    assertThatThrownBy(() -> projections().delete("sums", false, true, true))
        .isInstanceOf(ProjectionException.class)
        .hasMessage("Cannot delete a projection that hasn't been stopped or faulted.");
    projections().disable("sums");
    projections().delete("sums", false, true, true);
    assertThatThrownBy(() -> projections().statistics("sums"))
        .hasMessage("Projection 'sums' not found");

    projections().create(NewProjection.continuous("sums", SUMS));
    fixture.awaitState("sums", ProjectionState.FAULTED);
    assertThat(projections().statistics("sums").reason()).contains("'emit' is not allowed");
  }

  @Test
  void the_streams_it_emitted_to_go_with_it_if_they_were_tracked() {
    projections()
        .create(
            NewProjection.continuous("sums", SUMS)
                .with(
                    ProjectionConfig.DEFAULT.withEmitEnabled(true).withTrackEmittedStreams(true)));
    deposit("account-1", 5);
    fixture.awaitStep("sums", deposit("account-1", 5));
    assertThat(fixture.texts("$projections-sums-emittedstreams")).containsExactly("audit");

    projections().disable("sums");
    projections().delete("sums", true, true, true);
    assertThat(fixture.texts("audit")).isEmpty();
  }

  @Test
  void results_have_streams_of_their_own_and_links_to_them() {
    projections()
        .create(
            NewProjection.continuous(
                "results",
                """
                fromCategory('account').foreachStream().when({
                  $init: () => ({ sum: 0 }), Deposited(s, e) { s.sum += e.body.amount; }
                }).filterBy(s => s.sum > 5).transformBy(s => ({ rich: s.sum }))
                """));
    fixture.awaitStep("results", deposit("account-1", 5));
    fixture.awaitStep("results", deposit("account-1", 5));
    fixture.awaitStep("results", deposit("account-1", 1));

    assertThat(fixture.texts("$projections-results-account-1-result"))
        .containsExactly("{\"rich\":10}", "{\"rich\":11}");
    assertThat(fixture.texts("$projections-results-result"))
        .containsExactly(
            "0@$projections-results-account-1-result", "1@$projections-results-account-1-result");
    assertThat(projections().result("results", "account-1").json()).isEqualTo("{\"rich\":11}");
  }

  @Test
  void what_the_log_says_is_what_other_tools_read() {
    projections().create(NewProjection.continuous("sums", SUMS).emitting());
    projections().disable("sums");

    assertThat(fixture.events("$projections-$all"))
        .extracting(RecordedEvent::type)
        .containsExactly("$ProjectionsInitialized", "$ProjectionCreated");
    assertThat(fixture.events("$projections-sums"))
        .extracting(RecordedEvent::type)
        .containsExactly("$ProjectionUpdated", "$ProjectionUpdated");
    assertThat(fixture.texts("$projections-sums").getLast())
        .contains("\"handlerType\":\"JS\"", "\"mode\":4", "\"enabled\":false", "\"version\":1");
  }

  @Test
  void built_in_projections_are_there_and_write_nothing_but_what_is_wanted_of_them() {
    deposit("account-1", 5);
    var before = fixture.store.lastPosition().orElseThrow();
    assertThat(projections().list())
        .extracting(ProjectionStatistics::name)
        .containsExactly(
            "$by_category",
            "$by_correlation_id",
            "$by_event_type",
            "$stream_by_category",
            "$streams");
    assertThat(fixture.store.lastPosition()).hasValue(before);

    projections().enable("$by_category");
    var now = projections().statistics("$by_category");
    assertThat(now.state()).isEqualTo(ProjectionState.RUNNING);
    assertThat(now.progress()).isEqualTo(100);
    assertThat(now.lagEvents()).isZero();
    assertThat(now.processedAfterRestart()).isZero();
    fixture.append("account-7", "Opened", "{}");
    fixture.append("account-8", "Opened", "{}");
    assertThat(projections().statistics("$by_category").processedAfterRestart()).isEqualTo(2);
    assertThat(projections().statistics("$streams").processedAfterRestart()).isZero();
    fixture.reopen();
    assertThat(projections().statistics("$by_category").enabled()).isTrue();
    assertThat(projections().statistics("$by_category").processedAfterRestart()).isZero();
    projections().reset("$by_category");
    projections().disable("$by_category");
    assertThat(fixture.events("$projections-$by_category")).hasSize(3);
    assertThat(projections().state("$by_category", "").json()).isEmpty();
    assertThat(projections().result("$by_category", "account").json()).isEmpty();
    assertThat(projections().state("$streams", "", AsOf.now(), FoldProgress.UNHEARD).json())
        .isEmpty();
    assertThat(projections().partitions("$by_category", "", 10)).isEmpty();
    assertThat(projections().parked("$by_category", 0, 100)).isEmpty();
    assertThatThrownBy(() -> projections().delete("$by_category", false, false, false))
        .hasMessage("We currently don't allow for the deletion of System Projections.");
  }

  @Test
  void system_streams_that_a_projection_makes_are_for_all_to_read_and_others_stay_as_they_are() {
    fixture.append("$there", "Happened", "{}");
    fixture.store.writeMetadata(
        StreamName.of("$kept"), ExpectedState.any(), StreamMetadata.none().withMaxCount(9));
    projections()
        .create(
            NewProjection.continuous(
                    "makes",
                    """
                    fromCategory('account').foreachStream().when({
                      Opened(s, e) {
                        s.n = 1;
                        for (const to of ['$made', '$made', '$there', '$kept', 'ours', '$given']) emit(to, 'Seen', {});
                        emit('$$$given', '$metadata', { $maxCount: 7 });
                      }
                    }).outputState()
                    """)
                .emitting());
    fixture.append("account-7", "Opened", "{}");
    fixture.awaitStep("makes", fixture.append("account-7", "Opened", "{}"));

    for (var made :
        List.of("$made", "$projections-makes-result", "$projections-makes-account-7-result")) {
      assertThat(fixture.texts("$$" + made))
          .as(made)
          .containsExactly("{\"$acl\":{\"$r\":\"$all\",\"$mr\":\"$all\"}}");
    }
    assertThat(fixture.texts("$made")).hasSize(4);
    assertThat(fixture.texts("$$$there")).isEmpty();
    assertThat(fixture.texts("$$$kept")).hasSize(1).first().asString().doesNotContain("$acl");
    assertThat(fixture.texts("$$$given")).allSatisfy(one -> assertThat(one).contains("7"));
    assertThat(fixture.texts("$$ours")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fromAll().wen()",
        "while (true);",
        "fromAll().when({ Asked(s) { s.asked = true; } })",
      })
  void whoever_asks_has_the_text_of_a_script_run_by_a_worker_and_once(String text) {
    try (var one = new Supervised(NewProjection.continuous("asked", text).disabled())) {
      assertThat(one.tasks).hasValue(0);
      var definition = one.projection.answers().query().definition();
      assertThat(definition.isPresent()).isEqualTo(text.contains("when"));
      assertThat(one.tasks).hasValue(1);

      one.append("s", "Asked", "{}");
      assertThat(one.projection.answers().query().definition()).isEqualTo(definition);
      assertThat(one.projection.answers().state("").json()).isEmpty();
      assertThat(one.statistics().state()).isEqualTo(ProjectionState.STOPPED);
      assertThat(one.tasks).hasValue(1);
      if (definition.isEmpty()) {
        assertThatThrownBy(() -> one.projection.answers().result(""))
            .isInstanceOf(ProjectionFaultException.class);
        assertThat(one.tasks).hasValue(1);
      } else {
        assertThat(one.projection.answers().result("").json()).isEmpty();
        assertThat(one.tasks).hasValue(2);
      }
    }
  }

  @Test
  void a_configuration_changes_only_while_it_is_stopped() {
    projections().create(NewProjection.continuous("sums", SUMS).emitting());
    var config = ProjectionConfig.DEFAULT.withEmitEnabled(true).withCheckpoints(10, 1_000, 5);
    assertThatThrownBy(() -> projections().configure("sums", config))
        .hasMessageStartingWith("Cannot update the config");

    projections().disable("sums");
    projections().configure("sums", config);
    fixture.reopen();
    assertThat(projections().config("sums")).isEqualTo(config);
  }

  @Test
  void one_that_runs_is_configured_and_goes_on_and_is_never_wanted_stopped() {
    projections().create(NewProjection.continuous("sums", SUMS).emitting());
    fixture.awaitStep("sums", deposit("account-1", 5));
    projections().reconfigure("sums", projections().config("sums").withCheckpoints(7, 10_000, 0));
    fixture.awaitStep("sums", deposit("account-1", 10));

    assertThat(projections().config("sums").checkpointHandledThreshold()).isEqualTo(7);
    assertThat(fixture.texts("audit")).hasSize(2);
    assertThat(fixture.texts("$projections-sums"))
        .hasSize(2)
        .allSatisfy(definition -> assertThat(definition).contains("\"enabled\":true"));
  }

  @Test
  void one_that_has_come_to_its_end_or_is_stopped_is_configured_and_stays_so() {
    deposit("account-1", 5);
    projections().create(NewProjection.oneTime("once", COUNT));
    fixture.awaitState("once", ProjectionState.COMPLETED);
    projections().create(NewProjection.continuous("count", COUNT).disabled());
    for (var name : new String[] {"once", "count"}) {
      var before = projections().statistics(name).state();
      projections().reconfigure(name, projections().config(name).withEmitEnabled(true));
      assertThat(projections().config(name).emitEnabled()).isTrue();
      assertThat(projections().statistics(name).state()).isEqualTo(before);
    }
  }

  @Test
  void of_two_that_run_on_one_store_one_is_refused_and_nothing_is_doubled() {
    projections().create(NewProjection.continuous("sums", SUMS).emitting());
    fixture.awaitStep("sums", deposit("account-1", 1));
    try (var other = Projections.open(fixture.store, ProjectionOptions.defaults())) {
      Fixture.await(() -> {
        deposit("account-1", 1);
        return projections().statistics("sums").state() == ProjectionState.FAULTED
            || other.statistics("sums").state() == ProjectionState.FAULTED;
      });
      assertThat(fixture.texts("audit")).doesNotHaveDuplicates();
    }
  }

  @Test
  void of_those_that_do_not_run_here_nothing_is_lost() {
    projections().create(NewProjection.continuous("sums", SUMS).emitting());
    projections().create(NewProjection.continuous("count", COUNT));
    fixture.awaitStep("sums", deposit("account-1", 5));
    projections().close();
    var last = deposit("account-1", 2);
    try (var some =
        Projections.open(fixture.store, ProjectionOptions.defaults(), "count"::equals)) {
      Fixture.await(() -> some.statistics("count").checkpoint() >= last);
      assertThat(some.statistics("sums").status()).isEqualTo("Stopped (Enabled)");
      assertThat(some.statistics("sums").reason()).contains("does not run in this process");
      some.enable("sums");
      assertThat(some.statistics("sums").state()).isEqualTo(ProjectionState.STOPPED);
      assertThat(some.state("sums", "account-1").json()).isEqualTo("{\"sum\":5}");
      assertThat(fixture.texts("audit")).hasSize(1);
    }
    fixture.reopen();
    fixture.awaitStep("sums", last);
    assertThat(fixture.state("sums", "account-1")).isEqualTo("{\"sum\":7}");
    assertThat(fixture.texts("audit")).hasSize(2);
  }

  @Test
  void faults_are_counted() {
    projections()
        .create(
            NewProjection.continuous(
                "bad", "fromAll().when({ Deposited() { throw new Error('no'); } })"));
    assertThat(projections().statistics("bad").faults()).isZero();
    deposit("account-1", 1);
    fixture.awaitState("bad", ProjectionState.FAULTED);
    projections().enable("bad");
    Fixture.await(() -> projections().statistics("bad").faults() == 2);
  }

  @Test
  void what_another_stores_projection_emitted_is_an_event() {
    projections().create(NewProjection.continuous("count", COUNT));
    var number = fixture.events("$projections-$all").getLast().revision();
    // As the import keeps what was emitted there by the projection of the same number.
    for (var tag :
        new String[] {
          "{\"$v\":\"%d:0:0:4\",\"$c\":7,\"$p\":7,\"$causedBy\":\"5a0f2d5e-07f5-4d54-8a53-5b1d2f3c4e5f\"}",
          "{\"$v\":\"%d:-1:0:4\",\"$s\":{\"account-1\":3}}",
          "{\"$v\":\"%d:99999999999999999999:0:4\",\"$c\":7,\"$p\":7}",
          "{\"$v\":\"%d:"
        }) {
      fixture.store.append(
          StreamName.of("account-1"),
          io.leftfold.api.ExpectedState.any(),
          io.leftfold.api.ProposedEvent.json("Deposited", "{}")
              .withMetadata(tag.formatted(number)));
    }
    fixture.awaitStep("count", deposit("account-1", 5));

    assertThat(fixture.state("count", "")).isEqualTo("{\"n\":5}");
  }

  @Test
  void what_a_projection_has_emitted_is_nothing_to_it_at_any_epoch() {
    projections()
        .create(
            NewProjection.continuous(
                    "echo",
                    "fromAll().when({ $any(s, e) { emit('out', 'Told', {}); emit('out', 'Told', {}); } })")
                .emitting());
    deposit("account-1", 5);
    fixture.awaitStep("echo", deposit("account-1", 6));
    assertThat(fixture.events("out")).hasSize(4);
    fixture.awaitStep("echo", deposit("account-1", 7));
    projections().reset("echo");
    fixture.awaitStep("echo", deposit("account-1", 8));

    assertThat(fixture.events("out")).hasSize(8);
  }

  @Test
  void results_of_all_partitions_go_with_it_if_that_is_wanted_and_no_others() {
    var results = SUMS.replaceFirst("emit.*", "") + ".outputState()";
    for (var name : new String[] {"a", "a-b"}) {
      projections().create(NewProjection.continuous(name, results));
    }
    deposit("account-1", 5);
    var before = deposit("account-2", 5);
    fixture.awaitStep("a", before);
    // A result for each step: of two steps there are two.
    fixture.awaitStep("a-b", before);
    projections().reset("a");
    var last = deposit("account-1", 5);
    fixture.awaitStep("a", last);
    fixture.awaitStep("a-b", last);

    projections().disable("a");
    projections().delete("a", false, true, true);
    assertThat(fixture.events("$projections-a-account-1-result")).isEmpty();
    assertThat(fixture.events("$projections-a-account-2-result")).isEmpty();
    assertThat(fixture.events("$projections-a-result")).isEmpty();
    assertThat(fixture.events("$projections-a-b-account-1-result")).hasSize(2);

    projections().disable("a-b");
    projections().delete("a-b", false, false, true);
    assertThat(fixture.events("$projections-a-b-account-1-result")).hasSize(2);
  }

  @Test
  void results_of_a_one_time_projection_of_which_nothing_is_kept_go_with_it() {
    deposit("account-1", 5);
    projections()
        .create(
            NewProjection.oneTime("once", SUMS.replaceFirst("emit.*", "") + ".outputState()")
                .withoutCheckpoints());
    fixture.awaitState("once", ProjectionState.COMPLETED);
    assertThat(fixture.events("$projections-once-account-1-result")).hasSize(1);

    projections().delete("once", false, true, true);
    assertThat(fixture.events("$projections-once-account-1-result")).isEmpty();
  }

  @Test
  void how_far_behind_one_is_that_never_ran_here_is_told_by_its_script() {
    var clock = new ManualClock(Instant.parse("2026-11-01T08:00:00Z"));
    fixture.close();
    fixture = new Fixture(new InMemoryEventStore(clock), ProjectionOptions.defaults().with(clock));
    projections().create(NewProjection.continuous("count", COUNT));
    projections().create(NewProjection.continuous("none", "fromAll().wen()"));
    projections().create(NewProjection.continuous("long", "fromStream('x'.repeat(70000))"));
    fixture.awaitStep("count", deposit("account-1", 1));
    projections().disable("count");
    clock.advance(Duration.ofSeconds(2));
    fixture.append("other", "Happened", "{}");
    clock.advance(Duration.ofSeconds(3));
    deposit("account-1", 1);
    clock.advance(Duration.ofSeconds(7));
    for (var round = 0; round < 2; round++) {
      var now = projections().statistics("count");
      assertThat(now.lagEvents()).isGreaterThanOrEqualTo(2);
      assertThat(now.lag()).isEqualTo(Duration.ofSeconds(7));
      fixture.reopen();
    }
    fixture.awaitState("none", ProjectionState.FAULTED);
    assertThat(projections().statistics("none").lag()).isEqualTo(Duration.ofSeconds(12));
    fixture.awaitState("long", ProjectionState.FAULTED);
    assertThat(projections().statistics("long").lag()).isZero();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.testkit.InMemoryEventStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ParkingTest {

  private static final String SUMS =
      """
      fromAll().foreachStream().when({
        $init: () => ({ sum: 0 }),
        Added(s, e) {
          if (e.body.n > 90) throw new Error('too much: ' + e.body.n);
          s.sum += e.body.n;
          emit('out', 'Sum', { of: e.streamId, sum: s.sum });
        }
      })
      """;
  private static final String CURED = SUMS.replace("> 90", "> 9000");
  private static final String BY_KEY =
      """
      fromAll().partitionBy(e => e.body.key).when({
        $init: () => ({ sum: 0 }),
        Added(s, e) {
          if (e.body.n > 90) throw new Error('too much: ' + e.body.n);
          s.sum += e.body.n;
          emit('out', 'Sum', { of: e.body.key, sum: s.sum });
        }
      })
      """;

  private final Fixture fixture =
      new Fixture(new InMemoryEventStore(), ProjectionOptions.defaults());

  @AfterEach
  void close() {
    fixture.close();
  }

  private long add(String stream, int n) {
    return fixture.append(stream, "Added", "{\"n\":%d,\"key\":\"%s\"}".formatted(n, stream));
  }

  private void create(String script, FailurePolicy policy) {
    fixture.projections.create(
        NewProjection.continuous("sums", script)
            .with(ProjectionConfig.DEFAULT.withEmitEnabled(true).withFailurePolicy(policy)));
  }

  @Test
  void a_poison_event_is_set_aside_with_all_there_is_to_know_and_can_be_taken_later() {
    create(SUMS, FailurePolicy.PARK_EVENT);
    add("a", 1);
    var poison = add("a", 99);
    fixture.awaitStep("sums", add("a", 2));

    assertThat(fixture.state("sums", "a")).isEqualTo("{\"sum\":3}");
    var parked = fixture.projections.parked("sums", 0, 100).getFirst();
    assertThat(parked.position()).isEqualTo(poison);
    assertThat(parked.partition()).hasValue("a");
    assertThat(parked.stateBefore()).hasValue("{\"sum\":1}");
    assertThat(parked.error()).contains("too much: 99", "line 4", "1@a");

    assertThat(fixture.projections.resume("sums", poison)).get().asString().contains("too much");
    assertThat(fixture.projections.parked("sums", 0, 100)).hasSize(1);
    fixture.projections.update("sums", CURED, Optional.empty(), Optional.empty());
    assertThat(fixture.projections.resume("sums", poison)).isEmpty();

    assertThat(fixture.projections.parked("sums", 0, 100)).isEmpty();
    assertThat(fixture.state("sums", "a")).isEqualTo("{\"sum\":102}");
    assertThat(fixture.texts("out")).hasSize(3).last().asString().contains("102");
  }

  @Test
  void a_partition_that_is_parked_waits_and_catches_up_alone() {
    parkAndCatchUp(SUMS, CURED);
  }

  @Test
  void so_does_one_that_only_the_script_knows() {
    parkAndCatchUp(BY_KEY, BY_KEY.replace("> 90", "> 9000"));
  }

  private void parkAndCatchUp(String script, String cured) {
    create(script, FailurePolicy.PARK_PARTITION);
    add("a", 1);
    var poison = add("a", 99);
    add("b", 5);
    add("a", 2);
    fixture.awaitStep("sums", add("b", 6));

    assertThat(fixture.state("sums", "b")).isEqualTo("{\"sum\":11}");
    assertThat(fixture.projections.statistics("sums").parked()).isEqualTo(1);
    assertThat(fixture.projections.statistics("sums").skipped()).isEqualTo(2);
    fixture.reopen();
    fixture.awaitStep("sums", add("a", 3));
    assertThat(fixture.state("sums", "a")).isEqualTo("{\"sum\":1}");

    fixture.projections.update("sums", cured, Optional.empty(), Optional.empty());
    assertThat(fixture.projections.resume("sums", poison)).isEmpty();
    fixture.awaitStep("sums", add("a", 4));

    assertThat(fixture.state("sums", "a")).isEqualTo("{\"sum\":109}");
    assertThat(fixture.state("sums", "b")).isEqualTo("{\"sum\":11}");
    assertThat(fixture.texts("out"))
        .containsExactly(
            "{\"of\":\"a\",\"sum\":1}",
            "{\"of\":\"b\",\"sum\":5}",
            "{\"of\":\"b\",\"sum\":11}",
            "{\"of\":\"a\",\"sum\":100}",
            "{\"of\":\"a\",\"sum\":102}",
            "{\"of\":\"a\",\"sum\":105}",
            "{\"of\":\"a\",\"sum\":109}");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void who_has_no_time_for_a_whole_partition_goes_on_later_and_nobody_else_waits(boolean throwing) {
    create(SUMS, FailurePolicy.PARK_PARTITION);
    add("a", 1);
    var poison = add("a", 99);
    for (var i = 2; i < 5; i++) {
      add("a", i);
    }
    var last = add("a", 5);
    fixture.awaitStep("sums", last);
    fixture.projections.update("sums", CURED, Optional.empty(), Optional.empty());

    var looks = new AtomicInteger();
    var why =
        fixture.projections.resume(
            "sums",
            poison,
            (_, end, events) -> {
              assertThat(end).isGreaterThan(last);
              assertThat(events).isEqualTo(5);
              looks.addAndGet(
                  CompletableFuture.supplyAsync(fixture.projections::list)
                      .orTimeout(60, TimeUnit.SECONDS)
                      .join()
                      .size());
              if (throwing) {
                throw ProjectionException.notPossible("No more time");
              }
              return false;
            });
    assertThat(why.orElseThrow()).contains(throwing ? "No more time" : "It was ended at position");
    assertThat(looks).hasPositiveValue();
    var parked = fixture.projections.parked("sums", 0, 100);
    assertThat(parked).extracting(ParkedEvent::position).containsExactly(last);
    assertThat(fixture.texts("out").getLast()).isEqualTo("{\"of\":\"a\",\"sum\":109}");

    assertThat(fixture.projections.resume("sums", last)).isEmpty();
    fixture.awaitStep("sums", add("a", 6));
    assertThat(fixture.state("sums", "a")).isEqualTo("{\"sum\":120}");
    assertThat(fixture.texts("out")).hasSize(7).doesNotHaveDuplicates();
  }

  @Test
  void the_event_that_failed_can_be_left_out_and_the_partition_goes_on() {
    create(SUMS, FailurePolicy.PARK_PARTITION);
    add("a", 1);
    var poison = add("a", 99);
    fixture.awaitStep("sums", add("a", 2));

    assertThat(fixture.projections.skip("sums", poison)).isEmpty();
    fixture.awaitStep("sums", add("a", 3));
    assertThat(fixture.state("sums", "a")).isEqualTo("{\"sum\":6}");
  }

  @Test
  void a_partition_that_catches_up_has_what_was_emitted_to_a_stream_that_is_a_source_by_name() {
    create(
        """
        fromStreams('in', 'loop').partitionBy(e => e.body.key).when({
          $init: () => ({ sum: 0 }),
          Added(s, e) {
            if (e.body.n > 90) throw new Error('too much: ' + e.body.n);
            emit('loop', 'Looped', { key: e.body.to, n: e.body.n });
          },
          Looped(s, e) { s.sum += e.body.n; }
        })
        """,
        FailurePolicy.PARK_PARTITION);
    var poison = fixture.append("in", "Added", "{\"n\":99,\"key\":\"a\"}");
    fixture.append("in", "Added", "{\"n\":5,\"key\":\"b\",\"to\":\"a\"}");
    Fixture.await(() -> !fixture.texts("loop").isEmpty());
    fixture.awaitStep("sums", fixture.events("loop").getFirst().position());

    assertThat(fixture.projections.skip("sums", poison)).isEmpty();
    assertThat(fixture.state("sums", "a")).isEqualTo("{\"sum\":5}");
  }
}

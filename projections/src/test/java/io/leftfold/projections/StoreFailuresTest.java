// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.Commit;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.projections.storage.DefinitionRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// What becomes of a projection whose store refuses, fails, or does not say what it has done.
final class StoreFailuresTest {

  private static final String ADDS =
      """
      fromAll().when({
        $init: () => ({ sum: 0 }),
        Added(s, e) { s.sum += e.body.n; emit('out', 'Sum', { sum: s.sum }); }
      })
      """;

  private static Supervised adding() {
    return new Supervised(NewProjection.continuous("sums", ADDS).emitting());
  }

  /// So many times.
  private static Function<Commit, Optional<LeftfoldException>> lost(String stream, int times) {
    var left = new AtomicInteger(times);
    return commit ->
        TroubledStore.writesTo(commit, stream) && left.getAndDecrement() > 0
            ? Optional.of(TroubledStore.unreachable())
            : Optional.empty();
  }

  @Test
  void what_the_store_did_not_do_is_tried_again_after_longer_and_longer_pauses() {
    try (var sums = adding()) {
      sums.store.before = lost("out", Integer.MAX_VALUE);
      var last = sums.append("s", "Added", "{\"n\":1}");
      var attempts = 0;
      for (var pause : List.of(1, 2, 4, 8, 16, 32, 60, 60)) {
        sums.awaitState(ProjectionState.FAULTED);
        assertThat(sums.statistics().reason())
            .contains("Nobody knows whether it was done", "begins again in %d s".formatted(pause));
        assertThat(sums.store.refused).hasValue(++attempts);

        sums.pass(Duration.ofSeconds(pause).minusMillis(1));
        assertThat(sums.statistics().state()).isEqualTo(ProjectionState.FAULTED);
        sums.pass(Duration.ofMillis(1));
        assertThat(sums.statistics().state()).isEqualTo(ProjectionState.RUNNING);
      }
      sums.awaitState(ProjectionState.FAULTED);
      sums.store.before = _ -> Optional.empty();
      sums.pass(Duration.ofMinutes(1));
      sums.awaitStep(last);
      assertThat(sums.texts("out")).containsExactly("{\"sum\":1}");

      // It went well meanwhile, so the pauses are short again.
      sums.store.before = lost("out", Integer.MAX_VALUE);
      sums.append("s", "Added", "{\"n\":1}");
      sums.awaitState(ProjectionState.FAULTED);
      assertThat(sums.statistics().reason()).contains("begins again in 1 s");
    }
  }

  @Test
  void a_step_that_was_written_and_not_acknowledged_is_not_written_twice() {
    try (var sums = adding()) {
      sums.store.after = lost("out", 3);
      var last = 0L;
      for (var i = 0; i < 5; i++) {
        last = sums.append("s", "Added", "{\"n\":1}");
      }
      var end = last;
      sums.await(() -> {
        sums.clock.advance(Duration.ofMinutes(1));
        return sums.statistics().checkpoint() >= end;
      });

      assertThat(sums.texts("out"))
          .containsExactly(
              "{\"sum\":1}", "{\"sum\":2}", "{\"sum\":3}", "{\"sum\":4}", "{\"sum\":5}");
    }
  }

  @Test
  void a_right_to_write_that_is_missing_is_named_and_not_asked_for_again() {
    try (var sums = adding()) {
      sums.store.before =
          commit ->
              TroubledStore.writesTo(commit, "out")
                  ? Optional.of(new NotAuthorizedException("Access denied"))
                  : Optional.empty();
      var last = sums.append("s", "Added", "{\"n\":1}");
      sums.awaitState(ProjectionState.FAULTED);
      assertThat(sums.statistics().reason()).contains("($w)", "out", "Access denied", "enable");

      for (var hours = 0; hours < 5; hours++) {
        sums.pass(Duration.ofHours(1));
      }
      assertThat(sums.store.refused).hasValue(1);
      assertThat(sums.statistics().status()).isEqualTo("Faulted (Enabled)");

      sums.store.before = _ -> Optional.empty();
      sums.projection.enable();
      sums.awaitStep(last);
      assertThat(sums.texts("out")).containsExactly("{\"sum\":1}");
    }
  }

  @Test
  void a_right_to_read_that_is_missing_is_named_and_not_asked_for_again() {
    try (var sums = new Supervised(NewProjection.continuous("sums", ADDS).emitting().disabled())) {
      sums.store.readFailure = Optional.of(new NotAuthorizedException("Access denied"));
      var last = sums.append("s", "Added", "{\"n\":1}");
      sums.projection.enable();
      sums.awaitState(ProjectionState.FAULTED);
      assertThat(sums.statistics().reason()).contains("($r)", "$all", "Access denied");

      sums.pass(Duration.ofHours(1));
      assertThat(sums.statistics().state()).isEqualTo(ProjectionState.FAULTED);
      sums.store.readFailure = Optional.empty();
      sums.projection.enable();
      sums.awaitStep(last);
    }
  }

  @Test
  void a_change_of_which_nobody_knows_whether_it_was_written_counts_if_it_was() {
    try (var sums = adding()) {
      sums.awaitStep(sums.append("s", "Added", "{\"n\":1}"));
      sums.store.after = lost("$projections-sums", Integer.MAX_VALUE);
      assertThatThrownBy(sums.projection::disable).isInstanceOf(UnavailableException.class);
      sums.store.after = _ -> Optional.empty();
      sums.awaitState(ProjectionState.STOPPED);
      assertThat(sums.statistics().enabled()).isFalse();

      sums.store.before = lost("$projections-sums", Integer.MAX_VALUE);
      assertThatThrownBy(sums.projection::enable).isInstanceOf(UnavailableException.class);
      sums.store.before = _ -> Optional.empty();
      sums.projection.supervise();
      assertThat(sums.statistics().state()).isEqualTo(ProjectionState.STOPPED);
      sums.projection.enable();
      sums.awaitStep(sums.append("s", "Added", "{\"n\":1}"));
      assertThat(sums.texts("out")).containsExactly("{\"sum\":1}", "{\"sum\":2}");
    }
  }

  @Test
  void so_does_a_reset() {
    try (var sums = adding()) {
      sums.awaitStep(sums.append("s", "Added", "{\"n\":1}"));
      sums.store.after = lost("$projections-sums", Integer.MAX_VALUE);
      assertThatThrownBy(() -> sums.projection.reset(false))
          .isInstanceOf(UnavailableException.class);
      sums.store.after = _ -> Optional.empty();
      sums.awaitStep(sums.append("s", "Added", "{\"n\":1}"));

      assertThat(sums.statistics().epoch()).isEqualTo(1);
      assertThat(sums.statistics().handled()).isEqualTo(2);
      assertThat(sums.texts("out")).containsExactly("{\"sum\":1}", "{\"sum\":2}");
    }
  }

  @Test
  void a_switch_to_a_new_version_that_fails_is_made_again_or_was_made() {
    for (var isWritten : List.of(true, false)) {
      try (var sums = adding()) {
        sums.awaitStep(sums.append("s", "Added", "{\"n\":1}"));
        sums.projection.buildBeside(ADDS.replace("+= e", "+= 10 * e"), Optional.empty());
        if (isWritten) {
          sums.store.after = lost("$projections-sums", 2);
        } else {
          sums.store.before = lost("$projections-sums", 2);
        }
        sums.await(() -> {
          sums.clock.advance(Duration.ofSeconds(10));
          return sums.projection.answers().query().query().contains("10 *");
        });
        sums.awaitStep(sums.append("s", "Added", "{\"n\":1}"));

        assertThat(sums.texts("out")).containsExactly("{\"sum\":1}", "{\"sum\":20}");
        assertThat(sums.statistics().building()).isEmpty();
        assertThat(sums.statistics().state()).isEqualTo(ProjectionState.RUNNING);
      }
    }
  }

  @Test
  void one_that_is_stopped_while_its_store_fails_does_not_begin_by_itself() {
    var slow = ProjectionConfig.DEFAULT.withEmitEnabled(true).withCheckpoints(100, 1_000, 60_000);
    try (var sums = new Supervised(NewProjection.continuous("sums", ADDS).with(slow))) {
      var last = sums.append("s", "Added", "{\"n\":1}");
      sums.await(() -> sums.statistics().position() >= last);
      sums.store.before = lost("out", Integer.MAX_VALUE);
      sums.projection.disable();
      assertThat(sums.store.refused).hasValue(1);
      sums.pass(Duration.ofHours(1));

      assertThat(sums.statistics().state()).isEqualTo(ProjectionState.STOPPED);
      assertThat(sums.store.refused).hasValue(1);
    }
  }

  @Test
  void a_version_built_beside_emits_nothing_that_was_emitted_before_a_reset() {
    try (var sums = adding()) {
      for (var i = 0; i < 3; i++) {
        sums.awaitStep(sums.append("s", "Added", "{\"n\":1}"));
      }
      // It is at zero, and behind it the other one takes over.
      sums.projection.disable();
      sums.projection.reset(false);
      sums.projection.buildBeside(ADDS.replace("+= e", "+= 10 * e"), Optional.empty());
      sums.await(() -> sums.projection.answers().query().query().contains("10 *"));
      sums.projection.enable();
      sums.awaitStep(sums.append("s", "Added", "{\"n\":1}"));

      assertThat(sums.texts("out"))
          .containsExactly("{\"sum\":1}", "{\"sum\":2}", "{\"sum\":3}", "{\"sum\":40}");
    }
  }

  @Test
  void what_is_built_beside_ends_when_its_projection_is_deleted() {
    try (var sums = adding()) {
      sums.awaitStep(sums.append("s", "Added", "{\"n\":1}"));
      sums.projection.buildBeside(ADDS.replace("+= e", "+= 10 * e"), Optional.empty());
      sums.projection.disable();
      sums.projection.delete(new DefinitionRecord.Deletion(true, true, true));

      assertThat(sums.statistics().building()).isEmpty();
    }
  }
}

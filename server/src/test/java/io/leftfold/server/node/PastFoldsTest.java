// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.UnavailableException;
import io.leftfold.projections.FoldProgress;
import io.leftfold.projections.ProjectionException;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class PastFoldsTest {

  private final ManualClock clock = new ManualClock(Instant.parse("2026-07-17T14:00:00Z"));
  private final PastFolds folds =
      new PastFolds(1, Duration.ofMinutes(1), clock, Thread.ofPlatform().daemon().factory());

  @Test
  void a_fold_has_a_platform_thread_whoever_asks() throws Exception {
    var found = new CompletableFuture<Boolean>();
    Thread.ofVirtual()
        .start(() ->
            found.complete(
                folds.run(FoldProgress.UNHEARD, _ -> Thread.currentThread().isVirtual())));
    assertThat(found.get()).isFalse();
  }

  @Test
  void one_too_many_is_told_to_come_later() throws Exception {
    var isBegun = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    var first =
        CompletableFuture.supplyAsync(() ->
            folds.run(
                FoldProgress.UNHEARD,
                _ -> {
                  isBegun.countDown();
                  await(mayEnd);
                  return "first";
                }));
    isBegun.await();
    assertThatThrownBy(() -> folds.run(FoldProgress.UNHEARD, _ -> "second"))
        .isInstanceOfSatisfying(
            UnavailableException.class,
            e -> assertThat(e.reason()).isEqualTo(UnavailableException.Reason.TOO_BUSY));
    mayEnd.countDown();
    assertThat(first.get()).isEqualTo("first");
    assertThat(folds.<String>run(FoldProgress.UNHEARD, _ -> "third")).isEqualTo("third");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void what_takes_too_long_is_ended_and_makes_room() {
    assertThatThrownBy(() ->
            folds.run(
                FoldProgress.UNHEARD,
                progress -> {
                  assertThat(progress.at(1, 9, 1)).isTrue();
                  clock.advance(Duration.ofMinutes(2));
                  return progress.at(2, 9, 2);
                }))
        .isInstanceOf(ProjectionException.class)
        .hasMessageContaining("may take 60 s")
        .hasMessageContaining("position 2 of 9");
    assertThat(folds.<String>run(FoldProgress.UNHEARD, _ -> "next")).isEqualTo("next");
  }

  @Test
  void what_fails_fails_where_it_was_asked_for() {
    assertThatThrownBy(() ->
            folds.run(
                FoldProgress.UNHEARD,
                _ -> {
                  throw new IllegalArgumentException("no such thing");
                }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such thing");
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A run that nobody tells of new events.
final class StallWatchTest {

  private static final Duration LOOK = Duration.ofSeconds(15);

  private final Logger logger = Logger.getLogger("io.leftfold.projections");
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Handler listener = new Listener();
  private final Supervised counts =
      new Supervised(
          NewProjection.continuous(
              "counts", "fromAll().when({ $init: () => ({ n: 0 }), Added(s, e) { s.n++; } })"));

  @BeforeEach
  void listen() {
    logger.setUseParentHandlers(false);
    logger.addHandler(listener);
  }

  @AfterEach
  void close() {
    counts.close();
    logger.removeHandler(listener);
    logger.setUseParentHandlers(true);
  }

  private final class Listener extends Handler {
    @Override
    public void publish(LogRecord record) {
      said.add(new SimpleFormatter().formatMessage(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private long add() {
    return counts.append("s", "Added", "{}");
  }

  private String state() {
    return counts.projection.answers().state("").json();
  }

  private void standStill() {
    counts.awaitStep(add());
    counts.await(() -> counts.store.waiting.get() == 1);
    counts.store.isSilent = true;
  }

  @Test
  void a_run_that_stands_still_is_noticed_said_and_begun_again() {
    standStill();
    var last = 0L;
    for (var i = 0; i < 3; i++) {
      last = add();
    }
    for (var looked = 0; looked < 4; looked++) {
      counts.pass(LOOK);
      assertThat(said).isEmpty();
    }
    assertThat(counts.statistics().handled()).isEqualTo(1);

    counts.pass(LOOK);
    assertThat(said).hasSize(1);
    assertThat(said.getFirst()).contains("Projection counts stands still at position");
    counts.awaitStep(last);
    assertThat(state()).isEqualTo("{\"n\":4}");
  }

  @Test
  void one_that_has_nothing_ahead_that_it_wants_is_left_alone() {
    standStill();
    var before = counts.store.subscriptions.get();
    counts.append("s", "Other", "{}");
    for (var looked = 0; looked < 40; looked++) {
      counts.pass(LOOK);
    }

    assertThat(said).isEmpty();
    assertThat(counts.store.subscriptions).hasValue(before);
  }
}

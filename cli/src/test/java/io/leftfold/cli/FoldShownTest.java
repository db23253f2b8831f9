// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.testkit.ManualClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FoldShownTest {

  @Test
  void whoever_waits_is_shown_how_far_a_fold_is_and_may_end_it() {
    var clock = new ManualClock(Instant.parse("2026-11-01T08:00:00Z"));
    var err = new ByteArrayOutputStream();
    var stop = new Stop();
    var shell =
        new Shell(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            Path.of("."),
            Map.of(),
            clock,
            new Random(1),
            stop);
    var progress = FoldShown.of(shell, new ProgressLine(shell));

    assertThat(progress.at(-1, 5_000, 0)).isTrue();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    clock.advance(Duration.ofSeconds(5));
    assertThat(progress.at(1_234, 5_000, 17)).isTrue();
    assertThat(progress.at(2_000, 5_000, 18)).isTrue();
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("At position 1,234 of 5,000, 17 events handled");

    stop.request();
    assertThat(progress.at(2_001, 5_000, 19)).isFalse();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ProjectionMetersTest {

  private final ServerMetrics metrics = new ServerMetrics(() -> 0, "test");
  private final AtomicReference<Optional<List<ProjectionFigures>>> all =
      new AtomicReference<>(Optional.of(List.of()));

  ProjectionMetersTest() {
    metrics.showProjections(all::get);
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  private String page() {
    return metrics.page("").text();
  }

  private static ProjectionFigures figures(String name, long handled, boolean faulted) {
    return new ProjectionFigures(name, !faulted, faulted, 3, 4.5, handled, 6, 7, 8, 2);
  }

  @Test
  void a_projection_is_shown_from_when_it_is_there_until_it_is_gone() {
    assertThat(page()).contains("leftfold_projections 0.0").doesNotContain("sums");

    all.set(Optional.of(List.of(figures("sums", 5, false), figures("bad", 1, true))));
    assertThat(page())
        .contains("leftfold_projections 2.0", "leftfold_projections_faulted 1.0")
        .contains("leftfold_projection_running{projection=\"sums\"} 1.0")
        .contains("leftfold_projection_faulted{projection=\"bad\"} 1.0")
        .contains("leftfold_projection_lag_seconds{projection=\"sums\"} 4.5")
        .contains("leftfold_projection_handled_total{projection=\"sums\"} 5.0")
        .contains("leftfold_projection_faults_total{projection=\"bad\"} 2.0");

    all.set(Optional.of(List.of(figures("sums", 9, false))));
    assertThat(page())
        .contains("leftfold_projection_handled_total{projection=\"sums\"} 9.0")
        .doesNotContain("bad");

    all.set(Optional.empty());
    assertThat(page()).contains("leftfold_projection_handled_total{projection=\"sums\"} 9.0");
  }

  @Test
  void of_very_many_projections_only_so_many_are_shown() {
    var many = ProjectionMeters.SHOWN_MAX + 50;
    all.set(
        Optional.of(IntStream.range(0, many).mapToObj(n -> figures("p" + n, n, false)).toList()));

    var page = page();
    assertThat(page).contains("leftfold_projections 250.0");
    assertThat(page.lines().filter(line -> line.startsWith("leftfold_projection_parked{")))
        .hasSize(ProjectionMeters.SHOWN_MAX);
  }
}

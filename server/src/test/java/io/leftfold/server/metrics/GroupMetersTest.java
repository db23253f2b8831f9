// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GroupMetersTest {

  private static final Pattern NAME = Pattern.compile("leftfold_group_[a-z_]+");

  private final ServerMetrics metrics = new ServerMetrics(() -> 0, "test");

  @AfterEach
  void close() {
    metrics.close();
  }

  private List<String> names(String text) {
    return NAME.matcher(text).results().map(found -> found.group()).sorted().distinct().toList();
  }

  private String page() {
    return metrics.page("").text();
  }

  @Test
  void a_group_is_shown_as_documented_until_it_is_gone() throws IOException {
    var gone =
        metrics.showGroup(
            "account-1", "mail", () -> Optional.of(new GroupFigures(1, 2, 3, 4, 5, 6, 7, 8.5)));

    var page = page();
    assertThat(page)
        .contains("leftfold_group_lag_seconds{group=\"mail\",stream=\"account-1\"} 8.5")
        .contains("leftfold_group_parked{group=\"mail\",stream=\"account-1\"} 6.0");
    assertThat(names(page))
        .isEqualTo(names(Files.readString(Path.of("..", "docs", "reference", "metrics.md"))));

    gone.run();
    assertThat(page()).doesNotContain("mail").contains("leftfold_groups 0.0");
  }

  @Test
  void of_a_group_that_does_not_answer_nothing_is_known_but_what_was_counted() {
    var answers = new AtomicReference<>(Optional.of(new GroupFigures(1, 2, 3, 4, 5, 6, 7, 8)));
    metrics.showGroup("account-1", "mail", answers::get);
    assertThat(page()).contains("leftfold_group_in_flight{group=\"mail\",stream=\"account-1\"} 3");

    answers.set(Optional.empty());

    assertThat(page())
        .contains("leftfold_group_in_flight{group=\"mail\",stream=\"account-1\"} NaN")
        .contains("leftfold_group_retries_total{group=\"mail\",stream=\"account-1\"} 5.0");
  }

  @Test
  void of_very_many_groups_only_so_many_are_shown() {
    var gone = new ArrayList<Runnable>();
    for (var i = 0; i < GroupMeters.SHOWN_MAX + 50; i++) {
      gone.add(metrics.showGroup("account-" + i, "mail", Optional::empty));
    }

    var page = page();
    assertThat(page).contains("leftfold_groups 250.0", "leftfold_groups_hidden 50.0");
    assertThat(page.lines().filter(line -> line.startsWith("leftfold_group_parked{")))
        .hasSize(GroupMeters.SHOWN_MAX);

    gone.forEach(Runnable::run);
    assertThat(page()).contains("leftfold_groups 0.0", "leftfold_groups_hidden 0.0");
  }
}

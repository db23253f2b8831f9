// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Results of partitions that stand in one stream, because its name has no place for the partition.
final class SharedResultsTest {

  private static final String SUMS =
      """
      fromCategory('account').foreachStream().when({
        $init: () => ({ sum: 0 }), Deposited(s, e) { s.sum += e.body.amount; }
      }).transformBy(s => ({ sum: s.sum })).filterBy(s => s.sum < 100).outputTo('links', 'results')
      """;

  private final Fixture fixture =
      new Fixture(LocalEventStore.inMemory(), ProjectionOptions.defaults());

  @AfterEach
  void close() {
    fixture.close();
  }

  private long deposit(String account, int amount) {
    return fixture.append(account, "Deposited", "{\"amount\":%d}".formatted(amount));
  }

  /// What the links lead to.
  private List<String> linked() {
    return fixture
        .store
        .read(StreamName.of("links"), ReadOptions.forwards().resolvingLinks())
        .events()
        .stream()
        .map(RecordedEvent::dataAsText)
        .toList();
  }

  private void assertThatEachIsLinkedOnce() {
    var results = fixture.events("results");
    assertThat(fixture.texts("links"))
        .isEqualTo(results.stream().map(event -> event.revision() + "@" + event.stream()).toList());
    assertThat(linked()).isEqualTo(fixture.texts("results"));
  }

  @Test
  void links_lead_to_the_results_of_whatever_partition() {
    fixture.projections.create(
        NewProjection.continuous("sums", SUMS)
            .with(ProjectionConfig.DEFAULT.withCheckpoints(1, 10_000, 0)));
    deposit("account-1", 5);
    deposit("account-2", 70);
    fixture.awaitStep("sums", deposit("account-1", 1));
    // What others write there has numbers too.
    fixture.append("results", "Note", "{}");
    fixture.reopen();
    deposit("account-3", 7);
    fixture.awaitStep("sums", deposit("account-2", 90));

    assertThat(linked())
        .containsExactly("{\"sum\":5}", "{\"sum\":70}", "{\"sum\":6}", "{\"sum\":7}", "");
    assertThat(fixture.texts("links"))
        .containsExactly("0@results", "1@results", "2@results", "4@results", "5@results");
  }

  @Test
  void results_of_one_step_follow_each_other() {
    for (var account = 1; account <= 20; account++) {
      deposit("account-" + account, account);
    }
    var last = deposit("account-3", 1);
    fixture.projections.create(NewProjection.continuous("sums", SUMS));
    fixture.awaitStep("sums", last);

    assertThat(linked()).hasSize(20).contains("{\"sum\":4}", "{\"sum\":20}");
    assertThatEachIsLinkedOnce();
  }

  @Test
  void a_query_links_each_of_its_results_too() {
    for (var account = 1; account <= 520; account++) {
      deposit("account-" + account, account % 7);
    }
    fixture.projections.create(NewProjection.transientQuery("q", SUMS));
    fixture.awaitState("q", ProjectionState.COMPLETED);

    assertThat(linked()).hasSize(520);
    assertThatEachIsLinkedOnce();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.Commit;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ten thousand partitions, on the real engine.
final class ManyPartitionsTest {

  private static final String SUMS =
      """
      fromAll().foreachStream().when({
        $init: () => ({ sum: 0 }),
        Added(s, e) {
          if (e.body.n > 90) throw new Error('too much');
          s.sum += e.body.n;
        }
      })
      """;
  private static final long STATE_BYTES = 100_000;

  @TempDir private Path directory;
  private Fixture fixture;

  @BeforeEach
  void open() {
    fixture =
        new Fixture(
            LocalEventStore.open(directory, EngineOptions.defaults()),
            ProjectionOptions.defaults()
                .withStateBytesMax(STATE_BYTES)
                .with(ProjectionLimits.DEFAULT.withPartitionsKept(100)));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void one_that_throws_holds_up_none_of_the_others_and_memory_stays_bounded() {
    fixture.projections.create(
        NewProjection.continuous("sums", SUMS)
            .with(ProjectionConfig.DEFAULT.withFailurePolicy(FailurePolicy.PARK_PARTITION)));
    var last = append(20, i -> i == 4_711);
    fixture.awaitStep("sums", last);

    var now = fixture.projections.statistics("sums");
    assertThat(now.parked()).isEqualTo(1);
    assertThat(now.handled()).isEqualTo(19_998);
    assertThat(now.partitions()).isEqualTo(9_999);
    assertThat(fixture.state("sums", "p9999")).isEqualTo("{\"sum\":2}");
    assertThat(fixture.state("sums", "p4711")).isEmpty();
    Fixture.await(() -> fixture.projections.statistics("sums").writesInProgress() == 0);
    now = fixture.projections.statistics("sums");
    assertThat(now.partitionStateCacheSize()).isLessThanOrEqualTo(STATE_BYTES);
    assertThat(now.partitionStateCacheEvictions()).isPositive();
  }

  @Test
  void none_is_lost_if_all_of_them_throw() {
    fixture.projections.create(
        NewProjection.continuous("sums", SUMS)
            .with(ProjectionConfig.DEFAULT.withFailurePolicy(FailurePolicy.PARK_PARTITION)));
    fixture.awaitStep("sums", append(20, _ -> true));
    fixture.reopen();
    fixture.awaitStep("sums", append(1, _ -> false));

    var now = fixture.projections.statistics("sums");
    assertThat(now.parked()).isEqualTo(10_000);
    assertThat(now.handled()).isZero();
    assertThat(now.skipped()).isEqualTo(21_000);
    var partitions = new HashSet<String>();
    var from = 0L;
    for (var page = fixture.projections.parked("sums", from, 3_000);
        !page.isEmpty();
        page = fixture.projections.parked("sums", from, 3_000)) {
      page.forEach(event -> assertThat(partitions.add(event.partition().orElseThrow())).isTrue());
      from = page.getLast().position() + 1;
    }
    assertThat(partitions).hasSize(10_000);
  }

  /// Two events of each partition.
  ///
  /// @param blocks of 500 partitions
  /// @param throwing whether the first one makes the script fail, by the number of the partition
  private long append(int blocks, IntPredicate throwing) {
    var last = 0L;
    for (var block = 0; block < blocks; block++) {
      var parts = new ArrayList<StreamAppend>();
      for (var i = block * 500; i < block * 500 + 500; i++) {
        parts.add(
            StreamAppend.of(
                StreamName.of("p" + i),
                ExpectedState.any(),
                ProposedEvent.json("Added", "{\"n\":%d}".formatted(throwing.test(i) ? 99 : 1)),
                ProposedEvent.json("Added", "{\"n\":1}")));
      }
      last = fixture.store.append(Commit.of(parts)).position().orElseThrow();
    }
    return last;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.AppendCondition;
import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Head;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.disk.FaultyDisk.Fault;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Conditions where they are hard to judge: among appends that share a batch.
@ExtendWith(QuietEngine.class)
final class BoundaryTest {

  private static final StreamName STREAM = StreamName.of("courses");
  private static final Tag RED = Tag.of("red");
  private static final Query OF_RED = Query.of(Query.tagged(RED));

  /// An append that was handed in, and what became of it.
  private static final class Handed implements AppendCompletion {
    final Commit commit;
    private final CountDownLatch told = new CountDownLatch(1);
    @Nullable AppendResult result;
    @Nullable LeftfoldException refusal;

    Handed(Commit commit) {
      this.commit = commit;
    }

    @Override
    public void completed(AppendResult result) {
      this.result = result;
      told.countDown();
    }

    @Override
    public void failed(LeftfoldException reason) {
      refusal = reason;
      told.countDown();
    }

    Handed await() {
      await(told);
      return this;
    }

    static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /// Hands all commits in while the writing thread is held up, so that it takes them together.
  private static List<Handed> together(LocalEventStore store, List<Commit> commits) {
    var all = new CountDownLatch(1);
    store.append(
        List.of(new StreamAppend(STREAM, ExpectedState.any(), List.of())),
        new AppendCompletion() {
          @Override
          public void completed(AppendResult result) {
            Handed.await(all);
          }

          @Override
          public void failed(LeftfoldException reason) {}
        });
    var handed = commits.stream().map(Handed::new).toList();
    handed.forEach(each -> store.append(each.commit, each));
    all.countDown();
    handed.forEach(Handed::await);
    return handed;
  }

  private static Commit red(String stream, Head after) {
    return Commit.of(
            StreamAppend.of(
                StreamName.of(stream),
                ExpectedState.any(),
                ProposedEvent.json("Taken", "{}").withTags(RED)))
        .onlyIf(AppendCondition.noneMatch(OF_RED).after(after));
  }

  @Test
  void of_a_batch_of_appends_that_exclude_each_other_the_first_is_written() {
    try (var store = LocalEventStore.inMemory()) {
      var commits = IntStream.range(0, 1000).mapToObj(i -> red("stream-" + i, Head.START)).toList();

      var handed = together(store, commits);

      var written = Objects.requireNonNull(handed.getFirst().result).position().orElseThrow();
      for (var other : handed.subList(1, handed.size())) {
        assertThat(other.refusal)
            .isInstanceOfSatisfying(
                ConditionFailedException.class,
                failed -> assertThat(failed.positions()).containsExactly(written));
      }
      assertThat(store.read(OF_RED, ReadOptions.forwards()).events()).hasSize(1);
    }
  }

  @Test
  void of_a_batch_of_followers_at_the_same_place_one_is_written() {
    try (var store = LocalEventStore.inMemory()) {
      var commits =
          IntStream.range(0, 300)
              .mapToObj(i ->
                  Commit.of(
                          StreamAppend.of(
                              STREAM, ExpectedState.any(), ProposedEvent.json("Seen", "{}")))
                      .tracking("upstream", 1 + i / 100))
              .toList();

      var handed = together(store, commits);

      assertThat(handed.stream().filter(each -> each.result != null).map(handed::indexOf))
          .containsExactly(0, 100, 200);
      assertThat(handed.get(150).refusal)
          .isInstanceOfSatisfying(
              AlreadyTrackedException.class,
              refusal -> assertThat(refusal.recorded()).isEqualTo(2));
      assertThat(store.trackingPosition("upstream")).hasValue(3);
    }
  }

  /// Whatever is handed in together, each answer is right for the place in the order of commits
  /// that the append got. Chunks are small, so that batches are published in parts, and the index
  /// is in many files.
  @Test
  void each_answer_is_right_for_its_place_in_the_order_of_commits() {
    Seeds.each(
        60,
        seed -> {
          var random = new Random(seed);
          var disk = new FaultyDisk(seed);
          var options = StoreRig.options(seed, 4096L << random.nextInt(3));
          var index = StoreRig.smallIndex(seed, false);
          try (var store = LocalEventStore.on(disk, disk, options, index)) {
            for (var burst = 0; burst < 4; burst++) {
              var end = store.lastPosition().orElseThrow() + 1;
              var commits = IntStream.range(0, 40).mapToObj(i -> someCommit(random, end)).toList();
              assertAreRight(store, end, together(store, commits));
            }
          }
        });
  }

  private static Commit someCommit(Random random, long end) {
    var parts = new ArrayList<StreamAppend>();
    for (var i = random.nextInt(2); i >= 0; i--) {
      var stream = StreamName.of((random.nextInt(8) == 0 ? "$s-" : "s-") + i);
      var events = new ArrayList<ProposedEvent>();
      for (var j = random.nextInt(3); j >= 0; j--) {
        var tags = new LinkedHashSet<Tag>();
        for (var k = random.nextInt(3); k > 0; k--) {
          tags.add(Tag.of("t" + random.nextInt(6)));
        }
        events.add(
            ProposedEvent.json("T" + random.nextInt(4), "x".repeat(random.nextInt(200)))
                .withTags(tags.toArray(Tag[]::new)));
      }
      parts.add(new StreamAppend(stream, ExpectedState.any(), events));
    }
    var commit = Commit.of(parts);
    for (var i = random.nextInt(3); i > 0; i--) {
      var query = Query.everything();
      for (var items = 1 + random.nextInt(2); items > 0; items--) {
        var item =
            random.nextInt(4) == 0
                ? Query.typed("T" + random.nextInt(4), "T" + random.nextInt(5))
                : Query.tagged(Tag.of("t" + random.nextInt(6)), Tag.of("t" + random.nextInt(6)));
        query = query.or(random.nextInt(3) == 0 ? item.ofTypes("T" + random.nextInt(4)) : item);
      }
      var after = new Head(Math.max(0, end - 3 + random.nextInt(random.nextInt(20) + 4)));
      commit = commit.onlyIf(AppendCondition.noneMatch(query).after(after));
    }
    return commit;
  }

  private static void assertAreRight(LocalEventStore store, long end, List<Handed> handed) {
    var log = store.readAll(ReadOptions.forwards()).events();
    var next = end;
    for (var each : handed) {
      var before = log.subList(0, (int) next);
      var failed =
          each.commit.conditions().stream()
              .map(condition -> conflicts(before, condition))
              .filter(positions -> !positions.isEmpty())
              .findFirst();
      if (failed.isPresent()) {
        assertThat(each.refusal)
            .isInstanceOfSatisfying(
                ConditionFailedException.class,
                refusal -> assertThat(refusal.positions()).isEqualTo(failed.get()));
      } else {
        assertThat(each.refusal).isNull();
        next += each.commit.parts().stream().mapToInt(part -> part.events().size()).sum();
        assertThat(Objects.requireNonNull(each.result).position()).hasValue(next - 1);
      }
    }
    assertThat((long) log.size()).isEqualTo(next);
  }

  private static List<Long> conflicts(List<RecordedEvent> log, AppendCondition condition) {
    return log.stream()
        .filter(event -> event.position() >= condition.after().end())
        .filter(condition.query()::matches)
        .map(RecordedEvent::position)
        .limit(ConditionFailedException.POSITIONS_MAX)
        .toList();
  }

  @Test
  void a_refusal_that_rests_on_a_lost_commit_is_not_told() {
    var disk = new FaultyDisk(1);
    var options = StoreRig.options(1, 64 << 10);
    try (var store = LocalEventStore.on(disk, options)) {
      disk.failing(Fault.SYNC_FAILS, 1);

      var handed = together(store, List.of(red("a-1", Head.START), red("a-2", Head.START)));

      assertThat(handed)
          .allSatisfy(each -> assertThat(each.refusal).isInstanceOf(UnavailableException.class));
      assertThat(store.read(OF_RED, ReadOptions.forwards()).events()).isEmpty();
    }
  }

  @Test
  void conditions_and_tracking_hold_after_a_power_failure() {
    var disk = new FaultyDisk(2);
    var options = StoreRig.options(2, 4 << 10);
    Head head;
    try (var store = LocalEventStore.on(disk, options)) {
      try (var read = store.read(OF_RED, ReadOptions.forwards())) {
        head = read.head();
      }
      store.append(red("a-1", head).tracking("upstream", 7));
      disk = disk.afterPowerFailure();
    }
    try (var store = LocalEventStore.on(disk, options)) {
      var handed = together(store, List.of(red("a-2", head), red("a-2", Head.behind(2))));

      assertThat(handed.getFirst().refusal).isInstanceOf(ConditionFailedException.class);
      assertThat(handed.getLast().result).isNotNull();
      assertThat(store.trackingPosition("upstream")).hasValue(7);
      assertThat(
              together(store, List.of(red("a-3", Head.behind(9)).tracking("upstream", 7)))
                  .getFirst()
                  .refusal)
          .isInstanceOf(AlreadyTrackedException.class);
    }
  }
}

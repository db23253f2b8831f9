// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AsOf;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamSummary;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.index.IndexOptions;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.testkit.Step;
import io.leftfold.testkit.Steps;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Model against engine, with scavenges between the steps, some of which the power fails in. The
/// model is told what the engine forgot, and refuses to forget what may not be forgotten; all else
/// must be the same. Most of the stores have segments of a few events, and merge them.
@ExtendWith(QuietEngine.class)
final class ScavengeModelTest {

  @Test
  void a_store_that_forgets_answers_as_one_that_only_hides() {
    var forgotten = new AtomicLong();
    var interrupted = new AtomicLong();
    Seeds.each(
        25,
        seed -> {
          var history = new History(seed);
          history.run();
          forgotten.addAndGet(history.forgottenEvents);
          interrupted.addAndGet(history.interrupted);
        });
    assertThat(forgotten).as("events that were forgotten").hasPositiveValue();
    assertThat(interrupted).as("scavenges that the power failed in").hasPositiveValue();
  }

  /// What a store need not know after a scavenge: how a stream stood earlier.
  static boolean asksForWhatIsForgotten(Step step) {
    return switch (step) {
      case Step.Read(_, var options) -> !(options.asOf() instanceof AsOf.Now);
      case Step.ReadAll(var options) -> resolvesEarlier(options);
      case Step.ReadQuery(_, var options) -> resolvesEarlier(options);
      default -> false;
    };
  }

  private static boolean resolvesEarlier(ReadOptions options) {
    return options.resolveLinks() && !(options.asOf() instanceof AsOf.Now);
  }

  private static final class History {
    private final Random random;
    private final ManualClock clock = new ManualClock(Steps.START);
    private final InMemoryEventStore model = new InMemoryEventStore(clock);
    private final EngineOptions options;
    private final IndexOptions index;
    private final long seed;
    private final FaultyDisk backup;
    private FaultyDisk disk;
    private LocalEventStore store;
    private long forgottenEvents;
    private long interrupted;

    History(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.options = StoreRig.options(seed, 4096L << random.nextInt(2)).withClock(clock);
      this.disk = new FaultyDisk(seed);
      this.backup = new FaultyDisk(~seed);
      this.index =
          random.nextInt(4) == 0
              ? IndexOptions.standard(IndexOptions.TABLE_EVENTS, false, Runnable::run)
              : StoreRig.smallIndex(seed, false);
      this.store = open(disk);
    }

    void run() throws InterruptedException, IOException {
      for (var step : Steps.from(seed).take(200)) {
        switch (step) {
          case Step.Advance(var time) -> clock.advance(time);
          case Step.Reopen() -> reopen();
          default -> {
            if (!asksForWhatIsForgotten(step)) {
              compare(step);
            }
          }
        }
        if (random.nextInt(12) == 0) {
          scavenge();
        }
        if (random.nextInt(40) == 0) {
          store.backup(backup);
        }
      }
      scavenge();
      inspect();
      reopen();
      inspect();
      store.backup(backup);
      store.close();
      assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages()).isEmpty();
      assertThat(StoreIndex.verify(disk, disk, StoreCheck.Progress.none()).damages()).isEmpty();
      loseSegments();
      store = open(disk);
      inspect();
      store.close();
      assertThat(StoreIndex.verify(disk, disk, StoreCheck.Progress.none()).damages()).isEmpty();
      assertThat(StoreCheck.check(backup, StoreCheck.Progress.none()).damages()).isEmpty();
      store = open(backup);
      inspect();
      store.close();
    }

    /// What is forgotten is not in those that are made again.
    private void loseSegments() {
      for (var name : List.copyOf(disk.contents().keySet())) {
        if (name.endsWith(".index") && random.nextBoolean()) {
          disk.remove(name);
        }
      }
    }

    private LocalEventStore open(FaultyDisk disk) {
      return LocalEventStore.on(disk, disk, options, index);
    }

    private void reopen() {
      var before = disk;
      switch (random.nextInt(3)) {
        case 0 -> store.close();
        case 1 -> disk = before.afterKill();
        default -> disk = before.afterPowerFailure();
      }
      store.close();
      store = open(disk);
    }

    private void scavenge() throws InterruptedException {
      var crashes = random.nextInt(3) == 0;
      if (crashes) {
        disk.powerFailsAt(disk.operations() + 1 + random.nextInt(30));
      }
      var threshold = random.nextInt(3) == 0 ? random.nextInt(60) : 0;
      var ended = store.scavenge(ScavengeOptions.defaults().withThreshold(threshold)).await();
      if (crashes) {
        interrupted += ended.outcome() == ScavengeProgress.Outcome.ERRORED ? 1 : 0;
        var before = disk;
        disk = random.nextBoolean() ? before.afterPowerFailure() : before.afterKill();
        store.close();
        store = open(disk);
      } else {
        assertThat(ended.outcome()).as(ended.reason()).isEqualTo(ScavengeProgress.Outcome.SUCCESS);
      }
      tellTheModel();
    }

    /// What the engine recorded of its scavenge, and what it forgot.
    private void tellTheModel() {
      var last = model.lastPosition().orElseThrow();
      var forgotten = forgotten();
      for (var event : store.readAll(ReadOptions.forwards().from(last + 1)).events()) {
        model.append(event.stream(), ExpectedState.any(), StoreRig.proposed(event));
      }
      assertThat(model.lastPosition()).isEqualTo(store.lastPosition());
      var known =
          model.readAll(ReadOptions.forwards()).events().stream()
              .map(RecordedEvent::position)
              .collect(Collectors.toSet());
      forgotten.retainAll(known);
      forgottenEvents += forgotten.size();
      model.forget(forgotten);
    }

    private Set<Long> forgotten() {
      var all =
          LongStream.rangeClosed(0, store.lastPosition().orElseThrow())
              .boxed()
              .collect(Collectors.toCollection(HashSet::new));
      store.readAll(ReadOptions.forwards()).events().forEach(event -> all.remove(event.position()));
      return all;
    }

    private void inspect() {
      compare(new Step.ReadAll(ReadOptions.forwards()));
      compare(new Step.ReadAll(ReadOptions.backwards().resolvingLinks()));
      compare(new Step.ListStreams(ListOptions.all()));
      for (var virtual :
          List.of("$ce-account", "$et-Paid", "$streams", "$category-account", "$category-order")) {
        compare(new Step.Read(StreamName.of(virtual), ReadOptions.forwards()));
        compare(new Step.State(StreamName.of(virtual)));
      }
      for (var stream :
          model.streams(ListOptions.all()).stream().map(StreamSummary::name).toList()) {
        compare(new Step.State(stream));
        compare(new Step.Read(stream, ReadOptions.forwards()));
        compare(new Step.Read(stream, ReadOptions.backwards()));
      }
    }

    private void compare(Step step) {
      assertThat(step.applyTo(store)).as("%s", step).isEqualTo(step.applyTo(model));
    }
  }
}

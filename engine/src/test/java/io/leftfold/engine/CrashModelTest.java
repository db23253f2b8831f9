// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.EventStore;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.index.IndexOptions;
import io.leftfold.testkit.ModelComparison;
import io.leftfold.testkit.Steps;
import java.time.Clock;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Model against engine, where to open again means that the power failed or the process was killed.
@ExtendWith(QuietEngine.class)
final class CrashModelTest {

  @Test
  void a_store_that_crashes_between_steps_answers_as_one_that_never_does() {
    Seeds.each(
        150,
        seed -> {
          var steps = Steps.from(seed).take(120);
          ModelComparison.run(seed, steps, clock -> new Crashing(seed, clock));
        });
  }

  /// A store on a disk that survives it.
  private static final class Crashing implements ModelComparison.Candidate {
    private final Random random;
    private final EngineOptions options;
    private final IndexOptions indexOptions;
    private FaultyDisk disk;
    private LocalEventStore store;

    Crashing(long seed, Clock clock) {
      this.random = new Random(seed);
      var chunkBytesMax = 4096L << random.nextInt(4);
      this.options = StoreRig.options(seed, chunkBytesMax).withClock(clock);
      this.indexOptions = StoreRig.smallIndex(seed, false);
      this.disk = new FaultyDisk(seed);
      this.store = LocalEventStore.on(disk, disk, options, indexOptions);
    }

    @Override
    public EventStore store() {
      return store;
    }

    @Override
    public void reopen() {
      var before = disk;
      switch (random.nextInt(3)) {
        case 0 -> store.close();
        case 1 -> disk = before.afterKill();
        default -> disk = before.afterPowerFailure();
      }
      store.close();
      store = LocalEventStore.on(disk, disk, options, indexOptions);
    }

    @Override
    public void close() {
      store.close();
    }
  }
}

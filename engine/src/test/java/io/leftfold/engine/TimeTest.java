// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The position at a time in a log of many files: sealed, open, opened again, damaged.
@ExtendWith(QuietEngine.class)
final class TimeTest {

  private static final int CHUNK_BYTES = 4 << 10;
  private static final Instant START = Instant.parse("2026-07-17T14:02:00.123456Z");

  private final ManualClock clock = new ManualClock(START);

  private EngineOptions options(long seed) {
    return StoreRig.options(seed, CHUNK_BYTES).withClock(clock);
  }

  /// Some sixty events in more than three files; some share a time, some are hours apart.
  private List<RecordedEvent> fill(FaultyDisk disk, long seed) {
    var random = new Random(seed);
    try (var store = LocalEventStore.on(disk, options(seed))) {
      while (store.stats().chunks() < 5) {
        clock.advance(
            switch (random.nextInt(4)) {
              case 0 -> Duration.ZERO;
              case 1 -> Duration.ofNanos(1 + random.nextInt(2_000));
              case 2 -> Duration.ofHours(random.nextInt(9));
              default -> Duration.ofHours(-1);
            });
        var events = new ArrayList<ProposedEvent>();
        for (var i = random.nextInt(3); i >= 0; i--) {
          events.add(ProposedEvent.binary("Paid", new byte[random.nextInt(700)]));
        }
        store.append(StreamName.of("account-" + random.nextInt(3)), ExpectedState.any(), events);
      }
      assertPositions(store, store.readAll(ReadOptions.forwards()).events());
      return store.readAll(ReadOptions.forwards()).events();
    }
  }

  private static void assertPositions(LocalEventStore store, List<RecordedEvent> events) {
    var end = store.lastPosition().orElseThrow() + 1;
    for (var event : events) {
      for (var nanos : List.of(-1000L, -1L, 0L, 1L, 1000L)) {
        var time = event.recorded().plusNanos(nanos);
        var expected =
            events.stream()
                .filter(other -> !other.recorded().isBefore(time))
                .findFirst()
                .map(RecordedEvent::position)
                .orElse(end);
        assertThat(store.positionAt(time)).as("%s", time).isEqualTo(expected);
      }
    }
  }

  @Test
  void it_is_found_in_sealed_and_open_files() {
    Seeds.each(8, this::findInSealedAndOpenFiles);
  }

  private void findInSealedAndOpenFiles(long seed) {
    var disk = new FaultyDisk(seed);
    var events = fill(disk, seed);

    try (var reopened = LocalEventStore.on(disk, options(seed))) {
      assertPositions(reopened, events);
    }
    try (var readOnly = LocalEventStore.on(disk, options(seed).forReadingOnly())) {
      assertPositions(readOnly, events);
    }
  }

  /// What can be read is found by its time; what is damaged is passed over.
  @Test
  void damage_is_passed_over() {
    Seeds.each(16, this::passOverDamage);
  }

  private void passOverDamage(long seed) {
    var disk = new FaultyDisk(seed);
    var events = fill(disk, seed);
    var random = new Random(seed);
    var files =
        disk.contents().keySet().stream()
            .filter(name -> name.startsWith("chunk"))
            .sorted()
            .toList();
    var victim = files.get(random.nextInt(files.size() - 1));
    if (random.nextBoolean()) {
      disk.remove(victim);
    } else {
      var size = Objects.requireNonNull(disk.contents().get(victim)).length;
      for (var i = 0; i < 3; i++) {
        disk.flip(victim, 64 + random.nextInt(size - 64), i);
      }
    }

    try (var damaged = LocalEventStore.on(disk, options(seed).forReadingOnly())) {
      var whole = events.stream().filter(event -> canBeRead(damaged, event)).toList();
      assertThat(whole).isNotEmpty();
      assertPositions(damaged, whole);
    }
  }

  private static boolean canBeRead(LocalEventStore store, RecordedEvent event) {
    try (var read = store.readAll(ReadOptions.forwards().from(event.position()).limit(1))) {
      return read.iterator().hasNext() && read.iterator().next().original().equals(event);
    } catch (CorruptLogException e) {
      return false;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.log.EncodedRecords;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.LogOptions;
import io.leftfold.testkit.ManualClock;
import io.leftfold.testkit.Steps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a store keeps when the power fails or its process is killed.
@ExtendWith(QuietEngine.class)
final class CrashTest {

  private static final String CHUNK = "chunk-000000.log";

  @ParameterizedTest
  @ValueSource(longs = {4 << 10, 64 << 10})
  void every_acknowledged_event_survives_once_and_in_order(long chunkBytesMax) {
    Seeds.each(
        100,
        seed -> {
          var random = new Random(seed);
          var rig = new StoreRig(seed, chunkBytesMax).withSmallIndex();
          var disk = new FaultyDisk(seed);
          for (var crashes = 0; crashes < 3; crashes++) {
            disk.powerFailsAt(disk.operations() + 1 + random.nextInt(80));
            rig.appendBursts(disk, 12);
            disk = random.nextInt(3) == 0 ? disk.afterKill() : disk.afterPowerFailure();
            rig.check(disk);
          }
        });
  }

  @Test
  void a_commit_that_is_shown_is_durable_already() {
    Seeds.each(
        40,
        seed -> {
          var rig = new StoreRig(seed, 16 << 10);
          var disk = new FaultyDisk(seed);
          var shown = 0L;
          try (var store = rig.open(disk)) {
            for (var i = 0; i < 5; i++) {
              rig.appendBurst(store, 4);
            }
            shown = store.lastPosition().orElseThrow();
            disk = disk.afterPowerFailure();
          }
          try (var store = rig.open(disk)) {
            assertThat(store.lastPosition().orElseThrow()).isGreaterThanOrEqualTo(shown);
            assertThat(store.recovery()).isEmpty();
          }
        });
  }

  @Test
  void a_torn_batch_is_cut_even_when_later_commits_of_it_are_whole() throws IOException {
    var rig = new StoreRig(1, 64 << 10);
    var disk = new FaultyDisk(1);
    try (var store = rig.open(disk)) {
      rig.appendBurst(store, 3);
    }
    var end = durableEnd(disk);
    var nextPosition = writeBatchOfTwo(disk);
    var torn = disk.bytes(CHUNK);
    var written = durableEnd(disk) - end;

    torn[end + 40] ^= 1;
    disk = new FaultyDisk(2);
    disk.put(CHUNK, torn);
    try (var store = rig.open(disk)) {
      var report = store.recovery().orElseThrow();
      assertThat(report.file()).isEqualTo("faulty:" + CHUNK);
      assertThat(report.offset()).isEqualTo(end);
      assertThat(report.bytes()).isBetween(written - 3L, (long) written);
      assertThat(report.nextPosition()).isEqualTo(nextPosition);
      assertThat(report)
          .hasToString(
              "Cut an unfinished commit of %d bytes behind byte %d of faulty:%s; the next event gets position %d"
                  .formatted(report.bytes(), end, CHUNK, nextPosition));
      rig.check(store);
      rig.appendBurst(store, 2);
    }
    rig.check(disk);
  }

  /// Writes two commits in one batch.
  ///
  /// @return the position of the first
  private static long writeBatchOfTwo(FaultyDisk disk) throws IOException {
    try (var log =
        Log.open(
            disk, new LogOptions(64 << 10, true, false), UUID::randomUUID, Clock.systemUTC())) {
      var writer = log.writer();
      for (var i = 0; i < 2; i++) {
        var event = ProposedEvent.json("Torn", "{\"n\":%d}".formatted(i));
        writer.begin();
        writer.add(EncodedRecords.of(StreamName.of("torn-" + i), List.of(event)), 0);
        writer.end();
      }
      writer.flush();
      return log.end();
    }
  }

  /// Where the last commit ends, as the mark of a clean close has it.
  private static int durableEnd(FaultyDisk disk) {
    var mark = disk.bytes("durable.mark");
    return (int) ByteBuffer.wrap(mark).order(ByteOrder.LITTLE_ENDIAN).getLong(16);
  }

  @Test
  void a_store_that_was_cut_is_sound_and_the_cut_is_a_note_before() {
    Seeds.each(
        30,
        seed -> {
          var rig = new StoreRig(seed, 16 << 10);
          var disk = new FaultyDisk(seed).powerFailsAt(20 + new Random(seed).nextInt(20));
          rig.appendBursts(disk, 10);
          disk = disk.afterPowerFailure();
          var before = StoreCheck.check(disk, StoreCheck.Progress.none());
          assertThat(before.isSound()).as("%s", before.damages()).isTrue();
          try (var store = rig.open(disk)) {
            assertThat(before.notes()).hasSize(store.recovery().isPresent() ? 1 : 0);
          }
          var after = StoreCheck.check(disk, StoreCheck.Progress.none());
          assertThat(after.damages()).isEmpty();
          assertThat(after.notes()).isEmpty();
        });
  }

  @Test
  void times_never_decrease_when_the_clock_goes_back_not_even_over_a_crash() {
    var clock = new ManualClock(Steps.START);
    var options = StoreRig.options(1, 4 << 10).withClock(clock);
    var disk = new FaultyDisk(1);
    for (var opening = 0; opening < 4; opening++) {
      try (var store = LocalEventStore.on(disk, options)) {
        for (var i = 0; i < 20; i++) {
          clock.advance(Duration.ofSeconds(i % 3 == 0 ? 30 : -20));
          store.append(StreamName.of("s"), ExpectedState.any(), ProposedEvent.json("Ticked", "{}"));
        }
        clock.advance(Duration.ofHours(-1));
        disk = disk.afterPowerFailure();
      }
    }
    try (var store = LocalEventStore.on(disk, options)) {
      var times =
          store.readAll(ReadOptions.forwards()).events().stream()
              .map(event -> event.recorded())
              .toList();
      assertThat(times).hasSize(81).isSorted();
      assertThat(times.getFirst()).isEqualTo(Steps.START);
    }
    assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages()).isEmpty();
  }

  @Test
  void a_commit_larger_than_a_chunk_survives_like_any_other() {
    Seeds.each(
        20,
        seed -> {
          var random = new Random(seed);
          var rig = new StoreRig(seed, 4 << 10);
          var disk = new FaultyDisk(seed);
          var large = new byte[40_000];
          random.nextBytes(large);
          try (var store = rig.open(disk)) {
            for (var i = 0; i < 3; i++) {
              store.append(
                  StreamName.of("large-1"),
                  ExpectedState.any(),
                  ProposedEvent.binary("Large", large),
                  ProposedEvent.json("Small", "{}"));
              store.append(
                  StreamName.of("small-1"), ExpectedState.any(), ProposedEvent.json("Small", "{}"));
            }
            disk = random.nextBoolean() ? disk.afterPowerFailure() : disk.afterKill();
          }
          try (var store = rig.open(disk)) {
            assertThat(store.lastPosition()).contains(9L);
            assertThat(store.read(StreamName.of("large-1"), ReadOptions.forwards()).events())
                .hasSize(6)
                .filteredOn(event -> event.type().equals("Large"))
                .allSatisfy(event -> assertThat(event.data()).isEqualTo(large));
            assertThat(store.stats().chunks()).isGreaterThan(3);
          }
          assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages()).isEmpty();
        });
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.disk.FaultyDisk.Fault;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is left of an index when the power fails or the process is killed while segments are
/// written and merged, and what becomes of it when its disk refuses.
@ExtendWith(QuietEngine.class)
final class IndexCrashTest {

  @Test
  void a_crash_at_each_single_step_leaves_an_index_that_finds_everything() {
    Seeds.each(
        3,
        seed -> {
          var whole = new FaultyDisk(seed);
          new StoreRig(seed, 64 << 10).withSmallIndex().appendBursts(whole, 12);
          for (var step = 1; step <= whole.operations(); step++) {
            var rig = new StoreRig(seed, 64 << 10).withSmallIndex();
            var disk = new FaultyDisk(seed * 1000 + step).powerFailsAt(step);
            rig.appendBursts(disk, 12);
            disk = step % 2 == 0 ? disk.afterKill() : disk.afterPowerFailure();
            rig.check(disk);
          }
        });
  }

  @Test
  void a_crash_while_an_index_is_made_anew_leaves_one_that_finds_everything() {
    Seeds.each(
        40,
        seed -> {
          var random = new Random(seed);
          var rig = new StoreRig(seed, 64 << 10).withSmallIndex();
          var disk = new FaultyDisk(seed);
          rig.appendBursts(disk, 12);
          for (var crashes = 0; crashes < 3; crashes++) {
            for (var name : disk.contents().keySet()) {
              if (name.endsWith(".index") && random.nextBoolean()) {
                disk.remove(name);
              }
            }
            disk.powerFailsAt(disk.operations() + 1 + random.nextInt(30));
            rig.appendBursts(disk, 2);
            disk = random.nextBoolean() ? disk.afterKill() : disk.afterPowerFailure();
          }
          rig.check(disk);
        });
  }

  @Test
  void without_sync_an_index_that_reaches_beyond_the_log_is_not_believed() {
    Seeds.each(
        60,
        seed -> {
          var random = new Random(seed);
          var rig = new StoreRig(seed, 64 << 10).withSmallIndex().withoutSync();
          var disk = new FaultyDisk(seed);
          for (var crashes = 0; crashes < 3; crashes++) {
            disk.powerFailsAt(disk.operations() + 1 + random.nextInt(150));
            rig.appendBursts(disk, 12);
            disk = disk.afterPowerFailure();
            rig.forgetAcknowledgements();
            rig.check(disk);
          }
        });
  }

  /// The disk of the index alone fails: the log, and so every append, goes on.
  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "RESIZE_FAILS")
  void when_segments_cannot_be_written_appends_and_reads_go_on(Fault fault) {
    Seeds.each(
        10,
        seed -> {
          var random = new Random(seed);
          var log = new FaultyDisk(seed);
          var index = new FaultyDisk(~seed);
          var rig = new StoreRig(seed, 64 << 10).withSmallIndex();
          try (var store = rig.open(log, index)) {
            index.failing(fault, 1 + random.nextInt(4));
            while (!index.struck()) {
              assertThat(rig.appendBurst(store, 3)).isTrue();
            }
            assertThat(rig.appendBurst(store, 3)).isTrue();
            rig.check(store);
            index.makeSpace();
            var before = store.indexState().segments();
            while (store.indexState().failure().isPresent()
                || store.indexState().segments() == before) {
              assertThat(rig.appendBurst(store, 3)).isTrue();
              before = Math.min(before, store.indexState().segments());
            }
            rig.check(store);
          }
          try (var store = rig.open(log.afterPowerFailure(), index.afterPowerFailure())) {
            rig.check(store);
          }
        });
  }

  @Test
  void a_flipped_bit_anywhere_in_a_segment_leads_to_a_new_one_and_never_to_a_wrong_answer() {
    Seeds.each(
        60,
        seed -> {
          var random = new Random(seed);
          var rig = new StoreRig(seed, 64 << 10).withSmallIndex();
          var disk = new FaultyDisk(seed);
          rig.appendBursts(disk, 12);
          var segments = StoreRig.segments(disk);
          if (segments.isEmpty()) {
            return; // a large table
          }
          var segment = segments.get(random.nextInt(segments.size()));
          var offset = random.nextInt(disk.bytes(segment).length);
          assertThat(verify(disk)).isEmpty();
          disk.flip(segment, offset, random.nextInt(8));
          assertThat(verify(disk))
              .extracting(CheckReport.Damage::file)
              .containsExactly("faulty:" + segment);
          try (var store = rig.open(disk)) {
            rig.checkRepeating(store);
          }
          assertThat(verify(disk)).as("after it was made again").isEmpty();
          rig.check(disk);
        });
  }

  @Test
  void a_damaged_segment_before_a_missing_one_does_not_keep_the_store_from_opening() {
    Seeds.each(
        60,
        seed -> {
          var random = new Random(seed);
          var rig = new StoreRig(seed, 64 << 10).withSmallIndex();
          var disk = new FaultyDisk(seed);
          rig.appendBursts(disk, 20);
          var segments = StoreRig.segments(disk);
          if (segments.size() < 3) {
            return; // a large table
          }
          var missing = 1 + random.nextInt(segments.size() - 2);
          disk.remove(segments.get(missing));
          for (var segment : segments.subList(0, missing)) {
            disk.flip(segment, random.nextInt(disk.bytes(segment).length), random.nextInt(8));
          }
          try (var store = rig.open(disk)) {
            rig.checkRepeating(store);
          }
          assertThat(verify(disk)).as("after it was made again").isEmpty();
          rig.check(disk);
        });
  }

  private static List<CheckReport.Damage> verify(FaultyDisk disk) {
    return StoreIndex.verify(disk, disk, StoreCheck.Progress.none()).damages();
  }
}

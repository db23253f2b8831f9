// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.Seeds;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.disk.FaultyDisk.Fault;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LogCrashTest {

  private static final LogOptions OPTIONS = new LogOptions(64 << 10, true, false);

  @ParameterizedTest
  @ValueSource(longs = {4 << 10, 16 << 10, 64 << 10})
  void whatever_crashes_follow_each_other_acknowledged_commits_stay(long chunkBytesMax) {
    Seeds.each(
        100,
        seed -> {
          var random = new Random(seed);
          var rig = new LogRig(seed, chunkBytesMax, true, 700);
          var disk = new FaultyDisk(seed);
          for (var crashes = 0; crashes < 5; crashes++) {
            disk.powerFailsAt(disk.operations() + 1 + random.nextInt(60));
            rig.write(disk, 10);
            disk = random.nextInt(3) == 0 ? disk.afterKill() : disk.afterPowerFailure();
            rig.check(disk);
          }
        });
  }

  @Test
  void a_crash_at_each_single_step_of_writing_sealing_and_creating_leaves_a_sound_log() {
    Seeds.each(
        4,
        seed -> {
          var whole = new FaultyDisk(seed);
          assertThat(new LogRig(seed, 4 << 10, true, 700).write(whole, 12)).isTrue();
          assertThat(whole.list().size()).as("chunks").isGreaterThan(3);
          for (var step = 1; step <= whole.operations(); step++) {
            var rig = new LogRig(seed, 4 << 10, true, 700);
            var disk = new FaultyDisk(seed * 1000 + step).powerFailsAt(step);
            rig.write(disk, 12);
            disk = disk.afterPowerFailure();
            rig.check(disk);
            assertThat(rig.write(disk, 3)).isTrue();
            rig.check(disk);
          }
        });
  }

  @Test
  void a_kill_at_each_single_step_and_a_power_failure_soon_after_lose_nothing() {
    Seeds.each(
        4,
        seed -> {
          var whole = new FaultyDisk(seed);
          new LogRig(seed, 4 << 10, true, 700).write(whole, 12);
          for (var step = 1; step <= whole.operations(); step++) {
            var rig = new LogRig(seed, 4 << 10, true, 700);
            var disk = new FaultyDisk(seed * 1000 + step).powerFailsAt(step);
            rig.write(disk, 12);
            disk = disk.afterKill().powerFailsAt(6 + step % 9);
            assertThat(rig.write(disk, 50)).isFalse();
            rig.check(disk.afterPowerFailure());
          }
        });
  }

  @Test
  void a_commit_that_was_cut_does_not_come_back_behind_one_of_the_same_size() throws IOException {
    var disk = new FaultyDisk(1);
    writeBatch(disk, "kept-1");
    var end = DurableMark.read(disk).orElseThrow().offset();
    writeBatch(disk, "torn-1", "torn-2");
    var torn = disk.bytes("chunk-000000.log");
    torn[(int) end + 50] ^= 1;
    disk = new FaultyDisk(2);
    disk.put("chunk-000000.log", torn);
    writeBatch(disk, "kept-2");
    disk = disk.afterPowerFailure();
    try (var log = Log.open(disk, OPTIONS, UUID::randomUUID, LogRig.CLOCK)) {
      assertThat(log.end()).isEqualTo(2);
      assertThat(log.cursor().moveTo(1).stream().value()).isEqualTo("kept-2");
      assertThat(log.recovery().cut()).isEmpty();
    }
  }

  private static void writeBatch(FaultyDisk disk, String... streams) throws IOException {
    try (var log = Log.open(disk, OPTIONS, UUID::randomUUID, LogRig.CLOCK)) {
      var writer = log.writer();
      for (var stream : streams) {
        var event = ProposedEvent.json("Happened", "{}");
        writer.begin();
        writer.add(EncodedRecords.of(StreamName.of(stream), List.of(event)), 0);
        writer.end();
      }
      writer.flush();
      writer.publish();
    }
  }

  @Test
  void a_crash_while_recovering_loses_nothing() {
    Seeds.each(
        100,
        seed -> {
          var random = new Random(seed);
          var rig = new LogRig(seed, 8 << 10, true, 700);
          var disk = new FaultyDisk(seed).powerFailsAt(1 + random.nextInt(40));
          rig.write(disk, 10);
          for (var again = 0; again < 3; again++) {
            disk = disk.afterPowerFailure().powerFailsAt(1 + random.nextInt(3));
            rig.write(disk, 0);
          }
          rig.check(disk.afterPowerFailure());
        });
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void after_a_failure_of_the_disk_acknowledged_commits_are_there_and_stay(Fault fault) {
    Seeds.each(
        60,
        seed -> {
          var random = new Random(seed);
          var rig = new LogRig(seed, 4 << 10, true, 700);
          var disk = new FaultyDisk(seed).failing(fault, 1 + random.nextInt(8));
          rig.write(disk, 15);
          disk.makeSpace();
          disk = disk.afterKill();
          disk.makeSpace();
          rig.check(disk);
          rig.write(disk, random.nextInt(3));
          rig.check(disk.afterPowerFailure());
        });
  }

  @Test
  void what_a_log_shows_after_a_kill_stays_when_the_power_fails() {
    Seeds.each(
        100,
        seed -> {
          var rig = new LogRig(seed, 64 << 10, true, 700);
          var disk = new FaultyDisk(seed).powerFailsAt(8 + new Random(seed).nextInt(20));
          rig.write(disk, 20);
          disk = disk.afterKill();
          rig.check(disk);
          rig.check(disk.afterPowerFailure());
        });
  }

  @Test
  void without_sync_a_log_opens_after_a_power_failure_and_ends_at_a_whole_commit() {
    Seeds.each(
        100,
        seed -> {
          var random = new Random(seed);
          var rig = new LogRig(seed, 32 << 10, false, 700);
          var disk = new FaultyDisk(seed).powerFailsAt(3 + random.nextInt(60));
          rig.write(disk, 20);
          rig.forgetAcknowledgements();
          rig.check(disk.afterPowerFailure());
        });
  }

  @Test
  void without_sync_a_log_keeps_acknowledged_commits_when_the_process_is_killed()
      throws IOException {
    Seeds.each(
        50,
        seed -> {
          var rig = new LogRig(seed, 16 << 10, false, 700);
          var disk = new FaultyDisk(seed).powerFailsAt(3 + new Random(seed).nextInt(60));
          rig.write(disk, 20);
          rig.check(disk.afterKill());
        });
  }
}

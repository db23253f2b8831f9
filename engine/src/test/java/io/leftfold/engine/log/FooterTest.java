// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.leftfold.api.CorruptLogException;
import io.leftfold.engine.Seeds;
import io.leftfold.engine.disk.FaultyDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// When footers are read, and when not.
final class FooterTest {

  private static final int CHUNK_BYTES = 4 << 10;

  private static FaultyDisk disk(LogRig rig, long seed) {
    var disk = new FaultyDisk(seed);
    assertThat(rig.write(disk, 30)).isTrue();
    return disk;
  }

  /// Damages whatever footer says of its records, so that nobody can read one without noticing.
  ///
  /// @return how many chunks, from the first on, have one
  private static int damageFooters(FaultyDisk disk, Log log) {
    var sealed = 0;
    for (var chunk : log.chunks()) {
      if (chunk.isSealed()) {
        disk.flip(ChunkNames.of(chunk.header), chunk.sizeBytes() - 32, 3);
        sealed++;
      }
    }
    return sealed;
  }

  @Test
  void opening_reads_none_but_that_of_the_newest_records() {
    Seeds.each(
        20,
        seed -> {
          var rig = new LogRig(seed, CHUNK_BYTES, true, 700);
          var disk = disk(rig, seed);
          long end;
          int damaged;
          try (var log = rig.open(disk)) {
            end = log.end();
            assertThat(log.chunkCount()).isGreaterThan(4);
            if (log.lastChunk().count() == 0) {
              return;
            }
            damaged = damageFooters(disk, log);
          }
          try (var log = rig.open(disk)) {
            assertThat(log.end()).isEqualTo(end);
            assertThat(log.cursor().moveTo(end - 1).position()).isEqualTo(end - 1);
            rig.writeBatch(log.writer(), 3);
            assertThat(log.cursor().moveTo(end).position()).isEqualTo(end);
            for (var chunk : log.chunks().subList(0, damaged)) {
              assertIsRefused(log, chunk);
            }
          }
        });
  }

  private static void assertIsRefused(Log log, Chunk chunk) {
    for (var position = chunk.firstPosition(); position < chunk.endPosition(); position++) {
      var wanted = position;
      var refused =
          catchThrowableOfType(CorruptLogException.class, () -> log.cursor().moveTo(wanted));
      assertThat(refused).as("event %d", position).isNotNull();
      assertThat(refused.file()).isEqualTo(chunk.file.describe());
      assertThat(refused)
          .hasMessageContaining(
              "events %d to %d cannot be read"
                  .formatted(chunk.firstPosition(), chunk.endPosition() - 1));
    }
  }

  /// The next commit may not be earlier than the last one, which only the footer knows.
  @Test
  void the_newest_records_are_never_in_a_chunk_whose_footer_was_not_checked() throws IOException {
    var rig = new LogRig(7, CHUNK_BYTES, true, 700);
    var written = disk(rig, 7);
    var disk = new FaultyDisk(7);
    String newest;
    try (var log = rig.open(written)) {
      var last = log.chunkCount();
      while (log.chunkCount() == last) {
        rig.writeBatch(log.writer(), 1);
      }
      newest = ChunkNames.of(log.chunks().get(last - 1).header);
      written.contents().forEach(disk::put);
      // As after a crash between the creation of a chunk and its first commit.
      var empty = disk.bytes(ChunkNames.of(last));
      Arrays.fill(empty, ChunkHeader.BYTES, empty.length, (byte) 0);
      disk.put(ChunkNames.of(last), empty);
    }
    var sound = disk.bytes(newest);
    for (var byteFromEnd : new int[] {64, 56, 48, 40, 32, 28, 24, 16, 8}) {
      disk.put(newest, sound);
      disk.flip(newest, sound.length - byteFromEnd, 2);
      var refused = catchThrowableOfType(CorruptLogException.class, () -> rig.open(disk).close());
      assertThat(refused).as("byte %d from the end", byteFromEnd).isNotNull();
      assertThat(refused.file()).isEqualTo("faulty:" + newest);
    }
    disk.put(newest, sound);
    rig.open(disk).close();
  }

  @Test
  void what_it_says_is_not_believed_though_its_checksum_is_right() {
    Seeds.each(
        200,
        seed -> {
          var rig = new LogRig(seed, CHUNK_BYTES, true, 700);
          var disk = disk(rig, seed);
          var name = ChunkNames.of(0);
          var bytes = disk.bytes(name);
          var random = new Random(seed);
          long footerAt;
          try (var log = rig.open(disk)) {
            footerAt = ChunkFooter.extent(log.chunks().getFirst().bytes(), false).commitsEnd();
          }
          var record = random.nextInt((int) ((bytes.length - 64 - footerAt) / 4));
          Bytes.putInteger(bytes, (int) footerAt + 4 * record, random.nextInt());
          var crc = new CRC32C();
          crc.update(bytes, (int) footerAt, bytes.length - 28 - (int) footerAt);
          Bytes.putInteger(bytes, bytes.length - 28, (int) crc.getValue());
          disk.put(name, bytes);
          try (var log = rig.open(disk)) {
            var refused =
                catchThrowableOfType(
                    CorruptLogException.class,
                    () -> {
                      for (var position = 0L; position < log.end(); position++) {
                        log.cursor().moveTo(position);
                      }
                    });
            assertThat(refused).isNotNull();
            assertThat(refused.file()).isEqualTo("faulty:" + name);
          }
        });
  }
}

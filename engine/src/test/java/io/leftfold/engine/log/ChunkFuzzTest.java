// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.ForgedFiles;
import io.leftfold.engine.QuietEngine;
import io.leftfold.engine.disk.MemoryDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever stands in a chunk, checksums made right: its header, commits, records and footer are
/// refused as damaged, or say what the file holds and nothing beyond it.
@ExtendWith(QuietEngine.class)
final class ChunkFuzzTest {

  private static final LogOptions OPTIONS = new LogOptions(1 << 20, true, true);

  static Stream<byte[]> chunks() throws IOException {
    return Stream.of(
        ForgedFiles.golden("v1/log/chunk-000000.log"),
        ForgedFiles.golden("v1/log/chunk-000001.log"),
        ForgedFiles.golden("v2/log/chunk-000000.1.log"));
  }

  @MethodSource("chunks")
  @FuzzTest
  void header_and_footer_say_what_is_there_or_are_refused(byte[] bytes) {
    var forged = MemorySegment.ofArray(ForgedFiles.withRightChecksums("chunk", bytes));
    try {
      var header = ChunkHeader.decode(forged);
      assertThat(ChunkHeader.decode(MemorySegment.ofBuffer(header.encode()))).isEqualTo(header);
      if (ChunkFooter.isPresent(forged)) {
        var footer = ChunkFooter.decode(forged, header.isScavenged());
        assertThat(footer.commitsEnd()).isBetween(0L, forged.byteSize());
        assertThat(footer.kinds()).allMatch(kind -> kind.type() != null);
      }
    } catch (DamagedException refused) {
      assertThat(refused.offset()).isBetween(0L, Math.max(forged.byteSize(), 1L << 31));
    }
  }

  @MethodSource("chunks")
  @FuzzTest
  void commits_and_records_are_read_or_refused(byte[] bytes) throws IOException {
    var forged = ForgedFiles.withRightChecksums("chunk", bytes);
    var disk = new MemoryDisk();
    disk.create("chunk-000000.log", forged.length).write(ByteBuffer.wrap(forged), 0);
    try (var log = Log.open(disk, OPTIONS, () -> new UUID(1, 2), LogRig.CLOCK)) {
      var inspection = new LogInspection(log, _ -> {}, _ -> {});
      inspection.inspect(0);
      var cursor = log.cursor();
      var seen = 0L;
      for (var position = 0L; position < log.end() && position < 1000; position++) {
        seen += read(cursor, position, forged.length) ? 1 : 0;
      }
      assertThat(seen).isLessThanOrEqualTo(forged.length / RecordFormat.HEADER_BYTES);
    } catch (CorruptLogException | UnavailableException refused) {
      // So it may be.
    }
  }

  /// All that a record can be asked for fits into the file.
  private static boolean read(RecordCursor cursor, long position, int fileBytes) {
    try {
      if (!cursor.moveToIfThere(position)) {
        assertThat(cursor.kindOf(position)).isNotNull();
        return false;
      }
      var event = cursor.event();
      assertThat(event.position()).isEqualTo(position);
      assertThat(event.data()).hasSize(cursor.dataLength());
      assertThat(event.metadata()).hasSize(cursor.metadataLength());
      assertThat(cursor.byteCount())
          .isGreaterThanOrEqualTo(
              RecordFormat.HEADER_BYTES
                  + cursor.streamLength()
                  + cursor.typeLength()
                  + cursor.metadataLength()
                  + cursor.dataLength())
          .isLessThan(fileBytes);
      var _ = cursor.correlationId();
      return true;
    } catch (CorruptLogException refused) {
      return true;
    }
  }
}

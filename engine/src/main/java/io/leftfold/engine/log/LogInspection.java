// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.CorruptLogException;
import java.util.function.Consumer;

/// Checks everything in a log: every commit, every footer, every record.
public final class LogInspection {
  private final Log log;
  private final Consumer<Finding> findings;
  private final Consumer<RecordCursor> records;
  private long lastTime;

  /// Something that is not as it should be.
  ///
  /// @param file the chunk
  /// @param offset the byte in it
  /// @param text what was expected and what was found
  public record Finding(String file, long offset, String text) {}

  /// Over a log that was opened for reading.
  ///
  /// @param findings is told of each
  /// @param records is shown each sound record, in order
  public LogInspection(Log log, Consumer<Finding> findings, Consumer<RecordCursor> records) {
    this.log = log;
    this.findings = findings;
    this.records = records;
  }

  /// Checks one chunk.
  ///
  /// @param number from 0, below [Log#chunkCount()]
  /// @return how many bytes of it were checked
  public long inspect(int number) {
    var chunk = log.chunks().get(number);
    inspectCommits(chunk);
    inspectRecords(chunk);
    return chunk.sizeBytes();
  }

  private void inspectCommits(Chunk chunk) {
    var footer = footer(chunk);
    var limit = footer == null ? chunk.sizeBytes() : footer.commitsEnd();
    var scanner = new CommitScanner(chunk.bytes(), chunk.header.number(), limit);
    var checksum = new CommitsChecksum();
    var position = chunk.firstPosition();
    while (scanner.next()) {
      checksum.add(scanner.crc());
      if (scanner.position() != position) {
        find(
            chunk,
            scanner.offset(),
            "position %d expected, found %d".formatted(position, scanner.position()));
      }
      if (scanner.time() < lastTime) {
        find(
            chunk,
            scanner.offset(),
            "time %d or later expected, found %d".formatted(lastTime, scanner.time()));
      }
      lastTime = scanner.time();
      var at = scanner.offset() + CommitFormat.HEADER_BYTES;
      for (var i = scanner.count(); i > 0 && position < chunk.endPosition(); i--, position++) {
        if (chunk.offsetOf(position) != at) {
          find(
              chunk,
              at,
              "the footer has event %d at byte %d".formatted(position, chunk.offsetOf(position)));
        }
        at += chunk.bytes().get(Bytes.INT, at + RecordFormat.LENGTH);
      }
    }
    if (footer != null) {
      if (scanner.offset() != limit) {
        find(chunk, scanner.offset(), scanner.finding());
      } else if (checksum.value() != footer.commitsChecksum()) {
        find(
            chunk,
            limit,
            "checksum of commits %08x expected, found %08x"
                .formatted(footer.commitsChecksum(), checksum.value()));
      }
    }
  }

  private static @org.jspecify.annotations.Nullable ChunkFooter footer(Chunk chunk) {
    try {
      return chunk.isSealed() ? ChunkFooter.decode(chunk.bytes()) : null;
    } catch (DamagedException e) {
      throw new CorruptLogException(chunk.file.describe(), e.offset(), e.finding());
    }
  }

  private void inspectRecords(Chunk chunk) {
    var cursor = log.cursor();
    for (var position = chunk.firstPosition(); position < chunk.endPosition(); position++) {
      try {
        cursor.moveTo(position);
      } catch (CorruptLogException e) {
        find(chunk, e.offset(), e.getMessage() == null ? "damaged" : e.getMessage());
        continue;
      }
      records.accept(cursor);
    }
  }

  private void find(Chunk chunk, long offset, String text) {
    findings.accept(new Finding(chunk.file.describe(), offset, text));
  }
}

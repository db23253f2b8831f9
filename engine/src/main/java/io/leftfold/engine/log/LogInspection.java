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
  private long forgotten;

  /// Something that is not as it should be.
  ///
  /// @param file the chunk
  /// @param offset the byte in it
  /// @param text what was expected and what was found
  /// @param firstPosition the first of the chunk
  /// @param endPosition the one behind the last of the chunk
  public record Finding(
      String file, long offset, String text, long firstPosition, long endPosition) {}

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
    if (chunk.isHole()) {
      find(
          chunk,
          0,
          "events %d to %d expected here"
              .formatted(chunk.firstPosition(), chunk.endPosition() - 1));
      return 0;
    }
    inspectCommits(chunk);
    inspectRecords(chunk);
    return chunk.sizeBytes();
  }

  private void inspectCommits(Chunk chunk) {
    var footer = chunk.footer();
    var damaged = chunk.footerDamage();
    if (damaged != null) {
      find(chunk, damaged.offset(), damaged.finding());
    }
    var limit = footer == null ? chunk.sizeBytes() : footer.commitsEnd();
    var scanner = new CommitScanner(chunk.bytes(), chunk.header.number(), limit);
    var checksum = new CommitsChecksum();
    var position = chunk.firstPosition();
    var allWhole = true;
    while (scanner.next() || (footer != null && scanner.offset() != limit)) {
      if (scanner.end() == scanner.offset()) {
        allWhole = false;
        find(chunk, scanner.offset(), scanner.finding());
        if (!scanner.resynchronise()) {
          break;
        }
        position = scanner.position();
      }
      checksum.add(scanner.crc());
      position = inspectCommit(chunk, scanner, position);
    }
    if (footer != null && allWhole) {
      try {
        footer.requireChecksumOfCommits(checksum.value());
      } catch (DamagedException e) {
        find(chunk, e.offset(), e.finding());
      }
    }
  }

  /// Checks a whole commit.
  ///
  /// @return the position behind it
  private long inspectCommit(Chunk chunk, CommitScanner commit, long expectedPosition) {
    if (chunk.header.isScavenged()
        ? commit.position() < expectedPosition
        : commit.position() != expectedPosition) {
      find(
          chunk,
          commit.offset(),
          "position %d expected, found %d".formatted(expectedPosition, commit.position()));
    }
    if (commit.time() < lastTime) {
      find(
          chunk,
          commit.offset(),
          "time %d or later expected, found %d".formatted(lastTime, commit.time()));
    }
    lastTime = commit.time();
    try {
      commit.requireRecords(chunk.header, chunk.firstPosition(), Long.MAX_VALUE);
    } catch (DamagedException e) {
      find(chunk, e.offset(), e.finding());
      return expectedPosition;
    }
    var at = commit.offset() + CommitFormat.HEADER_BYTES;
    var position = commit.position();
    var end = position + commit.count();
    for (; position < end && at < commit.end(); position++) {
      if (position >= chunk.firstPosition()
          && position < chunk.endPosition()
          && chunk.offsetOf(position) != at) {
        find(
            chunk,
            at,
            "event %d expected here, found at byte %d"
                .formatted(position, chunk.offsetOf(position)));
      }
      at += chunk.bytes().get(Bytes.INT, at + RecordFormat.LENGTH);
    }
    return end;
  }

  private void inspectRecords(Chunk chunk) {
    var cursor = log.cursor();
    var there = 0L;
    for (var position = chunk.firstPosition(); position < chunk.endPosition(); position++) {
      try {
        if (!cursor.moveToIfThere(position)) {
          forgotten++;
          continue;
        }
      } catch (CorruptLogException e) {
        there++;
        find(chunk, e.offset(), e.getMessage() == null ? "damaged" : e.getMessage());
        continue;
      }
      there++;
      records.accept(cursor);
    }
    inspectCount(chunk, there);
  }

  private void inspectCount(Chunk chunk, long there) {
    var footer = chunk.footer();
    if (footer != null && chunk.header.isScavenged() && footer.kept() != there) {
      find(
          chunk,
          footer.commitsEnd(),
          "%d records expected, found %d".formatted(footer.kept(), there));
    }
  }

  /// How many events were passed so far of which a scavenge left no record.
  public long forgotten() {
    return forgotten;
  }

  private void find(Chunk chunk, long offset, String text) {
    findings.accept(
        new Finding(
            chunk.file.describe(), offset, text, chunk.firstPosition(), chunk.endPosition()));
  }
}

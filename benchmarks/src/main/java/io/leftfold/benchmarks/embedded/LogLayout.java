// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.StreamName;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// As much of the layout of the log as it takes to move the same bytes as the engine does.
///
/// | what | bytes |
/// |---|---|
/// | header of a chunk | 64 |
/// | commit | 32, its records, 4; its length stands first, the number of records at 28 |
/// | record | 48, stream, type, metadata, data; its length stands first, the distance to its commit at 8 |
///
/// The checksum of a record, at 4, is of the commit's time (8 bytes, at 16) and of what follows.
final class LogLayout {

  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static final int CHUNK_HEADER_BYTES = 64;
  static final int COMMIT_HEADER_BYTES = 32;
  static final int COMMIT_COUNT = 28;
  static final int COMMIT_TRAILER_BYTES = 4;
  static final int RECORD_HEADER_BYTES = 48;
  static final int COMMIT_TIME = 16;
  static final int RECORD_CHECKSUM = 4;
  static final int RECORD_DISTANCE = 8;

  private LogLayout() {}

  /// What one of [Events] takes in the log, without its commit.
  static int recordBytes(StreamName stream) {
    return RECORD_HEADER_BYTES + stream.value().length() + Events.TYPE.length() + Events.DATA_BYTES;
  }

  /// What a commit of some of [Events] takes.
  static int commitBytes(StreamName stream, int events) {
    return COMMIT_HEADER_BYTES + events * recordBytes(stream) + COMMIT_TRAILER_BYTES;
  }

  /// The chunks of a store, mapped.
  static List<MemorySegment> map(Path store, Arena arena) throws IOException {
    List<Path> files;
    try (var listed = Files.list(store.resolve("log"))) {
      files = listed.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
    var chunks = new ArrayList<MemorySegment>();
    for (var file : files) {
      try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
        chunks.add(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
      }
    }
    return chunks;
  }

  /// Copies records out of a chunk and compares their checksums: the least that reading one takes.
  static final class Checker {
    private final byte[] record = new byte[4096];
    private final byte[] time = new byte[Long.BYTES];
    private final CRC32C crc = new CRC32C();

    void check(MemorySegment chunk, long offset, int length) {
      MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, offset, record, 0, length);
      var commit = offset - chunk.get(INT, offset + RECORD_DISTANCE);
      MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, commit + COMMIT_TIME, time, 0, time.length);
      crc.reset();
      crc.update(time, 0, time.length);
      crc.update(record, RECORD_DISTANCE, length - RECORD_DISTANCE);
      if (chunk.get(INT, offset + RECORD_CHECKSUM) != (int) crc.getValue()) {
        throw new IllegalStateException("A record is damaged at " + offset);
      }
    }
  }

  /// What walks along records is told.
  @FunctionalInterface
  interface RecordVisitor {
    void visit(MemorySegment chunk, long offset, int length);
  }

  /// Goes along all records of a chunk.
  static void forEachRecord(MemorySegment chunk, RecordVisitor visitor) {
    var commit = (long) CHUNK_HEADER_BYTES;
    while (commit + COMMIT_HEADER_BYTES <= chunk.byteSize()) {
      var length = chunk.get(INT, commit);
      if (length < COMMIT_HEADER_BYTES
          || commit + length > chunk.byteSize()
          || chunk.get(INT, commit + length - COMMIT_TRAILER_BYTES) != length) {
        return; // the zeros behind the last commit, or the footer
      }
      var record = commit + COMMIT_HEADER_BYTES;
      for (var i = chunk.get(INT, commit + COMMIT_COUNT); i > 0; i--) {
        var recordLength = chunk.get(INT, record);
        visitor.visit(chunk, record, recordLength);
        record += recordLength;
      }
      commit += length;
    }
  }
}

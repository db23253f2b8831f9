// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.engine.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Writes a scavenged chunk: of each commit the records that stay, in runs without a gap. Each run
/// has the form of a commit, with the time of the one it is from; where a commit has its durable
/// end, a run has how many positions behind the first of its commit it begins.
final class GenerationWriter {

  private static final int BUFFER_BYTES = 1 << 20;

  private final ChunkHeader header;
  private final DiskFile file;
  private final Pace pace;
  private final int[] offsets;
  private final CommitScanner.CommitChecksum commitCrc;
  private final CommitsChecksum commitsCrc = new CommitsChecksum();
  private final RecordFormat.RecordChecksum recordCrc = new RecordFormat.RecordChecksum();

  private ByteBuffer buffer = newBuffer(BUFFER_BYTES);
  private long bufferAt;
  private long commitTime;
  private long commitFirst;
  private int runStart = -1;
  private int runRecords;
  private int nextPlace;

  /// @param file as long as it will be
  /// @param count of positions
  GenerationWriter(ChunkHeader header, DiskFile file, Pace pace, int count) {
    this.header = header;
    this.file = file;
    this.pace = pace;
    this.offsets = new int[count];
    this.commitCrc = new CommitScanner.CommitChecksum(header.number());
    buffer.put(header.encode());
  }

  /// @param first the position of the commit's first record, whatever has become of that
  void beginCommit(long time, long first) {
    commitTime = time;
    commitFirst = first;
  }

  /// Adds a record that stays.
  ///
  /// @param place of its position in the chunk
  void add(int place, MemorySegment old, boolean emptied) throws IOException {
    if (runStart >= 0 && place != nextPlace) {
      endRun();
    }
    if (runStart < 0) {
      beginRun(place);
    }
    var record = checked(old);
    if (emptied) {
      record = emptied(record);
    }
    ensureRoom(record.length + CommitFormat.TRAILER_BYTES);
    var at = buffer.position();
    Bytes.putInteger(record, RecordFormat.FRAME_DISTANCE, at - runStart);
    Bytes.putInteger(record, RecordFormat.CRC, recordCrc.of(commitTime, record, 0, record.length));
    buffer.put(record);
    offsets[place] = (int) (bufferAt + at);
    nextPlace = place + 1;
    runRecords++;
  }

  /// Its checksum is made anew, so the old one is looked at before.
  private byte[] checked(MemorySegment old) throws IOException {
    var record = old.toArray(ValueLayout.JAVA_BYTE);
    var expected = Bytes.integer(record, RecordFormat.CRC);
    var found = recordCrc.of(commitTime, record, 0, record.length);
    if (expected != found) {
      throw new IOException(
          "Record checksum %08x expected, found %08x; run \"leftfold check\""
              .formatted(expected, found));
    }
    return record;
  }

  /// The record without all that its event said.
  private static byte[] emptied(byte[] record) {
    var names =
        Bytes.unsignedShort(record, RecordFormat.STREAM_LENGTH)
            + Bytes.unsignedShort(record, RecordFormat.TYPE_LENGTH);
    var emptied = new byte[RecordFormat.HEADER_BYTES + names];
    System.arraycopy(record, 0, emptied, 0, emptied.length);
    Bytes.putInteger(emptied, RecordFormat.LENGTH, emptied.length);
    Bytes.putShort(emptied, RecordFormat.FLAGS, RecordFormat.FLAG_EMPTIED);
    Bytes.putLong(emptied, RecordFormat.ID_HIGH, 0);
    Bytes.putLong(emptied, RecordFormat.ID_LOW, 0);
    Bytes.putShort(emptied, RecordFormat.TAG_COUNT, 0);
    Bytes.putInteger(emptied, RecordFormat.METADATA_LENGTH, 0);
    return emptied;
  }

  void endCommit() throws IOException {
    if (runStart >= 0) {
      endRun();
    }
  }

  private void beginRun(int place) throws IOException {
    if (buffer.position() >= BUFFER_BYTES / 2) {
      flush();
    }
    ensureRoom(CommitFormat.HEADER_BYTES);
    runStart = buffer.position();
    runRecords = 0;
    var position = header.firstPosition() + place;
    buffer
        .putLong(runStart + CommitFormat.POSITION, position)
        .putLong(runStart + CommitFormat.TIME, commitTime)
        .putInt(runStart + CommitFormat.DURABLE_END, (int) (position - commitFirst))
        .position(runStart + CommitFormat.HEADER_BYTES);
  }

  private void endRun() {
    ensureRoom(CommitFormat.TRAILER_BYTES);
    var length = buffer.position() + CommitFormat.TRAILER_BYTES - runStart;
    buffer.putInt(length);
    buffer.putInt(runStart + CommitFormat.LENGTH, length);
    buffer.putInt(runStart + CommitFormat.COUNT, runRecords);
    var end = buffer.position();
    var crc = commitCrc.of(buffer, runStart, (int) (bufferAt + runStart), length);
    buffer.position(end);
    buffer.putInt(runStart + CommitFormat.CRC, crc);
    commitsCrc.add(crc);
    runStart = -1;
  }

  /// A position whose record goes.
  void forget(int place, int kind) {
    offsets[place] = -1 - kind;
  }

  /// Writes the footer and makes all of it durable.
  ///
  /// @param times of the first and the last commit, and nothing else of it counts
  void finish(ChunkFooter times, long kept, List<EventKind> kinds, long point) throws IOException {
    flush();
    var footer =
        new ChunkFooter(
            offsets.length,
            times.firstTime(),
            times.lastTime(),
            bufferAt,
            commitsCrc.value(),
            kept,
            kinds,
            point);
    var bytes = footer.encodeScavenged(offsets);
    var end = bufferAt + bytes.remaining();
    file.write(bytes, bufferAt);
    file.resize(end);
    file.sync();
  }

  private void flush() throws IOException {
    var bytes = buffer.position();
    file.write(buffer.flip(), bufferAt);
    buffer.clear();
    bufferAt += bytes;
    pace.passed(bytes);
  }

  private void ensureRoom(int bytes) {
    if (buffer.remaining() < bytes) {
      var needed = Math.max(buffer.position() + (long) bytes, 2L * buffer.capacity());
      var larger = newBuffer((int) Math.min(Integer.MAX_VALUE - 8L, needed));
      buffer = larger.put(buffer.flip());
    }
  }

  private static ByteBuffer newBuffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.engine.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Writes commits to the end of the log, a batch at a time. Owned by one thread.
///
/// ```java
/// if (!writer.fits(bytes, records)) { writer.flush(); writer.roll(bytes, records); }
/// writer.begin();
/// var position = writer.add(records, revision);
/// writer.end();
/// …more commits…
/// writer.flush();    // durable and published
/// ```
///
/// After a failed write or sync nobody knows what the disk holds, so the writer refuses to go on.
public final class LogWriter {

  /// A chunk file begins with this much.
  static final long FIRST_BYTES = 16L << 20;

  /// Zeros are written this far ahead: syncing inside them is about twice as fast as syncing a file
  /// that gets longer. Not farther, for the next sync waits until they are on disk. Large batches
  /// do without, for they would pay for writing everything twice.
  private static final int ZERO_BYTES = 1 << 20;

  private static final int BATCH_BYTES_WITHOUT_ZEROS = 64 << 10;
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int BUFFER_BYTES_KEPT = 16 << 20;

  private final Log log;
  private final Clock clock;
  private final RecordFormat.RecordChecksum recordCrc = new RecordFormat.RecordChecksum();

  private Chunk chunk;
  private CommitScanner.CommitChecksum commitCrc;
  private CommitsChecksum commitsCrc = new CommitsChecksum();
  private long writtenEnd;
  private long syncedEnd;
  private long zeroedUntil;
  private long lastTime;
  private long firstTime;

  private final ByteBuffer zeros = ByteBuffer.allocateDirect(64 << 10);
  private ByteBuffer batch = newBuffer(BUFFER_BYTES);
  private int[] batchOffsets = new int[1024];
  private int batchRecords;
  private int commitStart;
  private int commitRecords;

  private LongSupplier nanoTime = () -> 0;
  private long bytesWritten;
  private long writingNanos;
  private long syncingNanos;

  private @Nullable Exception failure;

  /// Behind the last commit of the last chunk, which is not sealed. All before is durable.
  LogWriter(Log log, Clock clock, LogRecovery.@Nullable Tail tail, long lastTime) {
    this.log = log;
    this.clock = clock;
    this.lastTime = lastTime;
    this.chunk = log.lastChunk();
    this.commitCrc = new CommitScanner.CommitChecksum(chunk.header.number());
    this.writtenEnd = ChunkHeader.BYTES;
    if (tail != null) {
      this.writtenEnd = tail.offset();
      this.commitsCrc = tail.commitsChecksum();
      this.firstTime = tail.firstTime();
    }
    this.syncedEnd = writtenEnd;
    this.zeroedUntil = writtenEnd;
  }

  /// Whether a commit can be added to the batch in the present chunk, with room for the footer.
  public boolean fits(long recordBytes, int records) {
    var end = writtenEnd + batch.position() + commitBytes(recordBytes);
    var count = chunk.count() + batchRecords + (long) records;
    return end + ChunkFooter.bytes(count) <= log.options().chunkBytesMax();
  }

  private static long commitBytes(long recordBytes) {
    return CommitFormat.HEADER_BYTES + recordBytes + CommitFormat.TRAILER_BYTES;
  }

  /// Seals the present chunk and begins the next, large enough for one commit of that size. There
  /// must be no batch.
  public void roll(long recordBytes, int records) throws IOException {
    requireUnbroken();
    if (batchRecords != 0) {
      throw new IllegalStateException("A chunk is sealed between batches");
    }
    try {
      if (chunk.count() > 0) {
        seal();
        var needed = ChunkHeader.BYTES + commitBytes(recordBytes) + ChunkFooter.bytes(records);
        chunk =
            log.addChunk(log.storeId(), needed > log.options().chunkBytesMax() ? needed : 0, now());
        commitCrc = new CommitScanner.CommitChecksum(chunk.header.number());
        commitsCrc = new CommitsChecksum();
        writtenEnd = ChunkHeader.BYTES;
        syncedEnd = writtenEnd;
        zeroedUntil = writtenEnd;
      }
    } catch (IOException | RuntimeException e) {
      failure = e;
      throw e;
    }
  }

  private void seal() throws IOException {
    var footer =
        new ChunkFooter(chunk.count(), firstTime, lastTime, writtenEnd, commitsCrc.value());
    var bytes = footer.encode(chunk.open());
    var end = writtenEnd + bytes.remaining();
    grow(end);
    chunk.file.write(bytes, writtenEnd);
    chunk.file.resize(end);
    chunk.file.sync();
    chunk.seal(footer);
    chunk.file.endWriting();
  }

  /// Begins a commit.
  public void begin() {
    requireUnbroken();
    commitStart = batch.position();
    commitRecords = 0;
    ensureRoom(CommitFormat.HEADER_BYTES);
    var time = Math.max(lastTime, now());
    if (chunk.count() == 0 && batchRecords == 0) {
      firstTime = time;
    }
    lastTime = time;
    batch
        .putLong(commitStart + CommitFormat.POSITION, nextPosition())
        .putLong(commitStart + CommitFormat.TIME, time)
        .putInt(commitStart + CommitFormat.DURABLE_END, (int) syncedEnd)
        .position(commitStart + CommitFormat.HEADER_BYTES);
  }

  /// Adds records to the commit; their revisions count up from the first.
  ///
  /// @return the position of the first
  public long add(EncodedRecords records, long firstRevision) {
    var first = nextPosition();
    var bytes = records.bytes();
    ensureRoom(bytes.length);
    var revision = firstRevision;
    for (var from = 0; from < bytes.length; ) {
      var length = Bytes.integer(bytes, from + RecordFormat.LENGTH);
      var at = batch.position();
      Bytes.putInteger(bytes, from + RecordFormat.FRAME_DISTANCE, at - commitStart);
      Bytes.putLong(bytes, from + RecordFormat.REVISION, revision++);
      Bytes.putInteger(bytes, from + RecordFormat.CRC, recordCrc.of(lastTime, bytes, from, length));
      batch.put(bytes, from, length);
      remember((int) writtenEnd + at);
      from += length;
    }
    return first;
  }

  private void remember(int offset) {
    if (batchRecords == batchOffsets.length) {
      batchOffsets = Arrays.copyOf(batchOffsets, 2 * batchRecords);
    }
    batchOffsets[batchRecords++] = offset;
    commitRecords++;
  }

  /// Ends the commit, which must have records.
  public void end() {
    if (commitRecords == 0) {
      throw new IllegalStateException("A commit has at least one record");
    }
    ensureRoom(CommitFormat.TRAILER_BYTES);
    var length = batch.position() + CommitFormat.TRAILER_BYTES - commitStart;
    batch.putInt(length);
    batch.putInt(commitStart + CommitFormat.LENGTH, length);
    batch.putInt(commitStart + CommitFormat.COUNT, commitRecords);
    var end = batch.position();
    var crc = commitCrc.of(batch, commitStart, (int) writtenEnd + commitStart, length);
    batch.position(end);
    batch.putInt(commitStart + CommitFormat.CRC, crc);
    commitsCrc.add(crc);
  }

  /// The position that the next record gets.
  public long nextPosition() {
    return chunk.endPosition() + batchRecords;
  }

  /// The time of the commit begun last, in microseconds since 1970.
  public long lastTimeMicros() {
    return lastTime;
  }

  /// How many bytes wait to be flushed.
  public int batchBytes() {
    return batch.position();
  }

  /// From here on, measures how long writing takes.
  public void measureBy(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// How many bytes of commits were written so far.
  public long bytesWritten() {
    return bytesWritten;
  }

  /// How long the system took for taking bytes so far.
  public long writingNanos() {
    return writingNanos;
  }

  /// How long the disk took for syncing commits so far.
  public long syncingNanos() {
    return syncingNanos;
  }

  /// Makes the batch durable and shows it to readers.
  public void flush() throws IOException {
    requireUnbroken();
    if (batchRecords == 0) {
      return;
    }
    try {
      write();
    } catch (IOException | RuntimeException e) {
      failure = e;
      throw e;
    }
    for (var i = 0; i < batchRecords; i++) {
      chunk.add(batchOffsets[i]);
    }
    batchRecords = 0;
    batch = batch.capacity() > BUFFER_BYTES_KEPT ? newBuffer(BUFFER_BYTES) : batch.clear();
  }

  /// Shows what was flushed to readers.
  public void publish() {
    log.publish(chunk.endPosition());
  }

  private void write() throws IOException {
    var size = batch.position();
    var end = writtenEnd + size;
    var begun = nanoTime.getAsLong();
    grow(end);
    if (end > zeroedUntil && size <= BATCH_BYTES_WITHOUT_ZEROS) {
      writeZeros(end);
    }
    chunk.file.write(batch.flip(), writtenEnd);
    bytesWritten += size;
    var written = nanoTime.getAsLong();
    writingNanos += written - begun;
    if (log.options().sync()) {
      chunk.file.sync();
      syncingNanos += nanoTime.getAsLong() - written;
    }
    writtenEnd = end;
    if (log.options().sync()) {
      syncedEnd = end;
    }
  }

  /// Doubled, for each step leaves a mapping behind until the store is closed, and a process may
  /// have some ten thousands of them.
  ///
  /// The file is as long as it is mapped. Asking the system instead would make Linux stamp the next
  /// write with a time of its own and write the file's metadata with each sync.
  private void grow(long end) throws IOException {
    var size = chunk.sizeBytes();
    if (end > size) {
      var max = Math.max(end, log.options().chunkBytesMax());
      chunk.file.resize(Math.min(max, Math.max(end, 2 * size)));
      chunk.remap();
    }
  }

  private void writeZeros(long from) throws IOException {
    var until = Math.min(from + ZERO_BYTES, chunk.sizeBytes());
    for (var at = from; at < until; at += zeros.capacity()) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), until - at));
      chunk.file.write(zeros, at);
    }
    zeroedUntil = until;
  }

  /// Says on disk how far the log is durable. Only for closing: nothing depends on it being recent.
  void markDurable(Disk disk) throws IOException {
    if (failure == null) {
      if (!log.options().sync()) {
        chunk.file.sync();
      }
      new DurableMark(chunk.header.number(), writtenEnd).write(disk);
    }
  }

  private void requireUnbroken() {
    if (failure != null) {
      throw new IllegalStateException("The log refuses writes since one failed", failure);
    }
  }

  private void ensureRoom(int bytes) {
    if (batch.remaining() < bytes) {
      var needed = batch.position() + (long) bytes;
      var larger =
          newBuffer(
              (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, 2L * batch.capacity())));
      batch = larger.put(batch.flip());
    }
  }

  private static ByteBuffer newBuffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private long now() {
    return Log.micros(clock);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.ClosedMapping;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.disk.DiskFile;
import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All chunks, and the end up to which they may be read.
public final class Log implements AutoCloseable {

  private static final int SPARE_CURSORS = 64;

  private final Disk disk;
  private final LogOptions options;
  private final Clock clock;
  private final LogRecovery recovered;

  private final ArrayBlockingQueue<RecordCursor> spareCursors =
      new ArrayBlockingQueue<>(SPARE_CURSORS);

  // Readers load `end` first: chunks and offsets below it are then visible to them.
  private volatile Chunk[] chunks;
  private volatile long end;
  private volatile boolean closed;
  private @Nullable LogWriter writer;

  /// Who changes which files there are: the writer, a scavenge, a backup.
  private final ReentrantLock files = new ReentrantLock();

  private Log(
      Disk disk, LogOptions options, LogRecovery recovered, Supplier<UUID> storeIds, Clock clock)
      throws IOException {
    this.disk = disk;
    this.options = options;
    this.clock = clock;
    this.recovered = recovered;
    this.chunks = recovered.chunks().toArray(Chunk[]::new);
    this.end = chunks.length == 0 ? 0 : chunks[chunks.length - 1].endPosition();
    if (chunks.length == 0) {
      addChunk(storeIds.get(), 0, micros(clock));
    }
  }

  /// Opens the log on a disk, or begins a new one.
  ///
  /// @param storeIds gives the id of a new store
  /// @throws io.leftfold.api.CorruptLogException if something durable is damaged
  public static Log open(Disk disk, LogOptions options, Supplier<UUID> storeIds, Clock clock)
      throws IOException {
    var recovery = new LogRecovery(disk, options.readOnly());
    try {
      recovery.open();
      if (options.readOnly() && recovery.chunks().isEmpty()) {
        throw recovery
            .result()
            .damage()
            .<LeftfoldException>map(damage -> damage)
            .orElseGet(() ->
                new UnavailableException(
                    UnavailableException.Reason.CLOSED,
                    "%s holds no store to be read".formatted(disk.describe(""))));
      }
      return new Log(disk, options, recovery, storeIds, clock);
    } catch (IOException | RuntimeException e) {
      try {
        recovery.close();
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /// The id that was given to the store when it was created. All zeros if what has it is damaged.
  public UUID storeId() {
    return Arrays.stream(chunks)
        .map(chunk -> chunk.header.storeId())
        .filter(id -> !id.equals(ChunkHeader.UNKNOWN_STORE))
        .findFirst()
        .orElse(ChunkHeader.UNKNOWN_STORE);
  }

  /// What opening found.
  public Recovery recovery() {
    return recovered.result();
  }

  /// Behind the last position that may be read.
  public long end() {
    return end;
  }

  /// A reader of records, for one thread at a time.
  public RecordCursor cursor() {
    return new RecordCursor(this);
  }

  /// A reader of records that may have been used before, to be given back: what a short read needs
  /// most is not to begin with an empty one.
  public RecordCursor borrowCursor() {
    var cursor = spareCursors.poll();
    return cursor == null ? cursor() : cursor;
  }

  /// Takes a borrowed reader back.
  public void giveBack(RecordCursor cursor) {
    if (cursor.isSmall()) {
      spareCursors.offer(cursor);
    }
  }

  /// The one writer; for one thread at a time. Until it is asked for, nothing is changed of what
  /// was found on the disk, for there may be damage yet to be seen.
  ///
  /// @throws UnavailableException if the log was opened for reading only, or the disk fails
  public synchronized LogWriter writer() {
    if (options.readOnly()) {
      throw new UnavailableException(
          UnavailableException.Reason.READ_ONLY, "The store was opened for reading only");
    }
    if (writer == null) {
      try {
        writer = newWriter();
      } catch (IOException e) {
        throw new UnavailableException(
            UnavailableException.Reason.CLOSED,
            "%s could not be prepared for writing: %s".formatted(disk.describe(""), e),
            e);
      }
    }
    return writer;
  }

  private LogWriter newWriter() throws IOException {
    recovered.settle();
    if (lastChunk().isSealed()) {
      lastChunk().file.endWriting();
      addChunk(storeId(), 0, micros(clock));
    }
    return new LogWriter(this, clock, recovered.tail(), recovered.lastTime());
  }

  /// How many chunk files there are.
  public int chunkCount() {
    return chunks.length;
  }

  /// The size of all chunk files, in bytes. The last one is larger than what is in it.
  public long sizeBytes() {
    return Arrays.stream(chunks).mapToLong(Chunk::sizeBytes).sum();
  }

  /// Whether a scavenge has written any of it again.
  public boolean isScavenged() {
    return Arrays.stream(chunks).anyMatch(chunk -> chunk.header.isScavenged());
  }

  /// Whether a scavenge has written any of a range again.
  public boolean isScavenged(long first, long end) {
    return Arrays.stream(chunks)
        .anyMatch(chunk ->
            chunk.header.isScavenged()
                && chunk.firstPosition() < end
                && chunk.endPosition() > first);
  }

  /// Whether it was opened for reading only; then there may be damage that was gone around.
  public boolean isReadOnly() {
    return options.readOnly();
  }

  /// How many bytes can still be written.
  public long usableBytes() {
    return disk.usableBytes();
  }

  /// Whether it was closed.
  public boolean isClosed() {
    return closed;
  }

  /// Refuses to go on when the log was closed.
  ///
  /// @throws UnavailableException if it was
  public void requireOpen() {
    if (closed) {
      throw new UnavailableException(UnavailableException.Reason.CLOSED, "The store is closed");
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    // Danger: an interrupt closes the file that is being written.
    var interrupted = Thread.interrupted();
    try (disk) {
      try {
        if (writer != null) {
          writer.markDurable(disk);
        }
      } finally {
        closeAll(List.of(chunks));
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Closes all, whatever happens to one.
  static void closeAll(List<Chunk> chunks) throws IOException {
    IOException first = null;
    for (var chunk : chunks) {
      try {
        chunk.close();
      } catch (IOException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  Chunk chunkOf(long position) {
    if (position < 0 || position >= end) {
      throw new IllegalArgumentException(
          "Positions 0 to %d can be read, got %d".formatted(end - 1, position));
    }
    var all = chunks;
    var low = 0;
    var high = all.length - 1;
    while (low < high) {
      var middle = (low + high + 1) >>> 1;
      if (all[middle].firstPosition() <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return all[low];
  }

  /// Where in which file a record is.
  ///
  /// @param sealed whether nothing is appended to the file any more
  public record Place(String file, int generation, boolean sealed, int offset) {}

  /// Where a record is at the moment.
  ///
  /// @return empty if there is none: not yet, or a scavenge left none
  /// @throws CorruptLogException if it is lost in damage
  public Optional<Place> placeOf(long position) {
    if (position < 0 || position >= end) {
      return Optional.empty();
    }
    var chunk = chunkOf(position);
    var offset = chunk.offsetOf(position);
    if (chunk.isForgotten(offset)) {
      return Optional.empty();
    }
    if (offset <= 0) {
      throw new CorruptLogException(
          chunk.file.describe(), -offset, "event %d is lost in damage".formatted(position));
    }
    return Optional.of(
        new Place(
            ChunkNames.of(chunk.header), chunk.header.generation(), chunk.isSealed(), offset));
  }

  /// How many bytes of the log lie between two positions, about.
  ///
  /// @param end at most the end of the log
  public long bytesBetween(long from, long end) {
    if (from >= end) {
      return 0;
    }
    var first = chunkOf(from);
    var last = chunkOf(end - 1);
    var bytes = (long) last.offsetOf(end - 1) - first.offsetOf(from);
    for (var number = first.header.number(); number < last.header.number(); number++) {
      bytes += chunks[(int) number].sizeBytes();
    }
    return bytes;
  }

  /// The first position below an end whose commit has at least a time; the end if there is none.
  ///
  /// Times never decrease. The footers of some sealed chunks say how many end too early, a search
  /// in the next one finds the record. What is damaged or forgotten is passed over.
  ///
  /// @param micros since 1970
  /// @param end at most the end of the log
  public long positionAt(long micros, long end) {
    var cursor = borrowCursor();
    try {
      var all = chunks;
      for (var number = chunksBefore(micros, all); number < all.length; number++) {
        var chunkEnd = Math.min(all[number].endPosition(), end);
        var found = positionAt(micros, all[number].firstPosition(), chunkEnd, cursor);
        if (found < chunkEnd) {
          return found;
        }
      }
      return end;
    } finally {
      giveBack(cursor);
    }
  }

  /// How many chunks, from the first on, are known to end before a time.
  private int chunksBefore(long micros, Chunk[] chunks) {
    var low = 0;
    var high = chunks.length;
    while (low < high) {
      var middle = (low + high) >>> 1;
      var known = middle;
      var footer = soundFooter(chunks[known]);
      while (footer == null && ++known < high) {
        footer = soundFooter(chunks[known]);
      }
      if (footer != null && footer.lastTime() < micros) {
        low = known + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private @Nullable ChunkFooter soundFooter(Chunk chunk) {
    try {
      return chunk.footer();
    } catch (CorruptLogException e) {
      return null;
    } catch (IllegalStateException e) {
      ClosedMapping.passed();
      requireOpen();
      return null;
    }
  }

  private static long positionAt(long micros, long from, long end, RecordCursor cursor) {
    var found = end;
    var low = from;
    var high = end;
    while (low < high) {
      var middle = (low + high) >>> 1;
      var sound = middle;
      while (sound < high && !isReadable(cursor, sound)) {
        sound++;
      }
      if (sound < high && cursor.timeMicros() < micros) {
        low = sound + 1;
      } else {
        found = sound < high ? sound : found;
        high = middle;
      }
    }
    return found;
  }

  private static boolean isReadable(RecordCursor cursor, long position) {
    try {
      return cursor.moveToIfKept(position);
    } catch (CorruptLogException e) {
      return false;
    }
  }

  List<Chunk> chunks() {
    return List.of(chunks);
  }

  Chunk lastChunk() {
    return chunks[chunks.length - 1];
  }

  LogOptions options() {
    return options;
  }

  /// Danger: publish only after the bytes are durable.
  void publish(long end) {
    this.end = end;
  }

  /// How many chunks, from the first on, are sealed and end at or before a position. The last one
  /// is not counted, sealed or not: only when there is a next one is it sure to be done with.
  ///
  /// @param end at most [#end()]
  public int sealedChunks(long end) {
    var all = chunks;
    var count = 0;
    while (count < all.length - 1 && all[count].isSealed() && all[count].endPosition() <= end) {
      count++;
    }
    return count;
  }

  /// Puts another file in the place of a chunk: readers look into it from now on. The file of the
  /// old one is deleted when all that is left of it is a name.
  void replace(Chunk old, Chunk fresh) throws IOException {
    files.lock();
    try {
      var changed = chunks.clone();
      changed[(int) old.header.number()] = fresh;
      chunks = changed;
      old.replace();
      old.close();
      disk.delete(ChunkNames.of(old.header));
    } finally {
      files.unlock();
    }
  }

  Disk disk() {
    return disk;
  }

  /// Opens the file of a chunk once more: whoever has it open reads on when it is deleted.
  DiskFile openFile(int number) throws IOException {
    files.lock();
    try {
      var chunk = chunks[number];
      if (chunk.isHole()) {
        throw new CorruptLogException(chunk.file.describe(), 0, "this chunk is missing");
      }
      return disk.open(ChunkNames.of(chunk.header));
    } finally {
      files.unlock();
    }
  }

  /// Creates the next chunk, large enough for at least so many bytes of commits.
  Chunk addChunk(UUID storeId, long bytesNeeded, long nowMicros) throws IOException {
    var number = chunks.length;
    var header = new ChunkHeader(storeId, number, end, nowMicros);
    var size = Math.max(bytesNeeded, Math.min(options.chunkBytesMax(), LogWriter.FIRST_BYTES));
    var file = disk.create(ChunkNames.of(number), size);
    try {
      file.write(header.encode(), 0);
      file.sync();
      disk.syncDirectory();
      var chunk = Chunk.open(header, file, file.map());
      files.lock();
      try {
        var longer = Arrays.copyOf(chunks, number + 1);
        longer[number] = chunk;
        chunks = longer;
      } finally {
        files.unlock();
      }
      return chunk;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  static long micros(Clock clock) {
    var now = clock.instant();
    return Math.addExact(
        Math.multiplyExact(now.getEpochSecond(), 1_000_000L), now.getNano() / 1000);
  }
}

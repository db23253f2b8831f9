// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import static java.util.Objects.requireNonNull;

import io.leftfold.api.CorruptLogException;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Opens the chunks of a log and finds its end.
///
/// Sealed chunks have a footer. Of all but the newest one only its last bytes are looked at, so
/// that opening takes no longer for a long log: where a chunk ends is vouched for by the header of
/// the next, and the rest of a footer is checked when somebody needs it ([Chunk#footer]). The last
/// chunk is checked commit by commit, and walked if it is not sealed. Where the walk stops there is
/// one of three things:
///
/// 1. Zeros to the end of the file: the log ended here.
/// 2. A *torn batch*: bytes that were written but never synced. Nothing of it was acknowledged,
///    even if later commits of the batch are whole. It is cut. A footer may be torn too; it says
///    nothing that the commits do not say.
/// 3. *Damage*: bytes that had been durable. Seen by a later commit that says so
///    ([CommitFormat#DURABLE_END]), by the mark left when the log was closed ([DurableMark]), or by
///    a later chunk, which is created when all before it is durable. It is never cut.
///
/// Opening for writing refuses damage, and changes nothing before all was looked at ([#settle]).
/// Opening for reading goes around it: a chunk whose header or footer is damaged is walked, be it
/// later, and what cannot be found is a hole, whose positions are there and cannot be read.
final class LogRecovery implements AutoCloseable {

  private static final int COPY_BYTES = 1 << 20;

  private final Disk disk;
  private final boolean readOnly;
  private final List<Chunk> chunks = new ArrayList<>();
  private List<String> leftovers = List.of();
  private Recovery.@Nullable Cut cut;
  private volatile @Nullable CorruptLogException damage; // also found by readers, later

  /// What is known of the end of the last chunk, if it is not sealed.
  ///
  /// @param offset behind the last commit
  /// @param batchFrom where the last batch begins, which may not have been synced
  record Tail(long offset, long batchFrom, long firstTime, CommitsChecksum commitsChecksum) {}

  private @Nullable Tail tail;
  private long lastTime;

  LogRecovery(Disk disk, boolean readOnly) {
    this.disk = disk;
    this.readOnly = readOnly;
  }

  List<Chunk> chunks() {
    return chunks;
  }

  /// The end of the last chunk, or null if that is sealed or there is none.
  @Nullable Tail tail() {
    return tail;
  }

  long lastTime() {
    return lastTime;
  }

  Recovery result() {
    return new Recovery(Optional.ofNullable(cut), Optional.ofNullable(damage));
  }

  @Override
  public void close() throws IOException {
    Log.closeAll(chunks);
  }

  // ---- looking

  void open() throws IOException {
    var files = ChunkNames.on(disk);
    leftovers = files.leftovers();
    var names = files.newest();
    var numbers = List.copyOf(names.keySet());
    var mark = DurableMark.read(disk).orElse(DurableMark.NONE);
    var expected = 0L;
    for (var i = 0; i < numbers.size(); i++) {
      var number = numbers.get(i);
      if (number != expected) {
        report(
            disk.describe(ChunkNames.of(expected)),
            new DamagedException(
                0, "this chunk is missing, the next one there is is " + ChunkNames.of(number)));
      }
      openChunk(
          requireNonNull(names.get(number)),
          number,
          i == numbers.size() - 1,
          mark.offsetIn(number));
      expected = number + 1;
    }
    if (expected <= mark.chunkNumber()) {
      report(
          disk.describe(ChunkNames.of(expected)),
          new DamagedException(
              0,
              "this chunk is missing, %s was durable up to byte %d"
                  .formatted(ChunkNames.of(mark.chunkNumber()), mark.offset())));
    }
    findLastTime();
  }

  /// Times never decrease: the newest record has the latest. The next commit's time rests on it.
  private void findLastTime() {
    for (var chunk : chunks.reversed()) {
      if (chunk.count() > 0) {
        var footer = chunk.footer();
        lastTime = footer == null ? lastTime : Math.max(lastTime, footer.lastTime());
        return;
      }
    }
  }

  /// Damage ends the opening, unless for reading.
  private void report(String file, DamagedException found) {
    var corrupt = new CorruptLogException(file, found.offset(), found.finding());
    if (!readOnly) {
      throw corrupt;
    }
    if (damage == null) {
      damage = corrupt;
    }
  }

  private void openChunk(ChunkNames.Name name, long number, boolean isLast, long markedDurable)
      throws IOException {
    var file = disk.open(name.file());
    Chunk chunk;
    try {
      chunk = chunk(file, name.generation(), number, isLast, markedDurable);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    if (chunk == null) {
      file.close();
      return;
    }
    if (!chunks.isEmpty()) {
      // Not sooner: behind a chunk whose creation was interrupted, the one before is the last.
      chunks.getLast().file.endWriting();
    }
    chunks.add(chunk);
    try {
      if (chunk.isSealed()) {
        tail = null;
      } else if (isLast) {
        walkLast(chunk, markedDurable);
      } else {
        lastTime = Math.max(lastTime, collect(chunk).lastTime());
      }
    } catch (DamagedException e) {
      throw new CorruptLogException(file.describe(), e.offset(), e.finding());
    }
  }

  /// The chunk, or null if it is one whose creation a crash interrupted, or of no use.
  private @Nullable Chunk chunk(
      DiskFile file, int generation, long number, boolean isLast, long markedDurable)
      throws IOException {
    var bytes = file.map();
    var header = header(file, bytes, number, generation, isLast && markedDurable == 0);
    if (header == null) {
      return null;
    }
    if (header.generation() != generation && !header.storeId().equals(ChunkHeader.UNKNOWN_STORE)) {
      report(
          file.describe(),
          new DamagedException(
              56, "generation %d expected, found %d".formatted(generation, header.generation())));
      header = header.ofGeneration(generation); // by its name it is found
    }
    var mustBeSealed = !isLast || generation > 0;
    var headerIsSound = !header.storeId().equals(ChunkHeader.UNKNOWN_STORE);
    if (!continues(file, header)) {
      return null;
    }
    try {
      if (headerIsSound && ChunkFooter.isPresent(bytes)) {
        return isLast
            ? sealedLast(header, file, bytes)
            : Chunk.sealed(
                header,
                file,
                bytes,
                ChunkFooter.extent(bytes, header.isScavenged()),
                readOnly ? this::goAround : Chunk.FooterDamage.REFUSED);
      } else if (mustBeSealed) {
        throw new DamagedException(
            Math.max(0, bytes.byteSize() - ChunkFooter.TRAILER_BYTES),
            isLast
                ? "a footer expected, for a scavenge wrote this chunk"
                : "a footer expected, for a later chunk exists");
      }
    } catch (DamagedException e) {
      if (mustBeSealed && headerIsSound) {
        report(file.describe(), e);
      }
    }
    return Chunk.open(header, file, bytes);
  }

  private Chunk sealedLast(ChunkHeader header, DiskFile file, MemorySegment bytes)
      throws DamagedException {
    var footer = ChunkFooter.decode(bytes, header.isScavenged());
    if (!readOnly) {
      try {
        check(bytes, header, footer);
      } catch (DamagedException e) {
        report(file.describe(), e);
      }
    }
    return Chunk.sealed(header, file, bytes, footer);
  }

  /// For reading: the footer of a chunk turned out to be damaged, long after opening perhaps. Where
  /// the chunk ends is known from the next one.
  private int[] goAround(Chunk chunk, DamagedException found) {
    report(chunk.file.describe(), found);
    var walked = Chunk.open(chunk.header, chunk.file, chunk.bytes());
    try {
      var end = collect(walked).end();
      var offsets = Arrays.copyOf(walked.open(), chunk.count());
      Arrays.fill(offsets, Math.min(walked.count(), offsets.length), offsets.length, (int) -end);
      return offsets;
    } catch (DamagedException e) {
      throw chunk.unreadable(e);
    }
  }

  /// Only of the last chunk: what is appended next rests on it. Of the others each record is
  /// checked when it is read.
  static void check(MemorySegment bytes, ChunkHeader header, ChunkFooter footer)
      throws DamagedException {
    var scanner = new CommitScanner(bytes, header.number(), footer.commitsEnd());
    var checksum = new CommitsChecksum();
    var position = header.firstPosition();
    var end = position + footer.count();
    while (scanner.next()) {
      scanner.requireRecords(header, position, end);
      position = scanner.position() + scanner.count();
      checksum.add(scanner.crc());
    }
    if (scanner.offset() != footer.commitsEnd()) {
      throw new DamagedException(scanner.offset(), scanner.finding());
    }
    footer.requireChecksumOfCommits(checksum.value());
  }

  private @Nullable ChunkHeader header(
      DiskFile file, MemorySegment bytes, long number, int generation, boolean mayBeUnfinished) {
    try {
      var header = ChunkHeader.decode(bytes);
      if (header.number() == number) {
        return header;
      }
      report(
          file.describe(),
          new DamagedException(
              32, "chunk number %d expected, found %d".formatted(number, header.number())));
      return null;
    } catch (DamagedException e) {
      if (mayBeUnfinished && isCreationInterrupted(bytes)) {
        return null;
      }
      report(file.describe(), e);
      return replacement(bytes, number, generation);
    }
  }

  /// What a damaged header said, as far as the commits know it.
  private @Nullable ChunkHeader replacement(MemorySegment bytes, long number, int generation) {
    if (bytes.byteSize() > ChunkHeader.CHUNK_BYTES_MAX) {
      return null;
    }
    var scanner = new CommitScanner(bytes, number, bytes.byteSize());
    if (!scanner.next() && !scanner.resynchronise()) {
      return null;
    }
    var first = chunks.isEmpty() ? 0 : chunks.getLast().endPosition();
    if (scanner.offset() == ChunkHeader.BYTES && generation == 0) {
      first = scanner.position();
    }
    return new ChunkHeader(ChunkHeader.UNKNOWN_STORE, number, first, 0, generation);
  }

  /// A crash between a chunk's creation and the sync of its header leaves no commit in it.
  private static boolean isCreationInterrupted(MemorySegment bytes) {
    var end = Math.min(bytes.byteSize(), 1 << 16);
    for (var at = (long) ChunkHeader.BYTES; at < end; at++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, at) != 0) {
        return false;
      }
    }
    return true;
  }

  /// Whether the chunk goes on where the one before ends, if need be behind a hole.
  private boolean continues(DiskFile file, ChunkHeader header) {
    var end = 0L;
    if (!chunks.isEmpty()) {
      end = endOfLast(header.firstPosition());
      var before = chunks.getLast();
      UUID store = before.header.storeId();
      if (!header.storeId().equals(store)
          && !header.storeId().equals(ChunkHeader.UNKNOWN_STORE)
          && !store.equals(ChunkHeader.UNKNOWN_STORE)) {
        report(
            file.describe(),
            new DamagedException(
                16,
                "a chunk of store %s expected, found one of %s"
                    .formatted(store, header.storeId())));
        return false;
      }
    }
    if (header.firstPosition() == end) {
      return true;
    }
    report(
        file.describe(),
        new DamagedException(
            40,
            "a chunk that begins at position %d expected, found one that begins at %d"
                .formatted(end, header.firstPosition())));
    if (header.firstPosition() < end || header.firstPosition() - end > lostMax(header.number())) {
      return false;
    }
    var missing = chunks.isEmpty() ? 0 : chunks.getLast().header.number() + 1;
    var name = missing < header.number() ? missing : missing - 1;
    chunks.add(
        Chunk.hole(
            new ChunkHeader(ChunkHeader.UNKNOWN_STORE, name, end, 0),
            disk.describe(ChunkNames.of(name)),
            header.firstPosition() - end));
    return true;
  }

  /// Where the last chunk so far ends. If the next one does not begin there, one of the two is
  /// damaged: then the footer is checked before anybody believes the other.
  private long endOfLast(long expected) {
    var last = chunks.getLast();
    if (last.endPosition() != expected && last.isSealed()) {
      try {
        var _ = ChunkFooter.decode(last.bytes(), last.header.isScavenged());
      } catch (DamagedException e) {
        report(last.file.describe(), e);
        chunks.set(chunks.size() - 1, walked(last));
      }
    }
    return chunks.getLast().endPosition();
  }

  private static Chunk walked(Chunk chunk) {
    var walked = Chunk.open(chunk.header, chunk.file, chunk.bytes());
    try {
      var _ = collect(walked);
      return walked;
    } catch (DamagedException e) {
      throw chunk.unreadable(e);
    }
  }

  /// How many records can have been before a chunk that are not there: not more than missing chunks
  /// and the end of the last one have room for.
  private long lostMax(long number) {
    var missing = number - (chunks.isEmpty() ? 0 : chunks.getLast().header.number() + 1);
    var inLast = chunks.isEmpty() ? 0 : chunks.getLast().recordsMax();
    var most = inLast + missing * (ChunkHeader.CHUNK_BYTES_MAX / RecordFormat.HEADER_BYTES);
    return Math.min(most, Integer.MAX_VALUE);
  }

  // ---- walking

  private void walkLast(Chunk chunk, long markedDurable) throws DamagedException {
    var walk = new CommitWalk(chunk);
    walk.takeAll();
    long durable;
    do {
      durable = Math.max(markedDurable, walk.durableByCommitsBehind());
      // Looking again: beside a writer, what was half written a moment ago is whole by now.
    } while (durable > walk.end() && walk.takeAll());
    var end = walk.end();
    lastTime = Math.max(lastTime, walk.lastTime());
    if (durable <= end) {
      tail = walk.tail();
      var torn = bytesToLastNonZero(chunk, end);
      if (torn > 0) {
        cut = new Recovery.Cut(chunk.file.describe(), end, torn, chunk.endPosition());
      }
    } else {
      report(
          chunk.file.describe(),
          new DamagedException(
              end,
              "%s, but this part was durable up to byte %d".formatted(walk.finding(), durable)));
      walk.goAround(durable);
    }
  }

  /// All whole commits of a chunk that cannot be believed, for reading.
  private static CommitWalk collect(Chunk chunk) throws DamagedException {
    var walk = new CommitWalk(chunk);
    walk.takeAll();
    walk.goAround(chunk.sizeBytes());
    return walk;
  }

  private static long bytesToLastNonZero(Chunk chunk, long from) {
    var rest = chunk.bytes().asSlice(from);
    var at = rest.byteSize();
    while (at >= 8 && rest.get(Bytes.LONG, at - 8) == 0) {
      at -= 8;
    }
    while (at > 0 && rest.get(ValueLayout.JAVA_BYTE, at - 1) == 0) {
      at--;
    }
    return at;
  }

  // ---- settling

  /// Cuts what is torn and makes durable what was found, before anything is written behind it.
  ///
  /// A process that was killed, or whose sync failed, leaves bytes that are seen and may never
  /// reach the disk by another sync, for the system believes them written. So they are written
  /// again.
  void settle() throws IOException {
    if (chunks.isEmpty()) {
      return;
    }
    if (!leftovers.isEmpty()) {
      disk.syncDirectory(); // the names that stay
      for (var file : leftovers) {
        disk.delete(file);
      }
    }
    var last = chunks.getLast();
    var from = (long) ChunkHeader.BYTES;
    var end = last.sizeBytes();
    if (tail != null) {
      from = tail.batchFrom();
      end = tail.offset();
    }
    if (cut != null) {
      // Shorter and longer again: what stood there must not be found by a later recovery.
      var size = last.file.size();
      last.file.resize(end);
      last.file.resize(size);
      last.remap();
    }
    writeAgain(last, 0, ChunkHeader.BYTES);
    writeAgain(last, from, end);
    last.file.sync();
    disk.syncDirectory();
  }

  private static void writeAgain(Chunk chunk, long from, long end) throws IOException {
    var copy = ByteBuffer.allocateDirect((int) Math.min(COPY_BYTES, end - from));
    for (var at = from; at < end; at += copy.limit()) {
      copy.clear().limit((int) Math.min(copy.capacity(), end - at));
      copy.put(chunk.bytes().asSlice(at, copy.limit()).asByteBuffer()).flip();
      chunk.file.write(copy, at);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.CorruptLogException;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.disk.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Opens the chunks of a log and finds its end.
///
/// Sealed chunks are believed by their footers; their commits are checked when they are read. The
/// last chunk, and one that should have a footer but has not, is walked commit by commit. Where the
/// walk stops there is one of three things:
///
/// 1. Zeros to the end of the file: the log ended here.
/// 2. A *torn batch*: bytes that were written but never synced. Nothing of it was acknowledged,
///    even if later commits of the batch are whole. It is cut.
/// 3. *Damage*: bytes that had been durable. Seen by a later commit that says so
///    ([CommitFormat#DURABLE_END]), or by the mark left when the log was closed ([DurableMark]). It
///    is never cut: opening for writing fails, opening for reading goes on behind it.
final class LogRecovery {

  private static final Pattern NAME = Pattern.compile("chunk-(\\d{6,})\\.log");

  private final Disk disk;
  private final boolean readOnly;
  private final List<Chunk> chunks = new ArrayList<>();
  private Optional<Recovery.Cut> cut = Optional.empty();
  private @Nullable CorruptLogException damage;

  /// What is known of the end of the last chunk, if it is not sealed.
  record Tail(long offset, long firstTime, CommitsChecksum commitsChecksum) {}

  private @Nullable Tail tail;
  private long lastTime;

  LogRecovery(Disk disk, boolean readOnly) {
    this.disk = disk;
    this.readOnly = readOnly;
  }

  static String chunkName(long number) {
    return String.format(Locale.ROOT, "chunk-%06d.log", number);
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
    return new Recovery(cut, Optional.ofNullable(damage));
  }

  void open() throws IOException {
    var numbers = chunkNumbers();
    var mark = DurableMark.read(disk);
    for (var i = 0; i < numbers.size(); i++) {
      var isLast = i == numbers.size() - 1;
      openChunk(numbers.get(i), i, isLast, mark);
    }
  }

  private List<Long> chunkNumbers() throws IOException {
    return disk.list().stream()
        .map(NAME::matcher)
        .filter(java.util.regex.Matcher::matches)
        .map(matcher -> Long.parseLong(matcher.group(1)))
        .sorted()
        .toList();
  }

  private void openChunk(
      long number, int expectedNumber, boolean isLast, Optional<DurableMark> mark)
      throws IOException {
    var name = chunkName(number);
    if (number != expectedNumber) {
      throw new CorruptLogException(
          disk.describe(chunkName(expectedNumber)),
          0,
          "this chunk is missing, the next one present is %s".formatted(name));
    }
    var file = disk.open(name);
    try {
      if (openHeader(file, number, isLast)) {
        openCommits(chunks.getLast(), isLast, mark);
      }
    } catch (DamagedException e) {
      file.close();
      throw new CorruptLogException(file.describe(), e.offset(), e.finding());
    }
  }

  /// Adds the chunk, unless it is one whose creation a crash interrupted.
  private boolean openHeader(DiskFile file, long number, boolean isLast)
      throws IOException, DamagedException {
    var bytes = file.map();
    ChunkHeader header;
    try {
      header = ChunkHeader.decode(bytes);
    } catch (DamagedException e) {
      if (isLast && isCreationInterrupted(bytes)) {
        file.close();
        return false;
      }
      throw e;
    }
    if (header.number() != number) {
      throw new DamagedException(
          32, "chunk number %d expected, found %d".formatted(number, header.number()));
    }
    if (!chunks.isEmpty()) {
      requireContinuation(chunks.getLast(), header);
    }
    var chunk =
        ChunkFooter.isPresent(bytes)
            ? Chunk.sealed(header, file, bytes, remember(ChunkFooter.decode(bytes)))
            : Chunk.open(header, file, bytes);
    chunks.add(chunk);
    return true;
  }

  private ChunkFooter remember(ChunkFooter footer) {
    lastTime = Math.max(lastTime, footer.lastTime());
    return footer;
  }

  /// A crash between a chunk's creation and the sync of its header leaves no commit in it.
  private static boolean isCreationInterrupted(java.lang.foreign.MemorySegment bytes) {
    var end = Math.min(bytes.byteSize(), 1 << 16);
    for (var at = (long) ChunkHeader.BYTES; at < end; at++) {
      if (bytes.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at) != 0) {
        return false;
      }
    }
    return true;
  }

  private static void requireContinuation(Chunk before, ChunkHeader header)
      throws DamagedException {
    UUID store = before.header.storeId();
    if (!header.storeId().equals(store)) {
      throw new DamagedException(
          16, "the chunk of store %s expected, found one of %s".formatted(store, header.storeId()));
    }
    if (header.firstPosition() != before.endPosition()) {
      throw new DamagedException(
          40,
          "a chunk that begins at position %d expected, found one that begins at %d"
              .formatted(before.endPosition(), header.firstPosition()));
    }
  }

  private void openCommits(Chunk chunk, boolean isLast, Optional<DurableMark> mark)
      throws IOException, DamagedException {
    if (chunk.isSealed()) {
      return;
    }
    if (!isLast) {
      report(
          chunk,
          new DamagedException(
              chunk.sizeBytes() - ChunkFooter.TRAILER_BYTES,
              "a footer expected, for a later chunk exists"));
    }
    walk(chunk, mark);
  }

  /// In a chunk opened for reading only, damage is noted and gone around.
  private void report(Chunk chunk, DamagedException found) throws DamagedException {
    if (!readOnly) {
      throw found;
    }
    if (damage == null) {
      damage = new CorruptLogException(chunk.file.describe(), found.offset(), found.finding());
    }
  }

  private void walk(Chunk chunk, Optional<DurableMark> mark) throws IOException, DamagedException {
    var scanner = new CommitScanner(chunk.bytes(), chunk.header.number(), chunk.sizeBytes());
    var checksum = new CommitsChecksum();
    while (scanner.next()) {
      take(chunk, scanner, checksum);
    }
    var end = scanner.offset();
    var evidence = evidenceOfDamage(chunk, end, mark);
    if (evidence.isEmpty()) {
      cutTornTail(chunk, end);
    } else {
      scanner = new CommitScanner(chunk.bytes(), chunk.header.number(), chunk.sizeBytes());
      while (scanner.next()) {}
      report(
          chunk,
          new DamagedException(
              end,
              "%s, but this part was durable up to byte %d"
                  .formatted(scanner.finding(), evidence.getAsLong())));
      end = goAround(chunk, scanner, checksum, evidence.getAsLong());
    }
    tail = new Tail(end, firstTime(chunk), checksum);
  }

  private void take(Chunk chunk, CommitScanner scanner, CommitsChecksum checksum)
      throws DamagedException {
    if (scanner.position() != chunk.endPosition()) {
      throw new DamagedException(
          scanner.offset() + CommitFormat.POSITION,
          "position %d expected, found %d".formatted(chunk.endPosition(), scanner.position()));
    }
    checksum.add(scanner.crc());
    lastTime = Math.max(lastTime, scanner.time());
    var at = scanner.offset() + CommitFormat.HEADER_BYTES;
    for (var i = scanner.count(); i > 0; i--) {
      chunk.add((int) at);
      at += chunk.bytes().get(Bytes.INT, at + RecordFormat.LENGTH);
    }
  }

  private static long firstTime(Chunk chunk) {
    return chunk.count() == 0
        ? 0
        : chunk.bytes().get(Bytes.LONG, ChunkHeader.BYTES + (long) CommitFormat.TIME);
  }

  /// How far the chunk was durable, if that is beyond where the walk stopped.
  private static OptionalLong evidenceOfDamage(
      Chunk chunk, long stoppedAt, Optional<DurableMark> mark) {
    var durable =
        mark.filter(m -> m.chunkNumber() == chunk.header.number())
            .map(DurableMark::offset)
            .orElse(0L);
    var later = new CommitScanner(chunk.bytes(), chunk.header.number(), chunk.sizeBytes());
    later.startAt(stoppedAt);
    while (later.resynchronise()) {
      durable = Math.max(durable, later.durableEnd());
      later.skip();
    }
    return durable > stoppedAt ? OptionalLong.of(durable) : OptionalLong.empty();
  }

  /// Takes the whole commits behind the damage and leaves holes where records should be.
  private long goAround(
      Chunk chunk, CommitScanner scanner, CommitsChecksum checksum, long durableEnd)
      throws DamagedException {
    var end = scanner.offset();
    while (scanner.resynchronise()) {
      if (scanner.offset() >= durableEnd || scanner.position() < chunk.endPosition()) {
        scanner.skip();
        continue;
      }
      while (chunk.endPosition() < scanner.position()) {
        chunk.add(Chunk.NOWHERE);
      }
      do {
        take(chunk, scanner, checksum);
        end = scanner.end();
      } while (scanner.next());
    }
    return end;
  }

  private void cutTornTail(Chunk chunk, long end) throws IOException {
    var torn = bytesToLastNonZero(chunk, end);
    if (torn == 0) {
      return;
    }
    cut = Optional.of(new Recovery.Cut(chunk.file.describe(), end, torn, chunk.endPosition()));
    if (!readOnly) {
      // Shorter and longer again: what stood there must not be found by a later recovery.
      var size = chunk.file.size();
      chunk.file.resize(end);
      chunk.file.resize(size);
    }
  }

  private static long bytesToLastNonZero(Chunk chunk, long from) {
    var rest = chunk.bytes().asSlice(from);
    var at = rest.byteSize();
    while (at >= 8 && rest.get(Bytes.LONG, at - 8) == 0) {
      at -= 8;
    }
    while (at > 0 && rest.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at - 1) == 0) {
      at--;
    }
    return at;
  }
}

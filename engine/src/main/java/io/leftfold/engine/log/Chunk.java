// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.engine.disk.DiskFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One file of the log, mapped. Knows where each of its records is: from the footer once it is
/// sealed, from memory while it is written.
///
/// Readers ask only for positions below the published end of the log, so what the writer adds here
/// is visible to them by that publication and needs no synchronisation of its own.
final class Chunk implements AutoCloseable {

  final ChunkHeader header;
  final DiskFile file;

  private MemorySegment bytes;
  private int count;
  private long lastTime = Long.MIN_VALUE;
  private long footerAt = -1;
  private List<EventKind> kinds = List.of();

  // Whoever finds this set asks the log again.
  private volatile boolean replaced;

  // Volatile for the others' sake too: whoever sees that there is no array sees `footerAt`.
  private volatile int @Nullable [] offsets;

  private Chunk(ChunkHeader header, DiskFile file, MemorySegment bytes, int @Nullable [] offsets) {
    this.header = header;
    this.file = file;
    this.bytes = bytes;
    this.offsets = offsets;
  }

  /// A chunk whose commits are about to be written or scanned.
  static Chunk open(ChunkHeader header, DiskFile file, MemorySegment bytes) {
    return new Chunk(header, file, bytes, new int[1024]);
  }

  /// A chunk that has its footer.
  static Chunk sealed(ChunkHeader header, DiskFile file, MemorySegment bytes, ChunkFooter footer) {
    var chunk = new Chunk(header, file, bytes, null);
    chunk.count = Math.toIntExact(footer.count());
    chunk.lastTime = footer.lastTime();
    chunk.footerAt = footer.commitsEnd();
    chunk.kinds = footer.kinds();
    return chunk;
  }

  /// Stands for records that should be there, in a file that is not.
  static Chunk hole(ChunkHeader header, String missingFile, long count) {
    var chunk =
        new Chunk(header, new MissingFile(missingFile), MemorySegment.ofArray(new byte[0]), null);
    chunk.count = Math.toIntExact(count);
    return chunk;
  }

  /// Whether the file is missing.
  boolean isHole() {
    return file instanceof MissingFile;
  }

  long firstPosition() {
    return header.firstPosition();
  }

  /// The position behind the last record.
  long endPosition() {
    return header.firstPosition() + count;
  }

  int count() {
    return count;
  }

  /// The file as it is mapped now. What was published is in it.
  MemorySegment bytes() {
    return bytes;
  }

  /// Shows what the file has grown by.
  void remap() throws IOException {
    bytes = file.map();
  }

  boolean isSealed() {
    return footerAt >= 0;
  }

  /// Whether it is known that its last commit was before a time: once it is sealed it is.
  boolean endsBefore(long micros) {
    return offsets == null && isSealed() && lastTime < micros;
  }

  long sizeBytes() {
    return bytes.byteSize();
  }

  /// The offset of a record in the file. Zero or less if the record is lost: then the offset,
  /// negated, of the damage that it is lost in.
  int offsetOf(long position) {
    var place = (int) (position - header.firstPosition());
    var inMemory = offsets;
    if (inMemory != null) {
      return inMemory[place];
    }
    return isSealed() ? bytes.get(Bytes.INT, footerAt + 4L * place) : 0;
  }

  /// Whether what [#offsetOf] gave says that a scavenge left no record at the position.
  boolean isForgotten(int offset) {
    return offset < 0 && header.isScavenged() && isSealed();
  }

  /// What is known of a position without a record.
  ///
  /// @param offset what [#offsetOf] gave
  EventKind kindOf(int offset) {
    return kinds.get(-1 - offset);
  }

  /// Whether a scavenge has put another file in the place of this one. Its bytes may be gone at any
  /// moment.
  boolean isReplaced() {
    return replaced;
  }

  /// From here on readers are to look into the file that replaces this one.
  void replace() {
    replaced = true;
  }

  /// Adds a record that is lost.
  void addLost(long damagedAt) {
    add((int) -damagedAt);
  }

  void add(int offset) {
    var inMemory = open();
    if (count == inMemory.length) {
      inMemory = Arrays.copyOf(inMemory, count + (count >> 1));
      offsets = inMemory;
    }
    inMemory[count++] = offset;
  }

  /// From here on offsets are read from the footer, which has been written behind the commits.
  void seal(ChunkFooter footer) throws IOException {
    remap();
    lastTime = footer.lastTime();
    footerAt = footer.commitsEnd();
    offsets = null;
  }

  int[] open() {
    var inMemory = offsets;
    if (inMemory == null) {
      throw new IllegalStateException(file.describe() + " is sealed");
    }
    return inMemory;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private record MissingFile(String describe) implements DiskFile {
    @Override
    public long size() {
      return 0;
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
      throw missing();
    }

    @Override
    public void sync() throws IOException {
      throw missing();
    }

    @Override
    public void resize(long bytes) throws IOException {
      throw missing();
    }

    @Override
    public MemorySegment map() throws IOException {
      throw missing();
    }

    private FileNotFoundException missing() {
      return new FileNotFoundException(describe);
    }

    @Override
    public void close() {}
  }
}

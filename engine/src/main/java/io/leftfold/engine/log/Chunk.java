// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import static java.util.Objects.requireNonNull;

import io.leftfold.api.CorruptLogException;
import io.leftfold.engine.disk.DiskFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One file of the log, mapped. Knows where each of its records is: from the footer once it is
/// sealed, from memory while it is written.
///
/// The footer of a chunk that was sealed before the log was opened is read when it is first needed:
/// it takes about a hundredth of the chunk, and all footers together would make opening slow.
///
/// Readers ask only for positions below the published end of the log, so what the writer adds here
/// is visible to them by that publication and needs no synchronisation of its own.
final class Chunk implements AutoCloseable {

  final ChunkHeader header;
  final DiskFile file;

  private MemorySegment bytes;
  private int count;
  private long footerAt = -1;

  // Null until it was checked. Readers load it before anything that it says is believed.
  private volatile @Nullable ChunkFooter footer;
  private volatile @Nullable DamagedException footerDamage;
  private FooterDamage onDamage = FooterDamage.REFUSED;

  // Whoever finds this set asks the log again.
  private volatile boolean replaced;

  // Volatile for the others' sake too: whoever sees that there is no array sees `footerAt`.
  private volatile int @Nullable [] offsets;

  /// What becomes of a chunk whose footer turns out to be damaged when it is first needed.
  @FunctionalInterface
  interface FooterDamage {
    /// Nothing of the chunk is read.
    FooterDamage REFUSED =
        (chunk, found) -> {
          throw chunk.unreadable(found);
        };

    /// Finds the records without the footer.
    ///
    /// @return an offset for each position, as [Chunk#offsetOf] has it without a footer
    int[] offsets(Chunk chunk, DamagedException found);
  }

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

  /// A chunk that has its footer, which was checked.
  static Chunk sealed(ChunkHeader header, DiskFile file, MemorySegment bytes, ChunkFooter footer) {
    var chunk = sealed(header, file, bytes, footer.extent(), FooterDamage.REFUSED);
    chunk.footer = footer;
    return chunk;
  }

  /// A chunk that has its footer, of which only the extent was looked at. All of it is read and
  /// checked when somebody wants to know where a record is.
  static Chunk sealed(
      ChunkHeader header,
      DiskFile file,
      MemorySegment bytes,
      ChunkFooter.Extent extent,
      FooterDamage onDamage) {
    var chunk = new Chunk(header, file, bytes, null);
    chunk.count = Math.toIntExact(extent.count());
    chunk.footerAt = extent.commitsEnd();
    chunk.onDamage = onDamage;
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

  /// How many records it can have at most: in a chunk that was scavenged, what is left of one is
  /// its place in the footer.
  long recordsMax() {
    return sizeBytes() / (header.isScavenged() ? Integer.BYTES : RecordFormat.HEADER_BYTES);
  }

  /// Whether its footer says where its records are, as far as is known.
  boolean isSealed() {
    return offsets == null && footerAt >= 0;
  }

  /// Its footer, which is read and checked if it was not before; null if there is none, or none
  /// that can be believed.
  ///
  /// @throws CorruptLogException if it is damaged and not gone around
  @Nullable ChunkFooter footer() {
    var known = footer;
    return known == null && isSealed() ? readFooter() : known;
  }

  /// One thread reads it, the others wait for what it finds.
  private synchronized @Nullable ChunkFooter readFooter() {
    var known = footer;
    if (known != null || !isSealed()) {
      return known;
    }
    var found = footerDamage;
    try {
      if (found == null) {
        known = ChunkFooter.decode(bytes, header.isScavenged());
        footer = known;
        return known;
      }
    } catch (DamagedException e) {
      footerDamage = e;
      found = e;
    }
    offsets = onDamage.offsets(this, found);
    return null;
  }

  /// What is wrong with its footer; null if it is sound, was not read yet, or is missing.
  @Nullable DamagedException footerDamage() {
    return footerDamage;
  }

  /// For whoever wants a record of a chunk whose footer is damaged.
  CorruptLogException unreadable(DamagedException found) {
    return new CorruptLogException(
        file.describe(),
        found.offset(),
        "%s; without the footer events %d to %d cannot be read"
            .formatted(found.finding(), firstPosition(), endPosition() - 1));
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
    if (footerAt < 0) {
      return 0;
    }
    if (footer == null && footer() == null) {
      return offsetOf(position); // in memory by now
    }
    return bytes.get(Bytes.INT, footerAt + 4L * place);
  }

  /// Whether what [#offsetOf] gave says that a scavenge left no record at the position.
  boolean isForgotten(int offset) {
    return offset < 0 && header.isScavenged() && isSealed();
  }

  /// What is known of a position without a record.
  ///
  /// @param offset what [#offsetOf] gave
  EventKind kindOf(int offset) {
    return requireNonNull(footer).kinds().get(-1 - offset);
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
    this.footer = footer;
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

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.CorruptLogException;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A chunk on a disk that is no open log: to be checked, and copied whole or up to some place.
///
/// @param footer null if it is not sealed
record ChunkFile(
    DiskFile file, ChunkHeader header, MemorySegment bytes, @Nullable ChunkFooter footer)
    implements AutoCloseable {

  private static final int COPY_BYTES = 1 << 20;

  /// Opens a chunk and checks all of it that has checksums, if it is sealed.
  ///
  /// @throws CorruptLogException if it is damaged
  static ChunkFile open(Disk disk, long number, ChunkNames.Name name) throws IOException {
    return of(disk.open(name.file()), number, name.generation());
  }

  /// Takes over an open file.
  static ChunkFile of(DiskFile file, long number, int generation) throws IOException {
    try {
      var bytes = file.map();
      var header = ChunkHeader.decode(bytes);
      if (header.number() != number || header.generation() != generation) {
        throw new DamagedException(
            32,
            "generation %d of chunk %d expected, found generation %d of chunk %d"
                .formatted(generation, number, header.generation(), header.number()));
      }
      if (!ChunkFooter.isPresent(bytes)) {
        return new ChunkFile(file, header, bytes, null);
      }
      var footer = ChunkFooter.decode(bytes, header.isScavenged());
      LogRecovery.check(bytes, header, footer);
      return new ChunkFile(file, header, bytes, footer);
    } catch (DamagedException e) {
      file.close();
      throw new CorruptLogException(file.describe(), e.offset(), e.finding());
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  boolean isSealed() {
    return footer != null;
  }

  /// Its commits, or what is left of them; in a chunk that is not sealed, up to the first that is
  /// not whole.
  CommitScanner commits() {
    return new CommitScanner(
        bytes, header.number(), footer == null ? bytes.byteSize() : footer.commitsEnd());
  }

  /// The position of the first record of the commit that a run is from.
  long commitFirst(CommitScanner run) {
    return run.position() - (header.isScavenged() ? run.durableEnd() : 0);
  }

  /// Copies the beginning of it, durably and in one step.
  ///
  /// @param progress is told of each piece how many bytes it has
  void copyTo(Disk target, long length, LongConsumer progress) throws IOException {
    var unfinished = ChunkNames.unfinished(header);
    try (var copy = target.create(unfinished, length)) {
      var buffer = ByteBuffer.allocateDirect((int) Math.min(COPY_BYTES, length));
      for (var at = 0L; at < length; at += buffer.limit()) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), length - at));
        buffer.put(bytes.asSlice(at, buffer.limit()).asByteBuffer()).flip();
        copy.write(buffer, at);
        progress.accept(buffer.limit());
      }
      copy.sync();
    }
    target.rename(unfinished, ChunkNames.of(header));
    target.syncDirectory();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

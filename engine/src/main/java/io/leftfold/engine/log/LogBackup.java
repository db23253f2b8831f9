// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.BackupReport;
import io.leftfold.api.CorruptLogException;
import io.leftfold.engine.disk.Disk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Copies a log that is open, while it is written and scavenged, to another disk, where it is a log
/// itself. What is there from the last time is not copied again.
///
/// **Order.** First the sealed chunks that the copy does not have, then the beginning of the open
/// one, up to an end that was published when all before was copied; then the mark. So after each
/// step the copy is a log without a gap, which lacks nothing but what the store has forgotten.
/// Newer generations of chunks that the copy has come last, and only such as were judged as of a
/// point in the copy: a copy that is complete has the reason for whatever it lacks.
public final class LogBackup {

  private final Log log;
  private final Disk target;
  private final LongConsumer progress;
  private int chunksCopied;
  private int chunksKept;
  private long bytesCopied;

  private LogBackup(Log log, Disk target, LongConsumer progress) {
    this.log = log;
    this.target = target;
    this.progress = progress;
  }

  /// Brings a copy up to date, or begins one.
  ///
  /// @param progress is told now and then how many bytes were copied; what it throws ends the
  ///   backup
  /// @throws CorruptLogException if a chunk is damaged, here or there
  /// @throws IllegalArgumentException if the copy is of another store
  public static BackupReport run(Log log, Disk target, LongConsumer progress) throws IOException {
    return new LogBackup(log, target, progress).run();
  }

  private BackupReport run() throws IOException {
    var before = ChunkNames.on(target);
    requireNoMore(before);
    var sealed = 0;
    long end;
    do {
      for (; sealed < log.sealedChunks(log.end()); sealed++) {
        if (isThere(before.newest().get((long) sealed), sealed)) {
          chunksKept++;
        } else {
          copySealed(sealed);
        }
      }
      end = log.end();
    } while (!copyOpen(before.newest().get((long) sealed), sealed, end));
    for (var number = 0; number < sealed; number++) {
      renew(before.newest().get((long) number), number, end);
    }
    for (var leftover : ChunkNames.on(target).leftovers()) {
      target.delete(leftover);
    }
    target.syncDirectory();
    return new BackupReport(end, chunksCopied, chunksKept, bytesCopied);
  }

  private void requireNoMore(ChunkNames names) {
    if (!names.newest().isEmpty() && names.newest().lastKey() >= log.chunkCount()) {
      throw anotherHistory(
          "it has %s, and the store ends before"
              .formatted(ChunkNames.of(names.newest().lastKey())));
    }
  }

  private IllegalArgumentException anotherHistory(String why) {
    return new IllegalArgumentException(
        "%s is the backup of another store, or of another history of this one (%s); name another directory"
            .formatted(target.describe(""), why));
  }

  /// Whether the copy has a chunk, sealed. Headers and footers are compared; that all of it is
  /// whole is what a check of the copy looks at.
  private boolean isThere(ChunkNames.@Nullable Name name, int number) throws IOException {
    if (name == null) {
      return false;
    }
    try (var copy = target.open(name.file());
        var file = log.openFile(number)) {
      var copied = copy.map();
      var bytes = file.map();
      var header = ChunkHeader.decode(bytes);
      var copiedHeader = ChunkHeader.decode(copied);
      if (!ChunkFooter.isPresent(copied)) {
        requireBeginning(header, copiedHeader, bytes, copied, name.file());
        return false;
      }
      if (!ChunkFooter.isPresent(bytes)) {
        throw anotherHistory("the store still writes %s".formatted(name.file()));
      }
      requireSame(header, copiedHeader, bytes, copied, name.file());
      return true;
    } catch (DamagedException e) {
      return false;
    }
  }

  private void requireSame(
      ChunkHeader header,
      ChunkHeader copiedHeader,
      MemorySegment bytes,
      MemorySegment copied,
      String name)
      throws DamagedException {
    var copiedFooter = ChunkFooter.decode(copied, copiedHeader.isScavenged());
    var footer = ChunkFooter.decode(bytes, header.isScavenged());
    if (!isSame(header, copiedHeader)
        || footer.count() != copiedFooter.count()
        || footer.lastTime() != copiedFooter.lastTime()
        || (header.generation() == copiedHeader.generation()
            && footer.commitsChecksum() != copiedFooter.commitsChecksum())) {
      throw anotherHistory("%s is not the store's".formatted(name));
    }
  }

  private static boolean isSame(ChunkHeader header, ChunkHeader copied) {
    return header.storeId().equals(copied.storeId())
        && header.createdMicros() == copied.createdMicros()
        && header.firstPosition() == copied.firstPosition();
  }

  /// A chunk that was open when it was copied is about to be copied again: if the last commit of
  /// the copy stands in the store, too, so does all before it. Unless a scavenge has moved it
  /// there.
  private void requireBeginning(
      ChunkHeader header,
      ChunkHeader copiedHeader,
      MemorySegment bytes,
      MemorySegment copied,
      String name) {
    var commits = new CommitScanner(copied, copiedHeader.number(), copied.byteSize());
    var last = -1L;
    var crc = 0;
    while (commits.next()) {
      last = commits.offset();
      crc = commits.crc();
    }
    if (!isSame(header, copiedHeader)
        || (last >= 0 && !header.isScavenged() && !hasCommit(header, bytes, last, crc))) {
      throw anotherHistory("%s is not the beginning of the store's".formatted(name));
    }
  }

  private static boolean hasCommit(ChunkHeader header, MemorySegment bytes, long at, int crc) {
    var commits = new CommitScanner(bytes, header.number(), bytes.byteSize());
    commits.startAt(at);
    return commits.next() && commits.crc() == crc;
  }

  private ChunkFile open(int number) throws IOException {
    var file = log.openFile(number);
    try {
      return ChunkFile.of(file, number, ChunkHeader.decode(file.map()).generation());
    } catch (DamagedException e) {
      file.close();
      throw new CorruptLogException(file.describe(), e.offset(), e.finding());
    }
  }

  private void copySealed(int number) throws IOException {
    try (var chunk = open(number)) {
      copy(chunk, chunk.bytes().byteSize());
    }
  }

  private void copy(ChunkFile chunk, long length) throws IOException {
    chunk.copyTo(
        target,
        length,
        more -> {
          bytesCopied += more;
          progress.accept(bytesCopied);
        });
    chunksCopied++;
  }

  /// Copies the last chunk up to an end that was published. Its footer, if there is one, is only
  /// copied when the log says so: one whose sync failed may be gone after the next crash, and the
  /// store would go on in that chunk.
  ///
  /// @return whether that is in it; if not, it was sealed meanwhile
  private boolean copyOpen(ChunkNames.@Nullable Name before, int number, long end)
      throws IOException {
    var _ = isThere(before, number); // throws if that is of another store
    try (var chunk = open(number)) {
      var footer = chunk.footer();
      if (footer != null && log.chunks().get(number).isSealed()) {
        if (chunk.header().firstPosition() + footer.count() != end) {
          return false;
        }
        copy(chunk, chunk.bytes().byteSize());
        return true;
      }
      var length = (long) ChunkHeader.BYTES;
      var commits = chunk.commits();
      while (commits.next() && commits.position() < end) {
        length = commits.end();
      }
      copy(chunk, length);
      new DurableMark(number, length).write(target);
      return true;
    }
  }

  private void renew(ChunkNames.@Nullable Name there, int number, long end) throws IOException {
    if (there == null || log.chunks().get(number).header.generation() <= there.generation()) {
      return;
    }
    try (var chunk = open(number)) {
      var footer = chunk.footer();
      if (footer != null
          && footer.point() < end
          && chunk.header().generation() > there.generation()) {
        copy(chunk, chunk.bytes().byteSize());
      }
    }
  }
}

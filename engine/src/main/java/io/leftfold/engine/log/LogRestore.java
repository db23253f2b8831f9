// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.CorruptLogException;
import io.leftfold.engine.disk.Disk;
import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Copies a log that nobody has open, all of it or its beginning, to a disk where there is none.
/// Every commit is checked on the way. A log that is cut ends with a whole commit.
public final class LogRestore {

  private final Disk source;
  private final Disk target;
  private final LongConsumer progress;
  private long bytesCopied;
  private long end;
  private int chunksCopied;

  /// What was done.
  ///
  /// @param end the copy has all positions below
  /// @param chunks how many chunks it has
  /// @param bytes how many bytes were copied
  public record Result(long end, int chunks, long bytes) {}

  private LogRestore(Disk source, Disk target, LongConsumer progress) {
    this.source = source;
    this.target = target;
    this.progress = progress;
  }

  /// Copies what is up to a position.
  ///
  /// @param lastPosition the last that may be in the copy; [Long#MAX_VALUE] for all
  /// @param progress is told how many bytes were copied
  /// @throws CorruptLogException if something is damaged that would be copied
  /// @throws IllegalArgumentException if there is no log to copy, or one where it is to go
  public static Result run(Disk source, Disk target, long lastPosition, LongConsumer progress)
      throws IOException {
    return new LogRestore(source, target, progress).run(lastPosition);
  }

  private Result run(long lastPosition) throws IOException {
    var names = ChunkNames.on(source).newest();
    if (names.isEmpty()) {
      throw new IllegalArgumentException("%s holds no store".formatted(source.describe("")));
    }
    if (!ChunkNames.on(target).newest().isEmpty()) {
      throw new IllegalArgumentException(
          "%s holds a store; restore to a directory that holds none"
              .formatted(target.describe("")));
    }
    var whole = true;
    for (var number = 0L; number <= names.lastKey() && whole; number++) {
      var name = names.get(number);
      if (name == null) {
        throw new CorruptLogException(
            source.describe(ChunkNames.of(number)), 0, "this chunk is missing");
      }
      try (var chunk = ChunkFile.open(source, number, name)) {
        whole = copy(chunk, lastPosition, number == names.lastKey());
      }
    }
    return new Result(end, chunksCopied, bytesCopied);
  }

  /// Copies a chunk, or its beginning.
  ///
  /// @return whether all of it
  private boolean copy(ChunkFile chunk, long lastPosition, boolean isLast) throws IOException {
    if (chunk.header().firstPosition() != end) {
      throw new CorruptLogException(
          chunk.file().describe(),
          40,
          "a chunk that begins at position %d expected, found one that begins at %d"
              .formatted(end, chunk.header().firstPosition()));
    }
    var footer = chunk.footer();
    if (footer == null && !isLast) {
      throw new CorruptLogException(chunk.file().describe(), 0, "a footer expected, found none");
    }
    if (footer != null && end + footer.count() - 1 <= lastPosition) {
      copied(chunk, chunk.bytes().byteSize(), end + footer.count());
      return true;
    }
    var cut = cut(chunk, lastPosition);
    if (cut > end) {
      if (footer != null && chunk.header().isScavenged()) {
        writeBeginning(chunk, footer, cut);
      } else {
        copyBeginning(chunk, cut);
      }
    } else if (end == 0) {
      throw new IllegalArgumentException(
          "The first commit of a store names it, and reaches behind position " + lastPosition);
    }
    return false;
  }

  private void copied(ChunkFile chunk, long length, long newEnd) throws IOException {
    chunk.copyTo(target, length, _ -> {});
    added(length, newEnd);
  }

  private void added(long length, long newEnd) {
    bytesCopied += length;
    chunksCopied++;
    end = newEnd;
    progress.accept(bytesCopied);
  }

  /// Where the log is to end so that no commit is cut that reaches behind a position.
  private static long cut(ChunkFile chunk, long lastPosition) {
    var commits = chunk.commits();
    var behind = chunk.header().firstPosition();
    while (commits.next()) {
      var first = chunk.commitFirst(commits);
      var commitEnd = commits.position() + commits.count();
      if (commitEnd - 1 > lastPosition) {
        return Math.min(first, lastPosition + 1);
      }
      behind = commitEnd;
    }
    return chunk.isSealed() ? lastPosition + 1 : behind;
  }

  /// The beginning of a chunk as it was written first is a chunk that is open.
  private void copyBeginning(ChunkFile chunk, long cut) throws IOException {
    var length = (long) ChunkHeader.BYTES;
    var commits = chunk.commits();
    while (commits.next() && commits.position() < cut) {
      length = commits.end();
    }
    copied(chunk, length, cut);
    new DurableMark(chunk.header().number(), length).write(target);
  }

  /// A scavenged chunk is sealed, however short.
  private void writeBeginning(ChunkFile chunk, ChunkFooter footer, long cut) throws IOException {
    var first = chunk.header().firstPosition();
    var count = (int) (cut - first);
    var unfinished = ChunkNames.unfinished(chunk.header());
    try (var file = target.create(unfinished, chunk.bytes().byteSize())) {
      var writer = new GenerationWriter(chunk.header(), file, _ -> {}, count);
      var kept = 0L;
      var commits = chunk.commits();
      while (commits.next() && commits.position() < cut) {
        kept += copyRun(chunk, commits, writer);
      }
      for (var place = 0; place < count; place++) {
        var offset = chunk.bytes().get(Bytes.INT, footer.commitsEnd() + 4L * place);
        if (offset < 0) {
          writer.forget(place, -1 - offset);
        }
      }
      writer.finish(footer, kept, footer.kinds(), footer.point());
    }
    target.rename(unfinished, ChunkNames.of(chunk.header()));
    target.syncDirectory();
    added(chunk.bytes().byteSize(), cut);
  }

  private static int copyRun(ChunkFile chunk, CommitScanner run, GenerationWriter writer)
      throws IOException {
    writer.beginCommit(run.time(), chunk.commitFirst(run));
    var at = run.offset() + CommitFormat.HEADER_BYTES;
    var place = (int) (run.position() - chunk.header().firstPosition());
    for (var i = 0; i < run.count(); i++) {
      var length = chunk.bytes().get(Bytes.INT, at + RecordFormat.LENGTH);
      writer.add(place + i, chunk.bytes().asSlice(at, length), false);
      at += length;
    }
    writer.endCommit();
    return run.count();
  }

  /// The last position that was recorded at or before a time.
  ///
  /// @param micros since 1970
  /// @return the position; −1 if there is none
  public static long positionAt(Disk source, long micros) throws IOException {
    var last = -1L;
    for (var entry : List.copyOf(ChunkNames.on(source).newest().entrySet())) {
      try (var chunk = ChunkFile.open(source, entry.getKey(), entry.getValue())) {
        var found = positionAt(chunk, micros, chunk.footer());
        last = Math.max(last, found);
        if (chunk.footer() != null && found < endOf(chunk) - 1) {
          break;
        }
      }
    }
    return last;
  }

  private static long endOf(ChunkFile chunk) {
    var footer = chunk.footer();
    return chunk.header().firstPosition() + (footer == null ? 0 : footer.count());
  }

  private static long positionAt(ChunkFile chunk, long micros, @Nullable ChunkFooter footer) {
    if (footer != null && footer.lastTime() <= micros) {
      return endOf(chunk) - 1;
    }
    var last = chunk.header().firstPosition() - 1;
    var commits = chunk.commits();
    while (commits.next() && commits.time() <= micros) {
      last = commits.position() + commits.count() - 1L;
    }
    return last;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.CorruptLogException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;

/// A sealed chunk about to be written again without the events that are forgotten.
///
/// First every record is judged ([#judge]), which changes nothing and tells what would be freed.
/// Then, if it is worth it, [#carryOut] writes the next generation beside the chunk, reads it back,
/// gives it its name in one step, and lets readers look into it. A crash at any moment leaves
/// either generation whole; what is left of the other is deleted when the log is opened to be
/// written.
public final class ChunkRewrite {

  /// What a rewrite leaves on the disk for the writer.
  private static final long ROOM_BYTES = 64L << 20;

  private static final byte KEEP = 0;
  private static final byte EMPTY = 1;
  private static final byte FORGET = 2;

  private final Log log;
  private final Chunk chunk;
  private final byte[] fates;
  private final int[] kindNumbers;
  private final List<EventKind> kinds = new ArrayList<>();
  private final HashMap<EventKind, Integer> numbersOfKinds = new HashMap<>();

  private final long point;
  private long newlyForgotten;
  private long kept;
  private long bytesAfter;

  private ChunkRewrite(Log log, Chunk chunk, long point) {
    this.point = point;
    this.log = log;
    this.chunk = chunk;
    this.fates = new byte[chunk.count()];
    this.kindNumbers = new int[chunk.count()];
  }

  /// Judges every event of a chunk.
  ///
  /// @param number of a chunk that is sealed
  /// @param point the position as of which is judged
  /// @param judge is shown each record that is not forgotten yet
  /// @throws CorruptLogException if a record is damaged
  public static ChunkRewrite judge(
      Log log, int number, long point, Function<RecordCursor, Fate> judge, Pace pace) {
    var rewrite = new ChunkRewrite(log, log.chunks().get(number), point);
    rewrite.judgeAll(judge, pace);
    return rewrite;
  }

  private void judgeAll(Function<RecordCursor, Fate> judge, Pace pace) {
    var cursor = log.cursor();
    var runOf = -1L; // the commit of the record before, if that is kept
    bytesAfter = ChunkHeader.BYTES;
    for (var place = 0; place < fates.length; place++) {
      var position = chunk.firstPosition() + place;
      if (!cursor.moveToIfThere(position)) {
        forget(place, cursor.kindOf(position));
        runOf = -1;
        continue;
      }
      pace.passed(cursor.byteCount());
      var fate = cursor.isEmptied() ? Fate.EMPTY : judge.apply(cursor);
      if (fate == Fate.FORGET) {
        newlyForgotten++;
        forget(place, kindOf(cursor));
        runOf = -1;
        continue;
      }
      fates[place] = fate == Fate.KEEP ? KEEP : EMPTY;
      kept++;
      newlyForgotten += fate == Fate.EMPTY && !cursor.isEmptied() ? 1 : 0;
      bytesAfter += fate == Fate.KEEP ? cursor.byteCount() : cursor.emptiedByteCount();
      var commit = (long) chunk.offsetOf(position) - cursor.frameDistance();
      if (commit != runOf) {
        bytesAfter += CommitFormat.HEADER_BYTES + CommitFormat.TRAILER_BYTES;
        runOf = commit;
      }
    }
    bytesAfter += ChunkFooter.bytes(fates.length) + ChunkFooter.KINDS_HEADER_BYTES;
    for (var kind : kinds) {
      bytesAfter += ChunkFooter.bytes(kind);
    }
  }

  private void forget(int place, EventKind kind) {
    fates[place] = FORGET;
    kindNumbers[place] =
        numbersOfKinds.computeIfAbsent(
            kind,
            added -> {
              kinds.add(added);
              return kinds.size() - 1;
            });
  }

  private static EventKind kindOf(RecordCursor cursor) {
    var stream = cursor.stream();
    return stream.isSystem()
        ? new EventKind(null, cursor.type(), false)
        : new EventKind(stream.category().orElse(null), cursor.type(), cursor.revision() == 0);
  }

  /// How many events would be forgotten that are not yet.
  public long events() {
    return newlyForgotten;
  }

  /// How many bytes would be freed; less than 0 if the chunk would be longer than it is.
  public long bytesFreed() {
    return chunk.sizeBytes() - bytesAfter;
  }

  /// How many bytes the chunk has now.
  public long bytesBefore() {
    return chunk.sizeBytes();
  }

  /// Writes the next generation and puts it in the place of the chunk.
  ///
  /// @throws IOException if the disk fails; the chunk is as it was
  public void carryOut(Pace pace) throws IOException {
    var header = chunk.header.nextGeneration();
    var unfinished = ChunkNames.unfinished(header);
    requireRoom();
    try {
      write(header, unfinished, pace);
      verify(unfinished);
    } catch (IOException | RuntimeException e) {
      deleteAfter(e, unfinished);
      throw e;
    }
    var disk = log.disk();
    disk.rename(unfinished, ChunkNames.of(header));
    disk.syncDirectory();
    log.replace(chunk, open(ChunkNames.of(header)));
  }

  /// The writer goes by what the disk had left a moment ago, and keeps a reserve. This one asks
  /// before it takes a whole chunk of it.
  private void requireRoom() throws IOException {
    var usable = log.disk().usableBytes();
    if (usable - ROOM_BYTES < bytesAfter) {
      throw new IOException(
          "%s needs %d bytes to be written again and %d to spare, and the disk has %d left; make room"
              .formatted(chunk.file.describe(), bytesAfter, ROOM_BYTES, usable));
    }
  }

  private void deleteAfter(Exception failure, String name) {
    try {
      log.disk().delete(name);
    } catch (IOException second) {
      failure.addSuppressed(second);
    }
  }

  private void write(ChunkHeader header, String name, Pace pace) throws IOException {
    try (var file = log.disk().create(name, bytesAfter)) {
      var footer = ChunkFooter.decode(chunk.bytes(), chunk.header.isScavenged());
      var writer = new GenerationWriter(header, file, pace, fates.length);
      var commits = new CommitScanner(chunk.bytes(), header.number(), footer.commitsEnd());
      while (commits.next()) {
        copy(commits, writer);
      }
      if (commits.offset() != footer.commitsEnd()) {
        throw new DamagedException(commits.offset(), commits.finding());
      }
      for (var place = 0; place < fates.length; place++) {
        if (fates[place] == FORGET) {
          writer.forget(place, kindNumbers[place]);
        }
      }
      writer.finish(footer, kept, kinds, point);
    } catch (DamagedException e) {
      throw new CorruptLogException(chunk.file.describe(), e.offset(), e.finding());
    }
  }

  private void copy(CommitScanner commit, GenerationWriter writer)
      throws IOException, DamagedException {
    commit.requireRecords(chunk.header, chunk.firstPosition(), chunk.endPosition());
    // In a chunk that was scavenged before, a commit may be what is left of one.
    var commitFirst = commit.position() - (chunk.header.isScavenged() ? commit.durableEnd() : 0);
    writer.beginCommit(commit.time(), commitFirst);
    var at = commit.offset() + CommitFormat.HEADER_BYTES;
    var place = (int) (commit.position() - chunk.firstPosition());
    for (var i = 0; i < commit.count(); i++, place++) {
      var length = chunk.bytes().get(Bytes.INT, at + RecordFormat.LENGTH);
      if (fates[place] != FORGET) {
        writer.add(place, chunk.bytes().asSlice(at, length), fates[place] == EMPTY);
      }
      at += length;
    }
    writer.endCommit();
  }

  /// The old file is given up only for one that says what it should.
  private void verify(String name) throws IOException {
    try (var file = log.disk().open(name)) {
      var bytes = file.map();
      var header = ChunkHeader.decode(bytes);
      var footer = ChunkFooter.decode(bytes, header.isScavenged());
      LogRecovery.check(bytes, header, footer);
      if (!header.equals(chunk.header.nextGeneration())
          || footer.count() != fates.length
          || footer.kept() != kept) {
        throw new DamagedException(
            0,
            "%d of %d events expected, found %d of %d"
                .formatted(kept, fates.length, footer.kept(), footer.count()));
      }
    } catch (DamagedException e) {
      throw new IOException(
          "%s does not read back as it was written, at byte %d: %s"
              .formatted(log.disk().describe(name), e.offset(), e.finding()),
          e);
    }
  }

  private Chunk open(String name) throws IOException {
    var file = log.disk().open(name);
    try {
      var bytes = file.map();
      var header = ChunkHeader.decode(bytes);
      var fresh = Chunk.sealed(header, file, bytes, ChunkFooter.decode(bytes, true));
      file.endWriting();
      return fresh;
    } catch (DamagedException e) {
      file.close();
      throw new CorruptLogException(file.describe(), e.offset(), e.finding());
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }
}

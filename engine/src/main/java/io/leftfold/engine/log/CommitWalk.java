// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

/// Finds the records of a chunk that has no footer, or none that can be believed, commit by commit,
/// and tells the chunk where they are.
final class CommitWalk {
  private final Chunk chunk;
  private final CommitScanner scanner;
  private final CommitsChecksum checksum = new CommitsChecksum();
  private long batchFrom = ChunkHeader.BYTES;
  private long firstTime;
  private long lastTime;

  /// Over a chunk that knows of no records yet.
  CommitWalk(Chunk chunk) {
    this.chunk = chunk;
    this.scanner = scannerOf(chunk);
  }

  private static CommitScanner scannerOf(Chunk chunk) {
    return new CommitScanner(chunk.bytes(), chunk.header.number(), chunk.sizeBytes());
  }

  /// Takes whole commits as long as one follows the other.
  ///
  /// @return whether there was one
  /// @throws DamagedException if one is whole and cannot stand there
  boolean takeAll() throws DamagedException {
    var before = chunk.count();
    while (scanner.next()) {
      take();
    }
    return chunk.count() > before;
  }

  /// Where [#takeAll()] stopped.
  long end() {
    return scanner.offset();
  }

  /// Says what is wrong there.
  String finding() {
    return scanner.finding();
  }

  /// How far the chunk was durable, as whole commits behind the end have it.
  long durableByCommitsBehind() {
    var durable = 0L;
    var later = scannerOf(chunk);
    later.startAt(end());
    while (later.resynchronise()) {
      durable = Math.max(durable, later.durableEnd());
      later.skip();
    }
    return durable;
  }

  /// Takes the whole commits behind damage and leaves lost records between. The batch that begins
  /// where the durable part ends was not acknowledged, perhaps, but what is whole at its beginning
  /// is as good as in a sound log.
  void goAround(long durableEnd) throws DamagedException {
    var damagedAt = scanner.offset();
    while (scanner.resynchronise()) {
      if (scanner.offset() > durableEnd
          || scanner.position() < chunk.endPosition()
          || scanner.position() - chunk.endPosition() > chunk.recordsMax() - chunk.count()) {
        scanner.skip();
        continue;
      }
      while (chunk.endPosition() < scanner.position()) {
        chunk.addLost(damagedAt);
      }
      take();
      takeAll();
      damagedAt = scanner.offset();
    }
  }

  private void take() throws DamagedException {
    var gap = scanner.position() - chunk.endPosition();
    if (gap > 0 && chunk.header.isScavenged() && gap <= chunk.recordsMax() - chunk.count()) {
      for (; gap > 0; gap--) {
        chunk.addLost(scanner.offset()); // forgotten or lost: without its footer nobody knows
      }
    }
    if (gap != 0) {
      throw new DamagedException(
          scanner.offset() + CommitFormat.POSITION,
          "position %d expected, found %d".formatted(chunk.endPosition(), scanner.position()));
    }
    scanner.requireRecords(chunk.header, chunk.endPosition(), Long.MAX_VALUE);
    if (chunk.count() == 0) {
      firstTime = scanner.time();
    }
    checksum.add(scanner.crc());
    lastTime = Math.max(lastTime, scanner.time());
    batchFrom = scanner.durableEnd();
    var at = scanner.offset() + CommitFormat.HEADER_BYTES;
    for (var i = scanner.count(); i > 0; i--) {
      chunk.add((int) at);
      at += chunk.bytes().get(Bytes.INT, at + RecordFormat.LENGTH);
    }
  }

  /// The latest time of a commit.
  long lastTime() {
    return lastTime;
  }

  /// The end of the last chunk, to be written on.
  LogRecovery.Tail tail() {
    return new LogRecovery.Tail(end(), batchFrom, firstTime, checksum);
  }
}

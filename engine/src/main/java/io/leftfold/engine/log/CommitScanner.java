// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Walks the commits of a chunk and checks each one's checksum before it is believed.
final class CommitScanner {

  private static final int PIECE_BYTES = 8 << 10;

  private final MemorySegment bytes;
  private final byte[] piece = new byte[PIECE_BYTES];
  private final long limit;
  private final CommitChecksum checksum;

  private long offset;
  private int length;

  /// Over the commits between the header and `limit`.
  CommitScanner(MemorySegment bytes, long chunkNumber, long limit) {
    this.bytes = bytes;
    this.limit = limit;
    this.checksum = new CommitChecksum(chunkNumber);
    this.offset = ChunkHeader.BYTES;
  }

  /// Goes to the next commit, if a whole one stands where the one before ended.
  boolean next() {
    offset += length;
    length = 0;
    return take();
  }

  /// Looks at every byte behind the one at which [#next()] stopped for the beginning of a whole
  /// commit.
  boolean resynchronise() {
    length = 0;
    while (offset + CommitFormat.BYTES_MIN <= limit) {
      // Eight zeros: no commit, whose length is not zero, begins at the first five of them.
      offset += bytes.get(Bytes.LONG, offset) == 0 ? 5 : 1;
      if (take()) {
        return true;
      }
    }
    return false;
  }

  /// Continues the search behind the commit just found.
  void skip() {
    offset += length - 1L;
    length = 0;
  }

  /// Begins elsewhere than behind the header.
  void startAt(long offset) {
    this.offset = offset;
    this.length = 0;
  }

  private boolean take() {
    if (offset + CommitFormat.BYTES_MIN > limit) {
      return false;
    }
    var claimed = bytes.get(Bytes.INT, offset + CommitFormat.LENGTH);
    if (claimed < CommitFormat.BYTES_MIN
        || offset + claimed > limit
        || bytes.get(Bytes.INT, offset + claimed - CommitFormat.TRAILER_BYTES) != claimed
        || bytes.get(Bytes.INT, offset + CommitFormat.CRC)
            != checksum.of(bytes, offset, claimed, piece)) {
      return false;
    }
    length = claimed;
    return true;
  }

  /// Where the commit begins, or, after [#next()] said no, where one should.
  long offset() {
    return offset;
  }

  /// Behind the commit.
  long end() {
    return offset + length;
  }

  int crc() {
    return bytes.get(Bytes.INT, offset + CommitFormat.CRC);
  }

  long position() {
    return bytes.get(Bytes.LONG, offset + CommitFormat.POSITION);
  }

  long time() {
    return bytes.get(Bytes.LONG, offset + CommitFormat.TIME);
  }

  long durableEnd() {
    return Integer.toUnsignedLong(bytes.get(Bytes.INT, offset + CommitFormat.DURABLE_END));
  }

  int count() {
    return bytes.get(Bytes.INT, offset + CommitFormat.COUNT);
  }

  /// Looks into the commit, whose checksum says only that it was written so: its positions have to
  /// lie where they may, and its records have to fill it.
  ///
  /// @param first the first position it may have
  /// @param positionsEnd behind the last it may have
  void requireRecords(ChunkHeader header, long first, long positionsEnd) throws DamagedException {
    if (position() < first || count() < 1 || count() > positionsEnd - position()) {
      throw new DamagedException(
          offset + CommitFormat.POSITION,
          "positions from %d to below %d expected, found %d of them from %d"
              .formatted(first, positionsEnd, count(), position()));
    }
    var before = header.isScavenged() ? position() - header.firstPosition() : offset;
    if (durableEnd() > before) {
      throw new DamagedException(
          offset + CommitFormat.DURABLE_END,
          "at most %d expected, found %d".formatted(before, durableEnd()));
    }
    requireRecords();
  }

  private void requireRecords() throws DamagedException {
    var at = offset + CommitFormat.HEADER_BYTES;
    var recordsEnd = end() - CommitFormat.TRAILER_BYTES;
    for (var left = count(); left > 0; left--) {
      var claimed =
          recordsEnd - at < RecordFormat.HEADER_BYTES
              ? 0
              : bytes.get(Bytes.INT, at + RecordFormat.LENGTH);
      if (claimed < RecordFormat.HEADER_BYTES || claimed > recordsEnd - at) {
        throw new DamagedException(
            at,
            "%d more records in %d bytes expected, found one of %d"
                .formatted(left, recordsEnd - at, claimed));
      }
      at += claimed;
    }
    if (at != recordsEnd) {
      throw new DamagedException(
          at, "the end of the commit expected, found %d more bytes".formatted(recordsEnd - at));
    }
  }

  /// Says what is wrong at [#offset()], for a message.
  String finding() {
    if (offset + CommitFormat.BYTES_MIN > limit) {
      return "a commit expected, the file ends at %d".formatted(limit);
    }
    var claimed = bytes.get(Bytes.INT, offset + CommitFormat.LENGTH);
    if (claimed < CommitFormat.BYTES_MIN || offset + claimed > limit) {
      return "a commit expected, found one that claims %d bytes".formatted(claimed);
    }
    return "commit checksum %08x expected, found %08x"
        .formatted(crc(), checksum.of(bytes, offset, claimed, piece));
  }

  /// The checksum of a commit at its place: a commit copied elsewhere (say, into an event's data)
  /// is not valid there.
  static final class CommitChecksum {
    private final CRC32C crc = new CRC32C();
    private final byte[] place = new byte[12];

    CommitChecksum(long chunkNumber) {
      Bytes.putLong(place, 0, chunkNumber);
    }

    /// Of a commit that is mapped.
    ///
    /// @param piece to read by way of
    int of(MemorySegment chunk, long offset, int length, byte[] piece) {
      begin((int) offset);
      Bytes.update(
          crc,
          chunk,
          offset + CommitFormat.POSITION,
          length - CommitFormat.POSITION - CommitFormat.TRAILER_BYTES,
          piece);
      return (int) crc.getValue();
    }

    private void begin(int offset) {
      Bytes.putInteger(place, 8, offset);
      crc.reset();
      crc.update(place, 0, place.length);
    }

    /// Of a commit about to be written.
    ///
    /// @param index where in the buffer the commit begins
    /// @param offset where in the chunk it begins
    int of(ByteBuffer buffer, int index, int offset, int length) {
      begin(offset);
      buffer.limit(index + length - CommitFormat.TRAILER_BYTES);
      buffer.position(index + CommitFormat.POSITION);
      crc.update(buffer);
      buffer.clear();
      return (int) crc.getValue();
    }
  }
}

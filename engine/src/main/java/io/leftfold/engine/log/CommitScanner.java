// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Walks the commits of a chunk and checks each one's checksum before it is believed.
final class CommitScanner {

  private final MemorySegment bytes;
  private final ByteBuffer buffer;
  private final long limit;
  private final CommitChecksum checksum;

  private long offset;
  private int length;

  /// Over the commits between the header and `limit`.
  CommitScanner(MemorySegment bytes, long chunkNumber, long limit) {
    this.bytes = bytes;
    this.buffer = bytes.asByteBuffer();
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
            != checksum.of(buffer, (int) offset, claimed)) {
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
        .formatted(crc(), checksum.of(buffer, (int) offset, claimed));
  }

  /// The checksum of a commit at its place: a commit copied elsewhere (say, into an event's data)
  /// is not valid there.
  static final class CommitChecksum {
    private final CRC32C crc = new CRC32C();
    private final byte[] place = new byte[12];

    CommitChecksum(long chunkNumber) {
      Bytes.putLong(place, 0, chunkNumber);
    }

    /// @param buffer in which the commit begins at index `offset`
    int of(ByteBuffer buffer, int offset, int length) {
      return of(buffer, offset, offset, length);
    }

    /// @param index where in the buffer the commit begins
    /// @param offset where in the chunk it begins
    int of(ByteBuffer buffer, int index, int offset, int length) {
      Bytes.putInteger(place, 8, offset);
      crc.reset();
      crc.update(place, 0, place.length);
      buffer.limit(index + length - CommitFormat.TRAILER_BYTES);
      buffer.position(index + CommitFormat.POSITION);
      crc.update(buffer);
      buffer.clear();
      return (int) crc.getValue();
    }
  }
}

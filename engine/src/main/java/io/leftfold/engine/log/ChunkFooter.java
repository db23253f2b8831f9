// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// The last bytes of a sealed chunk: where each record is, and what the chunk holds.
///
/// ```
///   0 | offset 4 of each record, in the order of positions … |
/// 4·n | records 8                       |
///  +8 | time of the first commit 8      |
/// +16 | time of the last commit 8       |
/// +24 | end of the commits 8            | an offset in the file; the footer begins there
/// +32 | crc of the crcs of the commits 4 | crc of this footer 4 | the latter over all before it
/// +40 | zero 16                         |
/// +56 | magic "LFSEALED" 8              | the last bytes of the file
/// ```
///
/// The footer is written after all commits are durable, so a footer present means every commit is.
record ChunkFooter(
    long count, long firstTime, long lastTime, long commitsEnd, int commitsChecksum) {
  static final int TRAILER_BYTES = 64;
  private static final long MAGIC = 0x44454C4145_53464CL; // "LFSEALED", little-endian

  static long bytes(long count) {
    return 4 * count + TRAILER_BYTES;
  }

  ByteBuffer encode(int[] offsets) {
    var bytes = ByteBuffer.allocate(Math.toIntExact(bytes(count))).order(ByteOrder.LITTLE_ENDIAN);
    for (var i = 0; i < count; i++) {
      bytes.putInt(offsets[i]);
    }
    bytes.putLong(count).putLong(firstTime).putLong(lastTime).putLong(commitsEnd);
    bytes.putInt(commitsChecksum);
    bytes.putInt(checksum(bytes.slice(0, bytes.position())));
    bytes.putLong(0).putLong(0).putLong(MAGIC);
    return bytes.flip();
  }

  /// Whether the chunk ends as a sealed chunk does. What the footer says is still to be checked.
  static boolean isPresent(MemorySegment chunk) {
    var size = chunk.byteSize();
    return size >= ChunkHeader.BYTES + TRAILER_BYTES && chunk.get(Bytes.LONG, size - 8) == MAGIC;
  }

  /// @throws DamagedException if the footer does not agree with itself or the file
  static ChunkFooter decode(MemorySegment chunk) throws DamagedException {
    var trailer = chunk.byteSize() - TRAILER_BYTES;
    var count = chunk.get(Bytes.LONG, trailer);
    var commitsEnd = chunk.get(Bytes.LONG, trailer + 24);
    if (count < 0
        || count > chunk.byteSize() / 4
        || commitsEnd < ChunkHeader.BYTES
        || commitsEnd + bytes(count) != chunk.byteSize()) {
      throw new DamagedException(
          trailer,
          "a footer of %d records behind byte %d expected, the file ends at %d (truncated copy?)"
              .formatted(count, commitsEnd, chunk.byteSize()));
    }
    var expected = chunk.get(Bytes.INT, trailer + 36);
    var found = checksum(chunk.asSlice(commitsEnd, 4 * count + 36).asByteBuffer());
    if (expected != found) {
      throw new DamagedException(
          trailer + 36, "footer checksum %08x expected, found %08x".formatted(expected, found));
    }
    if (chunk.get(Bytes.LONG, trailer + 40) != 0 || chunk.get(Bytes.LONG, trailer + 48) != 0) {
      throw new DamagedException(trailer + 40, "16 bytes of zero expected, found others");
    }
    return new ChunkFooter(
        count,
        chunk.get(Bytes.LONG, trailer + 8),
        chunk.get(Bytes.LONG, trailer + 16),
        commitsEnd,
        chunk.get(Bytes.INT, trailer + 32));
  }

  void requireChecksumOfCommits(int found) throws DamagedException {
    if (found != commitsChecksum) {
      throw new DamagedException(
          commitsEnd,
          "checksum of commits %08x expected, found %08x".formatted(commitsChecksum, found));
    }
  }

  private static int checksum(ByteBuffer bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.engine.log.Log;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The first bytes of a segment. Written when all else is durable, so a valid header means a whole
/// segment.
///
/// ```
///   0 | magic "LFINDEX\n" 8        |
///   8 | format version 4 | crc 4   | crc: CRC-32C of all 192 bytes, these four taken as zero
///  16 | store id 16                |
///  32 | first position 8           |
///  40 | end position 8             | behind the last
///  48 | id of the last event 16    |
///  64 | keys 8                     | of all kinds
///  72 | leaves 8                   |
///  80 | end of the leaves 8        | an offset in the file; the index of the leaves begins there
///  88 | Bloom blocks 4 | crc 4     | crc: of the checksums of the pages
///  96 | new keys 8 of each kind …  | those that no segment before has; room for eight kinds
/// 160 | zero 32                    |
/// ```
///
/// @param newKeys by the code of their kind
record SegmentHeader(
    UUID storeId,
    long first,
    long end,
    UUID lastEvent,
    long keys,
    long leaves,
    long leavesEnd,
    long bloomBlocks,
    int pagesCrc,
    long[] newKeys) {

  static final int BYTES = 192;
  static final int FORMAT_VERSION = 2;

  private static final int NEW_KEYS = 96;
  private static final byte[] ZEROS = new byte[4];
  private static final long MAGIC = 0x0A58_4544_4E49_464CL; // "LFINDEX\n", little-endian

  /// Stands for the last event if that is forgotten.
  static final UUID FORGOTTEN = new UUID(0, 0);

  /// The id of the event before an end.
  static UUID lastEvent(Log log, long end) {
    var cursor = log.cursor();
    return cursor.moveToIfKept(end - 1) ? cursor.id() : FORGOTTEN;
  }

  long leafIndexBytes() {
    return Integer.BYTES * leaves;
  }

  long bloomAt() {
    return leavesEnd + leafIndexBytes();
  }

  /// Where the checksums of the pages begin.
  long pagesAt() {
    return bloomAt() + BloomFilter.BLOCK_BYTES * bloomBlocks;
  }

  long pages() {
    return CheckedPages.pages(pagesAt() - BYTES);
  }

  long fileBytes() {
    return pagesAt() + Integer.BYTES * pages();
  }

  ByteBuffer encode() {
    var bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(0, MAGIC).putInt(8, FORMAT_VERSION);
    bytes.putLong(16, storeId.getMostSignificantBits());
    bytes.putLong(24, storeId.getLeastSignificantBits());
    bytes.putLong(32, first).putLong(40, end);
    bytes.putLong(48, lastEvent.getMostSignificantBits());
    bytes.putLong(56, lastEvent.getLeastSignificantBits());
    bytes.putLong(64, keys).putLong(72, leaves).putLong(80, leavesEnd);
    bytes.putInt(88, (int) bloomBlocks).putInt(92, pagesCrc);
    for (var kind = 0; kind < newKeys.length; kind++) {
      bytes.putLong(NEW_KEYS + 8 * kind, newKeys[kind]);
    }
    bytes.putInt(12, checksum(bytes.array()));
    return bytes;
  }

  /// @throws SegmentDamagedException if these are not the first bytes of a whole segment that this
  ///   version reads
  static SegmentHeader decode(MemorySegment segment) throws SegmentDamagedException {
    if (segment.byteSize() < BYTES) {
      throw new SegmentDamagedException(
          0, "a header of %d bytes expected, the file has %d".formatted(BYTES, segment.byteSize()));
    }
    var array = segment.asSlice(0, BYTES).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    var bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.getLong(0) != MAGIC) {
      throw new SegmentDamagedException(
          0, "first bytes %016x expected, found %016x".formatted(MAGIC, bytes.getLong(0)));
    }
    if (bytes.getInt(12) != checksum(array)) {
      throw new SegmentDamagedException(
          12,
          "header checksum %08x expected, found %08x".formatted(bytes.getInt(12), checksum(array)));
    }
    if (bytes.getInt(8) != FORMAT_VERSION) {
      throw new SegmentDamagedException(
          8, "format version %d expected, found %d".formatted(FORMAT_VERSION, bytes.getInt(8)));
    }
    var header = read(bytes);
    if (header.leaves < 1
        || header.leaves > segment.byteSize()
        || header.leavesEnd < BYTES
        || header.leavesEnd > segment.byteSize()
        || header.bloomBlocks < 1
        || header.fileBytes() != segment.byteSize()) {
      throw new SegmentDamagedException(
          80,
          "a file of %d bytes expected, found %d"
              .formatted(header.fileBytes(), segment.byteSize()));
    }
    header.requireKeys();
    return header;
  }

  /// A checksum says that something was written so, not that it makes sense.
  private void requireKeys() throws SegmentDamagedException {
    var isPossible = keys >= leaves && keys <= leavesEnd;
    for (var number : newKeys) {
      isPossible &= number >= 0 && number <= keys;
    }
    if (!isPossible) {
      throw new SegmentDamagedException(
          64,
          "keys in %d leaves expected, found %d, of them new %s"
              .formatted(leaves, keys, Arrays.toString(newKeys)));
    }
  }

  private static SegmentHeader read(ByteBuffer bytes) {
    var newKeys = new long[KeyKind.MAX];
    for (var kind = 0; kind < newKeys.length; kind++) {
      newKeys[kind] = bytes.getLong(NEW_KEYS + 8 * kind);
    }
    return new SegmentHeader(
        new UUID(bytes.getLong(16), bytes.getLong(24)),
        bytes.getLong(32),
        bytes.getLong(40),
        new UUID(bytes.getLong(48), bytes.getLong(56)),
        bytes.getLong(64),
        bytes.getLong(72),
        bytes.getLong(80),
        Integer.toUnsignedLong(bytes.getInt(88)),
        bytes.getInt(92),
        newKeys);
  }

  private static int checksum(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes, 0, 12);
    crc.update(ZEROS);
    crc.update(bytes, 16, BYTES - 16);
    return (int) crc.getValue();
  }

  @Override
  public String toString() {
    return "segment of positions %d to %d, %s".formatted(first, end - 1, Arrays.toString(newKeys));
  }
}

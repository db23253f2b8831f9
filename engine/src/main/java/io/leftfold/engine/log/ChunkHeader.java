// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The first bytes of a chunk.
///
/// ```
///  0 | magic "LFCHUNK\n" 8       |
///  8 | format version 4 | crc 4  | crc: CRC-32C of all 64 bytes, these four taken as zero
/// 16 | store id 16               |
/// 32 | chunk number 8            |
/// 40 | first position 8          |
/// 48 | created 8                 | microseconds since 1970
/// 56 | generation 4 | zero 4 | 0 in version 1
/// ```
///
/// Version 1 is a chunk as it was written first, version 2 one that a scavenge wrote again: its
/// generation says how often.
record ChunkHeader(
    UUID storeId, long number, long firstPosition, long createdMicros, int generation) {
  static final int BYTES = 64;

  /// Offsets are four bytes.
  static final long CHUNK_BYTES_MAX = Integer.MAX_VALUE;

  static final int FORMAT_VERSION = 1;
  static final int SCAVENGED_VERSION = 2;

  /// The id of a store that is not known since the header is damaged.
  static final UUID UNKNOWN_STORE = new UUID(0, 0);

  private static final byte[] ZEROS = new byte[4];
  private static final long MAGIC = 0x0A4B4E5548_43464CL; // "LFCHUNK\n", little-endian

  /// Of a chunk as it is written first.
  ChunkHeader(UUID storeId, long number, long firstPosition, long createdMicros) {
    this(storeId, number, firstPosition, createdMicros, 0);
  }

  /// Whether positions may be missing.
  boolean isScavenged() {
    return generation > 0;
  }

  /// Of the chunk that a scavenge puts in its place.
  ChunkHeader nextGeneration() {
    return ofGeneration(generation + 1);
  }

  ChunkHeader ofGeneration(int other) {
    return new ChunkHeader(storeId, number, firstPosition, createdMicros, other);
  }

  ByteBuffer encode() {
    var bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(0, MAGIC);
    bytes.putInt(8, isScavenged() ? SCAVENGED_VERSION : FORMAT_VERSION);
    bytes.putLong(16, storeId.getMostSignificantBits());
    bytes.putLong(24, storeId.getLeastSignificantBits());
    bytes.putLong(32, number);
    bytes.putLong(40, firstPosition);
    bytes.putLong(48, createdMicros);
    bytes.putInt(56, generation);
    bytes.putInt(12, checksum(bytes.array()));
    return bytes;
  }

  /// @throws DamagedException if these are not the first bytes of a chunk this version reads
  static ChunkHeader decode(MemorySegment chunk) throws DamagedException {
    if (chunk.byteSize() < BYTES) {
      throw new DamagedException(
          0, "a header of %d bytes expected, the file has %d".formatted(BYTES, chunk.byteSize()));
    }
    if (chunk.byteSize() > CHUNK_BYTES_MAX) {
      throw new DamagedException(
          CHUNK_BYTES_MAX,
          "a file of at most %d bytes expected, this one has %d"
              .formatted(CHUNK_BYTES_MAX, chunk.byteSize()));
    }
    var bytes = chunk.asSlice(0, BYTES).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    var magic = Bytes.longInteger(bytes, 0);
    if (magic != MAGIC) {
      throw new DamagedException(
          0, "first bytes %016x expected, found %016x".formatted(MAGIC, magic));
    }
    var crc = Bytes.integer(bytes, 12);
    if (crc != checksum(bytes)) {
      throw new DamagedException(
          12, "header checksum %08x expected, found %08x".formatted(crc, checksum(bytes)));
    }
    var version = Bytes.integer(bytes, 8);
    if (version != FORMAT_VERSION && version != SCAVENGED_VERSION) {
      throw new DamagedException(
          8,
          "this Leftfold reads format versions 1 to %d, the file has %d; use a newer Leftfold"
              .formatted(SCAVENGED_VERSION, version));
    }
    var generation = Bytes.integer(bytes, 56);
    if (version == FORMAT_VERSION ? generation != 0 : generation <= 0) {
      throw new DamagedException(
          56, "a generation of version %d expected, found %d".formatted(version, generation));
    }
    return new ChunkHeader(
        new UUID(Bytes.longInteger(bytes, 16), Bytes.longInteger(bytes, 24)),
        Bytes.longInteger(bytes, 32),
        Bytes.longInteger(bytes, 40),
        Bytes.longInteger(bytes, 48),
        generation);
  }

  private static int checksum(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes, 0, 12);
    crc.update(ZEROS);
    crc.update(bytes, 16, BYTES - 16);
    return (int) crc.getValue();
  }
}

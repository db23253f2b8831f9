// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.engine.disk.Disk;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/// How far the log was known to be durable when it was last closed, so that a last commit that rots
/// while the store is closed is not taken for a torn tail. It is a lower bound: it may be old or
/// missing, never ahead.
///
/// ```
///  0 | magic "LFDURABL" 8 |
///  8 | chunk number 8     |
/// 16 | offset 8           |
/// 24 | crc 4 | zero 4     |  crc: CRC-32C of bytes 8 to 24
/// ```
record DurableMark(long chunkNumber, long offset) {
  static final String NAME = "durable.mark";

  /// Knows nothing.
  static final DurableMark NONE = new DurableMark(-1, 0);

  private static final int BYTES = 32;
  private static final long MAGIC = 0x4C42415255_44464CL; // "LFDURABL", little-endian

  static Optional<DurableMark> read(Disk disk) throws IOException {
    if (!disk.list().contains(NAME)) {
      return Optional.empty();
    }
    try (var file = disk.open(NAME)) {
      if (file.size() != BYTES) {
        return Optional.empty();
      }
      var bytes = file.map().toArray(ValueLayout.JAVA_BYTE);
      if (Bytes.longInteger(bytes, 0) != MAGIC || Bytes.integer(bytes, 24) != checksum(bytes)) {
        return Optional.empty();
      }
      return Optional.of(
          new DurableMark(Bytes.longInteger(bytes, 8), Bytes.longInteger(bytes, 16)));
    }
  }

  /// How far a chunk was durable, as far as this is known.
  long offsetIn(long number) {
    return number == chunkNumber ? offset : 0;
  }

  void write(Disk disk) throws IOException {
    var bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(0, MAGIC).putLong(8, chunkNumber).putLong(16, offset);
    bytes.putInt(24, checksum(bytes.array()));
    try (var file = disk.create(NAME, BYTES)) {
      file.write(bytes, 0);
      file.sync();
    }
    disk.syncDirectory();
  }

  private static int checksum(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes, 8, 16);
    return (int) crc.getValue();
  }
}

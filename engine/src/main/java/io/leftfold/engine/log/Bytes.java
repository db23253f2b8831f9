// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Little-endian numbers in byte arrays and memory segments.
final class Bytes {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  static int unsignedShort(byte[] bytes, int at) {
    return (short) SHORTS.get(bytes, at) & 0xffff;
  }

  static int integer(byte[] bytes, int at) {
    return (int) INTS.get(bytes, at);
  }

  static long longInteger(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  static void putShort(byte[] bytes, int at, int value) {
    SHORTS.set(bytes, at, (short) value);
  }

  static void putInteger(byte[] bytes, int at, int value) {
    INTS.set(bytes, at, value);
  }

  static void putLong(byte[] bytes, int at, long value) {
    LONGS.set(bytes, at, value);
  }

  /// Adds mapped bytes to a checksum, by way of a copy: a mapping that a checksum reads by itself
  /// cannot be closed meanwhile, and whoever closes it would fail.
  static void update(CRC32C crc, MemorySegment mapped, long from, long length, byte[] piece) {
    for (var done = 0L; done < length; done += piece.length) {
      var bytes = (int) Math.min(piece.length, length - done);
      MemorySegment.copy(mapped, ValueLayout.JAVA_BYTE, from + done, piece, 0, bytes);
      crc.update(piece, 0, bytes);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Makes every checksum of a file of the store right, whatever the file says, by the pages in
/// `docs/format` alone: as somebody would who forges one.
final class RightChecksums {

  private static final int CHUNK_HEADER = 64;
  private static final int COMMIT_HEADER = 32;
  private static final int RECORD_HEADER = 48;
  private static final int TRAILER = 64;
  private static final int SEGMENT_HEADER = 192;
  private static final int PAGE = 16_384;

  private final ByteBuffer file;
  private final int size;

  private RightChecksums(byte[] bytes) {
    this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.size = bytes.length;
  }

  /// Changes the bytes of a file.
  static void make(String name, byte[] bytes) {
    var right = new RightChecksums(bytes);
    if (name.endsWith(".index")) {
      right.makeSegment();
    } else if (name.endsWith(".mark")) {
      right.makeMark();
    } else {
      right.makeChunk();
    }
  }

  private int crc(int from, int to) {
    var crc = new CRC32C();
    crc.update(file.array(), from, to - from);
    return (int) crc.getValue();
  }

  private void makeHeader(int bytes) {
    if (size >= bytes) {
      file.putInt(12, 0);
      file.putInt(12, crc(0, bytes));
    }
  }

  private void makeMark() {
    if (size >= 28) {
      file.putInt(24, crc(8, 24));
    }
  }

  // ---- chunks

  private void makeChunk() {
    makeHeader(CHUNK_HEADER);
    var trailer = size - TRAILER;
    var isSealed = trailer >= CHUNK_HEADER && file.getLong(size - 8) == 0x44454C4145_53464CL;
    var commitsEnd = isSealed ? file.getLong(trailer + 24) : size;
    var crcs = new CRC32C();
    var at = CHUNK_HEADER;
    while (isRoomFor(at, COMMIT_HEADER + 4, commitsEnd)
        && isLength(file.getInt(at), COMMIT_HEADER + 4, at, commitsEnd)) {
      var length = file.getInt(at);
      makeCommit(at, length);
      crcs.update(file.array(), at + 4, 4);
      at += length;
    }
    if (isSealed && commitsEnd >= CHUNK_HEADER && commitsEnd <= trailer) {
      file.putInt(trailer + 32, (int) crcs.getValue());
      file.putInt(trailer + 36, crc((int) commitsEnd, trailer + 36));
    }
  }

  private boolean isRoomFor(int at, int bytes, long end) {
    return at + (long) bytes <= Math.min(end, size);
  }

  private boolean isLength(int length, int least, int at, long end) {
    return length >= least && at + (long) length <= Math.min(end, size);
  }

  private void makeCommit(int at, int length) {
    var record = at + COMMIT_HEADER;
    var end = at + length - 4;
    while (isRoomFor(record, RECORD_HEADER, end)
        && isLength(file.getInt(record), RECORD_HEADER, record, end)) {
      var crc = new CRC32C();
      crc.update(file.array(), at + 16, 8); // the time of the commit
      crc.update(file.array(), record + 8, file.getInt(record) - 8);
      file.putInt(record + 4, (int) crc.getValue());
      record += file.getInt(record);
    }
    file.putInt(end, length);
    var place = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    place.putLong(file.getLong(32)).putInt(at);
    var crc = new CRC32C();
    crc.update(place.array());
    crc.update(file.array(), at + 8, length - 12);
    file.putInt(at + 4, (int) crc.getValue());
  }

  // ---- segments

  private void makeSegment() {
    if (size < SEGMENT_HEADER) {
      return;
    }
    var pagesAt = pagesAt();
    var pages = (pagesAt - SEGMENT_HEADER + PAGE - 1) / PAGE;
    if (pagesAt + 4L * pages <= size) {
      for (var page = 0; page < pages; page++) {
        var from = SEGMENT_HEADER + page * PAGE;
        file.putInt(pagesAt + 4 * page, crc(from, Math.min(from + PAGE, pagesAt)));
      }
      file.putInt(92, crc(pagesAt, pagesAt + 4 * pages));
    }
    makeHeader(SEGMENT_HEADER);
  }

  /// Where the checksums begin: as the header has it, or, if that cannot be, as the size has it.
  private int pagesAt() {
    var claimed =
        file.getLong(80) + 4 * file.getLong(72) + 64 * Integer.toUnsignedLong(file.getInt(88));
    return claimed >= SEGMENT_HEADER && claimed <= size
        ? (int) claimed
        : Math.max(SEGMENT_HEADER, size - 4);
  }
}

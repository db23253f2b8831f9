// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The bytes of a segment, none of which is believed before the checksum of its page was compared:
/// once, when it is first needed. Any number of threads.
final class CheckedPages {

  static final int PAGE_BYTES = 16 << 10;

  private static final int PAGE_SHIFT = 14;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment bytes;
  private final long checksumsAt;
  private final Damage damage;

  // A bit a page. Threads that meet here may lose a bit, and then a page is compared twice.
  private final long[] checked;

  /// Is told that a page is damaged.
  @FunctionalInterface
  interface Damage {
    /// What is to be thrown at whoever asked.
    RuntimeException found(long offset, String finding);
  }

  /// Over the pages between the header and their checksums.
  CheckedPages(MemorySegment bytes, SegmentHeader header, Damage damage) {
    this.bytes = bytes;
    this.checksumsAt = header.pagesAt();
    this.damage = damage;
    this.checked = new long[Math.toIntExact(Math.ceilDiv(header.pages(), (long) Long.SIZE))];
  }

  static long pages(long bodyBytes) {
    return Math.ceilDiv(bodyBytes, (long) PAGE_BYTES);
  }

  /// Compares the checksums of the pages that hold some bytes, unless that was done.
  void require(long offset, long length) {
    if (offset < SegmentHeader.BYTES || offset > checksumsAt - length) {
      throw damage.found(
          Math.clamp(offset, 0, checksumsAt),
          "bytes up to %d expected, found %d bytes at %d".formatted(checksumsAt, length, offset));
    }
    var last = (offset + length - 1 - SegmentHeader.BYTES) >>> PAGE_SHIFT;
    for (var page = (offset - SegmentHeader.BYTES) >>> PAGE_SHIFT; page <= last; page++) {
      var word = (int) (page >>> 6);
      if (((checked[word] >>> page) & 1) == 0) {
        compare(page);
      }
    }
  }

  /// Where the page of a byte ends.
  long endOfPage(long offset) {
    var end =
        SegmentHeader.BYTES + ((((offset - SegmentHeader.BYTES) >>> PAGE_SHIFT) + 1) << PAGE_SHIFT);
    return Math.min(end, checksumsAt);
  }

  private void compare(long page) {
    var finding = finding(page);
    if (finding != null) {
      throw damage.found(offsetOf(page), finding);
    }
    checked[(int) (page >>> 6)] |= (1L << page);
  }

  private static long offsetOf(long page) {
    return SegmentHeader.BYTES + (page << PAGE_SHIFT);
  }

  /// What is wrong with a page; null if nothing is.
  private @Nullable String finding(long page) {
    var from = offsetOf(page);
    // A copy: a checksum over the mapping itself would keep it from being closed meanwhile.
    var copy =
        bytes
            .asSlice(from, Math.min(PAGE_BYTES, checksumsAt - from))
            .toArray(ValueLayout.JAVA_BYTE);
    var expected = bytes.get(INT, checksumsAt + Integer.BYTES * page);
    var found = crc(copy);
    return expected == found
        ? null
        : "page checksum %08x expected, found %08x".formatted(expected, found);
  }

  /// Compares the checksums of all pages.
  ///
  /// @throws SegmentDamagedException if one differs
  void requireAll() throws SegmentDamagedException {
    for (var page = 0L; page < pages(checksumsAt - SegmentHeader.BYTES); page++) {
      var finding = finding(page);
      if (finding != null) {
        throw new SegmentDamagedException(offsetOf(page), finding);
      }
    }
  }

  static int crc(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /// Compares the checksum of the checksums.
  void requireChecksums(SegmentHeader header) throws SegmentDamagedException {
    var found =
        crc(
            bytes
                .asSlice(checksumsAt, Integer.BYTES * header.pages())
                .toArray(ValueLayout.JAVA_BYTE));
    if (found != header.pagesCrc()) {
      throw new SegmentDamagedException(
          checksumsAt,
          "checksum of page checksums %08x expected, found %08x"
              .formatted(header.pagesCrc(), found));
    }
  }

  /// What contradicts itself although its checksum is right.
  RuntimeException damaged(long offset, String finding) {
    return damage.found(offset, finding);
  }

  /// A byte that was [required][#require].
  byte byteAt(long offset) {
    return bytes.get(ValueLayout.JAVA_BYTE, offset);
  }

  /// A number of four bytes without sign that was [required][#require].
  long unsignedAt(long offset) {
    return Integer.toUnsignedLong(bytes.get(INT, offset));
  }

  /// Where the last page ends.
  long end() {
    return checksumsAt;
  }
}

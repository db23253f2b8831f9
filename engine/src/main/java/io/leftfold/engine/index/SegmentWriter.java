// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;

/// Writes one segment, front to back, from keys in order. Holds the index of the leaves, the Bloom
/// filter and the checksums of the pages in memory until the end; the header comes last, when all
/// else is durable.
final class SegmentWriter implements AutoCloseable {

  private static final int BUFFER_BYTES_MAX = 64 * CheckedPages.PAGE_BYTES;

  private final DiskFile file;
  private final KeyHash hash;
  private final Pace pace;
  private final BloomFilter bloom;

  /// Grows, for most segments are small while a store is young.
  private ByteBuffer buffer = newBuffer(CheckedPages.PAGE_BYTES);

  private long flushedEnd = SegmentHeader.BYTES;
  private int[] leaves = new int[1024];
  private int leafCount;
  private int[] pages = new int[64];
  private int pageCount;
  private int[] skips = new int[64];
  private int skipCount;

  private byte[] before = new byte[256];
  private int beforeLength;
  private int inLeaf = Segment.LEAF_KEYS;
  private long keys;

  /// Is asked now and then whether there is something more urgent, and slows down who writes much.
  interface Pace {
    /// A number of bytes was written.
    void wrote(DiskFile file, int bytes) throws IOException;

    /// Some keys were written.
    void wroteKey() throws IOException;

    /// As fast as can be.
    Pace FULL =
        new Pace() {
          @Override
          public void wrote(DiskFile file, int bytes) {}

          @Override
          public void wroteKey() {}
        };
  }

  /// Begins a file.
  ///
  /// @param keysMax how many keys there will be, at most
  SegmentWriter(Disk disk, String name, KeyHash hash, long keysMax, Pace pace) throws IOException {
    this.file = disk.create(name, 0);
    this.hash = hash;
    this.pace = pace;
    this.bloom = new BloomFilter(keysMax);
  }

  /// Writes all keys of a cursor.
  void writeAll(KeyCursor cursor) throws IOException {
    while (cursor.next()) {
      writeKey(cursor);
      pace.wroteKey();
    }
  }

  private void writeKey(KeyCursor cursor) throws IOException {
    var key = cursor.key();
    var length = cursor.keyLength();
    bloom.add(hash.of(key, length));
    keys++;
    var shared = 0;
    if (inLeaf == Segment.LEAF_KEYS || key[0] != before[0]) {
      beginLeaf();
    } else {
      shared = Math.max(0, Arrays.mismatch(before, 0, beforeLength, key, 0, length));
    }
    inLeaf++;
    putVarint(shared);
    putVarint(length - shared);
    for (var i = shared; i < length; i++) {
      put(key[i]);
    }
    remember(key, length);
    putVarint(cursor.count());
    if (key[0] == KeyKind.STREAM.code()) {
      putVarint((cursor.firstRevision() << 1) | (cursor.isConsecutive() ? 0 : 1));
    }
    writePlaces(cursor);
  }

  private void beginLeaf() {
    if (leafCount == leaves.length) {
      leaves = Arrays.copyOf(leaves, 2 * leafCount);
    }
    leaves[leafCount++] = unsignedInt(offset() - SegmentHeader.BYTES);
    inLeaf = 0;
  }

  private void remember(byte[] key, int length) {
    if (before.length < length) {
      before = new byte[2 * length];
    }
    System.arraycopy(key, 0, before, 0, length);
    beforeLength = length;
  }

  /// Goes along the places twice: they are not kept, for there may be a hundred million.
  private void writePlaces(KeyCursor cursor) throws IOException {
    var count = cursor.count();
    cursor.rewind();
    var place = cursor.nextPlace();
    putVarint(place);
    if (count == 1) {
      return;
    }
    var bytes = 0L;
    for (var ordinal = 1L; ordinal < count; ordinal++) {
      var next = cursor.nextPlace();
      bytes += varintBytes(next - place);
      place = next;
    }
    putVarint(bytes + SegmentPostings.skipBytes(count));
    cursor.rewind();
    place = cursor.nextPlace();
    var bodyAt = offset();
    skipCount = 0;
    for (var ordinal = 1L; ordinal < count; ordinal++) {
      var next = cursor.nextPlace();
      putVarint(next - place);
      place = next;
      if (ordinal % SegmentPostings.BLOCK == 0) {
        addSkip(place, offset() - bodyAt);
      }
    }
    for (var i = 0; i < skipCount; i++) {
      putInt(skips[i]);
    }
  }

  private void addSkip(long place, long offset) {
    if (skipCount + 2 > skips.length) {
      skips = Arrays.copyOf(skips, 2 * skips.length);
    }
    skips[skipCount++] = unsignedInt(place);
    skips[skipCount++] = unsignedInt(offset);
  }

  private static int unsignedInt(long value) {
    if (value >>> 32 != 0) {
      throw new IllegalStateException("A segment counts to 2^32, got " + value);
    }
    return (int) value;
  }

  /// Writes what follows the keys, syncs, writes the header, syncs.
  ///
  /// @return the header
  SegmentHeader finish(UUID storeId, long first, long end, UUID lastEvent, long[] newKeys)
      throws IOException {
    var leavesEnd = offset();
    for (var i = 0; i < leafCount; i++) {
      putInt(leaves[i]);
    }
    var bits = bloom.bytes();
    while (bits.hasRemaining()) {
      put(bits.get());
    }
    flush();
    var checksums = ByteBuffer.allocate(pageCount * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    checksums.asIntBuffer().put(pages, 0, pageCount);
    file.write(checksums, flushedEnd);
    file.sync();
    var header =
        new SegmentHeader(
            storeId,
            first,
            end,
            lastEvent,
            keys,
            leafCount,
            leavesEnd,
            bloom.blocks(),
            CheckedPages.crc(checksums.array()),
            newKeys);
    file.write(header.encode(), 0);
    file.sync();
    return header;
  }

  private long offset() {
    return flushedEnd + buffer.position();
  }

  private void put(int unit) throws IOException {
    if (!buffer.hasRemaining()) {
      makeRoom();
    }
    buffer.put((byte) unit);
  }

  private void makeRoom() throws IOException {
    if (buffer.capacity() < BUFFER_BYTES_MAX) {
      buffer = newBuffer(2 * buffer.capacity()).put(buffer.flip());
    } else {
      flush();
    }
  }

  private static ByteBuffer newBuffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void putInt(int value) throws IOException {
    for (var shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      put(value >>> shift);
    }
  }

  private void putVarint(long value) throws IOException {
    var rest = value;
    while ((rest & ~0x7fL) != 0) {
      put(((int) rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    put((int) rest);
  }

  private static int varintBytes(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  /// The buffer holds whole pages, except at the end of the file.
  private void flush() throws IOException {
    var bytes = buffer.position();
    for (var from = 0; from < bytes; from += CheckedPages.PAGE_BYTES) {
      if (pageCount == pages.length) {
        pages = Arrays.copyOf(pages, 2 * pageCount);
      }
      var to = Math.min(bytes, from + CheckedPages.PAGE_BYTES);
      var page = new byte[to - from];
      buffer.get(from, page);
      pages[pageCount++] = CheckedPages.crc(page);
    }
    file.write(buffer.flip(), flushedEnd);
    flushedEnd += bytes;
    buffer.clear();
    pace.wrote(file, bytes);
  }

  DiskFile file() {
    return file;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

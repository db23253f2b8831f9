// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An immutable file that covers a range of positions: keys in order with their places, mapped.
///
/// Sixteen keys are a *leaf*; each holds what it does not share with the key before. The first key
/// of a leaf is whole, so a key is found by binary search over the leaves and then along one leaf.
///
/// Closing it while it is read makes readers throw [IllegalStateException]; they find the same in
/// the segment that took its place.
final class Segment implements Part, AutoCloseable {

  static final int LEAF_KEYS = 16;

  private final String name;
  private final DiskFile file;
  private final SegmentHeader header;
  private final CheckedPages pages;
  private final Consumer<Segment> damageFound;
  private volatile boolean damaged;

  private Segment(
      String name,
      DiskFile file,
      MemorySegment bytes,
      SegmentHeader header,
      Consumer<Segment> damageFound) {
    this.name = name;
    this.file = file;
    this.header = header;
    this.damageFound = damageFound;
    this.pages = new CheckedPages(bytes, header, this::damaged);
  }

  /// Opens a file that is whole.
  ///
  /// @param damageFound told when a page turns out to be damaged
  /// @throws SegmentDamagedException if its header or its checksums are not those of a segment
  static Segment open(String name, DiskFile file, Consumer<Segment> damageFound)
      throws IOException, SegmentDamagedException {
    if (file.size() < SegmentHeader.BYTES) {
      throw new SegmentDamagedException(0, "a segment expected, found an empty file");
    }
    var bytes = file.map();
    var segment = new Segment(name, file, bytes, SegmentHeader.decode(bytes), damageFound);
    segment.pages.requireChecksums(segment.header);
    file.endWriting();
    return segment;
  }

  private UnavailableException damaged(long offset, String finding) {
    if (!damaged) {
      damaged = true;
      damageFound.accept(this);
    }
    return new UnavailableException(
        UnavailableException.Reason.TOO_BUSY,
        "%s at byte %d: %s. It is made again from the log; try again in a moment"
            .formatted(describe(), offset, finding));
  }

  boolean isDamaged() {
    return damaged;
  }

  String name() {
    return name;
  }

  /// How often its range was written again without what is forgotten.
  int generation() {
    return SegmentFiles.generationOf(name);
  }

  String describe() {
    return file.describe();
  }

  SegmentHeader header() {
    return header;
  }

  CheckedPages pages() {
    return pages;
  }

  @Override
  public long first() {
    return header.first();
  }

  @Override
  public long end() {
    return header.end();
  }

  long size() {
    return header.end() - header.first();
  }

  @Override
  public KeyCursor keys(KeyKind kind, String prefix, String from) {
    var key = IndexKey.encode(kind, from);
    return new SegmentCursor(this, key, leafOf(key, new PageReader(pages)));
  }

  @Override
  public @Nullable SegmentPostings find(IndexKey key) {
    if (!BloomFilter.mayHold(pages, header.bloomAt(), header.bloomBlocks(), key.hash)) {
      return null;
    }
    var reader = new PageReader(pages);
    return findInLeaf(key, leafOf(key.bytes, reader), reader);
  }

  /// The last leaf whose first key is not behind a key; the first if there is none.
  ///
  /// All keys between two that begin alike begin so, too: what the key has in common with the
  /// nearest leaf on either side is not compared again.
  private long leafOf(byte[] key, PageReader reader) {
    var low = 0L;
    var high = header.leaves() - 1;
    var commonWithLow = 0;
    var commonWithHigh = 0;
    while (low < high) {
      var middle = (low + high + 1) >>> 1;
      reader.moveTo(leafAt(middle));
      reader.varint(); // shares nothing
      var comparison = compare(reader, key, Math.min(commonWithLow, commonWithHigh));
      if (comparison.order <= 0) {
        low = middle;
        commonWithLow = comparison.common;
      } else {
        high = middle - 1;
        commonWithHigh = comparison.common;
      }
    }
    return low;
  }

  /// Compares a whole key; leaves the reader anywhere.
  ///
  /// @param common how many bytes are known to be the same
  private static Comparison compare(PageReader reader, byte[] key, int common) {
    var length = reader.varint();
    reader.skip(common);
    return compareUnits(reader, length - common, key, common);
  }

  long leafAt(long leaf) {
    var at = header.leavesEnd() + Integer.BYTES * leaf;
    pages.require(at, Integer.BYTES);
    return SegmentHeader.BYTES + pages.unsignedAt(at);
  }

  long leafEnd(long leaf) {
    return leaf + 1 < header.leaves() ? leafAt(leaf + 1) : header.leavesEnd();
  }

  /// How the key at a reader relates to the one that is looked for.
  ///
  /// @param order negative if it comes before, 0 if it is the same
  /// @param common how many bytes they have in common
  private record Comparison(int order, int common) {}

  /// Compares what follows of a key; leaves the reader behind it.
  ///
  /// @param common how many bytes before are known to be the same
  private static Comparison compareSuffix(PageReader reader, byte[] key, int common) {
    return compareUnits(reader, reader.varint(), key, common);
  }

  private static Comparison compareUnits(PageReader reader, long length, byte[] key, int common) {
    var left = length;
    var same = common;
    while (left > 0 && same < key.length) {
      var unit = reader.next();
      left--;
      if (unit != (key[same] & 0xff)) {
        reader.skip(left);
        return new Comparison(IndexKey.compare(unit, key[same] & 0xff), same);
      }
      same++;
    }
    reader.skip(left);
    return new Comparison(left > 0 ? 1 : same - key.length, same);
  }

  /// All keys of a leaf are of one kind.
  private int kindOf(long leaf, PageReader reader) {
    reader.moveTo(leafAt(leaf));
    reader.varint();
    reader.varint();
    return reader.next();
  }

  private @Nullable SegmentPostings findInLeaf(IndexKey key, long leaf, PageReader reader) {
    var end = leafEnd(leaf);
    if (kindOf(leaf, reader) != key.kind.code()) {
      return null;
    }
    reader.moveTo(leafAt(leaf));
    var isStream = key.kind == KeyKind.STREAM;
    var common = 0;
    while (reader.offset() < end) {
      var shared = (int) reader.varint();
      if (shared < common) {
        return null; // differs sooner than the key before it, which was smaller: it is behind
      }
      if (shared > common) {
        reader.skip(reader.varint()); // differs where the key before it does: still smaller
      } else {
        var comparison = compareSuffix(reader, key.bytes, common);
        if (comparison.order == 0) {
          return postings(reader, isStream);
        } else if (comparison.order > 0) {
          return null;
        }
        common = comparison.common;
      }
      skipPostings(reader, isStream);
    }
    return null;
  }

  private static void skipPostings(PageReader reader, boolean isStream) {
    var count = reader.varint();
    if (isStream) {
      reader.varint();
    }
    reader.varint();
    if (count > 1) {
      reader.skip(reader.varint());
    }
  }

  /// What stands behind a key; leaves the reader at the differences.
  SegmentPostings postings(PageReader reader, boolean isStream) {
    var count = reader.varint();
    var revision = isStream ? reader.varint() : 0;
    var firstPlace = reader.varint();
    var bodyBytes = count > 1 ? reader.varint() : 0;
    requirePostings(reader, count, firstPlace, bodyBytes);
    return new SegmentPostings(
        pages,
        count,
        revision >>> 1,
        (revision & 1) == 0,
        firstPlace,
        size(),
        reader.offset(),
        bodyBytes);
  }

  /// Refuses what no list of places says of itself. Its checksum says that it was written so, not
  /// that it makes sense.
  ///
  /// @param reader at the body
  void requirePostings(PageReader reader, long count, long firstPlace, long bodyBytes) {
    if (count < 1
        || count > size()
        || firstPlace < 0
        || firstPlace > size() - count
        || bodyBytes < count - 1 + SegmentPostings.skipBytes(count)
        || bodyBytes > header.leavesEnd() - reader.offset()) {
      throw pages.damaged(
          reader.offset(),
          "a list of places below %d expected, found %d from %d on in %d bytes"
              .formatted(size(), count, firstPlace, bodyBytes));
    }
  }

  long sizeBytes() {
    return header.fileBytes();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// The places of one key of a segment. Decodes a block of them at a time into an array that it
/// keeps. Owned by one thread at a time.
///
/// ```
/// | difference of each place to the one before … | for each block but the first: place 4, offset 4 |
/// ```
///
/// The offset leads, from the beginning of the differences, to that of the second place of the
/// block.
final class SegmentPostings implements PartPostings {

  static final int BLOCK = 128;
  static final int BLOCK_SHIFT = 7;
  static final int SKIP_BYTES = 8;

  private static final int[] NOTHING = {};

  private final CheckedPages pages;
  private final long count;
  private final long firstPlace;
  private final long placesEnd;
  private final long firstRevision;
  private final boolean consecutive;
  private final long bodyAt;
  private final long skipsAt;

  private int[] block = NOTHING;
  private long blockNumber = -1;

  /// @param placesEnd behind the last place there can be
  SegmentPostings(
      CheckedPages pages,
      long count,
      long firstRevision,
      boolean consecutive,
      long firstPlace,
      long placesEnd,
      long bodyAt,
      long bodyBytes) {
    this.pages = pages;
    this.count = count;
    this.firstRevision = firstRevision;
    this.consecutive = consecutive;
    this.firstPlace = firstPlace;
    this.placesEnd = placesEnd;
    this.bodyAt = bodyAt;
    this.skipsAt = bodyAt + bodyBytes - skipBytes(count);
  }

  static long skipBytes(long count) {
    return ((count - 1) >>> BLOCK_SHIFT) * SKIP_BYTES;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public long firstRevision() {
    return firstRevision;
  }

  @Override
  public boolean isConsecutive() {
    return consecutive;
  }

  @Override
  public long at(long ordinal) {
    if (ordinal == 0) {
      return firstPlace;
    }
    var number = ordinal >>> BLOCK_SHIFT;
    if (number != blockNumber) {
      load(number);
    }
    return Integer.toUnsignedLong(block[(int) ordinal & (BLOCK - 1)]);
  }

  private void load(long number) {
    blockNumber = -1;
    var size = (int) Math.min(BLOCK, count - number * BLOCK);
    if (block.length < size) {
      block = new int[size];
    }
    var place = placeOfBlock(number);
    var reader = new PageReader(pages);
    reader.moveTo(number == 0 ? bodyAt : bodyAt + skip(number, Integer.BYTES));
    block[0] = (int) place;
    for (var i = 1; i < size; i++) {
      var before = place;
      place += reader.varint();
      if (place <= before || place >= placesEnd) {
        throw pages.damaged(
            reader.offset(),
            "a place behind %d and below %d expected, found %d"
                .formatted(before, placesEnd, place));
      }
      block[i] = (int) place;
    }
    blockNumber = number;
  }

  private long placeOfBlock(long number) {
    var place = number == 0 ? firstPlace : skip(number, 0);
    if (place >= placesEnd) {
      throw pages.damaged(
          skipsAt, "a place below %d expected, found %d".formatted(placesEnd, place));
    }
    return place;
  }

  private long skip(long number, int field) {
    var at = skipsAt + (number - 1) * SKIP_BYTES + field;
    pages.require(at, Integer.BYTES);
    return pages.unsignedAt(at);
  }

  @Override
  public long ordinalOf(long place, long among) {
    if (among == 0 || place <= firstPlace) {
      return 0;
    }
    if (isInBlock(place)) {
      return ordinalInBlock(blockNumber, place, among);
    }
    // The last block that begins below the place holds the answer, or it lies right behind.
    var low = 0L;
    var high = (among - 1) >>> BLOCK_SHIFT;
    while (low < high) {
      var middle = (low + high + 1) >>> 1;
      if (placeOfBlock(middle) < place) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return ordinalInBlock(low, place, among);
  }

  /// Whether the answer is in the block at hand: who walks along a list asks for the next place.
  private boolean isInBlock(long place) {
    if (blockNumber < 0) {
      return false;
    }
    var last = Math.min(BLOCK, count - blockNumber * BLOCK) - 1;
    return Integer.toUnsignedLong(block[0]) < place
        && place <= Integer.toUnsignedLong(block[(int) last]);
  }

  private long ordinalInBlock(long number, long place, long among) {
    var low = Math.min(among, number * BLOCK);
    var high = Math.min(among, low + BLOCK);
    while (low < high) {
      var middle = (low + high) >>> 1;
      if (at(middle) < place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import java.util.Arrays;

/// Positions in memory, four bytes each. One thread adds, any thread reads.
final class MemoryPostings implements Postings {

  /// What a key without events has.
  static final MemoryPostings NONE = new MemoryPostings();

  private int[] positions = new int[2];
  private volatile int size;

  void add(long position) {
    if (position >>> 32 != 0) {
      throw new IllegalStateException(
          "The index in memory ends at 4294967295 events, got position " + position);
    }
    var count = size;
    if (count == positions.length) {
      positions = Arrays.copyOf(positions, count + (count >> 1) + 1);
    }
    positions[count] = (int) position;
    size = count + 1; // readers load the size first: the element is in the array they then load
  }

  int size() {
    return size;
  }

  @Override
  public long countBelow(long end) {
    var count = size;
    return count == 0 || at(count - 1L) < end ? count : ordinalOf(end, count);
  }

  @Override
  public long at(long ordinal) {
    return Integer.toUnsignedLong(positions[(int) ordinal]);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import java.util.Arrays;

/// Places in memory, four bytes each. One thread adds, any thread reads.
sealed class MemoryPostings implements PartPostings permits MemoryStream {

  private int[] places = new int[2];
  private volatile int size;

  final void add(long place) {
    if (place >>> 32 != 0) {
      throw new IllegalStateException("A part covers at most 2^32 positions, got place " + place);
    }
    var count = size;
    if (count == places.length) {
      places = Arrays.copyOf(places, count + (count >> 1) + 1);
    }
    places[count] = (int) place;
    size = count + 1; // readers load the size first: the element is in the array they then load
  }

  @Override
  public final long count() {
    return size;
  }

  @Override
  public final long at(long ordinal) {
    return Integer.toUnsignedLong(places[(int) ordinal]);
  }

  @Override
  public final long ordinalOf(long place, long count) {
    var low = 0L;
    var high = count;
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

  @Override
  public long firstRevision() {
    return 0;
  }

  @Override
  public boolean isConsecutive() {
    return true;
  }
}

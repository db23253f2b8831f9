// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import java.util.Arrays;

/// A list of positions in their order, without boxes.
final class Positions {

  private long[] positions;
  private int size;

  Positions(int expected) {
    positions = new long[Math.max(4, expected)];
  }

  void add(long position) {
    if (size == positions.length) {
      positions = Arrays.copyOf(positions, 2 * size);
    }
    positions[size++] = position;
  }

  int size() {
    return size;
  }

  long get(int index) {
    return positions[index];
  }

  /// The place of the first that is not below a position; the size if there is none.
  int firstFrom(long position) {
    var found = Arrays.binarySearch(positions, 0, size, position);
    return found < 0 ? -found - 1 : found;
  }

  void reverse() {
    for (int low = 0, high = size - 1; low < high; low++, high--) {
      var other = positions[low];
      positions[low] = positions[high];
      positions[high] = other;
    }
  }
}

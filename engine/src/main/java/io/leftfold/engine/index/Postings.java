// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// The positions of the events of one key, ascending. Grows at its end while it is read.
public interface Postings {

  /// How many positions lie below an end.
  long countBelow(long end);

  /// One of the positions.
  ///
  /// @param ordinal from 0, below a count that was asked for before
  long at(long ordinal);

  /// How many positions lie below a position: the ordinal of the first that does not.
  ///
  /// @param position the position asked for
  /// @param count how many to look at
  default long ordinalOf(long position, long count) {
    var low = 0L;
    var high = count;
    while (low < high) {
      var middle = (low + high) >>> 1;
      if (at(middle) < position) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// The positions of the events of one key, ascending. Grows at its end while it is read.
///
/// Belongs to one thread at a time, for it keeps what it decoded last. It may be kept for as long
/// as the store is open.
public interface Postings {

  /// How many positions lie below an end.
  ///
  /// @param end at most the published end of the log
  long countBelow(long end);

  /// One of the positions.
  ///
  /// @param ordinal from 0, below a count that was asked for before
  long at(long ordinal);

  /// How many positions lie below a position: the ordinal of the first that does not.
  ///
  /// @param position the position asked for
  /// @param count how many to look at, at most a count that was asked for before
  long ordinalOf(long position, long count);
}

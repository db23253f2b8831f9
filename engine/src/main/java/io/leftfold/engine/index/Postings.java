// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// The positions of the events of one key, ascending. Grows at its end while it is read.
///
/// Belongs to one thread at a time, for it keeps what it decoded last. It may be kept for as long
/// as the store is open. An ordinal never changes its position, but for a tag or a correlation id
/// all of whose events were forgotten: it has none then, and begins anew if it is used again. So
/// along these one goes by [#next] and [#previous] alone.
public interface Postings {

  /// Stands for no position.
  long NONE = -1;

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

  /// The first position at or behind one.
  ///
  /// @param end at most the published end of the log
  /// @return the position; [#NONE] if there is none below the end
  long next(long from, long end);

  /// The last position below one.
  ///
  /// @param below at most the published end of the log
  /// @return the position; [#NONE] if there is none
  long previous(long below);
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// The places of the events of one key in one part, ascending. At least one.
interface PartPostings {

  /// How many there are.
  long count();

  /// One of them.
  ///
  /// @param ordinal from 0, below the count
  long at(long ordinal);

  /// How many of the first `count` places lie below a place.
  long ordinalOf(long place, long count);

  /// Of a stream: the revision of the first event.
  long firstRevision();

  /// Of a stream: whether revisions count up one by one from the first.
  boolean isConsecutive();
}

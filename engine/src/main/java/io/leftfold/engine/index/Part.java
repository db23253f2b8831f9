// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import org.jspecify.annotations.Nullable;

/// The index of a range of positions. In a part, positions are counted from its first: *places*.
sealed interface Part permits MemoryTable, Segment {

  /// The first position it covers.
  long first();

  /// The position behind the last it covers. Grows while it is the live table.
  long end();

  /// The events of a key; null if it has none here.
  @Nullable PartPostings find(IndexKey key);

  /// Its keys of one kind, in order, from one on: all that begin with a prefix, then perhaps
  /// others.
  ///
  /// @param prefix what the texts begin with
  /// @param from the first text wanted; not before the prefix
  KeyCursor keys(KeyKind kind, String prefix, String from);
}

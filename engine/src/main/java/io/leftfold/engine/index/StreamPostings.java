// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import org.jspecify.annotations.Nullable;

/// The positions of a stream's events, and whether a revision is simply the ordinal of its
/// position.
public final class StreamPostings implements Postings {

  static final StreamPostings NONE = new StreamPostings(null);

  private final MemoryPostings positions = new MemoryPostings();
  private final @Nullable MemoryPostings category;
  private volatile boolean regular = true;

  StreamPostings(@Nullable MemoryPostings category) {
    this.category = category;
  }

  void add(long position, long revision) {
    if (revision != positions.size()) {
      regular = false;
    }
    positions.add(position);
    if (category != null) {
      category.add(position);
    }
  }

  /// Whether the n-th event has revision n, for all n: no tombstone, nothing lost.
  public boolean isRegular() {
    return regular;
  }

  @Override
  public long countBelow(long end) {
    return positions.countBelow(end);
  }

  @Override
  public long at(long ordinal) {
    return positions.at(ordinal);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import org.jspecify.annotations.Nullable;

/// The places of a stream, its first revision here, and the list of its category, so that an event
/// finds that without a second look-up.
final class MemoryStream extends MemoryPostings {

  private final @Nullable MemoryPostings category;
  private final long firstRevision;
  private volatile boolean consecutive = true;

  MemoryStream(@Nullable MemoryPostings category, long firstRevision) {
    this.category = category;
    this.firstRevision = firstRevision;
  }

  void add(long place, long revision) {
    if (revision != firstRevision + count()) {
      consecutive = false;
    }
    add(place);
    if (category != null) {
      category.add(place);
    }
  }

  @Override
  public long firstRevision() {
    return firstRevision;
  }

  @Override
  public boolean isConsecutive() {
    return consecutive;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.EventFilter;
import io.leftfold.engine.index.Index;

/// Goes to every position while the index is being made, and goes on along the index as soon as it
/// is whole. What it gives is to be tested whole ([EventMatch#of]).
final class WalkWithoutIndex implements PositionWalk {

  private final EventFilter filter;
  private final Index index;
  private final long end;
  private PositionWalk walk = new Everywhere();
  private boolean isIndexed;

  /// @param end of the log, now
  WalkWithoutIndex(EventFilter filter, Index index, long end) {
    this.filter = filter;
    this.index = index;
    this.end = end;
  }

  @Override
  public long next(long from, long limit) {
    return walk().next(from, limit);
  }

  @Override
  public long previous(long below) {
    return walk().previous(below);
  }

  private PositionWalk walk() {
    if (!isIndexed && index.isWhole()) {
      walk = PositionWalk.of(filter, index, end);
      isIndexed = true;
    }
    return walk;
  }
}

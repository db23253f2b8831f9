// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.HashMap;
import java.util.Map;

/// What a run learned that had to be given up, for the next one from the same checkpoint: which
/// events nobody can take, and until where steps are to be small, to find another one.
///
/// @param rejected by position: why
/// @param carefulThrough up to this position steps are small
/// @param stepEvents how many events such a step has at most
record RunHints(Map<Long, String> rejected, long carefulThrough, int stepEvents) {

  static final RunHints NONE = new RunHints(Map.of(), -1, Integer.MAX_VALUE);

  RunHints {
    rejected = Map.copyOf(rejected);
  }

  RunHints rejecting(long position, String reason) {
    var all = new HashMap<>(rejected);
    all.put(position, reason);
    return new RunHints(all, carefulThrough, stepEvents);
  }

  RunHints careful(long through, int events) {
    return new RunHints(rejected, Math.max(through, carefulThrough), events);
  }

  int stepEventsAt(long position) {
    return position <= carefulThrough ? stepEvents : Integer.MAX_VALUE;
  }
}

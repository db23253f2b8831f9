// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a run learned that had to be given up, for the next one from the same checkpoint: which
/// events nobody can take, until where steps are to be small, to find another one, and whether its
/// partitions have to be folded in one world.
///
/// @param rejected by position: why
/// @param carefulThrough up to this position steps are small
/// @param stepEvents how many events such a step has at most
/// @param isOneWorld whether the script keeps something that all partitions see
record RunHints(
    Map<Long, String> rejected, long carefulThrough, int stepEvents, boolean isOneWorld) {

  static final RunHints NONE = new RunHints(Map.of(), -1, Integer.MAX_VALUE, false);

  RunHints {
    rejected = Map.copyOf(rejected);
  }

  RunHints rejecting(long position, String reason) {
    var all = new HashMap<>(rejected);
    all.put(position, reason);
    return new RunHints(all, carefulThrough, stepEvents, isOneWorld);
  }

  /// What of it matters behind a position.
  RunHints behind(long position) {
    var ahead = new HashMap<>(rejected);
    ahead.keySet().removeIf(at -> at <= position);
    return new RunHints(ahead, carefulThrough, stepEvents, isOneWorld);
  }

  RunHints careful(long through, int events) {
    return new RunHints(rejected, Math.max(through, carefulThrough), events, isOneWorld);
  }

  RunHints inOneWorld() {
    return new RunHints(rejected, carefulThrough, stepEvents, true);
  }

  /// Why nobody can take the event at a position; null if that is not known.
  @Nullable String rejection(long position) {
    return rejected.isEmpty() ? null : rejected.get(position);
  }

  int stepEventsAt(long position) {
    return position <= carefulThrough ? stepEvents : Integer.MAX_VALUE;
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.projections.ProjectionDebugger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// Debug runs of scripts that are no projection, from one page to the next. No checkpoint is kept
/// of such a script, so whoever pages through a long log would have it folded from zero for each
/// page.
///
/// Two at most are kept, those that were used last, if their states are small, and for a minute:
/// then, or if anything is amiss, the next page is folded from zero.
final class KeptDebuggers {

  static final Duration KEPT_FOR = Duration.ofMinutes(1);
  private static final int KEPT_MAX = 2;
  static final long STATE_BYTES_MAX = 8L << 20;

  private final Clock clock;
  private final long stateBytesMax;
  private final LinkedHashMap<Place, Kept> kept = new LinkedHashMap<>();

  /// @param stateBytesMax how much memory the states of one that is kept may take
  KeptDebuggers(Clock clock, long stateBytesMax) {
    this.clock = clock;
    this.stateBytesMax = stateBytesMax;
  }

  /// Where a page begins.
  ///
  /// @param caller who asks
  /// @param query the script
  /// @param from the first position that is shown
  record Place(String caller, String query, long from) {}

  private record Kept(ProjectionDebugger debugger, Instant until) {}

  /// Makes a page.
  ///
  /// @param place where it begins
  /// @param opener opens a debugger there, if none has come so far
  /// @param page makes it
  ProjectionInquiries.Steps page(
      Place place,
      Supplier<ProjectionDebugger> opener,
      Function<ProjectionDebugger, ProjectionInquiries.Steps> page) {
    var debugger = take(place).orElseGet(opener);
    var isKept = false;
    try {
      var steps = page.apply(debugger);
      if (steps.next().isPresent() && debugger.stateBytes() <= stateBytesMax) {
        keep(new Place(place.caller(), place.query(), steps.next().getAsLong()), debugger);
        isKept = true;
      }
      return steps;
    } finally {
      if (!isKept) {
        debugger.close();
      }
    }
  }

  private synchronized Optional<ProjectionDebugger> take(Place place) {
    expire();
    return Optional.ofNullable(kept.remove(place)).map(Kept::debugger);
  }

  private synchronized void keep(Place place, ProjectionDebugger debugger) {
    expire();
    var before = kept.put(place, new Kept(debugger, clock.instant().plus(KEPT_FOR)));
    if (before != null) {
      before.debugger().close();
    }
    while (kept.size() > KEPT_MAX) {
      kept.pollFirstEntry().getValue().debugger().close();
    }
  }

  private void expire() {
    var now = clock.instant();
    kept.values()
        .removeIf(one -> {
          var isOver = now.isAfter(one.until());
          if (isOver) {
            one.debugger().close();
          }
          return isOver;
        });
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The timers that are due next, of all instances: so many of them, whatever their number is. Those
/// that are due later are found again by going through the entries once more, when their time has
/// come ([#isExhausted]).
///
/// ```
/// due →   |  all of these are known here  | horizon |  known to the entries alone …
/// ```
///
/// It may hold timers that do not run any more; whoever fires one looks at the instance.
final class Timers {

  private static final Comparator<Running> ORDER =
      Comparator.comparing(Running::due)
          .thenComparingLong(Running::position)
          .thenComparing(Running::instance)
          .thenComparing(Running::timer);

  private final int knownMax;
  private final TreeSet<Running> known = new TreeSet<>(ORDER);
  private final Map<Name, Running> byName = new HashMap<>();
  private @Nullable Running horizon;

  /// A timer of some instance.
  ///
  /// @param position at which it was started, which makes the order total
  record Running(String instance, String timer, Instant due, long started, long position) {
    private Name name() {
      return new Name(instance, timer);
    }
  }

  private record Name(String instance, String timer) {}

  Timers(int knownMax) {
    this.knownMax = knownMax;
  }

  void start(Running timer) {
    stop(timer.instance(), timer.timer());
    if (horizon != null && ORDER.compare(timer, horizon) >= 0) {
      return;
    }
    known.add(timer);
    byName.put(timer.name(), timer);
    if (known.size() > knownMax) {
      horizon = known.removeLast();
      byName.remove(horizon.name());
    }
  }

  void stop(String instance, String timer) {
    var running = byName.remove(new Name(instance, timer));
    if (running != null) {
      known.remove(running);
    }
  }

  /// Drops a timer that was found not to run.
  void drop(Running timer) {
    known.remove(timer);
    byName.remove(timer.name(), timer);
  }

  /// The next that is due.
  Optional<Running> due(Instant now) {
    return next().filter(timer -> !timer.due().isAfter(now));
  }

  private Optional<Running> next() {
    return known.isEmpty() ? Optional.empty() : Optional.of(known.first());
  }

  /// When there is something to do next.
  Optional<Instant> wakeAt() {
    return next().map(Running::due).or(() -> Optional.ofNullable(horizon).map(Running::due));
  }

  /// Whether timers may be due that are not known here.
  boolean isExhausted(Instant now) {
    return known.isEmpty() && horizon != null && !horizon.due().isAfter(now);
  }

  /// Begins to take timers anew, by [#start], as all of the entries tell of them.
  ///
  /// @return those that matter: the others have fired, or were dropped
  java.util.function.Predicate<Running> refill() {
    var from = horizon;
    horizon = null;
    return timer -> from == null || ORDER.compare(timer, from) >= 0;
  }

  int size() {
    return known.size();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The timers that are due next, of all instances: so many of them, whatever their number is. Those
/// that are due later are found again by going through the entries once more, when their time has
/// come ([#isExhausted]).
///
/// ```
/// due →   |  all of these are known here  | horizon |  known to the entries alone …
/// ```
///
/// [#unknownFrom()] says from where on that is.
///
/// It may hold timers that do not run any more; whoever fires one looks at the instance.
final class Timers {

  private static final Comparator<Running> ORDER =
      Comparator.comparing(Running::due)
          .thenComparingLong(Running::position)
          .thenComparing(Running::instance)
          .thenComparing(Running::timer);

  private static final long NOWHERE = Long.MAX_VALUE;

  private final int knownMax;
  private final TreeSet<Running> known = new TreeSet<>(ORDER);
  private final Map<Name, Running> byName = new HashMap<>();
  private @Nullable Running horizon;

  /// No timer that is known to the entries alone was started before this position.
  private long unknownFrom = NOWHERE;

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
      leave(timer);
      return;
    }
    known.add(timer);
    byName.put(timer.name(), timer);
    if (known.size() > knownMax) {
      horizon = known.removeLast();
      byName.remove(horizon.name());
      leave(horizon);
    }
  }

  private void leave(Running timer) {
    unknownFrom = Math.min(unknownFrom, timer.position());
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

  /// Takes timers anew, as the entries tell of them from [#unknownFrom()] on.
  ///
  /// @param telling calls [#start] and [#stop] in the order of the entries, the first for those
  ///   that matter only: the others have fired, or were dropped. If it fails, it is as if it had
  ///   not been called
  void refill(Consumer<Predicate<Running>> telling) {
    var from = horizon;
    var position = unknownFrom;
    horizon = null;
    unknownFrom = NOWHERE;
    var isTold = false;
    try {
      telling.accept(timer -> from == null || ORDER.compare(timer, from) >= 0);
      isTold = true;
    } finally {
      if (!isTold) {
        known.clear();
        byName.clear();
        horizon = from;
        unknownFrom = position;
      }
    }
  }

  /// The position before which no timer was started that is not known here.
  long unknownFrom() {
    return unknownFrom;
  }

  void forEach(Consumer<Running> action) {
    known.forEach(action);
  }

  int size() {
    return known.size();
  }
}

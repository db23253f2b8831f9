// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.Optional;

/// Which waiting event goes to which consumer: what a [Strategy] means.
sealed interface Dispatch permits SharedLane, PinnedLanes {

  static Dispatch of(Strategy strategy) {
    return switch (strategy) {
      case DISPATCH_TO_SINGLE -> new SharedLane(false);
      case ROUND_ROBIN -> new SharedLane(true);
      case PINNED -> new PinnedLanes(PinKey::ofStream);
      case PINNED_BY_CORRELATION -> new PinnedLanes(PinKey::ofCorrelation);
    };
  }

  /// An event waits, new or to be retried.
  void add(Entry entry);

  void joined(Consumer consumer);

  void left(Consumer consumer);

  /// Takes the next event that somebody has room for.
  Optional<Delivery> next();

  /// An event and who gets it.
  record Delivery(Entry entry, Consumer consumer) {}
}

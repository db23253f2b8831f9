// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import java.time.Clock;
import java.util.OptionalLong;

/// Notices that a group stands still: a consumer has room, nobody has anything, and there are
/// events ahead; for a while, and without anything having been read meanwhile.
final class Watchdog {

  /// How often it looks.
  static final long LOOK_MILLIS = 1_000;

  private static final System.Logger LOGGER = System.getLogger(Watchdog.class.getName());
  private static final long STILL_MILLIS = 10_000;
  private static final int LOOK_AT_MAX = 100;

  private final EventStore store;
  private final GroupDefinition definition;
  private final Clock clock;
  private long since = Long.MAX_VALUE;
  private long lastSeen = Long.MIN_VALUE;

  Watchdog(EventStore store, GroupDefinition definition, Clock clock) {
    this.store = store;
    this.definition = definition;
    this.clock = clock;
  }

  /// Whether the group stands still, and was said to.
  boolean standsStill(GroupCore core) {
    var now = clock.millis();
    if (!core.isIdleWithRoom() || core.lastSeen() != lastSeen) {
      lastSeen = core.lastSeen();
      since = now;
      return false;
    }
    if (now - since < STILL_MILLIS) {
      return false;
    }
    since = now;
    var next = next(core.lastSeen());
    next.ifPresent(place ->
        LOGGER.log(
            System.Logger.Level.WARNING,
            "Group {0} stands still: there is an event at {1}, it read up to {2}, nothing is in flight, and {3} consumers are connected ({4}). It reads its source anew",
            definition.id(),
            definition.id().source().text(place),
            definition.id().source().text(core.lastSeen()),
            core.consumerCount(),
            core.status()));
    return next.isPresent();
  }

  /// The place of the next event that the group is to get.
  private OptionalLong next(long lastSeen) {
    var options = ReadOptions.forwards().from(lastSeen + 1);
    try {
      return switch (definition.id().source()) {
        case GroupSource.OfStream(var stream) -> {
          try (var read = store.read(stream, options.limit(1))) {
            yield first(read);
          }
        }
        case GroupSource.OfAll() -> {
          try (var read =
              store.readAll(options.limit(LOOK_AT_MAX).filteredBy(definition.filter()))) {
            yield first(read);
          }
        }
      };
    } catch (LeftfoldException _) {
      return OptionalLong.empty(); // what keeps the store from reading is said by the reader
    }
  }

  private OptionalLong first(EventRead read) {
    for (ResolvedEvent event : read) {
      var original = event.original();
      switch (definition.id().source()) {
        case GroupSource.OfStream _ -> {
          return OptionalLong.of(original.revision());
        }
        case GroupSource.OfAll() -> {
          if (!GroupId.ofGroupOnAll(original.stream())) {
            return OptionalLong.of(original.position());
          }
        }
      }
    }
    return OptionalLong.empty();
  }
}

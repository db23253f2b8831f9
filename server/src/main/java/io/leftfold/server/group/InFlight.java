// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;

/// The events that consumers have, in the order in which they were given, and how long each may
/// have one.
final class InFlight {

  private final long timeoutMillis;
  private final LinkedHashSet<Entry> entries = new LinkedHashSet<>();

  /// @param timeoutMillis 0 for as long as it likes
  InFlight(long timeoutMillis) {
    this.timeoutMillis = timeoutMillis;
  }

  void give(Entry entry, Consumer consumer, long now) {
    entry.state = Entry.State.IN_FLIGHT;
    entry.holder = consumer;
    entry.deliveredAt = now;
    consumer.inFlight.add(entry);
    entries.add(entry);
  }

  /// Takes an event back from who has it.
  void takeBack(Entry entry) {
    Objects.requireNonNull(entry.holder, "in flight, and nobody has it").inFlight.remove(entry);
    entries.remove(entry);
  }

  /// Takes an event back that somebody has had for too long, if there is one.
  Optional<Entry> takeLate(long now) {
    if (dueAt() > now) {
      return Optional.empty();
    }
    var late = entries.getFirst();
    takeBack(late);
    return Optional.of(late);
  }

  /// When somebody will have had one for too long; [Long#MAX_VALUE] for never.
  long dueAt() {
    return timeoutMillis == 0 || entries.isEmpty()
        ? Long.MAX_VALUE
        : entries.getFirst().deliveredAt + timeoutMillis;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  int count() {
    return entries.size();
  }
}

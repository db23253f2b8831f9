// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The events that were handed out and are not done, by id. Nothing forbids two events one id, so
/// those that have the same are chained.
final class Delivered {

  private final Map<UUID, Entry> byId = new HashMap<>();

  void add(Entry entry) {
    entry.twin = byId.put(entry.id(), entry);
  }

  void remove(Entry entry) {
    var first = byId.get(entry.id());
    if (first == null) {
      return;
    }
    if (first != entry) {
      var before = first;
      while (before.twin != entry) {
        if (before.twin == null) {
          return;
        }
        before = before.twin;
      }
      before.twin = entry.twin;
    } else if (entry.twin == null) {
      byId.remove(entry.id());
    } else {
      byId.put(entry.id(), entry.twin);
    }
    entry.twin = null;
  }

  /// The oldest one with an id that a consumer has, or had last.
  Optional<Entry> find(UUID id, Consumer consumer) {
    Entry found = null;
    for (var entry = byId.get(id); entry != null; entry = entry.twin) {
      if (entry.holder == consumer && (found == null || isBetter(entry, found))) {
        found = entry;
      }
    }
    return Optional.ofNullable(found);
  }

  private static boolean isBetter(Entry entry, Entry found) {
    var inFlight = entry.state == Entry.State.IN_FLIGHT;
    return inFlight == (found.state == Entry.State.IN_FLIGHT)
        ? Entry.IN_ORDER.compare(entry, found) < 0
        : inFlight;
  }
}

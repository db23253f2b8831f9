// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// States that nobody keeps: those of queries. May be asked from any thread.
final class MemoryStates implements StateStore {

  private final Map<String, String> partitions = new TreeMap<>();
  private @Nullable String shared;

  synchronized void put(StateChanges changes) {
    changes.applyTo(partitions);
    changes.shared().ifPresent(state -> shared = state);
  }

  synchronized java.util.List<String> names(String after, int limit) {
    return partitions.keySet().stream()
        .filter(name -> name.compareTo(after) > 0 || after.isEmpty())
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Optional<Stored> partition(String partition) {
    return Optional.ofNullable(partitions.get(partition)).map(text -> new Stored(text, -1));
  }

  @Override
  public synchronized Optional<String> shared() {
    return Optional.ofNullable(shared);
  }
}

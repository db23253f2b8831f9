// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// States that nobody keeps: those of queries. May be asked from any thread.
final class MemoryStates implements StateStore {

  private final TreeMap<String, String> partitions = new TreeMap<>();
  private @Nullable String shared;

  synchronized void put(StateChanges changes) {
    changes.applyTo(partitions);
    changes.shared().ifPresent(state -> shared = state);
  }

  synchronized List<String> names(String after, int limit) {
    return partitions.tailMap(after, after.isEmpty()).keySet().stream().limit(limit).toList();
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

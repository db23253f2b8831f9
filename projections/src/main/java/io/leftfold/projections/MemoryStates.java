// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// States that are in memory alone, and so bounded: those of queries, and of folds beside them. May
/// be asked from any thread.
final class MemoryStates implements StateStore {

  private static final long ENTRY_BYTES = 150;

  private final long bytesMax;
  private final TreeMap<String, String> partitions = new TreeMap<>();
  private @Nullable String shared;
  private long bytes;

  /// @param bytesMax what they may take
  MemoryStates(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Takes states, all or none.
  ///
  /// @return why not, if there is no room for them
  synchronized Optional<String> put(StateChanges changes) {
    var more = bytes;
    var count = partitions.size();
    for (var change : changes.partitions().entrySet()) {
      var before = partitions.get(change.getKey());
      count += before == null ? 1 : 0;
      more += change.getValue().length();
      more += before == null ? ENTRY_BYTES + change.getKey().length() : -before.length();
    }
    if (more > bytesMax) {
      return Optional.of(
          "What is folded in memory alone keeps states of %d MiB at most, and those of %d partitions take more"
              .formatted(bytesMax >> 20, count));
    }
    bytes = more;
    partitions.putAll(changes.partitions());
    changes.shared().ifPresent(state -> shared = state);
    return Optional.empty();
  }

  synchronized List<String> names(String after, int limit) {
    return partitions.tailMap(after, after.isEmpty()).keySet().stream().limit(limit).toList();
  }

  synchronized long bytes() {
    return bytes;
  }

  @Override
  public synchronized Optional<Stored> partition(String partition) {
    return Optional.ofNullable(partitions.get(partition)).map(text -> new Stored(text, -1, -1));
  }

  @Override
  public synchronized Optional<String> shared() {
    return Optional.ofNullable(shared);
  }
}

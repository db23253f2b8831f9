// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.projections.storage.ParkedRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a run has to know of what is parked: how much it is, and which partitions it leaves out.
/// All else of it stands in its stream ([ParkedStream]).
final class ParkedSet {

  private static final long ENTRY_BYTES = 100;

  private final long bytesMax;
  private final Set<String> partitions = new HashSet<>();
  private long bytes;
  private int count;

  /// @param bytesMax what the names of the partitions may take
  ParkedSet(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  static ParkedSet read(ParkedStream stream, long bytesMax) {
    var parked = new ParkedSet(bytesMax);
    Map<Long, String> byPosition = new HashMap<>();
    stream.forEach((said, _) -> {
      switch (said) {
        case ParkedRecord.Parked entry -> {
          parked.add(entry);
          if (entry.wholePartition()) {
            entry.partition().ifPresent(partition -> byPosition.put(entry.position(), partition));
          }
        }
        case ParkedRecord.Released(_, var position) -> parked.remove(byPosition.remove(position));
      }
    });
    return parked;
  }

  void add(ParkedRecord.Parked entry) {
    count++;
    if (entry.wholePartition()) {
      entry.partition().filter(partitions::add).ifPresent(partition -> bytes += bytes(partition));
    }
  }

  private void remove(@Nullable String partition) {
    count--;
    if (partition != null && partitions.remove(partition)) {
      bytes -= bytes(partition);
    }
  }

  private static long bytes(String partition) {
    return ENTRY_BYTES + partition.length();
  }

  /// Whether there is room for another partition.
  boolean hasRoomFor(String partition) {
    return bytes + bytes(partition) <= bytesMax;
  }

  boolean hasPartitions() {
    return !partitions.isEmpty();
  }

  boolean holds(String partition) {
    return partitions.contains(partition);
  }

  int partitions() {
    return partitions.size();
  }

  /// How many events and partitions are parked.
  int size() {
    return count;
  }
}

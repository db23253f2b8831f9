// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// States over others, which stay as they are. They are in memory, all of them, and so bounded.
final class OverlaidStates implements StateStore, SavedStates {

  private static final long ENTRY_BYTES = 150;

  private final StateStore below;
  private final long bytesMax;
  private final Map<String, String> partitions = new HashMap<>();
  private @Nullable String shared;
  private long bytes;

  /// @param bytesMax what the states above may take
  OverlaidStates(StateStore below, long bytesMax) {
    this.below = below;
    this.bytesMax = bytesMax;
  }

  /// Takes states.
  ///
  /// @throws ProjectionException if there is no room for them
  void put(StateChanges changes) {
    changes.partitions().forEach(this::put);
    changes.shared().ifPresent(state -> shared = state);
    if (bytes > bytesMax) {
      throw ProjectionException.notPossible(
          "A fold that writes nothing keeps states of %d MiB at most, and this one has come to %d partitions with more; begin nearer to a checkpoint, or let more memory be used for states"
              .formatted(bytesMax >> 20, partitions.size()));
    }
  }

  private void put(String partition, String text) {
    var before = partitions.put(partition, text);
    bytes += text.length();
    bytes += before == null ? ENTRY_BYTES + partition.length() : -before.length();
  }

  @Override
  public Optional<Stored> partition(String partition) {
    return Optional.ofNullable(partitions.get(partition))
        .map(text -> new Stored(text, -1))
        .or(() -> below.partition(partition));
  }

  @Override
  public Optional<String> state(String partition) {
    return partition(partition).map(Stored::text);
  }

  @Override
  public Optional<String> sharedState() {
    return shared();
  }

  @Override
  public Optional<String> shared() {
    return Optional.ofNullable(shared).or(below::shared);
  }
}

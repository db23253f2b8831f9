// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// States over others, which stay as they are.
final class OverlaidStates implements StateStore, SavedStates {

  private final StateStore below;
  private final Map<String, String> partitions = new HashMap<>();
  private @Nullable String shared;

  OverlaidStates(StateStore below) {
    this.below = below;
  }

  void put(StateChanges changes) {
    changes.applyTo(partitions);
    changes.shared().ifPresent(state -> shared = state);
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

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.Optional;

/// States over others, which stay as they are. They are in memory, all of them.
final class OverlaidStates implements StateStore, SavedStates {

  private final StateStore below;
  private final MemoryStates above;

  /// @param bytesMax what the states above may take
  OverlaidStates(StateStore below, long bytesMax) {
    this.below = below;
    above = new MemoryStates(bytesMax);
  }

  /// Takes states.
  ///
  /// @throws ProjectionException if there is no room for them
  void put(StateChanges changes) {
    above
        .put(changes)
        .ifPresent(why -> {
          throw ProjectionException.notPossible(
              why + "; begin nearer to a checkpoint, or let more memory be used for states");
        });
  }

  long bytes() {
    return above.bytes();
  }

  @Override
  public Optional<Stored> partition(String partition) {
    return above.partition(partition).or(() -> below.partition(partition));
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
    return above.shared().or(below::shared);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.ReadOptions;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.StoreCheck;
import java.nio.file.Path;

/// Looks at a store that nobody has open: a backup, or the one that was under load.
///
/// @param name of what is looked at
record FinalCheck(String name, SoakState state) {

  /// Checks every checksum, then reads everything from the first position to the last.
  ///
  /// @return the position behind the last event
  long check(Path directory) {
    sound(directory);
    try (var store = LocalEventStore.open(directory, EngineOptions.defaults().forReadingOnly())) {
      return scan(store).last() + 1;
    }
  }

  /// The same, and compares every stream with what was acknowledged.
  ///
  /// @return what was seen from the first position to the last
  FollowCheck checkWithStreams(Path directory) {
    sound(directory);
    try (var store = LocalEventStore.open(directory, EngineOptions.defaults().forReadingOnly())) {
      var scan = scan(store);
      scan.hasSeen(state.all());
      var comparison = new StreamComparison(name, state.ledger(), state.violations());
      for (var stream : state.all()) {
        comparison.compare(store, stream, ReadOptions.forwards());
      }
      return scan;
    }
  }

  private void sound(Path directory) {
    for (var damage : StoreCheck.check(directory, StoreCheck.Progress.none()).damages()) {
      state.violations().report("%s: damaged: %s".formatted(name, damage));
    }
  }

  private FollowCheck scan(LocalEventStore store) {
    var scan = new FollowCheck(name, true, state.ledger(), state.violations());
    try (var read = store.readAll(ReadOptions.forwards())) {
      for (var resolved : read) {
        scan.see(resolved.original());
      }
    }
    scan.endsAt(store.lastPosition().orElse(-1L) + 1);
    return scan;
  }
}

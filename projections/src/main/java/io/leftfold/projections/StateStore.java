// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.Optional;

/// Where states are when they are not in memory.
interface StateStore {

  /// Of what begins without any.
  StateStore NONE =
      new StateStore() {
        @Override
        public Optional<Stored> partition(String partition) {
          return Optional.empty();
        }

        @Override
        public Optional<String> shared() {
          return Optional.empty();
        }
      };

  /// A state.
  ///
  /// @param text JSON, or empty for a partition that is known and has no state
  /// @param result the revision of its last result; −1 for none
  /// @param revision where it stands in its stream
  record Stored(String text, long result, long revision) {}

  /// The state of a partition, if it was ever saved.
  Optional<Stored> partition(String partition);

  /// The state that partitions share, if it was ever saved.
  Optional<String> shared();
}

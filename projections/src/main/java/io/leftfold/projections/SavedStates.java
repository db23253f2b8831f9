// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.Optional;

/// Where a fold finds the states it does not have at hand: as they were when it was last saved.
///
/// A fold asks from within a step, on its thread. It must be given what [ProjectionFold#save] last
/// handed out for that partition, written or not.
public interface SavedStates {

  /// The state of a partition.
  ///
  /// @param partition the partition, empty for the one state
  /// @return JSON, or the empty text for a partition that is known and has no state; nothing for
  ///   one that was never saved
  Optional<String> state(String partition);

  /// The state that all partitions share.
  ///
  /// @return JSON; nothing if it was never saved
  Optional<String> sharedState();
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.Map;
import java.util.Optional;

/// Saved states in a map.
///
/// @param partitions by partition
/// @param sharedState the state that all share
record SavedStatesOf(Map<String, String> partitions, Optional<String> sharedState)
    implements SavedStates {

  static final SavedStates NONE = new SavedStatesOf(Map.of(), Optional.empty());

  @Override
  public Optional<String> state(String partition) {
    return Optional.ofNullable(partitions.get(partition));
  }
}

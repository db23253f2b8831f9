// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The states that are others than when the fold was last saved.
///
/// @param partitions by partition, in the order in which they changed: JSON, or the empty text for
///   none
/// @param shared the state that all share, if it may have changed
public record StateChanges(SequencedMap<String, String> partitions, Optional<String> shared) {

  /// Copies the map.
  public StateChanges {
    partitions = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(partitions));
  }

  /// Whether there is nothing to save.
  ///
  /// @return whether no state changed
  public boolean isEmpty() {
    return partitions.isEmpty() && shared.isEmpty();
  }

  /// Puts these over others.
  ///
  /// @param states by partition; takes the changes
  public void applyTo(Map<String, String> states) {
    states.putAll(partitions);
  }
}

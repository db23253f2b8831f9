// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.Map;
import java.util.Optional;

/// A view that is a state for each partition: what a fold of functions alone writes to
/// ([Projection#folding]).
///
/// @param <S> the state, which is never changed, only replaced
public interface States<S> {

  /// The state of a partition.
  ///
  /// @param partition which
  /// @return the state; empty if none was ever put
  Optional<S> of(String partition);

  /// Replaces the state of a partition.
  ///
  /// @param partition which
  /// @param state the new state
  void put(String partition, S state);

  /// Removes the state of a partition, if there is one.
  ///
  /// @param partition which
  void remove(String partition);

  /// All states.
  ///
  /// @return by partition, in the order of their names
  Map<String, S> all();
}

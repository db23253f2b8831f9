// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ResolvedEvent;
import java.util.List;
import java.util.Optional;

/// What one event does.
///
/// @param event the event, and the link that led to it
/// @param outcome whether a handler took it
/// @param partition the partition, empty where there is one state
/// @param stateBefore the partition's state before it: JSON, or empty for none
/// @param stateAfter the partition's state after it
/// @param sharedBefore the state that all share before it, if there is one
/// @param sharedAfter the state that all share after it, if there is one
/// @param emitted what would be written; if it failed, what it had emitted before, and would not be
/// @param logged what the script logged, also before it failed
/// @param fault why it failed, if it did; then states are as before
public record DebugStep(
    ResolvedEvent event,
    FoldStep.Outcome outcome,
    String partition,
    String stateBefore,
    String stateAfter,
    Optional<String> sharedBefore,
    Optional<String> sharedAfter,
    List<EmittedEvent> emitted,
    List<String> logged,
    Optional<ProjectionFault> fault) {

  /// Copies the lists.
  public DebugStep {
    emitted = List.copyOf(emitted);
    logged = List.copyOf(logged);
  }

  /// What it changed in the partition's state.
  ///
  /// @return in the order of the state's members; nothing if it changed nothing
  public List<Difference> changes() {
    return Difference.between(stateBefore, stateAfter);
  }

  /// What it changed in the state that all share.
  ///
  /// @return in the order of the state's members; nothing if it changed nothing, or there is none
  public List<Difference> sharedChanges() {
    return Difference.between(sharedBefore.orElse(""), sharedAfter.orElse(""));
  }
}

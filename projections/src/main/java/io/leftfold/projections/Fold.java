// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ResolvedEvent;
import java.util.List;

/// What a run needs of a fold: a [ProjectionFold], or what a test puts in its place.
interface Fold extends AutoCloseable {

  /// Opens folds of one script.
  interface Opener {

    /// What the script says about itself.
    ProjectionDefinition definition();

    /// Opens a fold that goes on from saved states.
    Fold open(SavedStates states);
  }

  /// Whether it makes use of [#ahead] now.
  default boolean looksAhead() {
    return false;
  }

  /// Is told what it will be given next, in this order, unless something comes between: it may fold
  /// it already.
  ///
  /// @param next events, in order
  default void ahead(List<ResolvedEvent> next) {}

  /// Whether it has folded events that it was not given yet.
  default boolean isAhead() {
    return false;
  }

  /// What was allocated for it by other threads than the one that calls it, in bytes.
  default long allocatedElsewhere() {
    return 0;
  }

  /// Whether what was folded since the last save may be other than if the events had been taken one
  /// after the other. Then it is not to be saved.
  default boolean isDoubtful() {
    return false;
  }

  /// Takes the next event; as [ProjectionFold#handle(ResolvedEvent)].
  FoldStep handle(ResolvedEvent event);

  /// The states that changed; as [ProjectionFold#save].
  StateChanges save();

  /// Opens the script anew from the saved states, so that what it keeps besides them is gone. Only
  /// behind a save.
  default void renew() {}

  /// How much may be allocated for it until it is to be opened anew ([#renew]), in bytes.
  default long worldBytesMax() {
    return Long.MAX_VALUE;
  }

  /// The state of a partition as it is now.
  String state(String partition);

  /// The state that all share, as it is now.
  String sharedState();

  /// What becomes of the state of a partition.
  String result(String partition);

  @Override
  void close();
}

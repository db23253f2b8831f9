// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ResolvedEvent;

/// What a run needs of a fold: a [ProjectionFold], or what a test puts in its place.
interface Fold extends AutoCloseable {

  /// Opens folds of one script.
  interface Opener {

    /// What the script says about itself.
    ProjectionDefinition definition();

    /// Opens a fold that goes on from saved states.
    Fold open(SavedStates states);
  }

  /// Takes the next event; as [ProjectionFold#handle(ResolvedEvent)].
  FoldStep handle(ResolvedEvent event);

  /// The states that changed; as [ProjectionFold#save].
  StateChanges save();

  /// The state of a partition as it is now.
  String state(String partition);

  /// The state that all share, as it is now.
  String sharedState();

  /// What becomes of the state of a partition.
  String result(String partition);

  @Override
  void close();
}

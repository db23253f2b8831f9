// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ResolvedEvent;

/// A script as a [Fold].
///
/// @param fold of the script
record ScriptFold(ProjectionFold fold) implements Fold {

  /// Opens folds of a script.
  ///
  /// @param projection the script
  /// @param mayEmit whether it may write
  static Opener opener(CompiledProjection projection, boolean mayEmit) {
    return new Opener() {
      @Override
      public ProjectionDefinition definition() {
        return projection.definition();
      }

      @Override
      public Fold open(SavedStates states) {
        return new ScriptFold(
            mayEmit ? projection.fold(states) : projection.foldWithoutEmitting(states));
      }
    };
  }

  @Override
  public FoldStep handle(ResolvedEvent event) {
    return fold.handle(event);
  }

  @Override
  public StateChanges save() {
    return fold.save();
  }

  @Override
  public void renew() {
    fold.renew();
  }

  @Override
  public long worldBytesMax() {
    return fold.projection().limits().worldBytes();
  }

  @Override
  public String state(String partition) {
    return fold.state(partition);
  }

  @Override
  public String sharedState() {
    return fold.sharedState();
  }

  @Override
  public String result(String partition) {
    return fold.result(partition);
  }

  @Override
  public void close() {
    fold.close();
  }
}

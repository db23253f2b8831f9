// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.projections;

import io.leftfold.projections.NewProjection;
import io.leftfold.projections.ProjectionConfig;
import io.leftfold.projections.ProjectionState;
import io.leftfold.projections.ProjectionStatistics;
import io.leftfold.projections.Projections;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// One projection from its creation until it has come to the end of the log, with checkpoints, and
/// states and what it emits on disk.
final class EngineRun {

  private static final long LOOK_NANOS = 1_000_000;

  private EngineRun() {}

  /// Runs a script once over everything.
  ///
  /// @param name of the projection
  /// @param told how it is, now and then
  /// @return how many events it handled
  static long over(
      Projections projections,
      String name,
      FoldScript script,
      Consumer<ProjectionStatistics> told) {
    return over(projections, name, script.text(), script.emits(), told);
  }

  /// Runs a script once over everything.
  ///
  /// @param name of the projection
  /// @param emits whether it may write
  /// @param told how it is, now and then
  /// @return how many events it handled
  static long over(
      Projections projections,
      String name,
      String script,
      boolean emits,
      Consumer<ProjectionStatistics> told) {
    projections.create(
        NewProjection.oneTime(name, script).with(ProjectionConfig.DEFAULT.withEmitEnabled(emits)));
    while (true) {
      var now = projections.statistics(name);
      if (now.state() == ProjectionState.COMPLETED) {
        return now.handled();
      }
      if (now.state() != ProjectionState.RUNNING) {
        throw new IllegalStateException(
            "Projection %s is %s: %s".formatted(name, now.status(), now.reason()));
      }
      told.accept(now);
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.projections.ProjectionLimits;
import io.leftfold.projections.ProjectionOptions;
import java.time.Duration;

/// How a server runs projections.
///
/// @param running which ones do
/// @param workers how many projections fold at the same time; 0 for half of the processors
/// @param lanes how many partitions of one projection are folded at the same time; 0 for one for
///   each processor, 4 at most
/// @param queryExpiry after how long without a question a transient query is forgotten
/// @param compilationTimeout how long the text of a script may take
/// @param executionTimeout how long a script may take for one event, if it is not configured
///   otherwise
/// @param stateSizeMax how long a state or a result may be, in characters of JSON
public record ServerProjections(
    Running running,
    int workers,
    int lanes,
    Duration queryExpiry,
    Duration compilationTimeout,
    Duration executionTimeout,
    int stateSizeMax) {

  /// Which projections run.
  public enum Running {
    /// Those that are enabled.
    ALL,
    /// Those whose names begin with `$`. Others can be looked at and changed, and stay where they
    /// are.
    SYSTEM,
    /// None, and nobody can ask for any.
    NONE
  }

  private static final ServerProjections DEFAULTS =
      new ServerProjections(
          Running.ALL,
          0,
          0,
          Duration.ofMinutes(5),
          ProjectionLimits.DEFAULT.compilation(),
          ProjectionLimits.DEFAULT.event(),
          ProjectionLimits.DEFAULT.stateChars());

  /// Checks the numbers.
  ///
  /// @throws IllegalArgumentException if one is out of its bounds
  public ServerProjections {
    if (workers < 0
        || lanes < 0
        || stateSizeMax <= 0
        || queryExpiry.isNegative()
        || !compilationTimeout.isPositive()
        || !executionTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "Projections have 0 workers and lanes or more, times and sizes above 0, got %d workers, %d lanes, %s, %s, %s, %d characters"
              .formatted(
                  workers, lanes, queryExpiry, compilationTimeout, executionTimeout, stateSizeMax));
    }
  }

  /// They run, with the usual limits.
  ///
  /// @return the options
  public static ServerProjections defaults() {
    return DEFAULTS;
  }

  /// They do not run.
  ///
  /// @return the options
  public static ServerProjections none() {
    return new ServerProjections(
        Running.NONE,
        0,
        0,
        DEFAULTS.queryExpiry,
        DEFAULTS.compilationTimeout,
        DEFAULTS.executionTimeout,
        DEFAULTS.stateSizeMax);
  }

  /// Whether there are any to be asked for.
  boolean areThere() {
    return running != Running.NONE;
  }

  /// Whether a projection runs if it is enabled.
  boolean runs(String name) {
    return running == Running.ALL || (running == Running.SYSTEM && name.startsWith("$"));
  }

  ProjectionOptions options() {
    var defaults = ProjectionOptions.defaults();
    var limits = defaults.limits().withTimes(compilationTimeout, executionTimeout);
    return defaults
        .withWorkers(workers == 0 ? defaults.workers() : workers)
        .withLanes(lanes == 0 ? defaults.lanes() : lanes)
        .withQueryExpiry(queryExpiry)
        .with(limits.withStateChars(stateSizeMax));
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// How projections run in this process.
///
/// @param workers how many projections fold at the same time
/// @param lanes in how many worlds of its script the partitions of one projection are folded at the
///   same time, if they have nothing in common and there is a backlog; 1 for one after the other.
///   All projections share the threads for it, one less than this
/// @param limits what a script may take
/// @param stateBytesMax how much memory the states of one projection may take, besides those that
///   its script has in hand and those of the step that is open; the names of parked partitions, and
///   those of streams that it emitted to if these are tracked, may take a quarter of it each, or 4
///   mebibytes, besides
/// @param queryExpiry after how long without a question a query that has ended is forgotten; being
///   listed with all others is no question
/// @param stalledAfter after how long without a step, with events ahead, a projection is said to
///   stand still
/// @param clock tells the time
/// @param threads makes the threads on which scripts run; platform threads, or what a script takes
///   cannot be limited well
/// @param random makes ids
public record ProjectionOptions(
    int workers,
    int lanes,
    ProjectionLimits limits,
    long stateBytesMax,
    Duration queryExpiry,
    Duration stalledAfter,
    Clock clock,
    ThreadFactory threads,
    RandomGenerator random) {

  private static final int LANES_MAX = 4;
  private static final long NAMES_BYTES_MIN = 4L << 20;

  /// Checks the numbers.
  ///
  /// @throws IllegalArgumentException if there is no worker, no lane or no memory
  public ProjectionOptions {
    if (workers <= 0) {
      throw new IllegalArgumentException("Projections need 1 worker or more, got " + workers);
    }
    if (lanes <= 0) {
      throw new IllegalArgumentException("A projection has 1 lane or more, got " + lanes);
    }
    if (stateBytesMax <= 0) {
      throw new IllegalArgumentException(
          "Projections need memory for states, got %d bytes".formatted(stateBytesMax));
    }
  }

  /// What holds if nobody says otherwise.
  ///
  /// @return half of the processors, as many lanes as processors but 4 at most, 64 MiB for states,
  ///   5 minutes for queries
  public static ProjectionOptions defaults() {
    return new ProjectionOptions(
        Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
        Math.min(LANES_MAX, Runtime.getRuntime().availableProcessors()),
        ProjectionLimits.DEFAULT,
        64L << 20,
        Duration.ofMinutes(5),
        Duration.ofMinutes(1),
        Clock.systemUTC(),
        Thread.ofPlatform().name("leftfold-projections-", 0).daemon().factory(),
        RandomGenerator.of("L128X128MixRandom"));
  }

  /// How much memory the states of a fold that writes nothing may take (of a query, of the past, of
  /// a debugger): it has nowhere else to put them.
  long pastStateBytesMax() {
    return stateBytesMax > Long.MAX_VALUE / 4 ? Long.MAX_VALUE : 4 * stateBytesMax;
  }

  /// How much memory names may take that a run remembers besides its states: those of the
  /// partitions that are parked, and, as much again, those of the streams that were emitted to.
  long namesBytesMax() {
    return Math.max(NAMES_BYTES_MIN, stateBytesMax / 4);
  }

  /// With so many workers.
  ///
  /// @param count above 0
  /// @return the new options
  public ProjectionOptions withWorkers(int count) {
    return new ProjectionOptions(
        count, lanes, limits, stateBytesMax, queryExpiry, stalledAfter, clock, threads, random);
  }

  /// With so many lanes.
  ///
  /// @param count above 0
  /// @return the new options
  public ProjectionOptions withLanes(int count) {
    return new ProjectionOptions(
        workers, count, limits, stateBytesMax, queryExpiry, stalledAfter, clock, threads, random);
  }

  /// With other limits of scripts.
  ///
  /// @param other what a script may take
  /// @return the new options
  public ProjectionOptions with(ProjectionLimits other) {
    return new ProjectionOptions(
        workers, lanes, other, stateBytesMax, queryExpiry, stalledAfter, clock, threads, random);
  }

  /// With other memory for states.
  ///
  /// @param bytes for one projection
  /// @return the new options
  public ProjectionOptions withStateBytesMax(long bytes) {
    return new ProjectionOptions(
        workers, lanes, limits, bytes, queryExpiry, stalledAfter, clock, threads, random);
  }

  /// With another clock.
  ///
  /// @param other tells the time
  /// @return the new options
  public ProjectionOptions with(Clock other) {
    return new ProjectionOptions(
        workers, lanes, limits, stateBytesMax, queryExpiry, stalledAfter, other, threads, random);
  }

  /// With another expiry of queries.
  ///
  /// @param expiry after how long without a question, once it has ended
  /// @return the new options
  public ProjectionOptions withQueryExpiry(Duration expiry) {
    return new ProjectionOptions(
        workers, lanes, limits, stateBytesMax, expiry, stalledAfter, clock, threads, random);
  }
}

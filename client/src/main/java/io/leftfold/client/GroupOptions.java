// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import java.time.Duration;

/// How a persistent subscription works.
///
/// @param start the first revision, or position of all; [#END] for what comes after it was made
/// @param resolveLinks whether links are followed
/// @param extraStatistics whether it is measured how long consumers take
/// @param messageTimeout how long a consumer may take for an event; zero for ever
/// @param maxRetries how often an event is tried again before it is parked
/// @param checkpointAfter how long a checkpoint may wait; zero for ever
/// @param minCheckpoint how many events make a checkpoint worth its while
/// @param maxCheckpoint how many events may be done without one
/// @param maxConsumers the most consumers at a time; 0 for any number
/// @param liveBuffer how many events are read ahead when live
/// @param historyBuffer how many events are read ahead while catching up
/// @param readBatch how many are read at a time
/// @param strategy `RoundRobin`, `DispatchToSingle`, `Pinned` or `PinnedByCorrelation`
public record GroupOptions(
    long start,
    boolean resolveLinks,
    boolean extraStatistics,
    Duration messageTimeout,
    int maxRetries,
    Duration checkpointAfter,
    int minCheckpoint,
    int maxCheckpoint,
    int maxConsumers,
    int liveBuffer,
    int historyBuffer,
    int readBatch,
    String strategy) {

  /// The start behind the last event.
  public static final long END = -1;

  /// What KurrentDB's clients ask for when they are not told.
  ///
  /// @return from the first event on, round-robin
  public static GroupOptions defaults() {
    return new GroupOptions(
        0,
        false,
        false,
        Duration.ofSeconds(30),
        10,
        Duration.ofSeconds(2),
        10,
        1000,
        0,
        500,
        500,
        20,
        "RoundRobin");
  }
}

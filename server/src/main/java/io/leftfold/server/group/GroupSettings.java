// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.time.Duration;

/// How a group works.
///
/// @param start the first place it reads; [#END] for what comes after it was made
/// @param resolveLinks whether links are followed
/// @param extraStatistics whether it is measured how long consumers take
/// @param messageTimeout how long a consumer may take for an event; zero for ever
/// @param maxRetryCount how often an event is tried again before it is parked
/// @param checkpointAfter how long a checkpoint may wait; zero for ever
/// @param minCheckpointCount how many events make a checkpoint worth its while
/// @param maxCheckpointCount how many events may be done without one
/// @param maxSubscriberCount the most consumers at a time; 0 for any number
/// @param liveBufferSize how many events are read ahead when live
/// @param historyBufferSize how many events are read ahead while catching up
/// @param readBatchSize how many are read at a time
/// @param strategy which consumer gets an event
public record GroupSettings(
    long start,
    boolean resolveLinks,
    boolean extraStatistics,
    Duration messageTimeout,
    int maxRetryCount,
    Duration checkpointAfter,
    int minCheckpointCount,
    int maxCheckpointCount,
    int maxSubscriberCount,
    int liveBufferSize,
    int historyBufferSize,
    int readBatchSize,
    Strategy strategy) {

  /// The start that stands for what comes after the group was made.
  public static final long END = -1;

  /// Checks what cannot be.
  ///
  /// @throws IllegalArgumentException with what KurrentDB would say
  public GroupSettings {
    if (start < END) {
      throw new IllegalArgumentException("A group starts at a place or at the end, got " + start);
    }
    notNegative("messageTimeout", messageTimeout.toMillis());
    notNegative("checkPointAfter", checkpointAfter.toMillis());
    notNegative("maxRetryCount", maxRetryCount);
    notNegative("minCheckPointCount", minCheckpointCount);
    notNegative("maxCheckPointCount", maxCheckpointCount);
    notNegative("maxSubscriberCount", maxSubscriberCount);
    positive("liveBufferSize", liveBufferSize);
    positive("readBatchSize", readBatchSize);
    positive("bufferSize", historyBufferSize);
    if (readBatchSize >= historyBufferSize) {
      throw new IllegalArgumentException(
          "bufferSize too small: it is more than readBatchSize (%d), got %d"
              .formatted(readBatchSize, historyBufferSize));
    }
  }

  private static void notNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException("%s is 0 or more, got %d".formatted(name, value));
    }
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("%s is 1 or more, got %d".formatted(name, value));
    }
  }

  /// What clients ask for when they are not told.
  ///
  /// @return from the first event on, round-robin
  public static GroupSettings defaults() {
    return new GroupSettings(
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
        Strategy.ROUND_ROBIN);
  }
}

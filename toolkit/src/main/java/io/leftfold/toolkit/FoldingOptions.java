// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;

/// How a projection is run: `FoldingOptions.defaults().with(OnFailure.STOP)`.
///
/// @param attemptsMax how often an event is tried, 1 or more. Only attempts count behind which the
///   read model takes a transaction without the event; before anything is made of them, it is tried
///   once more right behind such a transaction
/// @param pauseFirst how long to wait before the second attempt; each pause is twice the one before
/// @param pauseLongest up to how long. Also how long a projection waits before it asks a store
///   again that did not answer
/// @param onFailure what becomes of it then
/// @param unknownEvents what becomes of events for which there is no word. A newer version of a
///   type that is declared is as an event that cannot be read, whatever is said here: the
///   projection stops before it, or sets it aside ([OnFailure#SET_ASIDE])
/// @param batchEventsMax how many events are folded in one transaction, 1 or more
/// @param threads makes the thread of a projection that runs in the background
public record FoldingOptions(
    int attemptsMax,
    Duration pauseFirst,
    Duration pauseLongest,
    OnFailure onFailure,
    UnknownEvents unknownEvents,
    int batchEventsMax,
    ThreadFactory threads) {

  private static final FoldingOptions DEFAULTS =
      new FoldingOptions(
          5,
          Duration.ofMillis(100),
          Duration.ofSeconds(30),
          OnFailure.PARK,
          UnknownEvents.PASS_OVER,
          256,
          Thread.ofVirtual().name("leftfold-projector-", 0).factory());

  /// Checks the numbers.
  ///
  /// @throws IllegalArgumentException if there is no attempt, or no event in a transaction
  public FoldingOptions {
    if (attemptsMax < 1) {
      throw new IllegalArgumentException(
          "An event is tried once or more often, got " + attemptsMax);
    }
    if (batchEventsMax < 1) {
      throw new IllegalArgumentException(
          "A transaction folds 1 event or more, got " + batchEventsMax);
    }
  }

  /// What holds if nobody says otherwise.
  ///
  /// @return 5 attempts with pauses of 100 ms to 30 s, then the partition is parked; what is
  ///   unknown is passed over; 256 events in a transaction; virtual threads
  public static FoldingOptions defaults() {
    return DEFAULTS;
  }

  /// With so many attempts.
  ///
  /// @param count 1 or more
  /// @return the new options
  public FoldingOptions withAttemptsMax(int count) {
    return new FoldingOptions(
        count, pauseFirst, pauseLongest, onFailure, unknownEvents, batchEventsMax, threads);
  }

  /// With other pauses.
  ///
  /// @param first before the second attempt
  /// @param longest up to how long
  /// @return the new options
  public FoldingOptions withPauses(Duration first, Duration longest) {
    return new FoldingOptions(
        attemptsMax, first, longest, onFailure, unknownEvents, batchEventsMax, threads);
  }

  /// With another end of it when an event cannot be folded.
  ///
  /// @param other what becomes of it
  /// @return the new options
  public FoldingOptions with(OnFailure other) {
    return new FoldingOptions(
        attemptsMax, pauseFirst, pauseLongest, other, unknownEvents, batchEventsMax, threads);
  }

  /// With other ways of what is unknown.
  ///
  /// @param other what becomes of it; to refuse is to stop
  /// @return the new options
  public FoldingOptions with(UnknownEvents other) {
    return new FoldingOptions(
        attemptsMax, pauseFirst, pauseLongest, onFailure, other, batchEventsMax, threads);
  }

  /// With other transactions.
  ///
  /// @param count how many events each folds, 1 or more
  /// @return the new options
  public FoldingOptions withBatchEventsMax(int count) {
    return new FoldingOptions(
        attemptsMax, pauseFirst, pauseLongest, onFailure, unknownEvents, count, threads);
  }

  /// With threads of one's own.
  ///
  /// @param factory makes the thread of a projection
  /// @return the new options
  public FoldingOptions withThreads(ThreadFactory factory) {
    return new FoldingOptions(
        attemptsMax, pauseFirst, pauseLongest, onFailure, unknownEvents, batchEventsMax, factory);
  }

  /// How long to wait behind an attempt.
  Duration pauseAfter(int attempts) {
    var doublings = Math.min(attempts - 1, 20);
    var pause = pauseFirst.multipliedBy(1L << doublings);
    return pause.compareTo(pauseLongest) < 0 ? pause : pauseLongest;
  }
}

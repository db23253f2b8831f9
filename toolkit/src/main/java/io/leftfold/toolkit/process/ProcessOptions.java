// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.toolkit.WorkObserver;
import java.time.Duration;

/// How a process is run: `ProcessOptions.of(Retries.defaults(random)).withDeliveriesMax(32)`.
///
/// @param retries how long a command is tried
/// @param deliveriesMax how many commands are with their targets at the same time, when running in
///   the background; 1 or more
/// @param openCommandsMax if so many commands are not settled, no more inputs are taken, until
///   there are fewer; 1 or more
/// @param timersMax of how many timers it is known without reading when they are due; of the others
///   it is read when it matters, which means all entries since the oldest of them was started; 1 or
///   more
/// @param checkpointEvery after how many entries it is recorded what is open, so that the next
///   start has to read no more than these; 1 or more
/// @param instancesMax how many instances are kept in memory, so that they need not be folded from
///   their beginning for each input; 0 or more
/// @param patience how long closing waits for commands that are with their targets, 0 or longer.
///   Those that are not back by then come again with the next start, with the same ids
/// @param observer looks on while commands are with their targets
public record ProcessOptions(
    Retries retries,
    int deliveriesMax,
    int openCommandsMax,
    int timersMax,
    int checkpointEvery,
    int instancesMax,
    Duration patience,
    WorkObserver observer) {

  private static final int DELIVERIES_MAX = 16;
  private static final int OPEN_COMMANDS_MAX = 10_000;
  private static final int TIMERS_MAX = 100_000;
  private static final int CHECKPOINT_EVERY = 10_000;
  private static final int INSTANCES_MAX = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Checks the numbers.
  ///
  /// @throws IllegalArgumentException if one is too small
  public ProcessOptions {
    if (deliveriesMax < 1 || openCommandsMax < 1 || timersMax < 1) {
      throw new IllegalArgumentException(
          "A process has room for 1 delivery, open command and timer or more, got %d, %d and %d"
              .formatted(deliveriesMax, openCommandsMax, timersMax));
    }
    if (checkpointEvery < 1) {
      throw new IllegalArgumentException(
          "Checkpoints are 1 entry or more apart, got " + checkpointEvery);
    }
    if (instancesMax < 0) {
      throw new IllegalArgumentException("0 or more instances are kept, got " + instancesMax);
    }
    if (patience.isNegative()) {
      throw new IllegalArgumentException(
          "Commands are waited for 0 seconds or longer, got " + patience);
    }
  }

  /// 16 deliveries, 10,000 open commands, 100,000 timers, a checkpoint every 10,000 entries, 1,000
  /// instances in memory, 30 seconds of patience.
  ///
  /// @param retries how long a command is tried
  /// @return the options
  public static ProcessOptions of(Retries retries) {
    return new ProcessOptions(
        retries,
        DELIVERIES_MAX,
        OPEN_COMMANDS_MAX,
        TIMERS_MAX,
        CHECKPOINT_EVERY,
        INSTANCES_MAX,
        PATIENCE,
        WorkObserver.none());
  }

  /// With so many commands at their targets at once.
  ///
  /// @param count 1 or more
  /// @return the new options
  public ProcessOptions withDeliveriesMax(int count) {
    return new ProcessOptions(
        retries,
        count,
        openCommandsMax,
        timersMax,
        checkpointEvery,
        instancesMax,
        patience,
        observer);
  }

  /// With so many commands that are not settled.
  ///
  /// @param count 1 or more
  /// @return the new options
  public ProcessOptions withOpenCommandsMax(int count) {
    return new ProcessOptions(
        retries,
        deliveriesMax,
        count,
        timersMax,
        checkpointEvery,
        instancesMax,
        patience,
        observer);
  }

  /// With so many timers known.
  ///
  /// @param count 1 or more
  /// @return the new options
  public ProcessOptions withTimersMax(int count) {
    return new ProcessOptions(
        retries,
        deliveriesMax,
        openCommandsMax,
        count,
        checkpointEvery,
        instancesMax,
        patience,
        observer);
  }

  /// With a checkpoint after so many entries.
  ///
  /// @param count 1 or more
  /// @return the new options
  public ProcessOptions withCheckpointEvery(int count) {
    return new ProcessOptions(
        retries,
        deliveriesMax,
        openCommandsMax,
        timersMax,
        count,
        instancesMax,
        patience,
        observer);
  }

  /// With so many instances in memory.
  ///
  /// @param count 0 or more
  /// @return the new options
  public ProcessOptions withInstancesMax(int count) {
    return new ProcessOptions(
        retries,
        deliveriesMax,
        openCommandsMax,
        timersMax,
        checkpointEvery,
        count,
        patience,
        observer);
  }

  /// With another patience.
  ///
  /// @param atMost how long closing waits for commands that are with their targets, 0 or longer
  /// @return the new options
  public ProcessOptions withPatience(Duration atMost) {
    return new ProcessOptions(
        retries,
        deliveriesMax,
        openCommandsMax,
        timersMax,
        checkpointEvery,
        instancesMax,
        atMost,
        observer);
  }

  /// With somebody who looks on, beside those who do already.
  ///
  /// @param other who
  /// @return the new options
  public ProcessOptions observedBy(WorkObserver other) {
    return new ProcessOptions(
        retries,
        deliveriesMax,
        openCommandsMax,
        timersMax,
        checkpointEvery,
        instancesMax,
        patience,
        observer.and(other));
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import java.time.Duration;

/// How a process is doing in one runner: numbers, for whatever keeps metrics.
///
/// ```java
/// registry.gauge("delivery.parked", running, it -> it.figures().parked());
/// ```
///
/// What is about instances, commands and timers is as of the runner's last turn; it costs nothing
/// to ask for. How far the source is ahead is asked of the store, by one read of one event, and
/// what was set aside by another, of a stream in which there is hardly ever anything.
///
/// @param position of the last event of the source that was taken, −1 before the first
/// @param lag by how many positions of the store that is behind; 0 if there is nothing to take
/// @param waiting for how long the next event of the source has been waiting to be taken, by the
///   given clock; zero if there is none
/// @param isCaughtUp whether all entries are known. Until then the other numbers are too small
/// @param begun how many instances there ever were
/// @param completed how many of them are at their end
/// @param parked how many of them stand still
/// @param aside how many events of the source were set aside, and are so still
/// @param openCommands how many commands are not settled
/// @param atTargets how many of those are with their targets
/// @param retrying how many of those were tried, and wait to be tried again
/// @param retries how often commands were put back to be tried again, since the runner was started
/// @param timers how many run, as far as they are known ([ProcessOptions#timersMax()])
/// @param isFull whether no inputs are taken because too many commands are open
/// @param isRunning whether the runner goes on: it was neither closed nor ended by a failure
public record ProcessFigures(
    long position,
    long lag,
    Duration waiting,
    boolean isCaughtUp,
    long begun,
    long completed,
    long parked,
    int aside,
    int openCommands,
    int atTargets,
    int retrying,
    long retries,
    int timers,
    boolean isFull,
    boolean isRunning) {

  /// How many instances take inputs, or wait for them.
  ///
  /// @return those that are neither at their end nor parked
  public long running() {
    return begun - completed - parked;
  }
}

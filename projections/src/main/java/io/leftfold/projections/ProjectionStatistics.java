// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How a projection is, as true as can be said at one moment.
///
/// @param name its name
/// @param mode how long it runs
/// @param state whether it runs
/// @param enabled whether it is to run
/// @param reason why it is not, or what is the matter; empty if nothing is
/// @param isBuiltIn whether the index answers it
/// @param version how often it was changed; −1 if it was never started
/// @param epoch the version that folds since zero; −1 if it was never started
/// @param position the last position looked at; −1 for none
/// @param checkpoint the last position whose effects are durable; −1 for none
/// @param head the last position there is; −1 for none
/// @param progress percent of the log that was looked at
/// @param lagEvents how many positions there are that were not looked at
/// @param lag since when the first of them has been waiting
/// @param processedAfterRestart events that were handled since it was last started
/// @param handled events that were handled since zero
/// @param skipped events that were left out since zero, because their partition or they themselves
///   are parked
/// @param emitted events that were written since zero
/// @param partitions how many partitions have a state
/// @param partitionsCached how many states are in memory
/// @param partitionStateCacheSize their length in characters
/// @param partitionStateCacheEvictions how many were dropped from memory and can be read again
/// @param bufferedEvents events that were read and not yet looked at
/// @param readsInProgress reads under way
/// @param writesInProgress steps under way
/// @param pendingBeforeCheckpoint emitted events of the step that is open
/// @param pendingAfterCheckpoint emitted events of the step that is being written
/// @param parked how many events and partitions are parked
/// @param faults how often it has become faulted in this process
/// @param coreProcessingMillis how long scripts have run since it was last started
/// @param lastStep when a step last ended
/// @param building the version that is built beside, if one is
/// @param resultStream where results go, as far as the script asks for any
public record ProjectionStatistics(
    String name,
    ProjectionMode mode,
    ProjectionState state,
    boolean enabled,
    String reason,
    boolean isBuiltIn,
    long version,
    long epoch,
    long position,
    long checkpoint,
    long head,
    double progress,
    long lagEvents,
    Duration lag,
    long processedAfterRestart,
    long handled,
    long skipped,
    long emitted,
    long partitions,
    int partitionsCached,
    long partitionStateCacheSize,
    long partitionStateCacheEvictions,
    long bufferedEvents,
    int readsInProgress,
    int writesInProgress,
    int pendingBeforeCheckpoint,
    int pendingAfterCheckpoint,
    int parked,
    long faults,
    long coreProcessingMillis,
    Optional<Instant> lastStep,
    Optional<Building> building,
    String resultStream) {

  /// A version that is built beside the current one.
  ///
  /// @param epoch its number
  /// @param position the last position looked at; −1 for none
  /// @param reason why it does not get on; empty if it does
  public record Building(long epoch, long position, String reason) {}

  /// The state as the wire writes it: `Running`, `Stopped`, `Faulted (Enabled)`.
  ///
  /// @return a text
  public String status() {
    return (state == ProjectionState.FAULTED || state == ProjectionState.STOPPED) && enabled
        ? state + " (Enabled)"
        : state.toString();
  }

  /// With another reason.
  ///
  /// @param why for a person
  /// @return the new figures
  public ProjectionStatistics withReason(String why) {
    return new ProjectionStatistics(
        name,
        mode,
        state,
        enabled,
        why,
        isBuiltIn,
        version,
        epoch,
        position,
        checkpoint,
        head,
        progress,
        lagEvents,
        lag,
        processedAfterRestart,
        handled,
        skipped,
        emitted,
        partitions,
        partitionsCached,
        partitionStateCacheSize,
        partitionStateCacheEvictions,
        bufferedEvents,
        readsInProgress,
        writesInProgress,
        pendingBeforeCheckpoint,
        pendingAfterCheckpoint,
        parked,
        faults,
        coreProcessingMillis,
        lastStep,
        building,
        resultStream);
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How a projection of a Leftfold server is at a moment, besides what [ProjectionReport] says.
///
/// @param enabled whether it is to run
/// @param head the last position there is; −1 for none
/// @param lagEvents how many positions it has not looked at
/// @param lag for how long the first event of them that it may want has been waiting
/// @param handled events that were handled since zero
/// @param skipped events that were left out since zero, for they or their partitions are set aside
/// @param emitted events that were written since zero
/// @param partitions how many partitions have a state
/// @param setAside how many events and partitions are set aside
/// @param faults how often it has become faulted since the server was started
/// @param lastStep when a step last ended; empty if none has
/// @param beside the version that is built beside; empty if none is: it has taken over, or there
///   was none
public record ProjectionLook(
    boolean enabled,
    long head,
    long lagEvents,
    Duration lag,
    long handled,
    long skipped,
    long emitted,
    long partitions,
    int setAside,
    long faults,
    Optional<Instant> lastStep,
    Optional<VersionBeside> beside) {

  /// A version that is built beside the one that answers.
  ///
  /// @param epoch its number
  /// @param position the last position looked at; −1 for none
  /// @param reason why it does not get on, for a person; empty if it does
  public record VersionBeside(long epoch, long position, String reason) {}
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import java.util.Optional;

/// How it is with a part of a topology in this process.
///
/// @param name of the projection, a dot and its version; or of the process
/// @param kind what it is
/// @param isRunning whether it runs here, or is run step by step here. In [Mode.Shared] it may run
///   in another process
/// @param failure what it failed with last, and has not got over; empty for none
/// @param parked how many partitions of a projection, or instances of a process, stand still until
///   somebody resumes them, as far as that is known here; 0 of what does not run here
public record PartStatus(
    String name, Kind kind, boolean isRunning, Optional<Throwable> failure, long parked) {

  /// What a part is.
  public enum Kind {
    /// A fold for readers.
    PROJECTION,
    /// What makes commands of events.
    PROCESS
  }
}

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
public record PartStatus(String name, Kind kind, boolean isRunning, Optional<Throwable> failure) {

  /// What a part is.
  public enum Kind {
    /// A fold for readers.
    PROJECTION,
    /// What makes commands of events.
    PROCESS
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// What becomes of a projection when an event cannot be folded, after it was tried often enough.
public enum OnFailure {
  /// It stands before the event until it is started again.
  STOP,
  /// The event's partition is parked: the event and all later ones of the partition are kept, in
  /// order, and folded when the partition is resumed. All other partitions go on. An event that
  /// cannot be understood has no partition yet, and stops the projection nevertheless.
  PARK
}

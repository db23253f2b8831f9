// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// What becomes of a projection when an event cannot be folded, after it was tried often enough.
/// Errors that a fold throws are as exceptions are, but for those of the virtual machine that are
/// no overflow of the stack: when memory is short, whatever happens to ask for some meets it, so no
/// event is blamed, and the projection stops.
public enum OnFailure {
  /// It stands before the event until it is started again.
  STOP,
  /// The event's partition is parked: the event and all later ones of the partition are kept, in
  /// order, and folded when the partition is resumed. All other partitions go on. An event that
  /// cannot be understood has no partition yet, and stops the projection nevertheless.
  PARK,
  /// As with `PARK`; and an event that cannot be understood is kept aside, by its position, in the
  /// partition [Projector#UNREADABLE]. The projection goes on without it. When it can be understood
  /// and that partition is resumed, it is folded behind whatever has been folded of its own
  /// partition meanwhile: for folds that do not mind, or whose owner prefers that to standing
  /// still. [Projector#leaveOut] leaves it out for good.
  SET_ASIDE
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.RecordedEvent;

/// How many instances there are, as far as entries were counted.
///
/// @param position of the last entry that was counted; −1 before the first
/// @param begun all that there ever were
/// @param completed of those
/// @param parked of those
record Census(long position, long begun, long completed, long parked) {

  static final Census NOBODY = new Census(-1, 0, 0, 0);

  /// Counts the next entry; one that was counted is not counted again.
  Census plus(Entry entry, RecordedEvent at) {
    return at.position() <= position
        ? this
        : new Census(
            at.position(),
            begun + (at.revision() == 0 ? 1 : 0),
            completed + (entry instanceof Entry.Completed ? 1 : 0),
            parked + parking(entry));
  }

  /// An instance is parked until it goes on in one of three ways, and not parked again meanwhile.
  private static int parking(Entry entry) {
    return switch (entry) {
      case Entry.Parked _ -> 1;
      case Entry.Resumed _, Entry.Skipped _, Entry.Retried _ -> -1;
      case Entry.Received _,
          Entry.Issued _,
          Entry.Settled _,
          Entry.TimerStarted _,
          Entry.TimerCancelled _,
          Entry.TimerFired _,
          Entry.Handled _,
          Entry.Completed _ ->
          0;
    };
  }
}

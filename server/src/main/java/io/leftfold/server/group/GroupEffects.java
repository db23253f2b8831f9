// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.SortedSet;

/// What a [GroupCore] wants done.
interface GroupEffects {

  /// Hands an event to a consumer.
  void deliver(long consumer, Entry entry);

  /// Writes a link to an event, then tells [GroupCore#parked] or [GroupCore#parkingFailed].
  void park(Entry entry, String reason);

  /// Writes a checkpoint, then tells [GroupCore#checkpointWritten] or [GroupCore#checkpointFailed].
  /// One at a time.
  void writeCheckpoint(long place);

  /// Reads so many events more of the source.
  void read(int events);

  /// Reads so many parked events more of those to be replayed.
  void readParked(int events);

  /// Takes replayed events that are done out of the parked ones, then tells [Replay#removed], also
  /// where that failed.
  void replayed(SortedSet<Long> parkedAt);
}

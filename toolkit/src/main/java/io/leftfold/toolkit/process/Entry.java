// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.RecordedEvent;
import io.leftfold.toolkit.CommandId;
import java.time.Instant;
import java.util.Optional;

/// What stands in the stream of an instance. Inputs are either handled when they come, or *held*:
/// while an instance is parked or has others to handle first.
sealed interface Entry {

  /// An event that is followed.
  ///
  /// @param place in the source
  /// @param held whether it is to be handled later
  /// @param target the event; empty if it was not looked for, or is gone
  record Received(Place place, boolean held, Optional<RecordedEvent> target) implements Entry {}

  /// A command that is to be given to its target.
  ///
  /// @param lane in which it waits
  /// @param command as its codec wrote it
  record Issued(CommandId id, String lane, RecordedEvent command) implements Entry {}

  /// The outcome of a command.
  record Settled(CommandId id, Settlement outcome, boolean held) implements Entry {}

  /// A timer that runs from now on.
  record TimerStarted(String timer, Instant due) implements Entry {}

  /// A timer that does not run any more.
  record TimerCancelled(String timer) implements Entry {}

  /// A timer that was due.
  ///
  /// @param started the revision at which it was started
  record TimerFired(String timer, Instant due, long started, boolean held) implements Entry {}

  /// From here on nothing is handled.
  record Parked(String cause) implements Entry {}

  /// Somebody says that it can go on, beginning with what is held.
  record Resumed(String by) implements Entry {}

  /// Somebody says that it can go on without the first input that is held.
  record Skipped(long input, String by) implements Entry {}

  /// Somebody says that the command that failed, as the first input that is held tells, is to be
  /// given to its target again.
  record Retried(long input, String by) implements Entry {}

  /// The first input that was held is handled here.
  record Handled(long input) implements Entry {}

  /// Nothing that comes later means anything.
  record Completed() implements Entry {}

  /// Where an event is in the source: one that is stored may mean several today.
  ///
  /// @param position in the store
  /// @param index among those that it means
  record Place(long position, int index) implements Comparable<Place> {
    static final Place NONE = new Place(-1, 0);

    @Override
    public int compareTo(Place other) {
      return position == other.position
          ? Integer.compare(index, other.index)
          : Long.compare(position, other.position);
    }

    @Override
    public String toString() {
      return "%d.%d".formatted(position, index);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.ResolvedEvent;
import java.util.Comparator;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An event on its way through a group, from being read until it is done.
final class Entry {

  /// Parked events that are replayed come first, then the log's order.
  static final Comparator<Entry> IN_ORDER = Comparator.comparingLong(entry -> entry.order);

  private static final long NOT_PARKED = -1;

  /// Where an event is.
  enum State {
    /// Read, and not handed out yet.
    AHEAD,
    /// With a consumer.
    IN_FLIGHT,
    /// Waiting to be handed out again.
    RETRY,
    /// Its link is being written.
    PARKING,
    /// Acked, skipped or parked.
    DONE
  }

  final ResolvedEvent event;

  /// Its place in the source.
  final long place;

  /// The place before it, at which a checkpoint may stand while this is not done.
  final long before;

  /// The revision in the parked stream from which it is replayed, or [#NOT_PARKED].
  final long parkedAt;

  private final long order;

  State state = State.AHEAD;
  int retryCount;

  /// Who has it, or had it last.
  @Nullable Consumer holder;

  long deliveredAt;

  /// Another one with the same id that was delivered and is not done.
  @Nullable Entry twin;

  private Entry(ResolvedEvent event, long place, long before, long parkedAt, long order) {
    this.event = event;
    this.place = place;
    this.before = before;
    this.parkedAt = parkedAt;
    this.order = order;
  }

  static Entry read(ResolvedEvent event, long place, long before) {
    return new Entry(event, place, before, NOT_PARKED, place);
  }

  static Entry replayed(ResolvedEvent event, long parkedAt) {
    var original = event.original();
    return new Entry(event, original.revision(), NOT_PARKED, parkedAt, Long.MIN_VALUE + parkedAt);
  }

  boolean isReplayed() {
    return parkedAt != NOT_PARKED;
  }

  UUID id() {
    return event.original().id();
  }
}

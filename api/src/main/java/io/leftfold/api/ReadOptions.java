// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.time.Instant;
import java.util.Optional;

/// How to read: `ReadOptions.forwards().from(5).limit(100)`.
///
/// @param direction which way
/// @param from where to start, a revision for a stream and a position for all; [#END] for the end
/// @param limit the most events to give
/// @param resolveLinks whether links are followed
/// @param filter which events, when all streams are read
/// @param fromTime where to start by the time of recording, besides `from`: events recorded before
///   (backwards: after) it are passed over
/// @param asOf which moment of the store is read
public record ReadOptions(
    Direction direction,
    long from,
    long limit,
    boolean resolveLinks,
    EventFilter filter,
    Optional<Instant> fromTime,
    AsOf asOf) {

  /// The start that stands behind the last event.
  public static final long END = Long.MAX_VALUE;

  /// Checks the numbers.
  public ReadOptions {
    if (from < 0) {
      throw new IllegalArgumentException("A read starts at 0 or later, got " + from);
    }
    if (limit < 0) {
      throw new IllegalArgumentException("A read gives 0 events or more, got a limit of " + limit);
    }
  }

  /// Everything, oldest first.
  ///
  /// @return the options
  public static ReadOptions forwards() {
    return everything(Direction.FORWARDS, 0);
  }

  /// Everything, newest first.
  ///
  /// @return the options
  public static ReadOptions backwards() {
    return everything(Direction.BACKWARDS, END);
  }

  private static ReadOptions everything(Direction direction, long from) {
    return new ReadOptions(
        direction,
        from,
        Long.MAX_VALUE,
        false,
        EventFilter.everything(),
        Optional.empty(),
        AsOf.now());
  }

  /// Starting elsewhere.
  ///
  /// @param from a revision or position; [#END] for the end
  /// @return the new options
  public ReadOptions from(long from) {
    return new ReadOptions(direction, from, limit, resolveLinks, filter, fromTime, asOf);
  }

  /// With at most so many events.
  ///
  /// @param limit 0 or more
  /// @return the new options
  public ReadOptions limit(long limit) {
    return new ReadOptions(direction, from, limit, resolveLinks, filter, fromTime, asOf);
  }

  /// Following links to their targets.
  ///
  /// @return the new options
  public ReadOptions resolvingLinks() {
    return new ReadOptions(direction, from, limit, true, filter, fromTime, asOf);
  }

  /// Giving only some events; for reads of all streams.
  ///
  /// @param filter which
  /// @return the new options
  public ReadOptions filteredBy(EventFilter filter) {
    return new ReadOptions(direction, from, limit, resolveLinks, filter, fromTime, asOf);
  }

  /// Starting at a time: forwards with the first event recorded at it or later, backwards with the
  /// last recorded at it or earlier.
  ///
  /// @param time by the store's clock
  /// @return the new options
  public ReadOptions fromTime(Instant time) {
    return new ReadOptions(direction, from, limit, resolveLinks, filter, Optional.of(time), asOf);
  }

  /// Reading what lies below a position, as it was then.
  ///
  /// @param end the first position that is not seen
  /// @return the new options
  public ReadOptions asOf(long end) {
    return asOf(new AsOf.Position(end));
  }

  /// Reading what was recorded at a time or before, as it was then.
  ///
  /// @param time by the store's clock
  /// @return the new options
  public ReadOptions asOf(Instant time) {
    return asOf(new AsOf.Time(time));
  }

  /// Reading another moment of the store.
  ///
  /// @param moment which
  /// @return the new options
  public ReadOptions asOf(AsOf moment) {
    return new ReadOptions(direction, from, limit, resolveLinks, filter, fromTime, moment);
  }

  /// Which way to read.
  public enum Direction {
    /// Oldest first.
    FORWARDS,
    /// Newest first.
    BACKWARDS
  }
}

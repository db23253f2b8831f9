// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// How to read: `ReadOptions.forwards().from(5).limit(100)`.
///
/// @param direction which way
/// @param from where to start, a revision for a stream and a position for all; [#END] for the end
/// @param limit the most events to give
/// @param resolveLinks whether links are followed
/// @param filter which events, when all streams are read
public record ReadOptions(
    Direction direction, long from, long limit, boolean resolveLinks, EventFilter filter) {

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
    return new ReadOptions(Direction.FORWARDS, 0, Long.MAX_VALUE, false, EventFilter.everything());
  }

  /// Everything, newest first.
  ///
  /// @return the options
  public static ReadOptions backwards() {
    return new ReadOptions(
        Direction.BACKWARDS, END, Long.MAX_VALUE, false, EventFilter.everything());
  }

  /// Starting elsewhere.
  ///
  /// @param from a revision or position; [#END] for the end
  /// @return the new options
  public ReadOptions from(long from) {
    return new ReadOptions(direction, from, limit, resolveLinks, filter);
  }

  /// With at most so many events.
  ///
  /// @param limit 0 or more
  /// @return the new options
  public ReadOptions limit(long limit) {
    return new ReadOptions(direction, from, limit, resolveLinks, filter);
  }

  /// Following links to their targets.
  ///
  /// @return the new options
  public ReadOptions resolvingLinks() {
    return new ReadOptions(direction, from, limit, true, filter);
  }

  /// Giving only some events; for reads of all streams.
  ///
  /// @param filter which
  /// @return the new options
  public ReadOptions filteredBy(EventFilter filter) {
    return new ReadOptions(direction, from, limit, resolveLinks, filter);
  }

  /// Which way to read.
  public enum Direction {
    /// Oldest first.
    FORWARDS,
    /// Newest first.
    BACKWARDS
  }
}

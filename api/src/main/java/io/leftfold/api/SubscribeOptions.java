// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.time.Instant;

/// How to follow: `SubscribeOptions.fromBeginning()`, `SubscribeOptions.after(checkpoint)`.
///
/// @param start where to start
/// @param resolveLinks whether links are followed
/// @param filter which events, when all streams are followed
/// @param checkpointEvery after how many events looked at (given or filtered out) a checkpoint is
///   told; 0 for none. Only with all streams.
public record SubscribeOptions(
    Start start, boolean resolveLinks, EventFilter filter, int checkpointEvery) {

  /// Checks the interval.
  public SubscribeOptions {
    if (checkpointEvery < 0) {
      throw new IllegalArgumentException(
          "A checkpoint is told every 1 event or more, or 0 for never, got " + checkpointEvery);
    }
  }

  /// From the first event on.
  ///
  /// @return the options
  public static SubscribeOptions fromBeginning() {
    return new SubscribeOptions(new Start.Beginning(), false, EventFilter.everything(), 0);
  }

  /// Only what is appended from now on.
  ///
  /// @return the options
  public static SubscribeOptions fromEnd() {
    return new SubscribeOptions(new Start.End(), false, EventFilter.everything(), 0);
  }

  /// Continuing after what was handled last.
  ///
  /// @param last a revision of the stream, or a position when all streams are followed
  /// @return the options
  public static SubscribeOptions after(long last) {
    return new SubscribeOptions(new Start.After(last), false, EventFilter.everything(), 0);
  }

  /// From the first event on that was recorded at a time or later.
  ///
  /// @param time by the store's clock; one that lies ahead is the end
  /// @return the options
  public static SubscribeOptions fromTime(Instant time) {
    return new SubscribeOptions(new Start.AtTime(time), false, EventFilter.everything(), 0);
  }

  /// Following links to their targets.
  ///
  /// @return the new options
  public SubscribeOptions resolvingLinks() {
    return new SubscribeOptions(start, true, filter, checkpointEvery);
  }

  /// Giving only some events; when all streams are followed.
  ///
  /// @param filter which
  /// @return the new options
  public SubscribeOptions filteredBy(EventFilter filter) {
    return new SubscribeOptions(start, resolveLinks, filter, checkpointEvery);
  }

  /// Telling a checkpoint now and then; when all streams are followed.
  ///
  /// @param events after how many events looked at
  /// @return the new options
  public SubscribeOptions checkpointEvery(int events) {
    return new SubscribeOptions(start, resolveLinks, filter, events);
  }

  /// Where a subscription starts.
  public sealed interface Start {
    /// Before the first event.
    record Beginning() implements Start {}

    /// Behind the last event.
    record End() implements Start {}

    /// Before the first event that was recorded at a time or later, as far as there is one when the
    /// subscription is opened; otherwise behind the last.
    ///
    /// @param time by the store's clock
    record AtTime(Instant time) implements Start {}

    /// Behind a given event.
    ///
    /// @param last a revision of the stream, or a position when all streams are followed
    record After(long last) implements Start {
      /// Checks the number.
      public After {
        if (last < 0) {
          throw new IllegalArgumentException("A subscription starts after 0 or later, got " + last);
        }
      }
    }
  }
}

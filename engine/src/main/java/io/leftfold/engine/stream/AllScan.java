// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.engine.log.RecordCursor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Goes forwards along all streams, a limited number of records at a time. Owned by one thread at a
/// time.
public final class AllScan {

  /// How many steps deciding about names may take in one turn: some ten milliseconds.
  static final long STEPS_A_TURN = 1_000_000;

  private final RecordCursor cursor;
  private final PositionWalk walk;
  private final EventMatch match;
  private final @Nullable LinkResolver links;
  private long place;

  AllScan(
      RecordCursor cursor,
      PositionWalk walk,
      EventMatch match,
      @Nullable LinkResolver links,
      long from) {
    this.cursor = cursor;
    this.walk = walk;
    this.match = match;
    this.links = links;
    this.place = from;
  }

  /// The first position that was not looked at yet.
  public long place() {
    return place;
  }

  /// Passes over what somebody else has looked at.
  ///
  /// @param position below which nothing is wanted
  /// @return whether the place is another now
  public boolean pass(long position) {
    if (position <= place) {
      return false;
    }
    place = position;
    return true;
  }

  /// Looks for the next event that the filter wants.
  ///
  /// @param end to look below
  /// @param recordsMax how many records to look at, at most
  /// @return the event; empty if none was found up to [#place()]
  public Optional<ResolvedEvent> next(long end, int recordsMax) {
    var stepsMax = match.steps() + STEPS_A_TURN;
    for (var looked = 0; looked < recordsMax && match.steps() < stepsMax; looked++) {
      var position = walk.next(place, end);
      if (position == PositionWalk.NONE) {
        place = Math.max(place, end);
        return Optional.empty();
      }
      place = position + 1;
      if (cursor.moveToIfKept(position) && match.matches(cursor)) {
        var event = cursor.event();
        return Optional.of(links == null ? ResolvedEvent.plain(event) : links.resolve(event, end));
      }
    }
    return Optional.empty();
  }
}

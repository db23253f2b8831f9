// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.AsOf;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ReadOptions.Direction;
import io.leftfold.engine.index.Postings;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.LogTime;
import io.leftfold.engine.log.RecordCursor;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

/// Which part of the log a read sees, and where in it the read begins if a time says so.
///
/// A read as of an earlier moment is a read below an earlier end: everything that is asked for by
/// the end of the log (streams, metadata, tombstones, links) is then as it was, by itself.
final class Moments {

  private final Log log;
  private final Clock clock;

  Moments(Log log, Clock clock) {
    this.log = log;
    this.clock = clock;
  }

  /// What a read sees.
  ///
  /// @param end of the log, as of then
  /// @param clock by which the age of events is judged
  record Moment(long end, Clock clock) {
    /// For what a read looks at only when it comes there.
    Clock stopped() {
      return Moments.stopped(clock.instant());
    }
  }

  Moment of(AsOf asOf) {
    var end = log.end();
    return switch (asOf) {
      case AsOf.Now() -> new Moment(end, clock);
      case AsOf.Position(var then) when then >= end -> new Moment(end, clock);
      case AsOf.Position(var then) -> new Moment(then, stopped(timeBefore(then)));
      case AsOf.Time(var at) -> {
        var now = clock.instant();
        yield new Moment(positionBehind(at, end), stopped(at.isBefore(now) ? at : now));
      }
    };
  }

  private static Clock stopped(Instant at) {
    return Clock.fixed(at, ZoneOffset.UTC);
  }

  /// When the last event below a position was recorded, of those that are not forgotten.
  private Instant timeBefore(long position) {
    var cursor = log.borrowCursor();
    try {
      for (var before = position - 1; before >= 0; before--) {
        if (cursor.moveToIfKept(before)) {
          return RecordCursor.instant(cursor.timeMicros());
        }
      }
      return Instant.EPOCH;
    } finally {
      log.giveBack(cursor);
    }
  }

  /// The first position that was recorded at a time or later; the end if there is none.
  long positionAt(Instant time, long end) {
    return log.positionAt(LogTime.atOrAfter(time), end);
  }

  private long positionBehind(Instant time, long end) {
    return log.positionAt(LogTime.after(time), end);
  }

  /// Where a read of all begins by its time: a position, exclusive backwards. Without a time
  /// anywhere will do.
  long start(ReadOptions options, long end) {
    var forwards = options.direction() == Direction.FORWARDS;
    if (options.fromTime().isEmpty()) {
      return forwards ? 0 : Long.MAX_VALUE;
    }
    var time = options.fromTime().get();
    return forwards ? positionAt(time, end) : positionBehind(time, end);
  }

  /// The same along a list of positions: an ordinal, exclusive backwards.
  long start(ReadOptions options, long end, Postings postings) {
    var position = start(options, end);
    return options.fromTime().isEmpty() ? position : postings.countBelow(position);
  }
}

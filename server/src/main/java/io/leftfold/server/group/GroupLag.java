// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How far a group is behind the end of its source, counted from the last place up to which
/// everything is done. Events that a filter will pass over count, until they were looked at.
///
/// @param events behind that place; of a correlation id at most 10,000
/// @param age of the first of them; zero if there is none
public record GroupLag(long events, Duration age) {

  /// Whose numbers have gaps is counted event by event, up to here.
  private static final long COUNTED_MAX = 10_000;

  private static final GroupLag NONE = new GroupLag(0, Duration.ZERO);

  static GroupLag of(EventStore store, GroupInfo info, Instant now) {
    var progress = info.progress();
    var done = progress.done();
    var source = info.definition().id().source();
    var events =
        switch (source) {
          case GroupSource.OfStream(var stream) when source.countsPositions() ->
              countFrom(
                  store.read(stream, ReadOptions.forwards().from(done + 1).limit(COUNTED_MAX)));
          case GroupSource.OfStream(var stream) ->
              store.state(stream) instanceof StreamState.Present(var first, var last)
                  ? last - Math.max(done, first - 1)
                  : 0;
          case GroupSource.OfAll() -> store.lastPosition().orElse(-1L) - done;
        };
    if (events <= 0 || progress.isAtTheEnd()) {
      return NONE;
    }
    var since = progress.undoneSince().or(() -> recorded(store, info, done + 1));
    // The store's clock may have gone back.
    var age = since.map(first -> Duration.between(first, now)).filter(Duration::isPositive);
    return new GroupLag(events, age.orElse(Duration.ZERO));
  }

  private static long countFrom(EventRead read) {
    try (read) {
      return read.stream().count();
    }
  }

  private static Optional<Instant> recorded(EventStore store, GroupInfo info, long place) {
    var options = ReadOptions.forwards().from(place).limit(1);
    return switch (info.definition().id().source()) {
      case GroupSource.OfStream(var stream) -> recorded(store.read(stream, options));
      case GroupSource.OfAll() -> recorded(store.readAll(options));
    };
  }

  private static Optional<Instant> recorded(EventRead read) {
    try (read) {
      var events = read.iterator();
      return events.hasNext() ? Optional.of(events.next().original().recorded()) : Optional.empty();
    }
  }
}

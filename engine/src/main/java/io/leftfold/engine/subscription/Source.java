// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.subscription;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.engine.stream.AllScan;
import io.leftfold.engine.stream.StreamReader;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Where a subscription's events come from: one stream or all. Owned by the taker, except for
/// [#behind()].
sealed interface Source {

  /// The next event that is there already; does a bounded amount of work.
  Optional<ResolvedEvent> next();

  /// How many events there are that were not looked at. May be asked while the taker waits.
  long behind();

  /// The revision (of a stream) or position (of all) that comes next.
  long at();

  /// How many events there are from a place that [#at()] told on. May be asked by any thread.
  long countFrom(long at);

  /// When the first event from such a place on was recorded. May be asked by any thread.
  Optional<Instant> timeFrom(long at);

  /// The last revision (of a stream) or position (of all) that was passed.
  OptionalLong last();

  /// The position below which everything was looked at; −1 if checkpoints make no sense.
  long place();

  private static Optional<Instant> timeOfFirst(EventRead read) {
    try (read) {
      return read.stream().findFirst().map(event -> event.original().recorded());
    }
  }

  /// All streams.
  final class OfAll implements Source {
    private static final int RECORDS_A_TURN = 1000;
    private final StreamReader reader;
    private final AllScan scan;

    OfAll(StreamReader reader, EventFilter filter, boolean resolveLinks, long from) {
      this.reader = reader;
      this.scan = reader.scan(filter, resolveLinks, from);
    }

    @Override
    public Optional<ResolvedEvent> next() {
      return scan.next(reader.end(), RECORDS_A_TURN);
    }

    @Override
    public long behind() {
      return Math.max(0, reader.end() - scan.place());
    }

    @Override
    public long at() {
      return scan.place();
    }

    @Override
    public long countFrom(long at) {
      return Math.max(0, reader.end() - at);
    }

    @Override
    public Optional<Instant> timeFrom(long at) {
      return timeOfFirst(reader.readAll(ReadOptions.forwards().from(at).limit(1)));
    }

    @Override
    public OptionalLong last() {
      return scan.place() > 0 ? OptionalLong.of(scan.place() - 1) : OptionalLong.empty();
    }

    @Override
    public long place() {
      return scan.place();
    }
  }

  /// One stream, ordinary or virtual: read again and again from the revision behind the last.
  final class OfStream implements Source {
    private final StreamReader reader;
    private final StreamName stream;
    private final boolean resolveLinks;
    private long nextRevision;
    private long countSeen;
    private long metadataCountSeen;
    private boolean tombstoneGiven;
    private @Nullable StreamRead read;

    OfStream(
        StreamReader reader,
        StreamName stream,
        boolean resolveLinks,
        long nextRevision,
        long countSeen) {
      this.reader = reader;
      this.stream = stream;
      this.resolveLinks = resolveLinks;
      this.nextRevision = nextRevision;
      this.countSeen = countSeen;
    }

    @Override
    public Optional<ResolvedEvent> next() {
      if (tombstoneGiven) {
        throw new StreamTombstonedException(stream);
      }
      if (behind() == 0) {
        return Optional.empty();
      }
      try {
        return nextOf(opened());
      } catch (StreamTombstonedException e) {
        tombstoneGiven = true;
        return Optional.of(ResolvedEvent.plain(reader.tombstone(stream).orElseThrow(() -> e)));
      }
    }

    /// The read at hand, or a new one if the stream or its metadata grew: what may be seen is
    /// judged when it is given.
    private StreamRead opened() {
      var current = read;
      if (current == null || count() != countSeen || metadataCount() != metadataCountSeen) {
        if (current != null) {
          current.close();
        }
        countSeen = count(); // first, so that what comes meanwhile is not missed
        metadataCountSeen = metadataCount();
        var options = ReadOptions.forwards().from(nextRevision);
        current = reader.read(stream, resolveLinks ? options.resolvingLinks() : options);
        read = current;
      }
      return current;
    }

    private Optional<ResolvedEvent> nextOf(StreamRead current) {
      var events = current.iterator();
      if (!events.hasNext()) {
        current.close();
        read = null;
        nextRevision = Math.max(nextRevision, current.state().lastRevision() + 1);
        return Optional.empty();
      }
      var event = events.next();
      nextRevision = event.original().revision() + 1;
      return Optional.of(event);
    }

    private long count() {
      return reader.countNow(stream);
    }

    private long metadataCount() {
      return reader.metadataCountNow(stream);
    }

    @Override
    public long behind() {
      return read != null || tombstoneGiven
          ? Math.max(1, count() - nextRevision)
          : count() - countSeen;
    }

    @Override
    public long at() {
      return nextRevision;
    }

    @Override
    public long countFrom(long at) {
      return Math.max(0, count() - at);
    }

    @Override
    public Optional<Instant> timeFrom(long at) {
      return timeOfFirst(reader.read(stream, ReadOptions.forwards().from(at).limit(1)));
    }

    @Override
    public OptionalLong last() {
      return nextRevision > 0 ? OptionalLong.of(nextRevision - 1) : OptionalLong.empty();
    }

    @Override
    public long place() {
      return -1;
    }
  }
}

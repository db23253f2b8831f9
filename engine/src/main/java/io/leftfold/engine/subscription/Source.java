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

  /// What to wait for when nothing is there.
  Interest interest();

  /// Passes over what is known not to be wanted.
  ///
  /// @param position below which nothing is
  /// @return whether this was news
  boolean pass(long position);

  /// Whether [#at()] is a position, and some events are passed over.
  boolean isPositioned();

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
    private final Interest interest;

    OfAll(StreamReader reader, EventFilter filter, boolean resolveLinks, long from) {
      this.reader = reader;
      this.scan = reader.scan(filter, resolveLinks, from);
      this.interest =
          switch (filter) {
            case EventFilter.Everything() -> new Interest.Unknown();
            // Asking about a name may take long, and who wakes has to go on.
            case EventFilter.StreamRegex(_), EventFilter.TypeRegex(_) -> new Interest.Unknown();
            case EventFilter.StreamPrefix(_),
                EventFilter.TypePrefix(_),
                EventFilter.Category(_),
                EventFilter.Types(_),
                EventFilter.Tagged(_),
                EventFilter.Matching(_) ->
                new Interest.OfFilter(filter);
          };
    }

    @Override
    public Interest interest() {
      return interest;
    }

    @Override
    public boolean pass(long position) {
      return scan.pass(position);
    }

    @Override
    public boolean isPositioned() {
      return true;
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
    private long edgeSeen;
    private long metadataCountSeen;
    private boolean tombstoneGiven;
    private @Nullable StreamRead read;

    OfStream(
        StreamReader reader,
        StreamName stream,
        boolean resolveLinks,
        long nextRevision,
        long edgeSeen) {
      this.reader = reader;
      this.stream = stream;
      this.resolveLinks = resolveLinks;
      this.nextRevision = nextRevision;
      this.edgeSeen = edgeSeen;
    }

    @Override
    public Interest interest() {
      return stream.isVirtual() ? new Interest.Unknown() : new Interest.OfStream(stream.value());
    }

    @Override
    public boolean pass(long position) {
      return false;
    }

    @Override
    public boolean isPositioned() {
      return false;
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
      if (current == null || edge() != edgeSeen || metadataCount() != metadataCountSeen) {
        if (current != null) {
          current.close();
        }
        edgeSeen = edge(); // first, so that what comes meanwhile is not missed
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

    private long edge() {
      return reader.edgeNow(stream);
    }

    private long metadataCount() {
      return reader.metadataCountNow(stream);
    }

    @Override
    public long behind() {
      if (read != null || tombstoneGiven) {
        return Math.max(1, countFrom(nextRevision));
      }
      return edge() > edgeSeen ? Math.max(1, countFrom(edgeSeen)) : 0;
    }

    @Override
    public long at() {
      return read == null ? Math.max(nextRevision, edgeSeen) : nextRevision;
    }

    @Override
    public long countFrom(long at) {
      return reader.countFromNow(stream, at);
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

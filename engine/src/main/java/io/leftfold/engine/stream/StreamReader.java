// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.EventCounts;
import io.leftfold.api.EventFilter;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventSink;
import io.leftfold.api.Head;
import io.leftfold.api.ListOptions;
import io.leftfold.api.Query;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ReadOptions.Direction;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.Tracking;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.index.Postings;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.RecordCursor;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads streams, virtual streams and everything, each as of the end of the log when the read
/// began.
public final class StreamReader {

  private static final long MICROS = 1_000_000;

  private final Log log;
  private final Index index;
  private final Clock clock;
  private final StreamLookup lookup;
  private final Moments moments;

  /// Over a log and its index.
  public StreamReader(Log log, Index index, Clock clock) {
    this.log = log;
    this.index = index;
    this.clock = clock;
    this.lookup = new StreamLookup(index);
    this.moments = new Moments(log, clock);
  }

  // ---- one stream

  /// Reads a stream, ordinary or virtual.
  public StreamRead read(StreamName name, ReadOptions options) {
    if (!(options.filter() instanceof EventFilter.Everything)) {
      throw new IllegalArgumentException(
          "A read of one stream takes no filter; read all with a filter instead");
    }
    return name.isVirtual() ? readVirtual(name, options) : readOrdinary(name, options);
  }

  private StreamRead readOrdinary(StreamName name, ReadOptions options) {
    var moment = moments.of(options.asOf());
    var cursor = log.borrowCursor();
    try {
      var view = lookup.view(name, moment.end(), cursor);
      if (view.tombstoned()) {
        throw new StreamTombstonedException(name);
      }
      return new OrdinaryRead(cursor, view, options, moment);
    } catch (RuntimeException e) {
      log.giveBack(cursor);
      throw e;
    }
  }

  /// The ordinal of the first event with at least a revision.
  static long ordinalOf(StreamView view, long revision, RecordCursor cursor) {
    if (view.regular()) {
      return Math.clamp(revision, 0, view.count());
    }
    return firstWith(view, 0, cursor, () -> cursor.revision() >= revision);
  }

  /// The ordinal of the first event, from one on, that something is true of, and of all behind it.
  /// Of an event that is forgotten nothing is known: the next one that is there answers for it.
  private static long firstWith(
      StreamView view, long from, RecordCursor cursor, BooleanSupplier truth) {
    var low = from;
    var high = view.count();
    while (low < high) {
      var middle = (low + high) >>> 1;
      var there = middle;
      while (there < high && !cursor.moveToIfThere(view.postings().at(there))) {
        there++;
      }
      if (there == high || truth.getAsBoolean()) {
        high = middle;
      } else {
        low = there + 1;
      }
    }
    while (low < view.count() && !cursor.moveToIfThere(view.postings().at(low))) {
      low++;
    }
    return low;
  }

  /// The time from which on events are young enough to be seen, in microseconds since 1970.
  static long oldestVisible(StreamView view, Clock clock) {
    if (view.metadata().maxAge().isEmpty()) {
      return Long.MIN_VALUE;
    }
    var now = clock.instant();
    return oldestVisible(view, now.getEpochSecond() * MICROS + now.getNano() / 1000);
  }

  /// The time from which on events were young enough to be seen at a time.
  static long oldestVisible(StreamView view, long micros) {
    var age = view.metadata().maxAge();
    if (age.isEmpty()) {
      return Long.MIN_VALUE;
    }
    var seconds = age.get().toSeconds();
    return seconds > micros / MICROS ? Long.MIN_VALUE : micros - seconds * MICROS;
  }

  /// The ordinal of the first event that may be seen.
  private static long firstVisibleOrdinal(StreamView view, RecordCursor cursor, Clock clock) {
    var byRevision = ordinalOf(view, view.firstVisible(), cursor);
    if (view.metadata().maxAge().isEmpty()) {
      return byRevision;
    }
    var since = oldestVisible(view, clock);
    return firstWith(view, byRevision, cursor, () -> cursor.timeMicros() >= since);
  }

  private final class OrdinaryRead extends PulledRead implements StreamRead {
    private final StreamView view;
    private final boolean forwards;
    private final long end;
    private final @Nullable LinkResolver links;
    private final long first;
    private final @Nullable LostEvents lost;
    private long ordinal;
    private long wanted;
    private int near;

    OrdinaryRead(RecordCursor cursor, StreamView view, ReadOptions options, Moments.Moment moment) {
      super(log, cursor, view.isDeleted() ? 0 : options.limit());
      this.view = view;
      this.end = moment.end();
      this.forwards = options.direction() == Direction.FORWARDS;
      this.links = links(options, moment);
      this.first = firstVisibleOrdinal(view, cursor, moment.clock());
      var byTime = moments.start(options, end, view.postings());
      this.ordinal =
          forwards
              ? Math.max(Math.max(first, byTime), ordinalOf(view, options.from(), cursor))
              : Math.min(
                      byTime,
                      ordinalOf(view, Math.min(options.from(), view.lastRevision()) + 1, cursor))
                  - 1;
      this.wanted = options.limit();
      this.lost = log.isReadOnly() && !view.regular() ? lost(options.from(), cursor) : null;
    }

    private LostEvents lost(long from, RecordCursor cursor) {
      return forwards
          ? LostEvents.forwards(view, ordinal, Math.max(from, view.firstVisible()), cursor)
          : LostEvents.backwards(view, ordinal, Math.min(from, view.lastRevision()), end, cursor);
    }

    @Override
    public StreamState state() {
      return view.state();
    }

    @Override
    boolean advance(RecordCursor cursor) {
      while (forwards ? ordinal < view.count() : ordinal >= first) {
        if (near == 0) {
          near = bringNear(cursor);
        }
        near--;
        var here = ordinal;
        ordinal += forwards ? 1 : -1; // first: whoever goes on behind a damaged event gets the next
        var kept = cursor.moveToIfKept(view.postings().at(here));
        if (kept && lost != null) {
          requireNoneLostBefore(here, cursor, lost);
        }
        if (kept) {
          return true;
        }
      }
      if (lost != null && !forwards) {
        lost.requireNoneBefore(view, first, cursor);
      }
      return false;
    }

    /// The event itself is sound: whoever goes on behind the gap gets it.
    private void requireNoneLostBefore(long here, RecordCursor cursor, LostEvents lost) {
      var next = ordinal;
      ordinal = here;
      lost.passed(cursor);
      ordinal = next;
    }

    @Override
    void show(RecordCursor cursor, EventSink sink) {
      StreamReader.show(cursor, links, end, sink);
    }

    private int bringNear(RecordCursor cursor) {
      var left = forwards ? view.count() - ordinal : ordinal - first + 1;
      var count = (int) Math.min(left, Math.clamp(wanted, 1, RecordCursor.NEAR_MAX));
      wanted -= count;
      if (count > 1) {
        cursor.bringNear(view.postings()::at, forwards ? ordinal : ordinal - count + 1, count);
      }
      return count;
    }
  }

  private static void show(
      RecordCursor cursor, @Nullable LinkResolver links, long end, EventSink sink) {
    if (links == null) {
      sink.event(cursor);
    } else {
      links.resolve(cursor, end, sink);
    }
  }

  // ---- time

  /// The first position that was recorded at a time or later.
  public long positionAt(Instant time) {
    return moments.positionAt(time, log.end());
  }

  private @Nullable LinkResolver links(ReadOptions options, Moments.Moment moment) {
    return options.resolveLinks() ? links(true, moment.stopped()) : null;
  }

  private @Nullable LinkResolver links(boolean resolve, Clock at) {
    if (!resolve) {
      return null;
    }
    index.requireWhole(); // now, not at the first link
    return new LinkResolver(lookup, log.cursor(), at);
  }

  /// The revision at which a stream stood at a time: of the first event, hidden or not, that was
  /// recorded then or later, or of the next.
  public long revisionAt(StreamName name, Instant time) {
    var end = log.end();
    var place = moments.positionAt(time, end);
    var cursor = log.borrowCursor();
    try {
      if (name.isVirtual()) {
        return listing(name, end).firstFrom(place, cursor);
      }
      var view = lookup.view(name, end, cursor);
      for (var ordinal = view.postings().countBelow(place); ordinal < view.count(); ordinal++) {
        if (view.regular()) {
          return ordinal;
        }
        if (cursor.moveToIfThere(view.postings().at(ordinal))) {
          return cursor.revision();
        }
      }
      return view.lastRevision() + 1;
    } finally {
      log.giveBack(cursor);
    }
  }

  // ---- virtual streams

  private StreamRead readVirtual(StreamName name, ReadOptions options) {
    var moment = moments.of(options.asOf());
    var cursor = log.borrowCursor();
    try {
      var visibility = new LinkResolver(lookup, log.cursor(), moment.stopped());
      var start = moments.start(options, moment.end());
      return new VirtualRead(
          log, cursor, name, listing(name, moment.end()), options, start, moment.end(), visibility);
    } catch (RuntimeException e) {
      log.giveBack(cursor);
      throw e;
    }
  }

  private Listing listing(StreamName name, long end) {
    return Listing.of(name.virtual().orElseThrow(), index, end);
  }

  // ---- everything

  /// Reads all streams.
  public EventRead readAll(ReadOptions options) {
    return new AllRead(log.borrowCursor(), options, moments.of(options.asOf()));
  }

  /// Reads what matches a query.
  public QueryRead read(Query query, ReadOptions options) {
    if (!(options.filter() instanceof EventFilter.Everything)) {
      throw new IllegalArgumentException(
          "A read by query takes no filter; say in the query which events are wanted");
    }
    return new AllRead(
        log.borrowCursor(),
        options.filteredBy(EventFilter.matching(query)),
        moments.of(options.asOf()));
  }

  private final class AllRead extends PulledRead implements QueryRead {
    private final long end;
    private final boolean forwards;
    private final PositionWalk walk;
    private final EventMatch match;
    private final @Nullable LinkResolver links;
    private long place;
    private long stepsMax = AllScan.STEPS_A_TURN;

    AllRead(RecordCursor cursor, ReadOptions options, Moments.Moment moment) {
      super(log, cursor, options.limit());
      this.end = moment.end();
      this.forwards = options.direction() == Direction.FORWARDS;
      this.walk = PositionWalk.of(options.filter(), index, end);
      this.match = EventMatch.of(options.filter(), walk);
      this.links = links(options, moment);
      var byTime = moments.start(options, end);
      this.place =
          forwards
              ? Math.max(options.from(), byTime)
              : Math.min(Math.min(options.from(), byTime), end);
    }

    @Override
    public Head head() {
      return new Head(end);
    }

    @Override
    boolean advance(RecordCursor cursor) {
      while (true) {
        var position = forwards ? walk.next(place, end) : walk.previous(place);
        if (position == PositionWalk.NONE) {
          return false;
        }
        place = forwards ? position + 1 : position;
        if (cursor.moveToIfKept(position) && match.matches(cursor)) {
          return true;
        }
        giveWay();
      }
    }

    /// Looking for an expression in many names takes a processor for long: others get a turn.
    @SuppressWarnings("ThreadPriorityCheck") // virtual threads give way in no other way
    private void giveWay() {
      if (match.steps() >= stepsMax) {
        stepsMax = match.steps() + AllScan.STEPS_A_TURN;
        Thread.yield();
      }
    }

    @Override
    void show(RecordCursor cursor, EventSink sink) {
      StreamReader.show(cursor, links, end, sink);
    }
  }

  /// Goes along all streams without an end of its own: what a subscription reads with.
  public AllScan scan(EventFilter filter, boolean resolveLinks, long from) {
    var walk = PositionWalk.of(filter, index, log.end());
    return new AllScan(
        log.cursor(), walk, EventMatch.of(filter, walk), links(resolveLinks, clock), from);
  }

  /// Decides what a filter wants by the event alone. Owned by one thread at a time.
  ///
  /// @param filter any
  /// @return whether the filter wants the record under a cursor
  public Predicate<RecordCursor> matching(EventFilter filter) {
    return EventMatch.of(filter)::matches;
  }

  // ---- questions

  /// What a stream is now.
  public StreamState state(StreamName name) {
    var end = log.end();
    var cursor = log.borrowCursor();
    try {
      return name.isVirtual()
          ? listing(name, end).state(cursor)
          : lookup.view(name, end, cursor).state();
    } finally {
      log.giveBack(cursor);
    }
  }

  /// What a stream's metadata says now.
  public CurrentMetadata metadata(StreamName name) {
    requireNoMetastream(name);
    var cursor = log.borrowCursor();
    try {
      var view = lookup.view(name, log.end(), cursor);
      if (view.tombstoned()) {
        throw new StreamTombstonedException(name);
      }
      return new CurrentMetadata(view.metadata(), view.metastreamRevision());
    } finally {
      log.giveBack(cursor);
    }
  }

  /// Metadata is asked for, and written, by the name of the stream itself.
  public static void requireNoMetastream(StreamName name) {
    if (name.isMetastream()) {
      throw new IllegalArgumentException(
          "Metadata belongs to a stream by its own name, got its metastream %s".formatted(name));
    }
  }

  /// How far the follower of a source has come.
  public OptionalLong trackingPosition(String source) {
    var name = Tracking.streamOf(source);
    var cursor = log.borrowCursor();
    try {
      return TrackingEvent.recorded(lookup.view(name, log.end(), cursor), cursor);
    } finally {
      log.giveBack(cursor);
    }
  }

  /// The end of the log now.
  public long end() {
    return log.end();
  }

  /// The event that closed a stream for ever, if one did.
  public Optional<RecordedEvent> tombstone(StreamName name) {
    var postings = index.stream(name.value());
    var count = postings.countBelow(log.end());
    var cursor = log.borrowCursor();
    try {
      return count > 0
              && cursor.moveToIfKept(postings.at(count - 1))
              && cursor.revision() == RecordedEvent.TOMBSTONE_REVISION
          ? Optional.of(cursor.event())
          : Optional.empty();
    } finally {
      log.giveBack(cursor);
    }
  }

  /// Grows with each event that a stream gets, hidden ones too: for waiting until there are more.
  public long edgeNow(StreamName name) {
    var end = log.end();
    return name.isVirtual()
        ? listing(name, end).edge()
        : index.stream(name.value()).countBelow(end);
  }

  /// About how many events a stream has from a revision on, hidden ones too.
  public long countFromNow(StreamName name, long revision) {
    var end = log.end();
    return name.isVirtual()
        ? listing(name, end).countFrom(revision)
        : Math.max(0, index.stream(name.value()).countBelow(end) - revision);
  }

  /// How often a stream's metadata was written: for noticing that it was written again.
  public long metadataCountNow(StreamName name) {
    return index.stream("$$" + name.value()).countBelow(log.end());
  }

  /// Lists streams by name.
  public List<StreamSummary> list(ListOptions options) {
    var end = log.end();
    var names = new ArrayList<String>();
    var all = index.streamNames(options.prefix(), options.after());
    while (names.size() < options.limit() && all.hasNext()) {
      var name = all.next();
      if (!name.equals(options.after()) && index.stream(name).countBelow(end) > 0) {
        names.add(name);
      }
    }
    return names.stream()
        .map(StreamName::of)
        .map(name -> new StreamSummary(name, state(name)))
        .toList();
  }

  /// How many events there are of the most frequent types and categories.
  public EventCounts counts(int most) {
    var end = log.end();
    return new EventCounts(
        mostFrequent(index.typeNames(), index::type, most, end),
        mostFrequent(index.categoryNames(), index::category, most, end));
  }

  private static Map<String, Long> mostFrequent(
      Iterator<String> names, Function<String, Postings> postings, int most, long end) {
    var fewestFirst = Comparator.comparingLong(Map.Entry<String, Long>::getValue);
    var frequent =
        new PriorityQueue<Map.Entry<String, Long>>(
            fewestFirst.thenComparing(Map.Entry::getKey, Comparator.reverseOrder()));
    while (names.hasNext()) {
      var name = names.next();
      var count = postings.apply(name).countBelow(end);
      if (count > 0) {
        frequent.add(Map.entry(name, count));
      }
      if (frequent.size() > most) {
        frequent.remove();
      }
    }
    var counts = new LinkedHashMap<String, Long>();
    frequent.stream()
        .sorted(frequent.comparator().reversed())
        .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
    return counts;
  }
}

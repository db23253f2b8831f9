// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.AppendCondition;
import io.leftfold.api.AppendResult;
import io.leftfold.api.AppendResult.AppendedStream;
import io.leftfold.api.AsOf;
import io.leftfold.api.Commit;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.ContentType;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.EventFilter;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Head;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ReadOptions.Direction;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscribeOptions.Start;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.Tracking;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.VirtualStream;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.api.WrongExpectedStateException.Conflict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The model: an event store as plain as it can be, to be right before anything else.
///
/// There is one lock and one list; whatever is asked is answered by going through the list. It
/// keeps everything until it is told to forget something, and knows every event id it ever recorded
/// and did not forget.
///
/// Every implementation answers as this one does. What the interface leaves open is settled here:
///
/// **Appending**
///
/// 1. Arguments are looked at first ([IllegalArgumentException]: a commit of no streams, a stream
///    named again with an expectation other than *any*, the stream of the tracking), then the right
///    to write ([NotAuthorizedException]: `$all` and virtual streams, even to check only), then
///    sizes, then tombstones (the first *written* stream in the order of the commit that is
///    tombstoned), then expectations.
/// 2. The size of an event is its data, its metadata and twice the UTF-16 length of its type, in
///    bytes; the size of a commit is the sum of its events.
/// 3. Expectations: if all written streams are repeated, the commit is repeated, whatever
///    check-only streams are. Otherwise every stream must fit as it was before the commit, else
///    [WrongExpectedStateException#conflicts()] lists, in the order of the commit, every stream
///    that does not fit *or* is repeated.
/// 4. An id is known (weakly: `any`, `streamExists`) if the stream itself holds it, visible or not;
///    of several events with that id the last one counts. The reply names the revision of the
///    request's first id and of its last id. The ids between need only be known.
/// 5. `noStream` on a deleted stream: the ids are compared from revision 0 on. All equal is a
///    repeat, the first different is an append, equal at first and then different is a conflict.
///    `deleted` knows ids weakly, also when the stream is deleted no more; `tombstoned` fits no
///    stream that is written.
/// 6. [AppendResult#position()] and the revisions speak of proposed events only: events that the
///    store adds (see below) do not count. Of a repeated commit it is the highest position of what
///    its streams repeat; without proposed events it is empty.
/// 7. Without events a stream is only checked; its entry is (last + 1, last). On a tombstoned
///    stream `any`, `noStream` and revision [Long#MAX_VALUE] fit, and the entry is
///    ([Long#MAX_VALUE], [Long#MAX_VALUE]); any other expectation conflicts. The exception: a
///    commit of *one* part without events to a deleted stream, whose expectation fits, makes it
///    visible again (it records the metadata event of number 9). A stream that is named several
///    times is judged as if all its events stood where it is named first.
/// 8. A stream "has metadata" when its metastream holds an event, whatever that says. Metastreams
///    have no metadata of their own: what is written to `$$$$x` is recorded and obeyed by nobody.
///
/// **Events that the store adds**, in the same commit, with random ids, JSON, empty metadata, no
/// tags
///
/// 9. Before the first event of a deleted stream: `$metadata` with the old JSON object and `$tb` =
///    last revision + 1.
/// 10. After the last event of each part for the metastream of a deleted stream: `$metadata` with
///     the JSON object of that event and `$tb` = last revision of the stream + 1, even if that
///     event says deleted itself. When a commit writes a deleted stream and its metastream, only
///     this rule applies, not number 9.
/// 11. `$tb` replaces the member where it stands, or comes last; the other members stay as they
///     are, in their order, without white space between. JSON that is malformed for metadata counts
///     as `{}`.
/// 12. A delete records `{"$tb":9223372036854775807}`, and nothing of numbers 9 and 10.
/// 13. A tombstone is a binary event of type `$streamDeleted` without data, revision
///     [Long#MAX_VALUE], in the stream itself.
/// 14. Metadata is malformed (and says nothing) if the last event of the metastream, of whatever
///     type, is not marked as JSON, is not one JSON object, or has a known key with a wrong type.
///     Custom values are given and written as compact JSON.
/// 15. [StreamTombstonedException#stream()] is the stream that was named in the call.
///
/// **Reading**
///
/// 16. Forwards from [ReadOptions#END] gives nothing. Backwards from behind the last revision
///     begins with the last. The limit counts events given.
/// 17. The age of events is judged against the clock (in whole microseconds) when the read is
///     opened: `recorded >= now - maxAge` is visible.
/// 18. A filter for a stream, and a checkpoint interval for a stream, is an
///     [IllegalArgumentException]. So are [#metadata] and [#writeMetadata] of a metastream.
/// 19. A filter looks at the event in the log, not at what a link leads to. Regular expressions
///     here are Java's: of what RE2 does not know, more is taken here than elsewhere.
/// 20. Virtual streams list every event of their kind, hidden ones and tombstones too. They number
///     them 0, 1, 2, …, but for `$bc-`, where an event has the number of its position; so numbers
///     never change. `$metadata` of `$ce-x` is kept and obeyed by nobody. Their state is absent, or
///     present from 0. `$et-$>` is always absent, but [EventFilter.Types] finds `$>` events. The
///     first event of a stream is that of revision 0: a stream that was tombstoned and never
///     written has none. Only a text without escapes in its key is a correlation id; of several in
///     one object the last one counts.
/// 21. A link leads nowhere if its data is not digits, `@` and a stream name, if reading the stream
///     now would not give that revision (absent, hidden, expired, deleted, tombstoned), or if the
///     stream is a virtual one: link to what it lists instead.
/// 22. The list of streams holds every stream with an event in the log, its tombstone included, and
///     no virtual ones; a stream that only has metadata is not in it, its metastream is.
/// 23. After [#close()] every method but `close`, and every read, throws
///     [UnavailableException.Reason#CLOSED].
///
/// **Time**
///
/// 24. A read as of an earlier moment is a read of a store that holds only what was recorded by
///     then, and whose clock stands at that time, or, if that lies ahead, where it stands now. As
///     of a position the clock stands at the time of the last event below it; as of the end or
///     beyond, it is a read as of now.
/// 25. [ReadOptions#fromTime()] holds besides [ReadOptions#from()]: an event is given if neither
///     leaves it out. Times are compared as they are given, to the nanosecond.
/// 26. A subscription from a time starts just before the first event of the stream, hidden or not,
///     that was recorded then or later; if there is none, behind the last.
///
/// **Subscribing**
///
/// 27. What is visible is judged when it is taken. Once a stream is tombstoned only the tombstone
///     is given, and nothing of its metastream: who follows that gets the error.
/// 28. [SubscriptionMessage.CaughtUp] is told once history is through; from the end on it is the
///     first message. Its number is the last one passed, given or not, and at least the start;
///     empty if that is none.
/// 29. A checkpoint comes after the event that completes the interval; one more comes just before
///     [SubscriptionMessage.CaughtUp] if events were looked at since the last one. Of checkpoints
///     with no event between them others may tell the last one only.
///
/// **Conditions and tracking**
///
/// 30. A commit is repeated if its streams say so; conditions are not asked then. So an append
///     whose condition fails because of its own events is answered as success. Conditions are asked
///     when every expectation fits, the first that fails is told, with the positions of its first
///     events.
/// 31. Tracking is looked at last. It is recorded in front of the proposed events, as an event of
///     type `$tracking` with a random id, JSON, in `$tracking-<source>`; if that stream is deleted,
///     number 9 applies to it. A commit that names that stream itself is an
///     [IllegalArgumentException].
/// 32. What is tracked is what the last event of that stream says, whoever wrote it, hidden by
///     metadata or not: nothing if it is not just `{"position":<number>}`, or the stream is
///     deleted.
/// 33. A repeated commit whose tracking is new records that tracking and nothing else.
/// 34. The head of a read by query counts every event, the store's own too; as of an earlier
///     moment, every event that was recorded by then.
///
/// **Forgetting**
///
/// 35. [#forgettable()] is what a store may forget at this moment: in a live stream what its
///     readers do not see, except the last event; of a deleted stream everything; of a tombstoned
///     stream everything but the tombstone; of its metastream everything; never the event at
///     position 0, nor the last of a stream that number 32 speaks of, unless that is tombstoned.
/// 36. A forgotten event is not read, its id is not compared, and no condition fails by it. Its
///     position, its revision and its numbers in virtual streams stay taken; a stream whose events
///     are all forgotten is still what it was. It has no time: number 24 and [#positionAt] go by
///     the next event that is kept. As of an earlier moment, a stream that lost events may be
///     answered as if they, or metadata that was forgotten, had never been. A `$bc-` stream is as
///     if what is forgotten had never been in it.
public final class InMemoryEventStore implements EventStore {

  private static final StreamName GENESIS = StreamName.of("$genesis");
  private static final long EVENT_BYTES_MAX = 16 * 1024 * 1024;
  private static final long APPEND_BYTES_MAX = 256 * 1024 * 1024;
  private static final byte[] NOTHING = {};
  private static final Pattern TRACKED = Pattern.compile("\\{\"position\":([0-9]{1,19})\\}");
  private static final Pattern LINK = Pattern.compile("([0-9]+)@(.+)", Pattern.DOTALL);

  private final Clock clock;
  private final RandomGenerator random;
  private final long eventBytesMax;
  private final long appendBytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<RecordedEvent> log = new ArrayList<>();
  private final Set<Long> forgotten = new HashSet<>();
  private final @Nullable InMemoryEventStore present;
  private boolean closed;

  /// An empty store with the system's clock.
  public InMemoryEventStore() {
    this(Clock.systemUTC());
  }

  /// An empty store.
  ///
  /// @param clock tells when events are recorded, and how old they are
  public InMemoryEventStore(Clock clock) {
    this(clock, RandomGenerator.getDefault(), EVENT_BYTES_MAX, APPEND_BYTES_MAX);
  }

  /// An empty store.
  ///
  /// @param clock tells when events are recorded, and how old they are
  /// @param random makes the ids of events that the store adds
  /// @param eventBytesMax the largest event taken
  /// @param appendBytesMax the largest commit taken
  public InMemoryEventStore(
      Clock clock, RandomGenerator random, long eventBytesMax, long appendBytesMax) {
    this.clock = clock;
    this.random = random;
    this.eventBytesMax = eventBytesMax;
    this.appendBytesMax = appendBytesMax;
    this.present = null;
    locked(() -> {
      var data = "{\"store\":\"%s\"}".formatted(newId());
      return record(now(), GENESIS, 0, "$genesis", ContentType.JSON, data);
    });
  }

  /// A store as it was when it held only some of its events.
  private InMemoryEventStore(InMemoryEventStore present, List<RecordedEvent> log, Instant then) {
    this.clock = Clock.fixed(then, ZoneOffset.UTC);
    this.random = present.random;
    this.eventBytesMax = present.eventBytesMax;
    this.appendBytesMax = present.appendBytesMax;
    this.present = present;
    this.log.addAll(log);
    this.forgotten.addAll(present.forgotten);
  }

  // ---- appending

  @Override
  public AppendResult append(Commit commit) {
    var parts = commit.parts();
    checkShape(commit);
    parts.forEach(part -> checkMayBeWritten(part.stream()));
    checkSizes(parts);
    return locked(() -> {
      var judged = joined(parts);
      for (var part : judged) {
        if (!part.events().isEmpty() && isTombstoned(part.stream())) {
          throw new StreamTombstonedException(part.stream());
        }
      }
      var verdicts = judged.stream().map(this::judge).toList();
      if (isRepeated(judged, verdicts)) {
        return repeated(commit, judged, verdicts);
      }
      checkExpectations(judged, verdicts);
      commit.conditions().forEach(this::check);
      commit
          .tracking()
          .filter(tracking -> !isNew(tracking))
          .ifPresent(tracking -> {
            throw new AlreadyTrackedException(tracking, trackedIn(tracking.stream()).orElseThrow());
          });
      return write(parts, commit.tracking());
    });
  }

  /// One part for each stream, with all its events.
  private static List<StreamAppend> joined(List<StreamAppend> parts) {
    return parts.stream()
        .map(StreamAppend::stream)
        .distinct()
        .map(stream -> {
          var all = parts.stream().filter(part -> part.stream().equals(stream)).toList();
          return new StreamAppend(
              stream,
              all.getFirst().expected(),
              all.stream().flatMap(part -> part.events().stream()).toList());
        })
        .toList();
  }

  private void checkExpectations(List<StreamAppend> parts, List<Verdict> verdicts) {
    var conflicts = new ArrayList<Conflict>();
    for (var i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      if (!(verdicts.get(i) instanceof Fits)) {
        conflicts.add(new Conflict(part.stream(), part.expected(), stateOf(part.stream())));
      }
    }
    if (!conflicts.isEmpty()) {
      throw new WrongExpectedStateException(conflicts);
    }
  }

  private void check(AppendCondition condition) {
    var positions =
        log.stream()
            .filter(event -> event.position() >= condition.after().end())
            .filter(this::isKept)
            .filter(condition.query()::matches)
            .map(RecordedEvent::position)
            .limit(ConditionFailedException.POSITIONS_MAX)
            .toList();
    if (!positions.isEmpty()) {
      throw new ConditionFailedException(condition, positions);
    }
  }

  private boolean isNew(Tracking tracking) {
    if (isTombstoned(tracking.stream())) {
      throw new StreamTombstonedException(tracking.stream());
    }
    var recorded = trackedIn(tracking.stream());
    return recorded.isEmpty() || tracking.position() > recorded.getAsLong();
  }

  private OptionalLong trackedIn(StreamName stream) {
    if (!(stateOf(stream) instanceof StreamState.Present(_, var last))) {
      return OptionalLong.empty();
    }
    var data = TRACKED.matcher(at(stream, last).orElseThrow().dataAsText());
    try {
      return data.matches() ? OptionalLong.of(Long.parseLong(data.group(1))) : OptionalLong.empty();
    } catch (NumberFormatException beyondLong) {
      return OptionalLong.empty();
    }
  }

  @Override
  public OptionalLong trackingPosition(String source) {
    var stream = Tracking.streamOf(source);
    return locked(() -> trackedIn(stream));
  }

  private static void checkShape(Commit commit) {
    if (commit.parts().isEmpty()) {
      throw new IllegalArgumentException("A commit names at least one stream, got none");
    }
    var names = new HashSet<StreamName>();
    for (var part : commit.parts()) {
      if (commit.tracking().map(Tracking::stream).equals(Optional.of(part.stream()))) {
        throw new IllegalArgumentException(
            "A commit does not name the stream of its tracking, got " + part.stream());
      }
      if (!names.add(part.stream()) && !part.expected().equals(ExpectedState.any())) {
        throw new IllegalArgumentException(
            "A stream that is named again is expected in any state, got %s of %s"
                .formatted(part.expected(), part.stream()));
      }
    }
  }

  private static void checkMayBeWritten(StreamName stream) {
    if (stream.isVirtual() || stream.value().equals("$all")) {
      throw new NotAuthorizedException(
          "Nobody may write to %s: it is made of the events of other streams".formatted(stream));
    }
  }

  private static void checkMayBeDeleted(StreamName stream) {
    checkMayBeWritten(stream);
    if (stream.isMetastream()) {
      throw new NotAuthorizedException(
          "Nobody may delete %s: metastreams go with their streams".formatted(stream));
    }
  }

  private void checkSizes(List<StreamAppend> commit) {
    var sum = 0L;
    for (var part : commit) {
      for (var event : part.events()) {
        var bytes = event.data().length + event.metadata().length + 2L * event.type().length();
        if (bytes > eventBytesMax) {
          throw LimitExceededException.event(event.id(), bytes, eventBytesMax);
        }
        sum += bytes;
      }
    }
    if (sum > appendBytesMax) {
      throw LimitExceededException.append(sum, appendBytesMax);
    }
  }

  /// What stands for or against one stream's part in a commit.
  private sealed interface Verdict {}

  /// The stream is as expected.
  private record Fits() implements Verdict {}

  /// The same events were appended before.
  private record Repeats(long firstRevision, long lastRevision, long position) implements Verdict {}

  /// The stream is not as expected.
  private record Conflicts() implements Verdict {}

  private Verdict judge(StreamAppend part) {
    return judge(
        part.stream(), part.expected(), part.events().stream().map(ProposedEvent::id).toList());
  }

  private Verdict judge(StreamName stream, ExpectedState expected, List<UUID> ids) {
    var state = stateOf(stream);
    var last = state.lastRevision();
    if (state instanceof StreamState.Tombstoned) {
      return switch (expected) {
        case ExpectedState.Any() -> new Fits();
        case ExpectedState.NoStream() -> new Fits();
        case ExpectedState.Tombstoned() -> new Fits();
        case ExpectedState.StreamExists() -> new Conflicts();
        case ExpectedState.Deleted() -> new Conflicts();
        case ExpectedState.AtRevision(var revision) ->
            revision == last ? new Fits() : new Conflicts();
      };
    }
    var deleted = state instanceof StreamState.Deleted;
    return switch (expected) {
      case ExpectedState.Any() -> judgeWeakly(stream, ids);
      case ExpectedState.StreamExists() ->
          !deleted && (last >= 0 || hasMetadata(stream))
              ? judgeWeakly(stream, ids)
              : new Conflicts();
      case ExpectedState.Deleted() ->
          judgeWeakly(stream, ids) instanceof Fits && !deleted
              ? new Conflicts()
              : judgeWeakly(stream, ids);
      case ExpectedState.Tombstoned() -> new Conflicts();
      case ExpectedState.NoStream() ->
          last == -1 ? new Fits() : judgeStrongly(stream, -1, ids, deleted);
      case ExpectedState.AtRevision(var revision) ->
          revision == last ? new Fits() : judgeStrongly(stream, revision, ids, false);
    };
  }

  /// The writer did not say where: the events are repeated if the stream knows their ids.
  private Verdict judgeWeakly(StreamName stream, List<UUID> ids) {
    if (ids.isEmpty()) {
      return new Fits();
    }
    var first = lastWithId(stream, ids.getFirst());
    if (first.isEmpty()) {
      return new Fits();
    }
    if (ids.stream().anyMatch(id -> lastWithId(stream, id).isEmpty())) {
      return new Conflicts();
    }
    var last = lastWithId(stream, ids.getLast()).orElseThrow();
    return new Repeats(first.get().revision(), last.revision(), last.position());
  }

  /// The writer said behind which revision: the events are repeated if they stand just there.
  private Verdict judgeStrongly(
      StreamName stream, long after, List<UUID> ids, boolean fitsOtherwise) {
    for (var i = 0; i < ids.size(); i++) {
      var there = at(stream, after + 1 + i).filter(this::isKept);
      if (there.isEmpty() || !there.get().id().equals(ids.get(i))) {
        return i == 0 && fitsOtherwise ? new Fits() : new Conflicts();
      }
    }
    if (ids.isEmpty()) {
      return fitsOtherwise ? new Fits() : new Conflicts();
    }
    var last = at(stream, after + ids.size()).orElseThrow();
    return new Repeats(after + 1, last.revision(), last.position());
  }

  private static boolean isRepeated(List<StreamAppend> commit, List<Verdict> verdicts) {
    var written = 0;
    for (var i = 0; i < commit.size(); i++) {
      if (!commit.get(i).events().isEmpty()) {
        written++;
        if (!(verdicts.get(i) instanceof Repeats)) {
          return false;
        }
      }
    }
    return written > 0;
  }

  private AppendResult repeated(Commit commit, List<StreamAppend> parts, List<Verdict> verdicts) {
    var streams = new HashMap<StreamName, AppendedStream>();
    var position = OptionalLong.empty();
    for (var i = 0; i < parts.size(); i++) {
      var stream = parts.get(i).stream();
      if (verdicts.get(i) instanceof Repeats(var first, var last, var lastPosition)) {
        streams.put(stream, new AppendedStream(stream, first, last));
        position = OptionalLong.of(Math.max(position.orElse(0), lastPosition));
      } else {
        streams.put(stream, onlyChecked(stream));
      }
    }
    commit
        .tracking()
        .filter(this::isNew)
        .ifPresent(tracking -> write(List.of(), Optional.of(tracking)));
    return new AppendResult(
        position, commit.parts().stream().map(part -> streams.get(part.stream())).toList(), true);
  }

  private AppendedStream onlyChecked(StreamName stream) {
    var last = stateOf(stream).lastRevision();
    return new AppendedStream(stream, last == Long.MAX_VALUE ? last : last + 1, last);
  }

  private AppendResult write(List<StreamAppend> commit, Optional<Tracking> tracking) {
    var now = now();
    var before = new HashMap<StreamName, StreamState>();
    var tracked = tracking.map(this::trackingPart);
    for (var part : Stream.concat(tracked.stream(), commit.stream()).toList()) {
      before.put(part.stream(), stateOf(part.stream()));
      originalOf(part.stream()).ifPresent(stream -> before.put(stream, stateOf(stream)));
    }
    var entries = new ArrayList<AppendedStream>();
    commit.forEach(part -> entries.add(onlyChecked(part.stream())));

    if (tracked.isPresent()) {
      var part = tracked.get();
      if (isRecreated(commit, part, before)) {
        recordMetadata(
            now, part.stream(), lastRevision(part.stream()) + 1, lastMetadata(part.stream()));
      }
      record(now, part.stream(), part.events().getFirst());
    }
    var position = OptionalLong.empty();
    for (var i = 0; i < commit.size(); i++) {
      var part = commit.get(i);
      var stream = part.stream();
      if (stateOf(stream) instanceof StreamState.Deleted && isRecreated(commit, part, before)) {
        recordMetadata(now, stream, lastRevision(stream) + 1, lastMetadata(stream));
      }
      for (var event : part.events()) {
        position = OptionalLong.of(record(now, stream, event));
      }
      if (!part.events().isEmpty()) {
        var last = lastRevision(stream);
        entries.set(i, new AppendedStream(stream, last - part.events().size() + 1, last));
        var original = originalOf(stream);
        if (original.isPresent()
            && before.get(original.get()) instanceof StreamState.Deleted(var lastOfOriginal)) {
          recordMetadata(now, original.get(), lastOfOriginal + 1, at(stream, last));
        }
      }
    }
    return new AppendResult(position, entries, false);
  }

  private StreamAppend trackingPart(Tracking tracking) {
    var data = "{\"position\":%d}".formatted(tracking.position());
    return StreamAppend.of(
        tracking.stream(),
        ExpectedState.any(),
        ProposedEvent.json(Tracking.EVENT_TYPE, data).withId(newId()));
  }

  /// Whether a part of a commit makes a deleted stream visible again by itself.
  private static boolean isRecreated(
      List<StreamAppend> commit, StreamAppend part, Map<StreamName, StreamState> before) {
    var writes = !part.events().isEmpty() || commit.size() == 1;
    var metastreamIsWritten =
        commit.stream()
            .anyMatch(other ->
                originalOf(other.stream()).equals(Optional.of(part.stream()))
                    && !other.events().isEmpty());
    return before.get(part.stream()) instanceof StreamState.Deleted
        && writes
        && !metastreamIsWritten;
  }

  @Override
  public long delete(StreamName stream, ExpectedState expected) {
    checkMayBeDeleted(stream);
    return locked(() -> {
      checkFits(stream, expected);
      if (lastRevision(stream) == -1 && !hasMetadata(stream)) {
        throw new WrongExpectedStateException(stream, expected, stateOf(stream));
      }
      return recordMetadata(now(), stream, Long.MAX_VALUE, Optional.empty());
    });
  }

  @Override
  public long tombstone(StreamName stream, ExpectedState expected) {
    checkMayBeDeleted(stream);
    return locked(() -> {
      checkFits(stream, expected);
      return record(
          now(),
          stream,
          RecordedEvent.TOMBSTONE_REVISION,
          RecordedEvent.TOMBSTONE_TYPE,
          ContentType.BINARY,
          "");
    });
  }

  /// Checks as for the append of one event that nobody ever saw.
  private void checkFits(StreamName stream, ExpectedState expected) {
    if (isTombstoned(stream)) {
      throw new StreamTombstonedException(stream);
    }
    if (!(judge(stream, expected, List.of(newId())) instanceof Fits)) {
      throw new WrongExpectedStateException(stream, expected, stateOf(stream));
    }
  }

  @Override
  public AppendResult writeMetadata(
      StreamName stream, ExpectedState expected, StreamMetadata metadata) {
    checkIsNoMetastream(stream);
    var event =
        ProposedEvent.json(RecordedEvent.METADATA_TYPE, MetadataJson.write(metadata))
            .withId(newId());
    return locked(() -> {
      if (isTombstoned(stream)) {
        throw new StreamTombstonedException(stream);
      }
      return append(stream.metastream(), expected, event);
    });
  }

  private static void checkIsNoMetastream(StreamName stream) {
    if (stream.isMetastream()) {
      throw new IllegalArgumentException(
          "Metadata is asked for by the stream's own name, got its metastream %s"
              .formatted(stream));
    }
  }

  // ---- recording

  private long record(Instant now, StreamName stream, ProposedEvent event) {
    return record(
        new RecordedEvent(
            log.size(),
            stream,
            lastRevision(stream) + 1,
            event.id(),
            event.type(),
            event.contentType(),
            now,
            event.data().clone(),
            event.metadata().clone(),
            event.tags()));
  }

  private long recordMetadata(
      Instant now, StreamName stream, long truncateBefore, Optional<RecordedEvent> old) {
    var metastream = stream.metastream();
    return record(
        now,
        metastream,
        lastRevision(metastream) + 1,
        RecordedEvent.METADATA_TYPE,
        ContentType.JSON,
        MetadataJson.withTruncateBefore(old, truncateBefore));
  }

  private long record(
      Instant now,
      StreamName stream,
      long revision,
      String type,
      ContentType contentType,
      String data) {
    return record(
        new RecordedEvent(
            log.size(),
            stream,
            revision,
            newId(),
            type,
            contentType,
            now,
            data.getBytes(UTF_8),
            NOTHING,
            List.of()));
  }

  private long record(RecordedEvent event) {
    log.add(event);
    changed.signalAll();
    return event.position();
  }

  private Instant now() {
    var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    return log.isEmpty() || now.isAfter(log.getLast().recorded()) ? now : log.getLast().recorded();
  }

  private UUID newId() {
    var version4 = (random.nextLong() & ~0xF000L) | 0x4000L;
    var variant2 = (random.nextLong() & ~(0b11L << 62)) | (0b10L << 62);
    return new UUID(version4, variant2);
  }

  // ---- what the list says about a stream

  private StreamState stateOf(StreamName stream) {
    if (stream.isVirtual()) {
      return stateOfVirtual(stream);
    }
    if (isTombstoned(stream)) {
      return new StreamState.Tombstoned();
    }
    var last = lastRevision(stream);
    var metadata = metadataOf(stream);
    var truncateBefore = metadata.truncateBefore().orElse(0);
    if (truncateBefore == Long.MAX_VALUE) {
      return new StreamState.Deleted(last);
    }
    if (last == -1) {
      return new StreamState.Absent();
    }
    var first = Math.max(truncateBefore, last - metadata.maxCount().orElse(last + 1) + 1);
    return new StreamState.Present(Math.max(first, 0), last);
  }

  private StreamState stateOfVirtual(StreamName stream) {
    var links = links(stream);
    return links.isEmpty()
        ? new StreamState.Absent()
        : new StreamState.Present(0, links.getLast().revision());
  }

  private boolean isTombstoned(StreamName stream) {
    return log.stream()
            .anyMatch(event ->
                event.stream().equals(stream)
                    && event.revision() == RecordedEvent.TOMBSTONE_REVISION)
        || originalOf(stream).filter(this::isTombstoned).isPresent();
  }

  private boolean hasMetadata(StreamName stream) {
    return !stream.isMetastream() && lastMetadata(stream).isPresent();
  }

  private StreamMetadata metadataOf(StreamName stream) {
    return stream.isMetastream()
        ? StreamMetadata.none().withMaxCount(1)
        : lastMetadata(stream).map(MetadataJson::read).orElse(StreamMetadata.none());
  }

  private Optional<RecordedEvent> lastMetadata(StreamName stream) {
    return last(event -> originalOf(event.stream()).equals(Optional.of(stream)));
  }

  private long lastRevision(StreamName stream) {
    return last(event ->
            event.stream().equals(stream) && event.revision() != RecordedEvent.TOMBSTONE_REVISION)
        .map(RecordedEvent::revision)
        .orElse(-1L);
  }

  private Optional<RecordedEvent> at(StreamName stream, long revision) {
    return last(event -> event.stream().equals(stream) && event.revision() == revision);
  }

  private Optional<RecordedEvent> lastWithId(StreamName stream, UUID id) {
    return last(event -> event.stream().equals(stream) && event.id().equals(id) && isKept(event));
  }

  private Optional<RecordedEvent> last(Predicate<RecordedEvent> wanted) {
    return log.reversed().stream().filter(wanted).findFirst();
  }

  /// The stream whose metastream this is. (`$$$$` is one by its name, but `$$` is no stream.)
  private static Optional<StreamName> originalOf(StreamName stream) {
    return stream.isMetastream() && !stream.value().equals("$$$$")
        ? Optional.of(stream.original())
        : Optional.empty();
  }

  /// The events of a stream, hidden ones too, oldest first.
  private List<RecordedEvent> recorded(StreamName stream) {
    return stream.isVirtual()
        ? links(stream)
        : log.stream().filter(event -> event.stream().equals(stream)).toList();
  }

  /// The events that a reader of the stream sees now, oldest first.
  private List<RecordedEvent> visible(StreamName stream) {
    if (stream.isVirtual()) {
      return links(stream).stream().filter(this::isKept).toList();
    }
    if (!(stateOf(stream) instanceof StreamState.Present(var first, _))) {
      return List.of();
    }
    var maxAge = metadataOf(stream).maxAge();
    var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    return log.stream()
        .filter(this::isKept)
        .filter(event -> event.stream().equals(stream))
        .filter(event -> event.revision() >= first)
        .filter(event ->
            maxAge.isEmpty()
                || Duration.between(event.recorded(), now).compareTo(maxAge.get()) <= 0)
        .toList();
  }

  /// What a virtual stream holds: a link to each event of its kind, or a reference to its stream.
  private List<RecordedEvent> links(StreamName stream) {
    var kind = stream.virtual().orElseThrow();
    var links = new ArrayList<RecordedEvent>();
    for (var event : log) {
      if (isListed(event, kind)) {
        links.add(
            switch (kind) {
              case VirtualStream.StreamsOfCategory _ -> reference(stream, links.size(), event);
              case VirtualStream.Correlation _ -> link(stream, event.position(), event);
              default -> link(stream, links.size(), event);
            });
      }
    }
    return links;
  }

  private boolean isListed(RecordedEvent event, VirtualStream kind) {
    return switch (kind) {
      case VirtualStream.Category(var category) -> isOfCategory(event, category);
      case VirtualStream.Type(var type) -> event.type().equals(type) && !event.isLink();
      case VirtualStream.Streams() -> event.revision() == 0 && !event.stream().isSystem();
      case VirtualStream.StreamsOfCategory(var category) ->
          event.revision() == 0 && isOfCategory(event, category);
      case VirtualStream.Correlation(var id) ->
          isKept(event)
              && !event.isLink()
              && MetadataJson.correlationId(event).equals(Optional.of(id));
    };
  }

  private static RecordedEvent link(StreamName stream, long number, RecordedEvent target) {
    return entry(
        stream, number, target, RecordedEvent.LINK_TYPE, target.revision() + "@" + target.stream());
  }

  private static RecordedEvent reference(StreamName stream, long ordinal, RecordedEvent first) {
    return entry(
        stream, ordinal, first, RecordedEvent.STREAM_REFERENCE_TYPE, first.stream().value());
  }

  private static RecordedEvent entry(
      StreamName stream, long ordinal, RecordedEvent listed, String type, String data) {
    return new RecordedEvent(
        listed.position(),
        stream,
        ordinal,
        UUID.nameUUIDFromBytes((stream + "/" + ordinal).getBytes(UTF_8)),
        type,
        ContentType.BINARY,
        listed.recorded(),
        data.getBytes(UTF_8),
        NOTHING,
        List.of());
  }

  private static boolean isOfCategory(RecordedEvent event, String category) {
    return !event.stream().isSystem() && event.stream().category().equals(Optional.of(category));
  }

  private ResolvedEvent resolve(RecordedEvent event, boolean resolveLinks) {
    return resolveLinks && event.isLink()
        ? new ResolvedEvent(target(event).map(InMemoryEventStore::copy), Optional.of(copy(event)))
        : ResolvedEvent.plain(copy(event));
  }

  private Optional<RecordedEvent> target(RecordedEvent link) {
    var parts = LINK.matcher(link.dataAsText());
    if (!parts.matches()) {
      return Optional.empty();
    }
    try {
      var revision = Long.parseLong(parts.group(1));
      var stream = StreamName.of(parts.group(2));
      return visible(stream).stream()
          .filter(event -> event.revision() == revision && !stream.isVirtual())
          .findFirst();
    } catch (IllegalArgumentException noNumberOrNoName) {
      return Optional.empty();
    }
  }

  /// An event whose arrays the reader may keep and change.
  private static RecordedEvent copy(RecordedEvent event) {
    return new RecordedEvent(
        event.position(),
        event.stream(),
        event.revision(),
        event.id(),
        event.type(),
        event.contentType(),
        event.recorded(),
        event.data().clone(),
        event.metadata().clone(),
        event.tags());
  }

  private static Predicate<RecordedEvent> matching(EventFilter filter) {
    return switch (filter) {
      case EventFilter.Everything() -> event -> true;
      case EventFilter.StreamPrefix(var prefixes) ->
          event -> prefixes.stream().anyMatch(event.stream().value()::startsWith);
      case EventFilter.StreamRegex(var regex) -> {
        var pattern = Pattern.compile(regex);
        yield event -> pattern.matcher(event.stream().value()).find();
      }
      case EventFilter.TypePrefix(var prefixes) ->
          event -> prefixes.stream().anyMatch(event.type()::startsWith);
      case EventFilter.TypeRegex(var regex) -> {
        var pattern = Pattern.compile(regex);
        yield event -> pattern.matcher(event.type()).find();
      }
      case EventFilter.Category(var category) -> event -> isOfCategory(event, category);
      case EventFilter.Types(var types) -> event -> types.contains(event.type());
      case EventFilter.Tagged(var tags) -> event -> event.tags().containsAll(tags);
      case EventFilter.Matching(var query) -> query::matches;
    };
  }

  // ---- forgetting

  /// What may be forgotten now and is not yet.
  ///
  /// @return the positions
  public Set<Long> forgettable() {
    return locked(() ->
        log.stream()
            .filter(this::isKept)
            .filter(this::mayBeForgotten)
            .map(RecordedEvent::position)
            .collect(Collectors.toSet()));
  }

  /// Forgets events, as a store has.
  ///
  /// @param positions all of them [#forgettable()]
  public void forget(Set<Long> positions) {
    forget(positions, forgettable());
  }

  /// Forgets events, as a store has that judged at an earlier moment.
  ///
  /// @param positions all of them were forgettable then
  /// @param judged what [#forgettable()] gave at that moment
  public void forget(Set<Long> positions, Set<Long> judged) {
    if (!judged.containsAll(positions)) {
      throw new IllegalArgumentException(
          "Only %s may be forgotten, got %s".formatted(judged, positions));
    }
    locked(() -> forgotten.addAll(positions));
  }

  private boolean mayBeForgotten(RecordedEvent event) {
    if (event.position() == 0 || event.revision() == RecordedEvent.TOMBSTONE_REVISION) {
      return false;
    }
    return switch (stateOf(event.stream())) {
      case StreamState.Tombstoned() -> true;
      case StreamState.Deleted(var last) ->
          event.revision() != last || !Tracking.isRecordedIn(event.stream());
      case StreamState.Absent() -> throw new IllegalStateException(event + " is in no stream");
      case StreamState.Present(_, var last) ->
          event.revision() != last && !visible(event.stream()).contains(event);
    };
  }

  private boolean isKept(RecordedEvent event) {
    return !forgotten.contains(event.position());
  }

  // ---- reading

  @Override
  public StreamRead read(StreamName stream, ReadOptions options) {
    checkHasNoFilter(options.filter());
    return locked(() -> {
      var past = past(options.asOf());
      if (past.isPresent()) {
        return past.get().read(stream, options.asOf(AsOf.now()));
      }
      if (isTombstoned(stream)) {
        throw new StreamTombstonedException(stream);
      }
      var inRange =
          visible(stream).stream()
              .filter(event ->
                  options.direction() == Direction.FORWARDS
                      ? event.revision() >= options.from()
                      : event.revision() <= options.from())
              .toList();
      return new ListRead(taken(inRange, options), stateOf(stream));
    });
  }

  /// The store as it was at a moment, if that is not now.
  private Optional<InMemoryEventStore> past(AsOf moment) {
    return switch (moment) {
      case AsOf.Now() -> Optional.empty();
      case AsOf.Position(var end) when end >= log.size() -> Optional.empty();
      case AsOf.Position(var end) -> {
        var before = log.subList(0, (int) end);
        var kept = before.stream().filter(this::isKept).toList();
        var then = kept.isEmpty() ? clock.instant() : kept.getLast().recorded();
        yield Optional.of(new InMemoryEventStore(this, before, then));
      }
      case AsOf.Time(var at) -> {
        var before = log.subList(0, positionOf(event -> event.recorded().isAfter(at)));
        var now = clock.instant();
        yield Optional.of(new InMemoryEventStore(this, before, at.isBefore(now) ? at : now));
      }
    };
  }

  @Override
  public long positionAt(Instant time) {
    return locked(() -> (long) positionOf(event -> !event.recorded().isBefore(time)));
  }

  /// The position of the first event, of those that are kept, that something is true of; the end if
  /// there is none.
  private int positionOf(Predicate<RecordedEvent> truth) {
    return log.stream()
        .filter(this::isKept)
        .filter(truth)
        .findFirst()
        .map(event -> (int) event.position())
        .orElse(log.size());
  }

  @Override
  public EventRead readAll(ReadOptions options) {
    return locked(() -> {
      var past = past(options.asOf());
      if (past.isPresent()) {
        return past.get().readAll(options.asOf(AsOf.now()));
      }
      var inRange =
          log.stream()
              .filter(this::isKept)
              .filter(event ->
                  options.direction() == Direction.FORWARDS
                      ? event.position() >= options.from()
                      : event.position() < options.from())
              .filter(matching(options.filter()))
              .toList();
      return new ListRead(taken(inRange, options), new StreamState.Absent());
    });
  }

  @Override
  public QueryRead read(Query query, ReadOptions options) {
    checkHasNoFilter(options.filter());
    return locked(() -> {
      var past = past(options.asOf());
      if (past.isPresent()) {
        return past.get().read(query, options.asOf(AsOf.now()));
      }
      var events = readAll(options.filteredBy(EventFilter.matching(query)));
      var head = new Head(log.size());
      return new QueryRead() {
        @Override
        public Head head() {
          return head;
        }

        @Override
        public Iterator<ResolvedEvent> iterator() {
          return events.iterator();
        }

        @Override
        public void close() {
          events.close();
        }
      };
    });
  }

  private List<ResolvedEvent> taken(List<RecordedEvent> events, ReadOptions options) {
    var forwards = options.direction() == Direction.FORWARDS;
    var ordered = forwards ? events : events.reversed();
    return ordered.stream()
        .filter(event ->
            options
                .fromTime()
                .map(time ->
                    forwards ? !event.recorded().isBefore(time) : !event.recorded().isAfter(time))
                .orElse(true))
        .limit(options.limit())
        .map(event -> resolve(event, options.resolveLinks()))
        .toList();
  }

  private static void checkHasNoFilter(EventFilter filter) {
    if (!(filter instanceof EventFilter.Everything)) {
      throw new IllegalArgumentException(
          "A filter is for all streams, got %s for one stream or a query".formatted(filter));
    }
  }

  @Override
  public StreamState state(StreamName stream) {
    return locked(() -> stateOf(stream));
  }

  @Override
  public CurrentMetadata metadata(StreamName stream) {
    checkIsNoMetastream(stream);
    return locked(() -> {
      if (isTombstoned(stream)) {
        throw new StreamTombstonedException(stream);
      }
      return new CurrentMetadata(
          metadataOf(stream), lastMetadata(stream).map(RecordedEvent::revision).orElse(-1L));
    });
  }

  @Override
  public List<StreamSummary> streams(ListOptions options) {
    return locked(() ->
        log.stream()
            .map(RecordedEvent::stream)
            .distinct()
            .sorted()
            .filter(stream -> stream.value().startsWith(options.prefix()))
            .filter(stream -> stream.value().compareTo(options.after()) > 0)
            .limit(options.limit())
            .map(stream -> new StreamSummary(stream, stateOf(stream)))
            .toList());
  }

  @Override
  public Optional<Long> lastPosition() {
    return locked(() -> Optional.of(log.getLast().position()));
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      checkIsOpen();
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private void checkIsOpen() {
    if (present != null) {
      present.locked(() -> true);
    }
    if (closed) {
      throw closed("The store");
    }
  }

  private static UnavailableException closed(String what) {
    return new UnavailableException(
        UnavailableException.Reason.CLOSED, what + " was closed; open it again");
  }

  /// A read whose events were all found when it was opened.
  private final class ListRead implements StreamRead {

    private final Iterator<ResolvedEvent> events;
    private final StreamState state;
    private boolean readClosed;

    ListRead(List<ResolvedEvent> found, StreamState state) {
      var each = found.iterator();
      this.events =
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              if (readClosed) {
                throw closed("The read");
              }
              return locked(each::hasNext);
            }

            @Override
            public ResolvedEvent next() {
              if (!hasNext()) {
                throw new NoSuchElementException("The read is at its end");
              }
              return each.next();
            }
          };
      this.state = state;
    }

    @Override
    public StreamState state() {
      return state;
    }

    @Override
    public Iterator<ResolvedEvent> iterator() {
      return events;
    }

    @Override
    public void close() {
      readClosed = true;
    }
  }

  // ---- subscribing

  @Override
  public Subscription subscribe(StreamName stream, SubscribeOptions options) {
    checkHasNoFilter(options.filter());
    if (options.checkpointEvery() != 0) {
      throw new IllegalArgumentException(
          "Checkpoints are for all streams, got an interval of %d for one stream"
              .formatted(options.checkpointEvery()));
    }
    return locked(() -> {
      if (isTombstoned(stream)) {
        throw new StreamTombstonedException(stream);
      }
      return new StreamSubscription(stream, options);
    });
  }

  @Override
  public Subscription subscribeToAll(SubscribeOptions options) {
    return locked(() -> new AllSubscription(options));
  }

  /// Looks at the list whenever it is asked.
  private abstract class ListSubscription implements Subscription {

    private final Deque<SubscriptionMessage> found = new ArrayDeque<>();
    private boolean caughtUp;
    private boolean subscriptionClosed;

    /// The last revision or position that was looked at, or started after; −1 for none.
    long passed;

    /// @param all every event that there is to be followed, oldest first
    /// @param number of an event: its position or its revision
    ListSubscription(
        Start start, List<RecordedEvent> all, long last, ToLongFunction<RecordedEvent> number) {
      passed =
          switch (start) {
            case Start.Beginning() -> -1;
            case Start.End() -> last;
            case Start.After(var after) -> after;
            case Start.AtTime(var time) ->
                all.stream()
                    .filter(event -> event.position() >= positionAt(time))
                    .findFirst()
                    .map(event -> number.applyAsLong(event) - 1)
                    .orElse(last);
          };
      if (start instanceof Start.End) {
        tellCaughtUp();
      }
    }

    /// Goes on to the next event, and tells of it.
    ///
    /// @return whether there was anything to look at
    abstract boolean goOn();

    /// Tells what is to be told before that history is through.
    abstract void atEnd();

    final void tell(SubscriptionMessage message) {
      found.add(message);
    }

    private void tellCaughtUp() {
      caughtUp = true;
      tell(
          new SubscriptionMessage.CaughtUp(
              clock.instant(), passed < 0 ? OptionalLong.empty() : OptionalLong.of(passed)));
    }

    @Override
    public final SubscriptionMessage next() throws InterruptedException {
      while (true) {
        var message = poll(Duration.ofDays(1));
        if (message.isPresent()) {
          return message.get();
        }
      }
    }

    @Override
    public final Optional<SubscriptionMessage> poll(Duration atMost) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        var nanos = TimeUnit.NANOSECONDS.convert(atMost);
        while (true) {
          if (subscriptionClosed) {
            throw closed("The subscription");
          }
          checkIsOpen();
          look();
          if (!found.isEmpty()) {
            return Optional.of(found.remove());
          }
          if (nanos <= 0) {
            return Optional.empty();
          }
          nanos = changed.awaitNanos(nanos);
        }
      } finally {
        lock.unlock();
      }
    }

    private void look() {
      var more = true;
      while (found.isEmpty() && more) {
        more = goOn();
      }
      if (found.isEmpty() && !caughtUp) {
        atEnd();
        tellCaughtUp();
      }
    }

    @Override
    public final void close() {
      lock.lock();
      try {
        subscriptionClosed = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private final class AllSubscription extends ListSubscription {

    private final SubscribeOptions options;
    private final Predicate<RecordedEvent> wanted;
    private int sinceCheckpoint;

    AllSubscription(SubscribeOptions options) {
      super(options.start(), log, log.size() - 1, RecordedEvent::position);
      this.options = options;
      this.wanted = matching(options.filter());
    }

    @Override
    boolean goOn() {
      if (passed >= log.size() - 1) {
        return false;
      }
      passed++;
      sinceCheckpoint++;
      var event = log.get((int) passed);
      if (isKept(event) && wanted.test(event)) {
        tell(new SubscriptionMessage.Event(resolve(event, options.resolveLinks())));
      }
      if (sinceCheckpoint == options.checkpointEvery()) {
        tellCheckpoint();
      }
      return true;
    }

    @Override
    void atEnd() {
      if (sinceCheckpoint > 0 && options.checkpointEvery() > 0) {
        tellCheckpoint();
      }
    }

    private void tellCheckpoint() {
      tell(new SubscriptionMessage.Checkpoint(passed));
      sinceCheckpoint = 0;
    }
  }

  private final class StreamSubscription extends ListSubscription {

    private final StreamName stream;
    private final SubscribeOptions options;
    private boolean ended;

    StreamSubscription(StreamName stream, SubscribeOptions options) {
      super(
          options.start(),
          recorded(stream),
          stateOf(stream).lastRevision(),
          RecordedEvent::revision);
      this.stream = stream;
      this.options = options;
    }

    @Override
    boolean goOn() {
      if (ended || originalOf(stream).filter(InMemoryEventStore.this::isTombstoned).isPresent()) {
        throw new StreamTombstonedException(stream);
      }
      var tombstone = at(stream, RecordedEvent.TOMBSTONE_REVISION);
      ended = tombstone.isPresent();
      var next =
          tombstone.or(() ->
              visible(stream).stream().filter(event -> event.revision() > passed).findFirst());
      next.ifPresent(event -> {
        passed = event.revision();
        tell(new SubscriptionMessage.Event(resolve(event, options.resolveLinks())));
      });
      return next.isPresent();
    }

    @Override
    void atEnd() {
      passed = Math.max(passed, stateOf(stream).lastRevision());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// An append-only store of facts, grouped in streams, totally ordered by position.
///
/// What every implementation promises:
///
/// - When [#append(Commit)] returns, the events are durable (to the degree the store was opened
///   with) and every later read, by anyone, sees them.
/// - The events of one append become visible together or not at all.
/// - Positions (in the whole store) and revisions (in a stream) are counted from 0 without gaps, in
///   the order of commits. Readers always see a prefix of that order.
/// - Nothing recorded is ever changed. It may be *hidden* (by stream metadata or a delete) and, in
///   time, *forgotten*.
///
/// A store forgets an event only if it is hidden from the readers of its stream, and never the last
/// event of a stream that is neither deleted nor tombstoned. A forgotten event is in no read and no
/// subscription any more, links to it lead nowhere, and its id is not compared when an append is
/// repeated. Nothing else moves: positions, revisions, and the numbers in virtual streams stay what
/// they were, so that a reader who counts meets gaps.
///
/// All methods may be called from any thread, and block the calling thread until they have their
/// answer: call them from virtual threads where many wait at once. The errors are a sealed family,
/// [LeftfoldException]; a misused argument is an [IllegalArgumentException].
public interface EventStore extends AutoCloseable {

  /// Appends to one stream or several, in one commit: all of it or nothing.
  ///
  /// Every expectation and condition is checked against the store as it was before this commit,
  /// with nothing in between. A [StreamAppend] without events only checks (with one exception: a
  /// commit of nothing but one such part makes a deleted stream visible again, as KurrentDB does).
  ///
  /// Repeating an append whose events (by id) are already there is answered as the first one was,
  /// and marked [AppendResult#idempotent()], whatever has become of its conditions. Its tracking is
  /// recorded if it is not yet.
  ///
  /// Looked at first are the expectations, then the conditions in their order, then the tracking.
  ///
  /// @param commit what to append, on what conditions
  /// @return where the events are
  /// @throws WrongExpectedStateException if a stream is not in the expected state; nothing is
  ///   written
  /// @throws ConditionFailedException if events match that must not; nothing is written
  /// @throws AlreadyTrackedException if the tracking is not greater than what is recorded; nothing
  ///   is written
  /// @throws StreamTombstonedException if a stream to be written was tombstoned
  /// @throws LimitExceededException if an event or the commit is larger than this store takes
  /// @throws UnavailableException if the store is closed, busy beyond its bounds, or read-only
  AppendResult append(Commit commit);

  /// Appends to several streams in one commit; see [#append(Commit)].
  ///
  /// @param parts in the order in which the events get their positions
  /// @return where the events are
  default AppendResult append(List<StreamAppend> parts) {
    return append(Commit.of(parts));
  }

  /// Appends to one stream; see [#append(Commit)].
  ///
  /// @param stream the stream, created by its first event
  /// @param expected what the caller believes about the stream
  /// @param events in order; none is allowed and only checks
  /// @return where the events are
  default AppendResult append(
      StreamName stream, ExpectedState expected, List<ProposedEvent> events) {
    return append(List.of(new StreamAppend(stream, expected, events)));
  }

  /// Appends to one stream; see [#append(Commit)].
  ///
  /// @param stream the stream, created by its first event
  /// @param expected what the caller believes about the stream
  /// @param events in order
  /// @return where the events are
  default AppendResult append(StreamName stream, ExpectedState expected, ProposedEvent... events) {
    return append(stream, expected, List.of(events));
  }

  /// Reads one stream as it is now, or as it was ([ReadOptions#asOf()]).
  ///
  /// The start ([ReadOptions#from()]) is a revision, inclusive in both directions. Events that the
  /// stream's metadata hides are left out. A stream that is absent or deleted gives no events; the
  /// difference is in [StreamRead#state()], which is as of the same moment as the events. Virtual
  /// streams ([StreamName#virtual()]) are read like others, and are always up to date.
  ///
  /// @param stream the stream to read
  /// @param options direction, start, limit, link resolution; a filter is not taken here
  /// @return the events, to be closed after use
  /// @throws StreamTombstonedException if the stream was tombstoned, as of the moment that is read
  StreamRead read(StreamName stream, ReadOptions options);

  /// Reads all streams in the order of positions.
  ///
  /// Forwards, the start is a position, inclusive. Backwards it is exclusive: the events *before*
  /// that position. Metadata hides nothing here; what has not been scavenged is given. Read as of
  /// an earlier moment ([ReadOptions#asOf()]), the store ends where it ended then.
  ///
  /// @param options direction, start, limit, link resolution, filter
  /// @return the events, to be closed after use
  EventRead readAll(ReadOptions options);

  /// Reads one event.
  ///
  /// @param position where it is
  /// @return the event, a link as it is; empty if there is none: it was scavenged, or has not
  ///   happened yet
  default Optional<RecordedEvent> eventAt(long position) {
    return readAll(ReadOptions.forwards().from(position).limit(1)).events().stream()
        .filter(event -> event.position() == position)
        .findFirst();
  }

  /// Whether the store is in this process. Of one that is not, subscriptions may hear of an event
  /// some time after its append has returned.
  ///
  /// @return true, unless it is said otherwise
  default boolean isInThisProcess() {
    return true;
  }

  /// Reads the events that match a query, in the order of positions, whatever stream they are in.
  ///
  /// What the events say, together with [QueryRead#head()], is what a decision rests on: append it
  /// with an [AppendCondition] of the same query behind that head, and nothing that matches can
  /// come in between. As with [#readAll], start and limit are by position (forwards inclusive,
  /// backwards exclusive), and metadata hides nothing. The store's own events never match.
  ///
  /// To follow a query, [#subscribeToAll] with [EventFilter#matching].
  ///
  /// @param query which events
  /// @param options direction, start, limit; a filter is not taken here
  /// @return the events, to be closed after use
  QueryRead read(Query query, ReadOptions options);

  /// Follows one stream: what it holds after the start, then what is appended, without a gap or a
  /// double. A stream that does not exist yet is waited for.
  ///
  /// @param stream the stream to follow
  /// @param options start (a revision, exclusive, or a time) and link resolution
  /// @return the subscription, to be closed after use
  /// @throws StreamTombstonedException if the stream was tombstoned; a tombstone that comes later
  ///   is delivered, then thrown by [Subscription#next()]
  Subscription subscribe(StreamName stream, SubscribeOptions options);

  /// Follows all streams in the order of positions, without a gap or a double.
  ///
  /// @param options start (a position, exclusive, or a time), link resolution, filter, checkpoint
  ///   interval
  /// @return the subscription, to be closed after use
  Subscription subscribeToAll(SubscribeOptions options);

  /// Deletes a stream softly: its events are hidden, its next event continues the revisions and
  /// makes it visible again. All of the stream's metadata is replaced.
  ///
  /// @param stream the stream to delete
  /// @param expected what the caller believes about the stream
  /// @return the position of the event that records the deletion
  /// @throws WrongExpectedStateException if the stream is not in the expected state, or has neither
  ///   events nor metadata
  /// @throws StreamTombstonedException if it was tombstoned
  /// @throws NotAuthorizedException if it is a metastream or a virtual stream
  long delete(StreamName stream, ExpectedState expected);

  /// Closes a stream for ever: it can be neither read nor written again, nor can its metadata.
  ///
  /// @param stream the stream, which need not exist
  /// @param expected what the caller believes about the stream
  /// @return the position of the tombstone
  /// @throws WrongExpectedStateException if the stream is not in the expected state
  /// @throws StreamTombstonedException if it was tombstoned before
  /// @throws NotAuthorizedException if it is a metastream or a virtual stream
  long tombstone(StreamName stream, ExpectedState expected);

  /// What a stream is at this moment.
  ///
  /// @param stream the stream asked about
  /// @return its state; a tombstoned stream is a state here, not an error
  StreamState state(StreamName stream);

  /// The metadata of a stream.
  ///
  /// @param stream the stream, not its metastream
  /// @return the metadata and the revision of the metastream that holds it
  /// @throws StreamTombstonedException if the stream was tombstoned
  CurrentMetadata metadata(StreamName stream);

  /// Replaces the metadata of a stream, which need not exist yet.
  ///
  /// @param stream the stream, not its metastream
  /// @param expected what the caller believes about the *metastream*
  /// @param metadata the new metadata, whole
  /// @return where the metadata event is
  /// @throws WrongExpectedStateException if the metastream is not in the expected state
  /// @throws StreamTombstonedException if the stream was tombstoned
  AppendResult writeMetadata(StreamName stream, ExpectedState expected, StreamMetadata metadata);

  /// Lists streams in the order of their names (by UTF-16 code unit), system streams too.
  ///
  /// @param options which, and how many
  /// @return the streams, each with its state
  List<StreamSummary> streams(ListOptions options);

  /// The position of the newest visible event, or empty when the store holds none.
  ///
  /// @return the last position
  Optional<Long> lastPosition();

  /// How far the follower of a source has come, by the last [Commit#tracking(String, long)].
  ///
  /// @param source names what is followed
  /// @return the position in the source; empty if none is recorded, or it was deleted
  OptionalLong trackingPosition(String source);

  /// The position at which the store stood at a time: that of the first event recorded at this time
  /// or later, and if there is none, the position that the next event will get.
  ///
  /// So everything below it was recorded before that time, and everything from it on at that time
  /// or later. The answer is final once an event recorded at that time or later can be read; until
  /// then, events that are under way may still be recorded before it.
  ///
  /// @param time by the store's clock, which counts microseconds
  /// @return a position; of an empty store 0
  long positionAt(Instant time);

  /// Releases what the store holds. Reads and subscriptions end with an [UnavailableException].
  /// Closing twice does nothing.
  @Override
  void close();
}

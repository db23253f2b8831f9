// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.EventFilter;
import io.leftfold.api.EventRead;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.engine.IndexProgress;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.LocalSubscription;
import io.leftfold.server.access.Access;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.Right;
import io.leftfold.server.access.UserAccess;
import io.leftfold.server.indexes.IndexSubscription;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// A node as one caller has it: each operation of the store once, for every wire. Its methods say
/// what [io.leftfold.api.EventStore] says, and ask first whether the caller may.
///
/// Writes are told when they are done and never wait; reads and subscriptions never wait either, so
/// that an event loop may take a part of them and go on later. Only [#writeMetadata] waits.
public final class Session {

  /// Its list of rights tells who may read everything.
  private static final StreamName ALL = StreamName.of("$all");

  /// Its list of rights tells who may ask by type and tag across streams.
  static final StreamName BOUNDARIES = StreamName.of("$dcb");

  /// Its list of rights tells who may list streams.
  private static final StreamName STREAMS = StreamName.of("$streams");

  private final LocalEventStore store;
  private final Optional<Path> backups;
  private final Optional<UserAccess> users;
  private final Access access;
  private final Measures measures;
  private final Caller caller;
  private final String from;
  private final Runnable shutdown;
  private final Writes writes;

  Session(
      LocalEventStore store,
      Optional<Path> backups,
      Optional<UserAccess> users,
      Measures measures,
      Caller caller,
      String from,
      Runnable shutdown,
      Turns turns,
      Optional<Turns.Origin> origin) {
    this.store = store;
    this.shutdown = shutdown;
    this.backups = backups;
    this.users = users;
    this.measures = measures;
    this.access = users.<Access>map(known -> known).orElseGet(Access::open);
    this.caller = caller;
    this.from = from;
    this.writes = new Writes(store, users, access, measures, caller, from, turns, origin);
  }

  /// Whose session it is.
  ///
  /// @return the caller
  public Caller caller() {
    return caller;
  }

  /// Lets the caller go on who has a right.
  ///
  /// @param right what for
  /// @throws NotAuthorizedException if the caller has not
  public void require(Right right) {
    access.require(caller, right);
  }

  /// Lets the caller go on who may read a stream.
  ///
  /// @param stream which; `$all` for all of them
  /// @throws NotAuthorizedException if the caller may not
  public void requireReading(StreamName stream) {
    require(Acl.Action.READ, stream);
  }

  /// Whether the caller may read a stream, as of this moment.
  ///
  /// @param stream which; `$all` for all of them
  /// @return whether
  public boolean mayRead(StreamName stream) {
    return may(Right.OnStream.to(Acl.Action.READ, stream));
  }

  /// Whether the caller has a right, as of this moment.
  ///
  /// @param right what for
  /// @return whether
  public boolean may(Right right) {
    return access.decide(caller, right).granted();
  }

  private void require(Acl.Action action, StreamName stream) {
    access.require(caller, Right.OnStream.to(action, stream));
  }

  /// What operators do, as the caller may.
  ///
  /// @return the operator that the caller is, if it is one
  public Operator operator() {
    return new Operator(store, backups, access, auditing(), caller, shutdown);
  }

  /// Figures, as the caller may see them.
  ///
  /// @return the figures
  public Statistics statistics() {
    return new Statistics(store, measures, () -> require(Right.OnNode.STATISTICS));
  }

  private Auditing auditing() {
    return new Auditing(users, caller, from);
  }

  /// Users and rights, as the caller may see and change them.
  ///
  /// @return empty if this node knows no users
  public Optional<Administration> administration() {
    return users.map(known -> new Administration(known, caller, from, auditing()));
  }

  /// Takes the event away that a link leads to, if the caller may not read it.
  ///
  /// @param resolved as it was read
  /// @return as the caller is to see it
  public ResolvedEvent hide(ResolvedEvent resolved) {
    return HidingRead.hidden(resolved, this::mayRead);
  }

  /// An event on its way to a consumer of a persistent subscription, to whoever traces it too.
  ///
  /// @param resolved as it was read
  /// @return as the caller is to see it
  public ResolvedEvent delivered(ResolvedEvent resolved) {
    var shown = hide(resolved);
    measures.delivered(shown);
    return shown;
  }

  /// Appends to one stream or several.
  ///
  /// @param parts one entry per stream
  /// @param completion told of the result or of any refusal, a full queue too
  /// @throws IllegalArgumentException if the commit makes no sense
  public void append(List<StreamAppend> parts, Completion completion) {
    append(Commit.of(parts), completion);
  }

  /// Appends to one stream or several, on conditions.
  ///
  /// @param commit what to append
  /// @param completion told of the result or of any refusal, a full queue too
  /// @throws IllegalArgumentException if the commit makes no sense
  public void append(Commit commit, Completion completion) {
    writes.append(commit, completion);
  }

  /// Deletes a stream softly.
  ///
  /// @param stream the stream
  /// @param expected what the caller believes about it
  /// @param completion told of the position of the record, or of any refusal
  public void delete(StreamName stream, ExpectedState expected, Completion completion) {
    writes.delete(stream, expected, completion);
  }

  /// Closes a stream for ever.
  ///
  /// @param stream the stream
  /// @param expected what the caller believes about it
  /// @param completion told of the position of the record, or of any refusal
  public void tombstone(StreamName stream, ExpectedState expected, Completion completion) {
    writes.tombstone(stream, expected, completion);
  }

  /// Reads one stream.
  ///
  /// @param stream the stream
  /// @param options how
  /// @return the events, to be closed after use
  public MeasuredRead.OfStream read(StreamName stream, ReadOptions options) {
    require(Acl.Action.READ, stream);
    return MeasuredRead.ofStream(measures, stream.value(), () -> shown(stream, options));
  }

  private StreamRead shown(StreamName stream, ReadOptions options) {
    var read = store.read(stream, options);
    return options.resolveLinks() && !access.isUnlimited(caller)
        ? new HidingRead.OfStream(read, this::hide)
        : read;
  }

  /// Reads all streams.
  ///
  /// @param options how
  /// @return the events, to be closed after use
  public MeasuredRead.OfAll readAll(ReadOptions options) {
    require(Acl.Action.READ, ALL);
    return MeasuredRead.ofAll(measures, () -> shown(options));
  }

  private EventRead shown(ReadOptions options) {
    var read = store.readAll(options);
    return options.resolveLinks() && !access.isUnlimited(caller)
        ? new HidingRead(read, this::hide)
        : read;
  }

  /// Reads what matches a query.
  ///
  /// @param query which events
  /// @param options how
  /// @return the events, to be closed after use
  public MeasuredRead.OfQuery read(Query query, ReadOptions options) {
    require(Acl.Action.READ, BOUNDARIES);
    return MeasuredRead.ofQuery(measures, () -> store.read(query, options));
  }

  /// How far the follower of a source has come.
  ///
  /// @param source names what is followed
  /// @return the position; empty if none is recorded
  public OptionalLong trackingPosition(String source) {
    require(Acl.Action.READ, BOUNDARIES);
    return store.trackingPosition(source);
  }

  /// Follows one stream.
  ///
  /// @param stream the stream
  /// @param options how
  /// @return the subscription, to be closed after use
  public Following subscribe(StreamName stream, SubscribeOptions options) {
    var right = Right.OnStream.to(Acl.Action.READ, stream);
    require(right);
    return following(store.subscribe(stream, options), right, Following.Source.STREAM);
  }

  /// Follows all streams.
  ///
  /// @param options how
  /// @return the subscription, to be closed after use
  public Following subscribeToAll(SubscribeOptions options) {
    var right = Right.OnStream.to(Acl.Action.READ, ALL);
    require(right);
    return following(store.subscribeToAll(options), right, Following.Source.ALL);
  }

  /// Follows what matches a query.
  ///
  /// @param query which events, in whatever streams but the store's own
  /// @param options how; their filter is not asked
  /// @return the subscription, to be closed after use
  public Following subscribe(Query query, SubscribeOptions options) {
    var right = Right.OnStream.to(Acl.Action.READ, BOUNDARIES);
    require(right);
    var matching = options.filteredBy(EventFilter.matching(query));
    return following(store.subscribeToAll(matching), right, Following.Source.ALL);
  }

  private Following following(
      LocalSubscription subscription, Right right, Following.Source source) {
    return following(Taking.from(subscription), right, source);
  }

  private Following following(Taking subscription, Right right, Following.Source source) {
    return measures.opened(
        new Following(subscription, () -> require(right), this::hide, source, measures));
  }

  /// Reads what an index found among all streams.
  ///
  /// @param open opens the read, for whoever may read all streams
  MeasuredRead.OfAll readFound(Supplier<EventRead> open) {
    require(Acl.Action.READ, ALL);
    return MeasuredRead.ofAll(measures, open);
  }

  /// Follows what an index finds among all streams.
  ///
  /// @param open opens the subscription, for whoever may read all streams
  Following followFound(Supplier<IndexSubscription> open) {
    var right = Right.OnStream.to(Acl.Action.READ, ALL);
    require(right);
    return following(Taking.from(open.get()), right, Following.Source.ALL);
  }

  /// How far the store's own index is, for those who have to wait for it.
  IndexProgress indexProgress() {
    return store.indexProgress();
  }

  /// What a stream is at this moment.
  ///
  /// @param stream the stream
  /// @return its state
  public StreamState state(StreamName stream) {
    require(Acl.Action.READ, stream);
    return store.state(stream);
  }

  /// The metadata of a stream.
  ///
  /// @param stream the stream
  /// @return the metadata and the revision of the metastream
  public CurrentMetadata metadata(StreamName stream) {
    require(Acl.Action.READ_METADATA, stream);
    return store.metadata(stream);
  }

  /// Whether what the caller reads of a stream might be shown to everybody, strangers too.
  ///
  /// @param stream which; `$all` for all of them
  /// @param resolvesLinks whether the caller sees what links lead to: then only of whoever is a
  ///   stranger as well
  /// @return as of this moment
  public boolean readsWhatEverybodyMay(StreamName stream, boolean resolvesLinks) {
    var right = Right.OnStream.to(Acl.Action.READ, stream);
    return users.isEmpty()
        || ((!resolvesLinks || caller instanceof Caller.Anonymous)
            && access.decide(Caller.anonymous(), right).granted());
  }

  /// How long the newest page of a stream may be kept, by its metadata.
  ///
  /// @param stream which, for whoever may read it
  /// @return empty if it may not
  public Optional<Duration> cacheControl(StreamName stream) {
    require(Acl.Action.READ, stream);
    return stream.isMetastream()
        ? Optional.empty()
        : store.metadata(stream).metadata().cacheControl();
  }

  /// Replaces the metadata of a stream. Waits until that is durable: not for an event loop.
  ///
  /// @param stream the stream
  /// @param expected what the caller believes about the metastream
  /// @param metadata the new metadata
  /// @return where the metadata event is
  public AppendResult writeMetadata(
      StreamName stream, ExpectedState expected, StreamMetadata metadata) {
    return writes.writeMetadata(auditing(), stream, expected, metadata);
  }

  /// Lists streams.
  ///
  /// @param options which
  /// @return the streams in the order of their names
  public List<StreamSummary> streams(ListOptions options) {
    require(Acl.Action.READ, STREAMS);
    return store.streams(options);
  }

  /// The position of the newest event.
  ///
  /// @return the position; empty if there are no events
  public Optional<Long> lastPosition() {
    requirePositions();
    return store.lastPosition();
  }

  /// The position at which the store stood at a time.
  ///
  /// @param time by the store's clock
  /// @return the position of the first event recorded then or later, or of the next event
  public long positionAt(Instant time) {
    requirePositions();
    return store.positionAt(time);
  }

  /// Positions say how much there is: for whoever has logged in, and for those who may read by
  /// them.
  private void requirePositions() {
    if (!access.decide(caller, new Right.OnStream(Acl.Action.READ, ALL)).granted()
        && !access.decide(caller, new Right.OnStream(Acl.Action.READ, BOUNDARIES)).granted()) {
      require(Right.OnNode.STATISTICS);
    }
  }
}

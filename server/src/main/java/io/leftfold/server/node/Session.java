// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.AppendResult;
import io.leftfold.api.BackupReport;
import io.leftfold.api.Commit;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.EventCounts;
import io.leftfold.api.EventRead;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
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
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.AppendCompletion;
import io.leftfold.engine.IndexProgress;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.LocalScavenge;
import io.leftfold.engine.LocalSubscription;
import io.leftfold.engine.ScavengeOptions;
import io.leftfold.server.access.Access;
import io.leftfold.server.access.Audit;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.Right;
import io.leftfold.server.access.UserAccess;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/// A node as one caller has it: each operation of the store once, for every wire. Its methods say
/// what [io.leftfold.api.EventStore] says, and ask first whether the caller may.
///
/// Writes are told when they are done and never wait; reads and subscriptions never wait either, so
/// that an event loop may take a part of them and go on later. Only [#writeMetadata] waits.
public final class Session {

  private static final Pattern BACKUP_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");

  /// Its list of rights tells who may read everything.
  private static final StreamName ALL = StreamName.of("$all");

  /// Its list of rights tells who may ask by type and tag across streams.
  private static final StreamName BOUNDARIES = StreamName.of("$dcb");

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

  Session(
      LocalEventStore store,
      Optional<Path> backups,
      Optional<UserAccess> users,
      Measures measures,
      Caller caller,
      String from,
      Runnable shutdown) {
    this.store = store;
    this.shutdown = shutdown;
    this.backups = backups;
    this.users = users;
    this.measures = measures;
    this.access = users.<Access>map(known -> known).orElseGet(Access::open);
    this.caller = caller;
    this.from = from;
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

  private void require(Acl.Action action, StreamName stream) {
    access.require(caller, Right.OnStream.to(action, stream));
  }

  /// Users and rights, as the caller may see and change them.
  ///
  /// @return empty if this node knows no users
  public Optional<Administration> administration() {
    return users.map(known -> new Administration(known, caller, from));
  }

  /// Records what an operator does, before it is done. Waits.
  private void audit(String action, String subject) {
    users.ifPresent(known -> known.audit(known.entry(caller, from, action, subject)));
  }

  /// Records what is to be recorded of a write before it is done, and then does it.
  private void audited(List<Audit.Entry> entries, AppendCompletion waiting, Write write) {
    if (entries.isEmpty()) {
      write.begin(waiting);
      return;
    }
    store.append(
        List.of(users.orElseThrow().part(entries)),
        new AppendCompletion() {
          @Override
          public void completed(AppendResult recorded) {
            try {
              write.begin(waiting);
            } catch (LeftfoldException refused) {
              waiting.failed(refused);
            } catch (RuntimeException misuse) {
              // On the writer's thread: whoever waits must be told, and nobody else can.
              waiting.failed(
                  new UnavailableException(
                      UnavailableException.Reason.READ_ONLY,
                      "It cannot be written: " + misuse.getMessage(),
                      misuse));
            }
          }

          @Override
          public void failed(LeftfoldException reason) {
            waiting.failed(reason);
          }
        });
  }

  /// Takes the event away that a link leads to, if the caller may not read it.
  private ResolvedEvent hide(ResolvedEvent resolved) {
    var hidden =
        resolved.link().isPresent()
            && resolved
                .event()
                .filter(event ->
                    !access
                        .decide(caller, Right.OnStream.to(Acl.Action.READ, event.stream()))
                        .granted())
                .isPresent();
    return hidden ? new ResolvedEvent(Optional.empty(), resolved.link()) : resolved;
  }

  /// Copies the store, or what is new in it. Takes as long as that takes.
  ///
  /// @param name of the directory, among the backups of this node
  /// @param progress is told how many bytes were copied; what it throws ends the backup
  /// @return what was done
  /// @throws IllegalArgumentException if the name is none, or has the backup of another store
  /// @throws UnavailableException if this node keeps no backups, or the copy cannot be written
  public BackupReport backup(String name, LongConsumer progress) {
    require(Right.OnNode.OPERATE);
    if (!BACKUP_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "The name of a backup is 1 to 64 letters, digits, '-', '_' and '.', and does not begin with '.'; got '%s'"
              .formatted(name));
    }
    var directory =
        backups.orElseThrow(() ->
            new UnavailableException(
                UnavailableException.Reason.READ_ONLY,
                "This server makes no backups for clients; start it with --backups <directory> if it is to"));
    audit("backup", name);
    return store.backup(directory.resolve(name), progress);
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
    telling(
        Operation.APPEND,
        commit.parts().isEmpty() ? "no stream" : commit.parts().getFirst().stream().value(),
        completion,
        waiting -> {
          requireAppend(commit);
          audited(changesOfRights(commit), waiting, next -> store.append(commit, next));
        });
  }

  private void requireAppend(Commit commit) {
    // Alone, a part without events makes a deleted stream visible again; beside others it checks.
    var checks = commit.parts().size() > 1;
    for (var part : commit.parts()) {
      require(
          checks && part.events().isEmpty() ? Acl.Action.READ : Acl.Action.WRITE, part.stream());
    }
    if (!commit.conditions().isEmpty() || commit.tracking().isPresent()) {
      require(Acl.Action.READ, BOUNDARIES);
    }
  }

  /// Deletes a stream softly.
  ///
  /// @param stream the stream
  /// @param expected what the caller believes about it
  /// @param completion told of the position of the record, or of any refusal
  public void delete(StreamName stream, ExpectedState expected, Completion completion) {
    telling(
        Operation.DELETE,
        stream.value(),
        completion,
        waiting -> {
          require(Acl.Action.DELETE, stream);
          audited(deletesRights(stream), waiting, next -> store.delete(stream, expected, next));
        });
  }

  /// Closes a stream for ever.
  ///
  /// @param stream the stream
  /// @param expected what the caller believes about it
  /// @param completion told of the position of the record, or of any refusal
  public void tombstone(StreamName stream, ExpectedState expected, Completion completion) {
    telling(
        Operation.TOMBSTONE,
        stream.value(),
        completion,
        waiting -> {
          require(Acl.Action.DELETE, stream);
          audited(deletesRights(stream), waiting, next -> store.tombstone(stream, expected, next));
        });
  }

  private List<Audit.Entry> changesOfRights(Commit commit) {
    if (users.isEmpty()) {
      return List.of();
    }
    var known = users.get();
    return commit.parts().stream()
        .flatMap(part -> known.changeOfRights(caller, from, part.stream(), part.events()).stream())
        .toList();
  }

  private List<Audit.Entry> deletesRights(StreamName stream) {
    return users.flatMap(known -> known.endOfRights(caller, from, stream)).stream().toList();
  }

  private void telling(Operation operation, String subject, Completion completion, Write write) {
    try {
      write.begin(new Waiting(completion, measures, operation, subject, measures.now()));
    } catch (LeftfoldException refused) {
      measures.refused(operation, refused);
      completion.failed(refused);
    }
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

  private Following following(
      LocalSubscription subscription, Right right, Following.Source source) {
    return measures.opened(
        new Following(subscription, () -> require(right), this::hide, source, measures));
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

  /// Replaces the metadata of a stream. Waits until that is durable: not for an event loop.
  ///
  /// @param stream the stream
  /// @param expected what the caller believes about the metastream
  /// @param metadata the new metadata
  /// @return where the metadata event is
  public AppendResult writeMetadata(
      StreamName stream, ExpectedState expected, StreamMetadata metadata) {
    require(Acl.Action.WRITE_METADATA, stream);
    users
        .flatMap(known -> known.changeOfRights(caller, from, stream, metadata))
        .ifPresent(entry -> users.orElseThrow().audit(entry));
    var begun = measures.now();
    try {
      var result = store.writeMetadata(stream, expected, metadata);
      measures.waited(Operation.WRITE_METADATA, stream.value(), begun, null);
      return result;
    } catch (LeftfoldException refused) {
      measures.waited(Operation.WRITE_METADATA, stream.value(), begun, refused);
      throw refused;
    }
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

  /// Figures about the store by their names, for people and dashboards.
  ///
  /// @return the figures, in the order of names
  public Map<String, String> stats() {
    require(Right.OnNode.STATISTICS);
    var stats = store.stats();
    var figures = new TreeMap<String, String>();
    figures.put("events", Long.toString(stats.events()));
    figures.put("streams", Long.toString(stats.streams()));
    figures.put("categories", Long.toString(stats.categories()));
    figures.put("event-types", Long.toString(stats.eventTypes()));
    figures.put("tags", Long.toString(stats.tags()));
    figures.put("chunks", Integer.toString(stats.chunks()));
    figures.put("log-bytes", Long.toString(stats.logBytes()));
    figures.put("queue-length", Integer.toString(stats.queueLength()));
    figures.put("indexed-events", Long.toString(store.indexProgress().indexed()));
    figures.put("store-id", store.storeId().toString());
    store.lastPosition().ifPresent(last -> figures.put("last-position", Long.toString(last)));
    return figures;
  }

  /// Figures about the node by the names that KurrentDB has for them, where it has some: of the
  /// process (`proc-`), of the machine (`sys-`) and of the store (`es-`).
  ///
  /// @return the figures, in the order of names
  public Map<String, String> figures() {
    var figures = new TreeMap<String, String>();
    stats().forEach((name, figure) -> figures.put("es-" + name, figure));
    figures.put("es-queue-writer-queueName", "writer");
    figures.put("es-queue-writer-length", figures.get("es-queue-length"));
    ProcessFigures.addTo(figures);
    return figures;
  }

  /// Asks the owner of the node to end it; returns at once.
  public void shutDown() {
    require(Right.OnNode.OPERATE);
    audit("shutdown", "node");
    shutdown.run();
  }

  /// How many events there are of the most frequent types and categories; none are counted while
  /// the index is made.
  ///
  /// @param most how many of each to give
  /// @return the counts
  public EventCounts counts(int most) {
    require(Right.OnNode.STATISTICS);
    return store.indexProgress().state() == IndexProgress.State.WHOLE
        ? store.counts(most)
        : new EventCounts(Map.of(), Map.of());
  }

  /// Begins to forget what may be forgotten, in the background, unless that goes on already.
  ///
  /// @param firstChunk the log file to begin with; 0 for the first, or the one at which the last
  ///   scavenge ended unfinished
  /// @return the scavenge that goes on now
  public Scavenge startScavenge(int firstChunk) {
    require(Right.OnNode.OPERATE);
    audit("scavenge", "from log file %d".formatted(firstChunk));
    var options = ScavengeOptions.defaults();
    try {
      var begun = store.scavenge(firstChunk == 0 ? options : options.fromChunk(firstChunk));
      return new Scavenge(begun.id(), true);
    } catch (UnavailableException refused) {
      var running = store.lastScavenge().filter(LocalScavenge::isRunning);
      if (refused.reason() != UnavailableException.Reason.IN_USE || running.isEmpty()) {
        throw refused;
      }
      return new Scavenge(running.get().id(), false);
    }
  }

  /// A scavenge that goes on.
  ///
  /// @param id which one
  /// @param isNew whether it was begun by this call
  public record Scavenge(UUID id, boolean isNew) {}

  /// Ends a scavenge; returns at once.
  ///
  /// @param id which one, as text
  /// @return whether that one was running
  public boolean stopScavenge(String id) {
    require(Right.OnNode.OPERATE);
    var running =
        store
            .lastScavenge()
            .filter(LocalScavenge::isRunning)
            .filter(scavenge -> scavenge.id().toString().equals(id));
    if (running.isPresent()) {
      audit("stop scavenge", id);
    }
    running.ifPresent(LocalScavenge::stop);
    return running.isPresent();
  }

  /// What the engine offers to those who wait for no answer.
  private interface Write {
    void begin(AppendCompletion completion);
  }

  /// Passes on what the engine tells, and measures how long that took.
  private record Waiting(
      Completion completion, Measures measures, Operation operation, String subject, long begun)
      implements AppendCompletion {
    @Override
    public void completed(AppendResult result) {
      measures.answered(operation, subject, begun, null);
      completion.completed(result);
    }

    @Override
    public void failed(LeftfoldException reason) {
      measures.answered(operation, subject, begun, reason);
      completion.failed(reason);
    }
  }
}

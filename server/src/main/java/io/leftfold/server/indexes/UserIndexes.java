// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamState;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.UnavailableException;
import io.leftfold.projections.EventSelectionException;
import io.leftfold.projections.ProjectionRuntime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The user-defined indexes of a store. May be used from any thread; all of it may wait.
///
/// Those that are started go on with what is appended from [#begin()] to [#close()], each on a
/// thread of its own. Changes are made one after the other. What runs scripts is dear, and is
/// opened with the first index that needs it.
public final class UserIndexes implements AutoCloseable {

  /// What the name of an index is behind, where it is read.
  public static final String READ_AS = "$idx-user-";

  private static final System.Logger LOGGER = System.getLogger(UserIndexes.class.getName());

  private final EventStore store;
  private final Supplier<ProjectionRuntime> runtimes;
  private final IndexLimits limits;
  private final Clock clock;
  private final ThreadFactory threads;
  private final Map<String, UserIndex> indexes = new ConcurrentHashMap<>();
  private final Map<String, IndexEvents.Life> lives = new TreeMap<>();
  private @Nullable ProjectionRuntime runtime;
  private volatile @Nullable String obstacle =
      "User-defined indexes begin as soon as the index of the store is made; /health/ready tells how far it is";

  /// Those of a store, not there yet.
  ///
  /// @param store holds them
  /// @param runtimes opens what runs scripts; asked once
  /// @param limits when pages are full, and what scripts may take
  /// @param clock tells the time
  /// @param threads makes platform threads, on which scripts run
  public UserIndexes(
      EventStore store,
      Supplier<ProjectionRuntime> runtimes,
      IndexLimits limits,
      Clock clock,
      ThreadFactory threads) {
    this.store = store;
    this.runtimes = runtimes;
    this.limits = limits;
    this.clock = clock;
    this.threads = threads;
  }

  // ---- beginning and ending

  /// The store answers everything: those that are started go on.
  public synchronized void begin() {
    if (obstacle == null || isClosed()) {
      return;
    }
    for (var name : names()) {
      var life = life(name);
      lives.put(name, life);
      life.definition()
          .ifPresentOrElse(
              definition -> open(definition, life), () -> sweep(name, life.generation()));
    }
    obstacle = null;
  }

  private boolean isClosed() {
    return CLOSED.equals(obstacle);
  }

  private static final String CLOSED = "The server is being stopped";

  private List<String> names() {
    var names = new ArrayList<String>();
    var options = ListOptions.all().withPrefix(IndexStreams.LIVES);
    while (true) {
      var listed = store.streams(options);
      for (var summary : listed) {
        names.add(summary.name().value().substring(IndexStreams.LIVES.length()));
      }
      if (listed.size() < options.limit()) {
        return names;
      }
      options = options.after(listed.getLast().name().value());
    }
  }

  private IndexEvents.Life life(String name) {
    var life = IndexEvents.Life.NONE;
    for (var event : store.read(IndexStreams.life(name), ReadOptions.forwards()).events()) {
      life = life.with(event);
    }
    return life;
  }

  private void open(IndexDefinition definition, IndexEvents.Life life) {
    try {
      var index =
          new UserIndex(definition, Entries.open(store, definition, life.generation(), limits));
      indexes.put(definition.name(), index);
      if (life.isStarted()) {
        work(index);
      }
    } catch (RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.ERROR,
          "Index %s cannot be used; delete it and make it again".formatted(definition.name()),
          e);
    }
  }

  /// Takes away what a deletion may have left when the process ended in its midst.
  private void sweep(String name, long generation) {
    var pages = IndexStreams.pages(name, generation);
    if (store.state(pages) instanceof StreamState.Present) {
      var _ = store.tombstone(pages, ExpectedState.any());
    }
  }

  private void work(UserIndex index) {
    tellStanding(index, "goes on");
    var failure = new CompletableFuture<String>();
    var work =
        new Indexing(
            store, index.definition(), index.entries(), runtime(), limits, failure::complete);
    // On a thread of its own: whoever stops an index waits for the end of its work.
    var _ =
        failure.thenAccept(
            reason -> threads.newThread(() -> stopFailed(index, work, reason)).start());
    index.begin(work, threads);
  }

  private ProjectionRuntime runtime() {
    var opened = runtime;
    if (opened == null) {
      opened = runtimes.get();
      runtime = opened;
    }
    return opened;
  }

  /// Stops an index that cannot go on, and keeps why.
  private synchronized void stopFailed(UserIndex index, Indexing work, String reason) {
    var name = index.definition().name();
    if (isClosed() || !index.does(work)) {
      return;
    }
    LOGGER.log(
        System.Logger.Level.ERROR,
        "Index {0} is stopped at position {1}: {2}. It answers what it has; start it to try again",
        name,
        Long.toString(index.entries().through()),
        reason);
    try {
      stop(index, Optional.of(reason));
    } catch (RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.ERROR,
          "It cannot be kept that index %s was stopped".formatted(name),
          e);
    }
  }

  /// Ends all work, and waits for that. Writes nothing.
  @Override
  public synchronized void close() {
    if (isClosed()) {
      return;
    }
    obstacle = CLOSED;
    for (var index : indexes.values()) {
      if (index.isWorking()) {
        index.end();
        tellStanding(index, "ends with the server");
      }
    }
    if (runtime != null) {
      runtime.close();
    }
  }

  private void tellStanding(UserIndex index, String what) {
    LOGGER.log(
        System.Logger.Level.INFO,
        "Index {0} {1} at position {2} of {3}",
        index.definition().name(),
        what,
        Long.toString(index.entries().through()),
        Long.toString(store.lastPosition().orElse(-1L) + 1));
  }

  private void requireOpen() {
    var reason = obstacle;
    if (reason != null) {
      throw new UnavailableException(
          isClosed() ? UnavailableException.Reason.CLOSED : UnavailableException.Reason.INDEXING,
          reason);
    }
  }

  // ---- changing

  /// Creates an index. One that is the same already stays as it is.
  ///
  /// @param definition what it is
  /// @param start whether it is started too
  /// @throws IndexExistsException if there is another one of that name
  /// @throws InvalidIndexException if a script is no function of one record
  public synchronized void create(IndexDefinition definition, boolean start) {
    requireOpen();
    var name = definition.name();
    var life = lifeOf(name);
    if (life.definition().isPresent()) {
      if (life.definition().get().equals(definition)) {
        return;
      }
      throw new IndexExistsException(name);
    }
    check(definition);
    var now = clock.instant();
    var events = new ArrayList<ProposedEvent>();
    events.add(IndexEvents.created(definition, now));
    var begun = life.created(life.next(), Optional.of(definition));
    if (start) {
      events.add(IndexEvents.started(name, now));
      begun = begun.started(begun.next());
    }
    record(life, name, events);
    lives.put(name, begun);
    open(definition, lifeOf(name));
  }

  /// Opens the scripts on a thread as they will run on, so that the limits hold.
  private void check(IndexDefinition definition) {
    var checked = new CompletableFuture<Boolean>();
    var opened = runtime();
    threads
        .newThread(() -> {
          try (var _ =
              opened.select(definition.filter(), definition.selectors(), limits.scripts())) {
            checked.complete(true);
          } catch (RuntimeException | Error e) {
            checked.completeExceptionally(e);
          }
        })
        .start();
    try {
      checked.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof EventSelectionException wrong) {
        throw invalid(definition, wrong);
      }
      throw e;
    }
  }

  private static InvalidIndexException invalid(
      IndexDefinition definition, EventSelectionException wrong) {
    for (var i = 0; i < definition.fields().size(); i++) {
      if (wrong.selector().filter(definition.fields().get(i).name()::equals).isPresent()) {
        return new InvalidIndexException(
            "fields[%d].selector".formatted(i),
            "Field selector must be a valid JavaScript function with exactly one argument, rec => …, but of %s %s"
                .formatted(definition.fields().get(i).name(), wrong.getMessage()));
      }
    }
    return new InvalidIndexException(
        "filter",
        "Filter must be empty or a valid JavaScript function with exactly one argument, rec => …, but "
            + wrong.getMessage());
  }

  /// Lets an index go on with what it has not looked at. One that is started stays so.
  ///
  /// @param name which
  /// @throws IndexNotFoundException if there is none
  public synchronized void start(String name) {
    requireOpen();
    var index = index(name);
    var life = lifeOf(name);
    if (life.isStarted()) {
      return;
    }
    record(life, name, List.of(IndexEvents.started(name, clock.instant())));
    lives.put(name, life.started(life.next()));
    work(index);
  }

  /// Lets an index stay as it is. One that is stopped stays so.
  ///
  /// @param name which
  /// @throws IndexNotFoundException if there is none
  public synchronized void stop(String name) {
    requireOpen();
    var index = index(name);
    if (lifeOf(name).isStarted()) {
      stop(index, Optional.empty());
      tellStanding(index, "is stopped");
    }
  }

  private void stop(UserIndex index, Optional<String> reason) {
    var name = index.definition().name();
    index.end();
    index.entries().cut();
    var life = lifeOf(name);
    record(life, name, List.of(IndexEvents.stopped(name, clock.instant(), reason)));
    lives.put(name, life.stopped(life.next()));
    index.entries().setCurrent(true);
  }

  /// Takes an index away, with all that it has. One that was deleted stays so.
  ///
  /// @param name which
  /// @throws IndexNotFoundException if there never was one
  public synchronized void delete(String name) {
    requireOpen();
    var life = lifeOf(name);
    if (!life.isKnown()) {
      throw new IndexNotFoundException(name);
    }
    if (life.definition().isEmpty()) {
      return;
    }
    var index = indexes.remove(name);
    if (index != null) {
      index.end();
    }
    record(life, name, List.of(IndexEvents.deleted(name, clock.instant())));
    lives.put(name, life.deleted(life.next()));
    if (index != null) {
      index.entries().remove();
    }
    sweep(name, life.generation());
  }

  private void record(IndexEvents.Life life, String name, List<ProposedEvent> events) {
    var expected =
        life.revision() < 0 ? ExpectedState.noStream() : ExpectedState.atRevision(life.revision());
    var _ = store.append(IndexStreams.life(name), expected, events);
  }

  // ---- looking

  private IndexEvents.Life lifeOf(String name) {
    return lives.getOrDefault(name, IndexEvents.Life.NONE);
  }

  private UserIndex index(String name) {
    var index = indexes.get(name);
    if (index == null) {
      throw new IndexNotFoundException(name);
    }
    return index;
  }

  /// All indexes.
  ///
  /// @return how each stands, in the order of their names
  public synchronized List<IndexInfo> list() {
    requireOpen();
    return lives.keySet().stream()
        .filter(indexes::containsKey)
        .map(name -> index(name).info(lifeOf(name).isStarted()))
        .toList();
  }

  /// One index.
  ///
  /// @param name which
  /// @return how it stands
  /// @throws IndexNotFoundException if there is none
  public synchronized IndexInfo get(String name) {
    requireOpen();
    return index(name).info(lifeOf(name).isStarted());
  }

  /// How the indexes stand as a whole.
  ///
  /// @param indexes how many there are
  /// @param started how many of them are started, and do not stand still
  /// @param lagMax how many positions the one of these has not looked at that is the furthest
  ///   behind
  public record Figures(int indexes, int started, long lagMax) {}

  /// How the indexes stand as a whole. Asks nobody, and does not wait.
  ///
  /// @return as of this moment; nothing, where they have not begun or were closed
  public Figures figures() {
    if (obstacle != null) {
      return new Figures(0, 0, 0);
    }
    var working = indexes.values().stream().filter(UserIndex::isWorking).toList();
    var behind = working.stream().mapToLong(index -> index.entries().through()).min();
    var lag = behind.isPresent() ? store.lastPosition().orElse(-1L) + 1 - behind.getAsLong() : 0;
    return new Figures(indexes.size(), working.size(), Math.max(0, lag));
  }

  // ---- reading

  /// Reads what an index has now.
  ///
  /// @param asked `$idx-user-<name>`, with a lookup behind it or without
  /// @param options direction, start, limit; as of now, without a filter
  /// @return the events, to be closed after use
  /// @throws IndexNotFoundException if there is no such index
  /// @throws InvalidIndexException if the lookup makes no sense in it
  public EventRead read(String asked, ReadOptions options) {
    requireOpen();
    var index = asked(asked);
    return new IndexRead(store, index.entries(), query(asked, index), options);
  }

  /// Follows an index.
  ///
  /// @param asked `$idx-user-<name>`, with a lookup behind it or without
  /// @param options start and checkpoints; without a filter
  /// @return the subscription, to be closed after use
  /// @throws IndexNotFoundException if there is no such index
  /// @throws InvalidIndexException if the lookup makes no sense in it
  public IndexSubscription subscribe(String asked, SubscribeOptions options) {
    requireOpen();
    var index = asked(asked);
    return new IndexSubscription(
        store,
        index.entries(),
        query(asked, index),
        clock,
        place(options.start()),
        options.checkpointEvery());
  }

  private long place(SubscribeOptions.Start start) {
    return switch (start) {
      case SubscribeOptions.Start.Beginning() -> 0;
      case SubscribeOptions.Start.End() -> store.lastPosition().orElse(-1L) + 1;
      case SubscribeOptions.Start.AtTime(var time) -> store.positionAt(time);
      case SubscribeOptions.Start.After(var last) -> last + 1;
    };
  }

  private UserIndex asked(String asked) {
    var colon = asked.indexOf(':');
    var name = asked.substring(READ_AS.length(), colon < 0 ? asked.length() : colon);
    var index = indexes.get(name);
    if (index == null) {
      throw new IndexNotFoundException(asked);
    }
    return index;
  }

  private static IndexQuery query(String asked, UserIndex index) {
    var colon = asked.indexOf(':');
    return IndexQuery.parse(colon < 0 ? "" : asked.substring(colon + 1), index.definition());
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventStore;
import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.DefinitionRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/// The projections of a store: found again in its log, run in this process.
///
/// ```java
/// try (var projections = Projections.open(store, ProjectionOptions.defaults())) {
///   projections.create(NewProjection.continuous("sums", script).emitting());
///   projections.state("sums", "account-7").json();
/// }
/// ```
///
/// What becomes of a step (states, results, what was emitted, how far the projection is) is one
/// commit of the store, so that each event counts once, whatever happens. Of two processes that run
/// the same projections on one store, one is refused.
///
/// All methods may be called from any thread, and block until they have their answer. They throw a
/// [ProjectionException] when a projection cannot do what is asked, and what the store throws when
/// it does not answer.
public final class Projections implements AutoCloseable {

  private final Runnable release;
  private final ExecutorService workers;
  private final ExecutorService lanes;
  private final ProjectionHost host;
  private final Roster roster;
  private boolean closed;

  private Projections(
      EventStore store,
      ProjectionOptions options,
      ProjectionRuntime runtime,
      Runnable release,
      Predicate<String> running) {
    this.release = release;
    workers = Executors.newFixedThreadPool(options.workers(), options.threads());
    lanes = Executors.newFixedThreadPool(Math.max(1, options.lanes() - 1), options.threads());
    host =
        new ProjectionHost(
            store,
            runtime,
            options,
            workers,
            new LaneThreads(
                options.lanes(), LaneThreads.EVENTS_MIN, lanes, runtime::allocatedBytes),
            Thread.ofVirtual().name("leftfold-projection-", 0).factory(),
            System::nanoTime,
            running);
    roster = new Roster(host);
  }

  /// Opens the projections of a store; those that are enabled go on where they were.
  ///
  /// @param store the store, which stays the caller's
  /// @param options how they run
  /// @return the projections; close them before the store
  public static Projections open(EventStore store, ProjectionOptions options) {
    return open(store, options, _ -> true);
  }

  /// Opens the projections of a store, of which only some run here. The others can be looked at and
  /// changed; whether they are enabled is kept for whoever runs them.
  ///
  /// @param store the store, which stays the caller's
  /// @param options how they run
  /// @param running which ones run, by name
  /// @return the projections; close them before the store
  public static Projections open(
      EventStore store, ProjectionOptions options, Predicate<String> running) {
    var runtime = ProjectionRuntime.open(options.threads());
    return open(new Projections(store, options, runtime, runtime::close, running));
  }

  /// Opens them with a runtime that stays the caller's; for tests that open many.
  static Projections open(EventStore store, ProjectionOptions options, ProjectionRuntime runtime) {
    return open(new Projections(store, options, runtime, () -> {}, _ -> true));
  }

  private static Projections open(Projections opened) {
    try {
      opened.roster.open();
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  private ManagedProjection find(String name) {
    return roster.find(name);
  }

  private Optional<BuiltIn> builtIn(String name) {
    return roster.builtIn(name);
  }

  // ---- making and changing

  /// Creates a projection. A script that is none makes one that is faulted, and says why.
  ///
  /// @param projection what to create
  /// @throws ProjectionException if there is one of that name, or the name is not possible, or it
  ///   is to emit and keeps no checkpoints
  public void create(NewProjection projection) {
    roster.create(projection);
  }

  /// Gives a projection another script, with which it goes on from where it is. One that was
  /// completed begins at zero.
  ///
  /// @param name which
  /// @param query the script
  /// @param emitEnabled whether it may write; empty to leave that as it is
  /// @param properties what to keep with it, as JSON; empty to leave that as it is
  public void update(
      String name, String query, Optional<Boolean> emitEnabled, Optional<String> properties) {
    builtIn(name)
        .ifPresentOrElse(
            one -> one.update(query), () -> find(name).update(query, emitEnabled, properties));
  }

  /// Starts a projection, and has it started whenever the store is opened.
  ///
  /// @param name which
  public void enable(String name) {
    builtIn(name).ifPresentOrElse(one -> one.enable(true), () -> find(name).enable());
  }

  /// Stops a projection behind a last step.
  ///
  /// @param name which
  public void disable(String name) {
    builtIn(name).ifPresentOrElse(one -> one.enable(false), () -> find(name).disable());
  }

  /// Stops a projection without the step that is open.
  ///
  /// @param name which
  public void abort(String name) {
    builtIn(name).ifPresentOrElse(one -> one.enable(false), () -> find(name).abort());
  }

  /// Makes a projection begin at zero. What it has emitted is not emitted again.
  ///
  /// @param name which
  public void reset(String name) {
    reset(name, false);
  }

  /// Makes a projection begin at zero.
  ///
  /// @param name which
  /// @param emitsAgain whether what it has emitted is emitted again, besides what is there
  public void reset(String name, boolean emitsAgain) {
    builtIn(name).ifPresentOrElse(BuiltIn::reset, () -> find(name).reset(emitsAgain));
  }

  /// Deletes a projection that is stopped or faulted, its states and its checkpoint. From then on
  /// nobody sees it. If it has very many streams this does not wait for all of them to be deleted:
  /// that goes on, also after a restart, and until it is done the name cannot be used again.
  ///
  /// @param name which
  /// @param emittedStreams whether the streams that it emitted to go too, as far as they were
  ///   tracked
  /// @param stateStream whether its results go too, those of partitions with them; not streams that
  ///   the script has named
  /// @param checkpointStream accepted; the checkpoint always goes
  public void delete(
      String name, boolean emittedStreams, boolean stateStream, boolean checkpointStream) {
    if (builtIn(name).isPresent()) {
      throw ProjectionException.notPossible(
          "We currently don't allow for the deletion of System Projections.");
    }
    roster.delete(
        name, new DefinitionRecord.Deletion(emittedStreams, stateStream, checkpointStream));
  }

  /// How a projection goes about its work.
  ///
  /// @param name which
  /// @return its configuration
  public ProjectionConfig config(String name) {
    return query(name).config();
  }

  /// Changes how a projection goes about its work.
  ///
  /// @param name which; stopped or faulted
  /// @param config its new configuration
  public void configure(String name, ProjectionConfig config) {
    find(name).configure(config);
  }

  /// Changes how a projection goes about its work, whether it runs or not. One that runs is stopped
  /// for it, behind a last step, and goes on; one that is faulted but wanted tries again.
  ///
  /// @param name which
  /// @param config its new configuration
  public void reconfigure(String name, ProjectionConfig config) {
    find(name).reconfigure(config);
  }

  // ---- asking

  /// All projections.
  ///
  /// @return how each is, in the order of their names
  public List<ProjectionStatistics> list() {
    return roster.statistics();
  }

  /// How a projection is.
  ///
  /// @param name which
  /// @return its figures
  public ProjectionStatistics statistics(String name) {
    return builtIn(name).map(BuiltIn::statistics).orElseGet(() -> find(name).statisticsAsked());
  }

  /// What a projection is made of.
  ///
  /// @param name which
  /// @return its script and configuration
  public ProjectionQuery query(String name) {
    return builtIn(name).map(BuiltIn::query).orElseGet(() -> find(name).answers().query());
  }

  /// The state of a partition as it is now; it may know of events whose step is not durable yet.
  ///
  /// @param name which projection
  /// @param partition the partition, empty for the one state, and for the one that partitions share
  /// @return the state; an empty text if there is none
  public PartitionState state(String name, String partition) {
    return builtIn(name).map(BuiltIn::state).orElseGet(() -> find(name).answers().state(partition));
  }

  /// What becomes of the state of a partition by `transformBy` and `filterBy`, as it is now.
  ///
  /// @param name which projection
  /// @param partition the partition, empty for the one state
  /// @return the result; an empty text if there is none
  public PartitionState result(String name, String partition) {
    return builtIn(name)
        .map(BuiltIn::state)
        .orElseGet(() -> find(name).answers().result(partition));
  }

  /// The state of a partition as it was at a moment: what the script that the projection has now
  /// makes of the events up to there. Writes nothing.
  ///
  /// @param name which projection
  /// @param partition the partition, empty for the one state
  /// @param moment when
  /// @param progress is told how far it is, and may end it
  /// @return the state; an empty text if there was none
  /// @throws ProjectionFaultException if the script fails, and the projection's policy says stop
  public PartitionState state(String name, String partition, AsOf moment, FoldProgress progress) {
    return builtIn(name)
        .map(BuiltIn::state)
        .orElseGet(() ->
            find(name)
                .answers()
                .past(progress)
                .at(moment, partition, fold -> fold.state(partition)));
  }

  /// What became of the state of a partition by `transformBy` and `filterBy`, as it was at a
  /// moment; see [#state(String, String, AsOf, FoldProgress)].
  ///
  /// @param name which projection
  /// @param partition the partition, empty for the one state
  /// @param moment when
  /// @param progress is told how far it is, and may end it
  /// @return the result; an empty text if there was none
  public PartitionState result(String name, String partition, AsOf moment, FoldProgress progress) {
    return builtIn(name)
        .map(BuiltIn::state)
        .orElseGet(() ->
            find(name)
                .answers()
                .past(progress)
                .at(moment, partition, fold -> fold.result(partition)));
  }

  /// The partitions that have a state, in the order of their names.
  ///
  /// @param name which projection
  /// @param after only those behind this one; empty to begin at the first
  /// @param limit the most to give
  /// @return their names
  public List<String> partitions(String name, String after, int limit) {
    return builtIn(name)
        .map(_ -> List.<String>of())
        .orElseGet(() -> find(name).answers().partitions(after, limit));
  }

  /// Some of what is parked. There may be very much of it: who wants all asks again, from behind
  /// the last position, until there is none.
  ///
  /// @param name which projection
  /// @param from only what is parked at this position or behind it; 0 for all
  /// @param limit the most to give, above 0; what is long is given in smaller parts, one event at
  ///   least
  /// @return in the order of positions; empty if there is no more
  public List<ParkedEvent> parked(String name, long from, int limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("One parked event at least is listed, got " + limit);
    }
    return builtIn(name)
        .map(_ -> List.<ParkedEvent>of())
        .orElseGet(() -> find(name).answers().parked(from, limit));
  }

  /// Takes a parked event, or a partition from its parked event on. The projection does not run
  /// meanwhile.
  ///
  /// @param name which projection
  /// @param position the position of the parked event
  /// @return why it is still parked, if it is
  public Optional<String> resume(String name, long position) {
    return resume(name, position, FoldProgress.UNHEARD);
  }

  /// Takes a parked event, or a partition from its parked event on; see [#resume(String, long)]. If
  /// it is ended on the way, the partition stays parked, from the event on that comes next.
  ///
  /// @param name which projection
  /// @param position the position of the parked event
  /// @param progress is told how far it is, and may end it, by an answer or a [ProjectionException]
  /// @return why it is still parked, if it is
  public Optional<String> resume(String name, long position, FoldProgress progress) {
    return find(name).resume(position, false, progress);
  }

  /// Leaves a parked event out for good, and takes what follows in its partition, if that is
  /// parked.
  ///
  /// @param name which projection
  /// @param position the position of the parked event
  /// @return why the partition is still parked, if it is
  public Optional<String> skip(String name, long position) {
    return skip(name, position, FoldProgress.UNHEARD);
  }

  /// Leaves a parked event out for good, and takes what follows in its partition, if that is
  /// parked; see [#resume(String, long, FoldProgress)].
  ///
  /// @param name which projection
  /// @param position the position of the parked event
  /// @param progress is told how far it is, and may end it
  /// @return why the partition is still parked, if it is
  public Optional<String> skip(String name, long position, FoldProgress progress) {
    return find(name).resume(position, true, progress);
  }

  // ---- another version beside

  /// Begins to build another version of a projection beside the one that answers. When it has come
  /// to the same place, it takes over in one commit; what the old version has emitted is not
  /// emitted again.
  ///
  /// @param name which projection
  /// @param query the script of the new version
  /// @param emitEnabled whether it may write; empty to leave that as it is
  public void buildBeside(String name, String query, Optional<Boolean> emitEnabled) {
    find(name).buildBeside(query, emitEnabled);
  }

  /// Gives up a version that is built beside.
  ///
  /// @param name which projection
  public void cancelBuilding(String name) {
    find(name).cancelBuilding();
  }

  // ---- debugging

  /// Opens a script of a projection so that it stops behind every event.
  ///
  /// @param name which projection
  /// @param start where it begins
  /// @param progress is told how far it is on the way there, and may end it
  /// @return the debugger; close it
  public ProjectionDebugger debug(String name, DebugStart start, FoldProgress progress) {
    return find(name).answers().debug(start, progress);
  }

  /// Opens a script that is no projection yet so that it stops behind every event.
  ///
  /// @param query the script
  /// @param from the first position that it is to stop at; those before it are folded
  /// @param progress is told how far it is on the way there, and may end it
  /// @return the debugger; close it
  /// @throws ProjectionFaultException if the script is none
  public ProjectionDebugger debugQuery(String query, long from, FoldProgress progress) {
    return ProjectionDebugger.of(host, host.compile("debugged", query, 0)).at(from, progress);
  }

  /// The events that a script of some definition is given, for whoever folds somewhere else.
  ///
  /// @param definition what is wanted
  /// @param after the last position that is not given; −1 to begin at the first
  /// @param limit the most events
  /// @param bytesMax with how many bytes together, one event at least
  /// @return the next of them that are there
  public ProjectionFeed feed(
      ProjectionDefinition definition, long after, int limit, long bytesMax) {
    return ProjectionFeed.read(host.store(), definition, after, limit, bytesMax);
  }

  /// The position behind which everything is that somebody has not read yet, who has read streams
  /// up to certain revisions: to go on with [#feed]. Where the streams were not read in the order
  /// of positions, some events behind it were read already.
  ///
  /// @param revisions the last one that was read of each stream; −1 for none
  /// @return the position; −1 for none
  public long behind(Map<StreamName, Long> revisions) {
    return ProjectionFeed.behind(host.store(), revisions);
  }

  // ---- the whole

  /// Stops all projections and starts those that are enabled, from what the log says. Queries that
  /// the log does not know go on.
  public void restart() {
    roster.restart();
  }

  /// Stops all projections, each behind a last step. What is enabled stays enabled. Closing twice
  /// does nothing.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    roster.close();
    workers.shutdown();
    lanes.shutdown();
    release.run();
  }
}

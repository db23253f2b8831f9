// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.AsOf;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ListOptions;
import io.leftfold.projections.reading.Cursor;
import io.leftfold.projections.storage.CheckpointRecord;
import io.leftfold.projections.storage.DefinitionRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// One projection that runs scripts: what is wanted of it, and what it does.
///
/// What is wanted is the log's; what runs is this process's. All that is done to a projection is
/// done under its lock, one thing after the other.
final class ManagedProjection {

  private static final System.Logger LOGGER = System.getLogger(ManagedProjection.class.getName());
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration PAUSE_MAX = Duration.ofMinutes(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final ProjectionHost host;
  private final Registry registry;
  private final Registry.Entry entry;
  private final ProjectionStreams streams;
  private final Runnable news;

  // What follows is guarded by the lock.

  private DefinitionRecord definition;
  private ProjectionState state = ProjectionState.STOPPED;
  private String reason = "";
  private @Nullable RunningProjection run;
  private @Nullable MemoryStates memory;
  private RunHints hints = RunHints.NONE;
  private OptionalLong againAt = OptionalLong.empty();
  private int failures;
  private long askedAt;
  private boolean wasStarted;
  private Optional<RunFigures> lastFigures = Optional.empty();
  private @Nullable Building building;
  private final StallWatch stalls;
  private boolean isUncertain;
  private boolean isClosed;

  /// @param news called when a run has ended
  ManagedProjection(
      ProjectionHost host,
      Registry registry,
      Registry.Entry entry,
      DefinitionRecord definition,
      Runnable news) {
    this.host = host;
    this.registry = registry;
    this.entry = entry;
    this.streams = entry.streams();
    this.definition = definition;
    this.news = news;
    this.stalls = new StallWatch(host);
    askedAt = host.options().clock().millis();
  }

  String name() {
    return entry.name();
  }

  ProjectionMode mode() {
    return ProjectionMode.of(definition.mode());
  }

  private interface Doing<T> {
    T run();
  }

  private <T> T locked(Doing<T> doing) {
    lock.lock();
    try {
      return doing.run();
    } finally {
      lock.unlock();
    }
  }

  /// Changes something. Of a change that fails nobody knows whether the log has it, so what the log
  /// says counts from then on.
  private <T> T changing(Doing<T> what) {
    return locked(() -> {
      if (isClosed) {
        throw new ProjectionException(
            ProjectionException.Reason.CLOSED,
            "Projection %s was closed meanwhile; if all were restarted, ask again"
                .formatted(name()));
      }
      if (isUncertain) {
        anew();
      }
      try {
        return what.run();
      } catch (LeftfoldException e) {
        isUncertain = true;
        throw e;
      }
    });
  }

  private void doing(Runnable what) {
    changing(() -> {
      what.run();
      return true;
    });
  }

  /// As if the store had just been opened.
  private void anew() {
    closeBuilding();
    halt(false);
    if (mode() != ProjectionMode.TRANSIENT) {
      try {
        definition = registry.definition(streams).orElse(definition);
      } catch (LeftfoldException e) {
        ended(new RunEnd.StoreFailed("Reading its definition failed: " + e.getMessage()));
        throw e;
      }
    }
    isUncertain = false;
    beginAnew();
    startBuilding();
  }

  // ---- running

  /// Goes on if it is wanted.
  void begin() {
    doing(() -> {
      sweep();
      if (definition.enabled()) {
        start();
      }
      startBuilding();
    });
  }

  private boolean isStored() {
    return mode() != ProjectionMode.TRANSIENT && !definition.checkpointsDisabled();
  }

  private void start() {
    againAt = OptionalLong.empty();
    RunSettings settings;
    try {
      settings = RunSettings.of(Configurations.config(definition), mode());
    } catch (IllegalArgumentException e) {
      // What others have written to the log.
      become(ProjectionState.FAULTED, String.valueOf(e.getMessage()));
      return;
    }
    var identity = identity();
    memory = isStored() ? null : new MemoryStates();
    run = open(identity, isStored() ? settings : settings.inMemory(), definition, hints, memory);
    state = ProjectionState.RUNNING;
    reason = "";
    wasStarted = true;
  }

  private RunningProjection open(
      RunIdentity identity,
      RunSettings settings,
      DefinitionRecord wanted,
      RunHints known,
      @Nullable MemoryStates inMemory) {
    var begun = host.newRun(news);
    begun.start(
        effects -> {
          var script = host.compile(name(), wanted);
          var opener = ScriptFold.opener(script, wanted.emitEnabled());
          return new RunCore(
              identity,
              settings,
              known,
              load(identity, script.definition(), inMemory),
              opener,
              host.options().clock(),
              effects);
        },
        core -> new Cursor(host.store(), Questions.of(core.definition()), core.position()),
        settings.config().pendingEventsThreshold(),
        inMemory);
    return begun;
  }

  private LoadedRun load(
      RunIdentity identity, ProjectionDefinition script, @Nullable MemoryStates inMemory) {
    var bytes = host.options().stateBytesMax();
    if (inMemory == null) {
      return LoadedRun.read(
          host.store(), identity, host.newId(), script, bytes, definition.trackEmittedStreams());
    }
    var states = new StateCache(inMemory, bytes);
    return new LoadedRun(
        CheckpointRecord.start(streams.id(), identity.epoch()),
        -1,
        states,
        new ParkedSet(),
        new StepMaker(
            host.store(), identity, host.newId(), script, states, new HashSet<>(), false));
  }

  /// Ends the run, waits for that, and has none begin by itself.
  private void halt(boolean abort) {
    if (run != null) {
      var how = (abort ? run.abort() : run.stop()).join();
      ended(how instanceof RunEnd.Again ? new RunEnd.Stopped() : how);
    }
    againAt = OptionalLong.empty();
  }

  private void ended(RunEnd how) {
    var figures = run == null ? Optional.<RunFigures>empty() : run.figures();
    run = null;
    switch (how) {
      case RunEnd.Stopped() -> become(ProjectionState.STOPPED, "");
      case RunEnd.Aborted() -> become(ProjectionState.ABORTED, "");
      case RunEnd.Completed() -> completed();
      case RunEnd.Faulted(var why) -> become(ProjectionState.FAULTED, why);
      case RunEnd.Fenced() ->
          become(
              ProjectionState.FAULTED,
              "Something else has written the checkpoint of projection %s; is it run elsewhere too?"
                  .formatted(name()));
      case RunEnd.StoreFailed(var why) -> {
        failures = figures.flatMap(RunFigures::lastStep).isPresent() ? 1 : failures + 1;
        var pause = PAUSE.multipliedBy(1L << Math.min(failures - 1, 16));
        var millis = Math.min(pause.toMillis(), PAUSE_MAX.toMillis());
        become(
            ProjectionState.FAULTED,
            "%s; projection %s begins again in %d s".formatted(why, name(), millis / 1000));
        againAt = OptionalLong.of(host.options().clock().millis() + millis);
      }
      case RunEnd.Again(var learned) -> {
        hints = learned;
        start();
      }
    }
    lastFigures = figures;
  }

  /// What nothing is kept of leaves its results, if it was told to.
  private void completed() {
    if (memory != null) {
      try {
        writeResults(memory);
      } catch (ProjectionFaultException e) {
        become(ProjectionState.FAULTED, String.valueOf(e.getMessage()));
        return;
      } catch (LeftfoldException | IllegalArgumentException e) {
        ended(RunEnd.of(e, "Writing ($w) results"));
        return;
      }
    }
    become(ProjectionState.COMPLETED, "");
  }

  /// On a worker, where scripts belong.
  private void writeResults(MemoryStates states) {
    var written =
        CompletableFuture.runAsync(
            () -> new QueryResults(host, streams, host.compile(name(), definition), states).write(),
            host.workers());
    try {
      written.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private void become(ProjectionState next, String why) {
    state = next;
    reason = why;
    if (next == ProjectionState.FAULTED) {
      LOGGER.log(System.Logger.Level.WARNING, "Projection {0} is faulted: {1}", name(), why);
    }
  }

  /// Looks after it: what has ended, what is to be tried again.
  void supervise() {
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (isClosed) {
        return;
      }
      var now = host.options().clock().millis();
      if (isUncertain && againAt.orElse(now) <= now) {
        anew();
      }
      if (run != null && run.ended().isDone()) {
        ended(run.ended().join());
      }
      if (againAt.isPresent() && againAt.getAsLong() <= now && !isUncertain) {
        start();
      }
      if (run != null) {
        run.tick();
        beginAgainIfStalled(run);
      }
      if (building != null) {
        superviseBuilding(building);
      }
    } catch (LeftfoldException e) {
      // The next time is soon.
      LOGGER.log(System.Logger.Level.WARNING, "Projection " + name(), e);
    } finally {
      lock.unlock();
    }
  }

  private void beginAgainIfStalled(RunningProjection running) {
    if (stalls.standsStill(running)) {
      stalls.reset();
      LOGGER.log(
          System.Logger.Level.WARNING,
          "Projection {0} stands still at position {1} though there are events ahead; it begins"
              + " again behind its checkpoint",
          name(),
          running.pulse().position());
      running.renew();
    }
  }

  /// Whether it is a query that nobody has asked about for long.
  boolean isForgotten() {
    return mode() == ProjectionMode.TRANSIENT
        && host.options().clock().millis() - askedAt >= host.options().queryExpiry().toMillis();
  }

  /// Ends it; what is wanted stays.
  void close() {
    locked(() -> {
      isClosed = true;
      closeBuilding();
      halt(false);
      return true;
    });
  }

  boolean isClosed() {
    return locked(() -> isClosed);
  }

  private void closeBuilding() {
    if (building != null) {
      building.close();
      building = null;
    }
  }

  // ---- what somebody wants

  void enable() {
    doing(() -> {
      if (isBeingDeleted()) {
        throw ProjectionException.wrongState(
            "Projection %s is being deleted; delete it again".formatted(name()));
      }
      hints = RunHints.NONE;
      failures = 0;
      want(definition.withEnabled(true));
      if (run == null) {
        start();
      }
    });
  }

  void disable() {
    doing(() -> {
      want(definition.withEnabled(false));
      halt(false);
      if (state != ProjectionState.COMPLETED) {
        become(ProjectionState.STOPPED, "");
      }
    });
  }

  void abort() {
    doing(() -> {
      want(definition.withEnabled(false));
      halt(true);
      become(ProjectionState.ABORTED, "");
    });
  }

  private void want(DefinitionRecord wanted) {
    if (!wanted.equals(definition)) {
      definition = mode() == ProjectionMode.TRANSIENT ? wanted : registry.update(streams, wanted);
    }
  }

  /// From zero.
  ///
  /// @param emitsAgain whether what was emitted is emitted again
  void reset(boolean emitsAgain) {
    doing(() -> {
      requireNotBuilding();
      halt(true);
      if (isStored()) {
        var before = checkpoint();
        var next = definition.version() + 1;
        var emitsFrom =
            emitsAgain
                ? 0
                : Math.max(before.checkpoint().emitsFrom(), before.checkpoint().position() + 1);
        var start =
            new CheckpointRecord(
                streams.id(), next, -1, emitsFrom, false, CheckpointRecord.Figures.NONE);
        definition = registry.update(streams, definition.withEpoch(next), before.revision(), start);
        sweep();
      }
      beginAnew();
    });
  }

  /// Another script, from the checkpoint on.
  void update(String query, Optional<Boolean> emitEnabled, Optional<String> properties) {
    doing(() -> {
      requireNotBuilding();
      halt(false);
      var wanted =
          definition.withQuery(
              query,
              emitEnabled.orElse(definition.emitEnabled()),
              properties.orElse(definition.properties()));
      if (state == ProjectionState.COMPLETED || !isStored()) {
        want(wanted);
        reset(false);
        return;
      }
      var before = checkpoint();
      definition =
          before.checkpoint().position() < 0
              ? registry.update(streams, wanted)
              : registry.update(
                  streams, wanted, before.revision(), before.checkpoint().withMixed(true));
      beginAnew();
    });
  }

  private void beginAnew() {
    hints = RunHints.NONE;
    failures = 0;
    // How far the last run was is no longer how far this is.
    lastFigures = Optional.empty();
    if (definition.enabled()) {
      start();
    } else {
      become(ProjectionState.STOPPED, "");
    }
  }

  private void requireNotBuilding() {
    if (definition.building().isPresent()) {
      throw ProjectionException.wrongState(
          "Projection %s is building another version beside; switch to it or cancel that first"
              .formatted(name()));
    }
  }

  void configure(ProjectionConfig config) {
    doing(() -> {
      if (run != null) {
        throw ProjectionException.wrongState(
            "Cannot update the config of a projection that hasn't been stopped or faulted.");
      }
      want(
          definition.withSettings(
              Configurations.settings(config),
              config.emitEnabled(),
              config.trackEmittedStreams(),
              config.failurePolicy().toString()));
    });
  }

  /// Deletes it, and what else is asked for.
  void delete(DefinitionRecord.Deletion what) {
    doing(() -> {
      if (run != null) {
        throw ProjectionException.wrongState(
            "Cannot delete a projection that hasn't been stopped or faulted.");
      }
      againAt = OptionalLong.empty();
      closeBuilding();
      if (mode() != ProjectionMode.TRANSIENT) {
        definition = registry.update(streams, definition.withDeletion(what));
        goOnDeleting();
      }
    });
  }

  /// Whether it was being deleted when something came in between.
  boolean isBeingDeleted() {
    return definition.deletion().isPresent();
  }

  void goOnDeleting() {
    new Sweeping(host.store(), streams).delete(definition.deletion().orElseThrow());
    registry.deleted(name());
  }

  /// Removes what epochs before have left. Epochs are counted up, so what comes to be meanwhile is
  /// kept.
  private void sweep() {
    var current = definition.epoch();
    sweep(epoch -> epoch >= current);
  }

  /// Beside all else, for there may be many.
  private void sweep(LongPredicate kept) {
    if (!isStored()) {
      return;
    }
    host.threads()
        .newThread(() -> {
          try {
            new Sweeping(host.store(), streams).states(kept);
          } catch (RuntimeException e) {
            // The next start goes on.
            LOGGER.log(System.Logger.Level.DEBUG, "Old states of projection " + name(), e);
          }
        })
        .start();
  }

  // ---- what somebody asks

  ProjectionQuery query() {
    return locked(() -> {
      var script = script();
      return new ProjectionQuery(
          name(),
          definition.query(),
          mode(),
          Configurations.config(definition),
          !definition.checkpointsDisabled() && mode() != ProjectionMode.TRANSIENT,
          script.map(CompiledProjection::definition),
          resultStream(script),
          definition.version(),
          definition.runAs().name(),
          definition.properties());
    });
  }

  private Optional<CompiledProjection> script() {
    try {
      return Optional.of(host.compile(name(), definition));
    } catch (ProjectionFaultException _) {
      return Optional.empty();
    }
  }

  private String resultStream(Optional<CompiledProjection> script) {
    return script
        .flatMap(compiled -> compiled.definition().results().stream())
        .orElseGet(() -> streams.result().value());
  }

  PartitionState state(String partition) {
    return ask(
        partition,
        fold -> fold.state(partition),
        () -> stored().partition(partition).map(StateStore.Stored::text).orElse(""));
  }

  PartitionState result(String partition) {
    return ask(
        partition,
        fold -> fold.result(partition),
        () -> {
          var states = new StateCache(stored(), host.options().stateBytesMax());
          try (var fold = host.compile(name(), definition).fold(states)) {
            return fold.result(partition);
          }
        });
  }

  private PartitionState ask(
      String partition, Function<Fold, String> running, Doing<String> otherwise) {
    var begun =
        locked(() -> {
          askedAt = host.options().clock().millis();
          return Optional.ofNullable(run);
        });
    var answer =
        begun.flatMap(one ->
            one.asked(core ->
                    core.ask(partition, running)
                        .map(json -> new PartitionState(json, core.position())))
                .flatMap(answered -> answered));
    return answer.orElseGet(
        () -> locked(() -> new PartitionState(otherwise.run(), position(figures()))));
  }

  private StateStore stored() {
    return memory != null
        ? memory
        : new StoredStates(host.store(), streams, definition.epoch(), AsOf.now());
  }

  private Optional<RunFigures> figures() {
    return run == null ? lastFigures : run.figures();
  }

  private long position(Optional<RunFigures> figures) {
    return figures.map(RunFigures::position).orElseGet(() -> checkpoint().checkpoint().position());
  }

  List<ParkedEvent> parked() {
    return locked(() ->
        ParkedSet.read(host.store(), streams, definition.epoch()).all().stream()
            .map(entry ->
                new ParkedEvent(
                    entry.position(),
                    entry.stream(),
                    entry.revision(),
                    entry.eventType(),
                    entry.partition(),
                    entry.wholePartition(),
                    entry.error(),
                    entry.stateBefore()))
            .toList());
  }

  List<String> partitions(String after, int limit) {
    return locked(() -> {
      if (memory != null) {
        return memory.names(after, limit);
      }
      var prefix = streams.partitionStates(definition.epoch());
      var options = ListOptions.all().withPrefix(prefix).limit(limit);
      return host
          .store()
          .streams(after.isEmpty() ? options : options.after(prefix + after))
          .stream()
          .map(summary -> summary.name().value().substring(prefix.length()))
          .toList();
    });
  }

  ProjectionStatistics statistics() {
    return locked(() ->
        new StatisticsOf(host, name(), mode(), definition, resultStream(Optional.empty()))
            .now(state, reason, wasStarted, figures(), run, registry, streams, building));
  }

  PartitionState past(
      String partition, AsOf moment, FoldProgress progress, PastFold.Asking asking) {
    var fold =
        locked(() ->
            new PastFold(
                host,
                streams,
                definition.epoch(),
                host.compile(name(), definition),
                FailurePolicy.of(definition.policy()),
                progress));
    return fold.at(moment, partition, asking);
  }

  ProjectionDebugger debug(DebugStart start, FoldProgress progress) {
    return locked(() -> {
      var script = host.compile(name(), definition);
      var current = checkpoint().checkpoint();
      var isAtCheckpoint = start instanceof DebugStart.Checkpoint;
      var debugger =
          new ProjectionDebugger(
              script,
              new Cursor(
                  host.store(),
                  Questions.of(script.definition()),
                  isAtCheckpoint ? current.position() : -1),
              isAtCheckpoint ? stored() : new MemoryStates());
      if (start instanceof DebugStart.Position(var position)) {
        debugger.runTo(position, progress);
      }
      return debugger;
    });
  }

  /// Folds what is parked.
  Optional<String> resume(long position, boolean skip) {
    return changing(() -> {
      var wasRunning = run != null;
      halt(false);
      try {
        var script = host.compile(name(), definition);
        var identity = identity();
        var loaded = load(identity, script.definition(), null);
        var entry =
            loaded
                .parked()
                .at(position)
                .orElseThrow(() ->
                    ProjectionException.wrongState(
                        "Nothing of projection %s is parked at position %d"
                            .formatted(name(), position)));
        return new CatchUp(host, identity, script, loaded, definition.emitEnabled(), entry)
            .run(skip);
      } finally {
        if (wasRunning) {
          start();
        }
      }
    });
  }

  /// The last one that was written for the current version.
  private Registry.Current checkpoint() {
    return registry.checkpoint(streams, definition.epoch());
  }

  private RunIdentity identity() {
    return RunIdentity.current(streams, definition.epoch(), definition.version(), entry.seed());
  }

  // ---- another version beside

  void buildBeside(String query, Optional<Boolean> emitEnabled) {
    doing(() -> {
      requireNotBuilding();
      if (!isStored() || mode() != ProjectionMode.CONTINUOUS) {
        throw ProjectionException.notPossible(
            "Only a continuous projection is built beside; %s is not".formatted(name()));
      }
      host.compile(name(), query, definition.settings().projectionExecutionTimeout());
      want(
          definition.withBuilding(
              Optional.of(
                  new DefinitionRecord.Building(
                      query,
                      emitEnabled.orElse(definition.emitEnabled()),
                      definition.version() + 1))));
      startBuilding();
    });
  }

  private void startBuilding() {
    definition
        .building()
        .ifPresent(wanted -> building = new Building(this::openBeside, host, streams, wanted));
  }

  private RunningProjection openBeside(DefinitionRecord.Building wanted, RunHints known) {
    var version =
        definition.withQuery(wanted.query(), wanted.emitEnabled(), definition.properties());
    return open(
        RunIdentity.beside(streams, wanted.epoch(), definition.version(), entry.seed()),
        RunSettings.of(Configurations.config(version), mode()).beside(),
        version,
        known,
        null);
  }

  void cancelBuilding() {
    doing(() -> {
      definition
          .building()
          .ifPresent(given -> {
            closeBuilding();
            want(definition.withBuilding(Optional.empty()));
            sweep(epoch -> epoch != given.epoch());
          });
    });
  }

  private void superviseBuilding(Building beside) {
    var here = figures().map(figures -> figures.checkpoint().position());
    var old = here.orElseGet(() -> checkpoint().checkpoint().position());
    if (beside.hasCome(old)) {
      switchOver(beside);
    }
  }

  /// The old version ends, the new one comes to the same place, and one commit makes it the current
  /// one.
  private void switchOver(Building beside) {
    var wasRunning = run != null;
    // Until the log has it, the log decides.
    isUncertain = true;
    halt(false);
    var before = checkpoint();
    var place = before.checkpoint().position();
    var built = beside.finish(place);
    if (built.isEmpty()) {
      isUncertain = false;
      if (wasRunning) {
        start();
      }
      return;
    }
    assert built.get().position() <= place : "what is built beside is ahead of the current version";
    var version = definition.building().orElseThrow();
    definition =
        registry.update(
            streams,
            definition
                .withQuery(version.query(), version.emitEnabled(), definition.properties())
                .withEpoch(version.epoch())
                .withBuilding(Optional.empty()),
            before.revision(),
            built.get().at(place, Math.max(before.checkpoint().emitsFrom(), place + 1)));
    isUncertain = false;
    building = null;
    sweep();
    beginAnew();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.LeftfoldException;
import io.leftfold.projections.storage.DefinitionRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// One projection that runs scripts: what is wanted of it, and what it does.
///
/// What is wanted is the log's; what runs is this process's. All that is done to a projection is
/// done under its lock, one thing after the other.
final class ManagedProjection {

  private static final System.Logger LOGGER = System.getLogger(ManagedProjection.class.getName());
  private final ProjectionHost host;
  private final Registry registry;
  private final Registry.Entry entry;
  private final ProjectionStreams streams;
  private final Runs beginning;
  private final ChangeLock lock;

  // What follows is guarded by the lock.

  private final Wanted wanted;
  private final RunKeeper runs;
  private long neededAt;
  private @Nullable Building building;

  // What follows is for whoever does not wait for the lock.

  private volatile boolean isForgotten;
  private volatile boolean isClosing;
  private volatile @Nullable Meanwhile meanwhile;

  /// How it is while what was parked is folded, which may take minutes: whoever looks at it, or at
  /// all of them, is not to wait so long.
  ///
  /// @param answers what is known
  /// @param statistics its figures
  private record Meanwhile(Answers answers, ProjectionStatistics statistics) {}

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
    this.wanted = new Wanted(registry, streams, definition);
    this.beginning = new Runs(host, entry, news);
    this.lock = new ChangeLock(entry.name(), this::anew);
    this.runs = new RunKeeper(host, entry, beginning, wanted::definition);
    neededAt = host.options().clock().millis();
  }

  String name() {
    return entry.name();
  }

  ProjectionMode mode() {
    return Runs.mode(definition());
  }

  /// As if the store had just been opened.
  private void anew() {
    closeBuilding();
    runs.halt(false);
    try {
      wanted.read();
    } catch (LeftfoldException e) {
      runs.failed("Reading its definition failed: " + e.getMessage());
      throw e;
    }
    beginAnew();
    startBuilding();
  }

  // ---- running

  /// Goes on if it is wanted.
  void begin() {
    lock.change(() -> {
      sweep();
      if (definition().enabled()) {
        runs.start();
      }
      startBuilding();
    });
  }

  private boolean isStored() {
    return Runs.isStored(definition());
  }

  /// Looks after it: what has ended, what is to be tried again.
  void supervise() {
    try {
      lock.whenFree(
          () -> !runs.isPausing(),
          () -> {
            runs.look();
            expire();
            if (building != null) {
              superviseBuilding(building);
            }
          });
    } catch (LeftfoldException e) {
      // The next time is soon.
      LOGGER.log(System.Logger.Level.WARNING, "Projection " + name(), e);
    }
  }

  /// Whether it is a query that has ended, and that nobody has asked about for long.
  boolean isForgotten() {
    return isForgotten;
  }

  private void expire() {
    var now = host.options().clock().millis();
    if (runs.isRunning()) {
      neededAt = now;
    }
    isForgotten =
        mode() == ProjectionMode.TRANSIENT
            && now - neededAt >= host.options().queryExpiry().toMillis();
  }

  /// Ends it; what is wanted stays.
  void close() {
    isClosing = true;
    lock.close(() -> {
      closeBuilding();
      runs.halt(false);
    });
  }

  boolean isClosed() {
    return lock.isClosed();
  }

  private void closeBuilding() {
    if (building != null) {
      building.close();
      building = null;
    }
  }

  // ---- what somebody wants

  void enable() {
    lock.change(() -> {
      if (isBeingDeleted()) {
        throw ProjectionException.wrongState(
            "Projection %s is being deleted; delete it again".formatted(name()));
      }
      runs.forget();
      wanted.become(definition().withEnabled(true));
      if (!runs.isRunning()) {
        runs.start();
      }
    });
  }

  void disable() {
    lock.change(() -> {
      wanted.become(definition().withEnabled(false));
      runs.halt(false);
      if (runs.state() != ProjectionState.COMPLETED) {
        runs.become(ProjectionState.STOPPED, "");
      }
    });
  }

  void abort() {
    lock.change(() -> {
      wanted.become(definition().withEnabled(false));
      runs.halt(true);
      runs.become(ProjectionState.ABORTED, "");
    });
  }

  private DefinitionRecord definition() {
    return wanted.definition();
  }

  /// From zero.
  ///
  /// @param emitsAgain whether what was emitted is emitted again
  void reset(boolean emitsAgain) {
    lock.change(() -> {
      requireNotBuilding();
      runs.halt(true);
      if (isStored()) {
        wanted.beginAtZero(emitsAgain);
        sweep();
      }
      beginAnew();
    });
  }

  /// Another script, from the checkpoint on.
  void update(String query, Optional<Boolean> emitEnabled, Optional<String> properties) {
    lock.change(() -> {
      requireNotBuilding();
      var next =
          definition()
              .withQuery(
                  query,
                  emitEnabled.orElse(definition().emitEnabled()),
                  properties.orElse(definition().properties()));
      emitEnabled.ifPresent(_ -> Configurations.checked(name(), next));
      runs.halt(false);
      if (runs.state() == ProjectionState.COMPLETED || !isStored()) {
        wanted.become(next);
        reset(false);
        return;
      }
      wanted.goOnWith(next);
      beginAnew();
    });
  }

  private void beginAnew() {
    runs.forget();
    if (definition().enabled()) {
      runs.start();
    } else {
      runs.become(ProjectionState.STOPPED, "");
    }
  }

  private void requireNotBuilding() {
    if (definition().building().isPresent()) {
      throw ProjectionException.wrongState(
          "Projection %s is building another version beside; switch to it or cancel that first"
              .formatted(name()));
    }
  }

  void configure(ProjectionConfig config) {
    lock.change(() -> {
      if (runs.isRunning()) {
        throw ProjectionException.wrongState(
            "Cannot update the config of a projection that hasn't been stopped or faulted.");
      }
      wanted.become(configured(config));
    });
  }

  private DefinitionRecord configured(ProjectionConfig config) {
    return Configurations.checked(name(), Configurations.over(definition(), config));
  }

  /// Configures it whether it runs or not, and what is built beside with it. One that is enabled
  /// goes on, unless it has come to its end.
  void reconfigure(ProjectionConfig config) {
    lock.change(() -> {
      var next = configured(config);
      closeBuilding();
      runs.halt(false);
      wanted.become(next);
      if (definition().enabled() && runs.state() != ProjectionState.COMPLETED) {
        beginAnew();
      }
      startBuilding();
    });
  }

  /// Ends it for good, and says what is to be deleted: [#deleteStreams] does it.
  void delete(DefinitionRecord.Deletion what) {
    lock.change(() -> {
      if (runs.isRunning()) {
        throw ProjectionException.wrongState(
            "Cannot delete a projection that hasn't been stopped or faulted.");
      }
      runs.halt(false);
      closeBuilding();
      if (mode() != ProjectionMode.TRANSIENT) {
        wanted.become(definition().withDeletion(what));
      }
    });
  }

  /// Whether what it has left is being deleted, or was when something came in between.
  boolean isBeingDeleted() {
    return definition().deletion().isPresent();
  }

  /// Deletes what is to go with it. There may be much: not under the lock, whose owner others wait
  /// for.
  ///
  /// @param goesOn whether to delete the next stream; asked in front of each
  void deleteStreams(BooleanSupplier goesOn) {
    new Sweeping(host.store(), streams, goesOn).delete(definition().deletion().orElseThrow());
  }

  /// Removes what epochs before have left. Epochs are counted up, so what comes to be meanwhile is
  /// kept.
  private void sweep() {
    var current = definition().epoch();
    sweep(epoch -> epoch >= current);
  }

  private void sweep(LongPredicate kept) {
    if (isStored()) {
      new Sweeping(host.store(), streams, () -> true).begin(host.threads(), kept);
    }
  }

  // ---- what somebody asks

  /// What is known now.
  Answers answers() {
    var known = meanwhile;
    if (known != null) {
      return known.answers();
    }
    return lock.looking(() -> {
      neededAt = host.options().clock().millis();
      return runs.answers(registry);
    });
  }

  /// How it is, for somebody who asks about this one.
  ProjectionStatistics statisticsAsked() {
    var known = meanwhile;
    if (known != null) {
      return known.statistics();
    }
    return lock.looking(() -> {
      neededAt = host.options().clock().millis();
      return runs.statistics(registry, building);
    });
  }

  /// How it is, for a list of all.
  ProjectionStatistics statistics() {
    var known = meanwhile;
    return known != null
        ? known.statistics()
        : lock.looking(() -> runs.statistics(registry, building));
  }

  /// Folds what is parked.
  ///
  /// @param progress is told how far it is, and may end it
  Optional<String> resume(long position, boolean skip, FoldProgress progress) {
    return lock.changing(() -> {
      var wasRunning = runs.isRunning();
      runs.halt(false);
      if (wasRunning) {
        runs.become(ProjectionState.STOPPED, "It goes on when what was parked is folded");
      }
      meanwhile = new Meanwhile(runs.answers(registry), runs.statistics(registry, building));
      try {
        return beginning
            .catchUp(definition(), position)
            .run(skip, (at, end, events) -> !isClosing && progress.at(at, end, events));
      } finally {
        if (wasRunning) {
          runs.start();
        }
        meanwhile = null;
      }
    });
  }

  // ---- another version beside

  void buildBeside(String query, Optional<Boolean> emitEnabled) {
    lock.change(() -> {
      requireNotBuilding();
      if (!isStored() || mode() != ProjectionMode.CONTINUOUS) {
        throw ProjectionException.notPossible(
            "Only a continuous projection is built beside; %s is not".formatted(name()));
      }
      host.requireScript(name(), query, definition().settings().projectionExecutionTimeout());
      wanted.build(query, emitEnabled.orElse(definition().emitEnabled()));
      startBuilding();
    });
  }

  private void startBuilding() {
    definition()
        .building()
        .filter(_ -> host.running().test(name()))
        .ifPresent(beside ->
            building =
                new Building(
                    (version, known) -> beginning.beside(definition(), version, known),
                    host,
                    streams,
                    beside));
  }

  void cancelBuilding() {
    lock.change(() -> {
      definition()
          .building()
          .ifPresent(given -> {
            closeBuilding();
            wanted.become(definition().withBuilding(Optional.empty()));
            sweep(epoch -> epoch != given.epoch());
          });
    });
  }

  private void superviseBuilding(Building beside) {
    var here = runs.answers(registry).figures().map(figures -> figures.checkpoint().position());
    var old = here.orElseGet(() -> wanted.checkpoint().checkpoint().position());
    if (beside.hasCome(old)) {
      switchOver(beside);
    }
  }

  /// The old version ends, the new one comes to the same place, and one commit makes it the current
  /// one.
  private void switchOver(Building beside) {
    var wasRunning = runs.isRunning();
    var hasSwitched =
        lock.inDoubt(() -> {
          runs.halt(false);
          var before = wanted.checkpoint();
          var built = beside.finish(before.checkpoint().position());
          built.ifPresent(checkpoint -> wanted.switchOver(before, checkpoint));
          return built.isPresent();
        });
    if (hasSwitched) {
      building = null;
      sweep();
      beginAnew();
    } else if (wasRunning) {
      runs.start();
    }
  }
}

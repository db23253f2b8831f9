// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.projections.storage.DefinitionRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// The projections that there are, by name, and the thread that looks after them.
final class Roster implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(Roster.class.getName());
  private static final long LOOK_MILLIS = 100;

  private final ProjectionHost host;
  private final Registry registry;
  private final LinkedBlockingQueue<Boolean> news = new LinkedBlockingQueue<>(1);
  private final Map<String, ManagedProjection> projections = new ConcurrentSkipListMap<>();
  private final Map<String, BuiltIn> builtIns = new ConcurrentSkipListMap<>();
  private final Deletions deletions;
  private volatile boolean closed;

  Roster(ProjectionHost host) {
    this.host = host;
    deletions = new Deletions(host.threads());
    registry = new Registry(host.store(), host::newId);
  }

  /// Finds those that the log knows, has those run that are enabled, and looks after them.
  synchronized void open() {
    load();
    var supervisor = host.threads().newThread(this::supervise);
    supervisor.setName("leftfold-projections");
    supervisor.start();
  }

  private void load() {
    var entries = registry.all();
    BuiltIn.all(host, registry, entries).forEach(one -> builtIns.put(one.name(), one));
    for (var entry : entries) {
      if (deletions.isUnderWay(entry.name())) {
        continue;
      }
      registry
          .definition(entry.streams())
          .filter(definition -> definition.handlerType().equals(DefinitionRecord.SCRIPT))
          .ifPresent(definition -> {
            var managed = manage(entry, definition);
            if (managed.isBeingDeleted()) {
              var _ = deleteStreams(managed);
            } else {
              projections.put(entry.name(), managed);
              managed.begin();
            }
          });
    }
  }

  /// Goes on deleting beside all else: no other one waits for it to be opened, made or looked at.
  private CompletableFuture<Void> deleteStreams(ManagedProjection projection) {
    return deletions.begin(
        projection.name(),
        () -> {
          projection.deleteStreams(() -> !closed);
          isGone(projection.name());
        },
        why -> isStillThere(projection, why));
  }

  private synchronized void isGone(String name) {
    registry.deleted(name);
  }

  private synchronized void isStillThere(ManagedProjection projection, RuntimeException why) {
    projections.putIfAbsent(projection.name(), projection);
    if (!closed) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "Projection {0} could not be deleted; delete it again: {1}",
          projection.name(),
          why.getMessage());
    }
  }

  private ManagedProjection manage(Registry.Entry entry, DefinitionRecord definition) {
    return new ManagedProjection(host, registry, entry, definition, () -> news.offer(true));
  }

  private void supervise() {
    while (!closed) {
      try {
        news.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException _) {
        return;
      }
      projections.values().forEach(Roster::superviseOne);
      for (var forgotten : all(ManagedProjection::isForgotten)) {
        projections.remove(forgotten.name());
        forgotten.close();
      }
    }
  }

  /// What nobody foresaw of one is not to leave the others without anybody who looks after them.
  private static void superviseOne(ManagedProjection projection) {
    try {
      projection.supervise();
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.ERROR, "Looking after projection " + projection.name(), e);
    }
  }

  private List<ManagedProjection> all(Predicate<ManagedProjection> which) {
    return projections.values().stream().filter(which).toList();
  }

  ManagedProjection find(String name) {
    if (closed) {
      throw new ProjectionException(
          ProjectionException.Reason.CLOSED, "The projections of this store were closed");
    }
    var found = projections.get(name);
    if (found == null) {
      throw builtIns.containsKey(name)
          ? ProjectionException.notPossible(
              "Projection %s is answered by the index; there is no script, state or result"
                  .formatted(name))
          : ProjectionException.notFound(name);
    }
    return found;
  }

  Optional<BuiltIn> builtIn(String name) {
    return Optional.ofNullable(closed ? null : builtIns.get(name));
  }

  void create(NewProjection projection) {
    var name = projection.name();
    Names.check(name);
    // Why it could not be deleted is known to whoever wanted that.
    deletions.of(name).ifPresent(before -> Deletions.await(before.exceptionally(_ -> null)));
    createNow(name, projection);
  }

  private synchronized void createNow(String name, NewProjection projection) {
    if (deletions.isUnderWay(name)) {
      throw ProjectionException.wrongState(
          "A projection %s is being deleted, and has many streams; create the new one later"
              .formatted(name));
    }
    if (projections.containsKey(name) || builtIns.containsKey(name)) {
      throw ProjectionException.exists(name);
    }
    var wanted = Configurations.checked(name, Configurations.definition(projection));
    ManagedProjection managed;
    if (projection.mode() == ProjectionMode.TRANSIENT) {
      managed = manage(new Registry.Entry(name, -1, host.newId()), wanted);
    } else {
      var created = registry.create(name, wanted);
      managed = manage(created.getKey(), created.getValue());
    }
    projections.put(name, managed);
    managed.begin();
  }

  void delete(String name, DefinitionRecord.Deletion what) {
    var projection = find(name);
    projection.delete(what);
    isOut(projection).ifPresent(Deletions::await);
  }

  /// @return what is left to do, if anything is
  private synchronized Optional<CompletableFuture<Void>> isOut(ManagedProjection projection) {
    var name = projection.name();
    return projections.remove(name, projection) && projection.isBeingDeleted() && !closed
        ? Optional.of(deleteStreams(projection))
        : deletions.of(name);
  }

  /// How each is, in the order of their names.
  List<ProjectionStatistics> statistics() {
    var all = new ArrayList<ProjectionStatistics>();
    builtIns.values().forEach(one -> all.add(one.statistics()));
    projections.values().forEach(one -> all.add(one.statistics()));
    all.sort(Comparator.comparing(ProjectionStatistics::name));
    return List.copyOf(all);
  }

  synchronized void restart() {
    all(one -> one.mode() != ProjectionMode.TRANSIENT).forEach(ManagedProjection::close);
    load();
    projections.values().removeIf(ManagedProjection::isClosed);
  }

  @Override
  public void close() {
    closeAll();
    // They end in front of the next stream, and the next start goes on.
    deletions.all().forEach(deletion -> deletion.exceptionally(_ -> null).join());
  }

  private synchronized void closeAll() {
    closed = true;
    // Not by an interrupt: it may be waiting for the store.
    news.offer(true);
    all(_ -> true).forEach(ManagedProjection::close);
  }
}

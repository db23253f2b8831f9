// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.EventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.UnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/// All groups of a store. They are found again in `$persistentSubscriptionConfig` when it starts,
/// and every change is written there before it is answered.
///
/// What changes groups waits for the store, and is done one after the other; connecting and
/// answering as a consumer never waits.
public final class Groups implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(Groups.class.getName());

  /// How much is looked at of what is parked, at a time.
  private static final long PARKED_BYTES = 1 << 20;

  private final EventStore store;
  private final Clock clock;
  private final Supplier<UUID> ids;
  private final ThreadFactory threads;
  private final ConfiguredGroups configuration;

  /// Changed under the lock of this object.
  private final Map<GroupId, RunningGroup> groups = new ConcurrentHashMap<>();

  /// What is configured and no group, by the ids they would have. Changed under the same lock.
  private final Map<String, Configured.Unusable> unusable = new ConcurrentHashMap<>();

  private final Map<GroupId, Runnable> shown = new HashMap<>();
  private Function<GroupId, Runnable> show = _ -> () -> {};

  private volatile boolean ready;
  private volatile Optional<String> failure = Optional.empty();
  private boolean closed;

  /// The groups of a store, which it does not own. None runs before [#start].
  ///
  /// @param store what is read, and where groups keep what is theirs
  /// @param storeId tells its positions from those of other stores
  /// @param clock for timeouts
  /// @param ids of what groups write
  /// @param threads makes virtual threads
  public Groups(
      EventStore store, UUID storeId, Clock clock, Supplier<UUID> ids, ThreadFactory threads) {
    this.store = store;
    this.clock = clock;
    this.ids = ids;
    this.threads = threads;
    this.configuration = new ConfiguredGroups(store, storeId, clock, ids);
  }

  /// Tells of each group that there is from now on.
  ///
  /// @param watcher is given its id, and gives what is run when the group is gone
  public synchronized void onEach(Function<GroupId, Runnable> watcher) {
    show = watcher;
  }

  // ---- all of them

  /// Lets all groups run that can. Waits for the store, which must answer everything. May be tried
  /// again if it fails.
  ///
  /// @throws LeftfoldException if the store does not
  /// @throws IllegalStateException if what is configured cannot be read at all
  public synchronized void start() {
    if (ready || closed) {
      return;
    }
    try {
      var configured = configuration.read();
      configured.unusable().forEach(this::keep);
      configured.groups().forEach(this::run);
    } catch (RuntimeException e) {
      failure = Optional.of(String.valueOf(e.getMessage()));
      unusable.clear();
      stopAll(id -> GroupException.of(GroupException.Kind.DROPPED, id));
      throw e;
    }
    failure = Optional.empty();
    ready = true;
  }

  private void keep(Configured.Unusable entry) {
    unusable.put(entry.id(), entry);
    LOGGER.log(
        System.Logger.Level.WARNING,
        "Group {0} is configured and does not run: {1}",
        entry.id(),
        entry.reason());
  }

  /// Why no group runs.
  ///
  /// @return what went wrong in [#start], in words; empty if nothing did
  public Optional<String> failure() {
    return failure;
  }

  /// The groups that are configured and do not run.
  ///
  /// @return why not, by their ids
  public SortedMap<String, String> unusable() {
    var reasons = new TreeMap<String, String>();
    unusable.forEach((id, entry) -> reasons.put(id, entry.reason()));
    return reasons;
  }

  private void run(GroupDefinition definition) {
    var streams = streams(definition.id());
    var group = new RunningGroup(store, definition, streams.checkpoint(), streams, clock, threads);
    group.start();
    groups.put(definition.id(), group);
    shown.computeIfAbsent(definition.id(), show);
  }

  private GroupStreams streams(GroupId id) {
    return new GroupStreams(store, id, clock, ids);
  }

  /// Ends all groups and begins again with what is configured. Consumers are dropped.
  public synchronized void restart() {
    checkReady();
    stopAll(id -> GroupException.of(GroupException.Kind.DROPPED, id));
    ready = false;
    unusable.clear();
    start();
  }

  /// Ends all groups; the last checkpoints are written. Consumers are dropped.
  @Override
  public synchronized void close() {
    closed = true;
    ready = false;
    stopAll(_ ->
        new UnavailableException(
            UnavailableException.Reason.CLOSED, "The persistent subscriptions were closed"));
  }

  private void stopAll(Function<GroupId, RuntimeException> reason) {
    var stopping = new ArrayList<CompletableFuture<Void>>();
    groups.forEach((id, group) -> stopping.add(group.stop(reason.apply(id))));
    groups.clear();
    shown.values().forEach(Runnable::run);
    shown.clear();
    stopping.forEach(Groups::await);
  }

  // ---- one of them

  /// Makes a group.
  ///
  /// @param definition which, how
  /// @param user who does it
  /// @throws GroupException if there is one, or it cannot be
  public synchronized void create(GroupDefinition definition, String user) {
    checkReady();
    var id = definition.id();
    if (groups.containsKey(id)) {
      throw GroupException.of(GroupException.Kind.EXISTS, id);
    }
    checkStart(definition);
    checkFilter(definition);
    var streams = streams(id);
    // Of a group of this name that was being deleted when the server was killed.
    streams.delete();
    if (definition.settings().start() == GroupSettings.END) {
      streams.writeCheckpoint(last(id.source()).orElse(-1));
    }
    write(Optional.of(definition), Set.of(), user);
    unusable.remove(id.toString());
    run(definition);
  }

  private void checkStart(GroupDefinition definition) {
    var start = definition.settings().start();
    var last = last(definition.id().source()).orElse(-1);
    if (start > 0 && start > last + 1) {
      throw GroupException.failed(
          definition.id(),
          "startFrom is beyond the end: got %s, and the last event is at %s"
              .formatted(
                  definition.id().source().text(start), definition.id().source().text(last)));
    }
  }

  private void checkFilter(GroupDefinition definition) {
    GroupConfiguration.objection(definition.filter())
        .ifPresent(objection -> {
          throw GroupException.failed(definition.id(), objection);
        });
    try {
      store.subscribeToAll(SubscribeOptions.fromEnd().filteredBy(definition.filter())).close();
    } catch (IllegalArgumentException e) {
      throw GroupException.failed(definition.id(), String.valueOf(e.getMessage()));
    }
  }

  /// Changes how a group works; it keeps its filter and its checkpoint. Consumers are dropped.
  ///
  /// @param id which
  /// @param settings how
  /// @param user who does it
  /// @throws GroupException if there is no such group
  public synchronized void update(GroupId id, GroupSettings settings, String user) {
    var group = existing(id);
    var changed = group.definition().with(settings);
    write(Optional.of(changed), Set.of(), user);
    await(group.stop(GroupException.of(GroupException.Kind.DROPPED, id)));
    run(changed);
  }

  /// Deletes a group, its checkpoint and its parked events. Consumers are dropped.
  ///
  /// @param id which
  /// @param user who does it
  /// @throws GroupException if there is no such group
  public synchronized void delete(GroupId id, String user) {
    checkReady();
    if (unusable.containsKey(id.toString())) {
      write(Optional.empty(), Set.of(id), user);
      unusable.remove(id.toString());
      streams(id).delete();
      return;
    }
    var group = existing(id);
    write(Optional.empty(), Set.of(id), user);
    groups.remove(id);
    Objects.requireNonNull(shown.remove(id), "A group that runs is shown").run();
    await(group.stop(GroupException.of(GroupException.Kind.DROPPED, id)));
    streams(id).delete();
  }

  private void write(Optional<GroupDefinition> changed, Set<GroupId> without, String user) {
    var all = new TreeMap<String, GroupDefinition>();
    groups.values().stream()
        .map(RunningGroup::definition)
        .filter(definition -> !without.contains(definition.id()))
        .forEach(definition -> all.put(definition.id().toString(), definition));
    changed.ifPresent(definition -> all.put(definition.id().toString(), definition));
    var kept = new TreeMap<>(unusable);
    without.forEach(id -> kept.remove(id.toString()));
    kept.keySet().removeAll(all.keySet());
    configuration.write(all.values(), kept.values(), user);
  }

  /// Hands parked events out again, before anything new.
  ///
  /// @param id which group
  /// @param stopAt the first place in its parked stream that is left alone; empty for all
  /// @throws GroupException if there is no such group, or it does so already
  public void replayParked(GroupId id, OptionalLong stopAt) {
    await(existing(id).replay(stopAt.orElse(Long.MAX_VALUE)));
  }

  /// Hands a few parked events out again, before anything new.
  ///
  /// @param id which group
  /// @param parkedAt their places in its parked stream
  /// @throws GroupException if there is no such group, or it does so already, or more than a few
  ///   thousand were replayed here and there among those that stay parked
  public void replayChosen(GroupId id, Set<Long> parkedAt) {
    await(existing(id).replayChosen(Set.copyOf(parkedAt)));
  }

  /// Forgets parked events.
  ///
  /// @param id which group
  /// @param stopAt the first place in its parked stream that is left alone; empty for all
  /// @throws GroupException if there is no such group
  public void truncateParked(GroupId id, OptionalLong stopAt) {
    await(existing(id).truncate(stopAt.orElse(Long.MAX_VALUE)));
  }

  /// Adds a consumer to a group, or tells it why not. Never waits.
  ///
  /// @param id which group
  /// @param consumer is told
  /// @param bufferSize the most events it has at a time
  public void connect(GroupId id, GroupConsumer consumer, int bufferSize) {
    existing(id).connect(consumer, bufferSize);
  }

  // ---- looking

  /// How a group is.
  ///
  /// @param id which
  /// @return as of this moment
  /// @throws GroupException if there is no such group
  public GroupInfo info(GroupId id) {
    return await(existing(id).info(last(id.source())));
  }

  /// How a group stands, for those who only look: it is not waited for, be it busy or gone.
  ///
  /// @param id which
  /// @param patience how long to wait for its answer
  /// @return as of this moment; empty if it does not answer
  public Optional<Standing> standing(GroupId id, Duration patience) {
    var group = groups.get(id);
    if (group == null) {
      return Optional.empty();
    }
    try {
      var info = group.info(OptionalLong.empty()).get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return Optional.of(new Standing(info, GroupLag.of(store, info, clock.instant())));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException | LeftfoldException _) {
      return Optional.empty();
    }
  }

  /// How a group stands.
  ///
  /// @param info what is where
  /// @param lag how far it is behind
  public record Standing(GroupInfo info, GroupLag lag) {}

  /// The groups of a stream.
  ///
  /// @param stream which
  /// @return their names, in order; none if groups do not run
  public List<String> names(StreamName stream) {
    var source = new GroupSource.OfStream(stream);
    return groups.keySet().stream()
        .filter(id -> id.source().equals(source))
        .map(GroupId::name)
        .sorted()
        .toList();
  }

  /// How all groups are.
  ///
  /// @return by their names
  public List<GroupInfo> list() {
    checkReady();
    return groups.keySet().stream()
        .sorted(java.util.Comparator.comparing(GroupId::toString))
        .map(this::info)
        .toList();
  }

  /// How the groups of one source are.
  ///
  /// @param source what they read
  /// @return by their names
  /// @throws GroupException if there are none
  public List<GroupInfo> list(GroupSource source) {
    var found =
        list().stream().filter(info -> info.definition().id().source().equals(source)).toList();
    if (found.isEmpty()) {
      throw GroupException.noneOf(source);
    }
    return found;
  }

  /// Parked events, without those that were replayed.
  ///
  /// @param id which group
  /// @param from the first place in its parked stream
  /// @param limit how many at most; fewer if they are large
  /// @return in the order of parking; none if there are no more
  /// @throws GroupException if there is no such group
  public List<ParkedEvent> parked(GroupId id, long from, int limit) {
    var group = existing(id);
    var streams = streams(id);
    var last = streams.parked() instanceof StreamState.Present(_, var revision) ? revision : -1;
    var replayed = streams.replayed(from, last);
    var found = new ArrayList<ParkedEvent>();
    var bytes = 0L;
    try (var read = streams.readParked(from, group.definition().settings().resolveLinks())) {
      var next = read.next();
      while (next.isPresent()) {
        if (!replayed.contains(next.get().parkedAt())) {
          found.add(next.get());
          bytes += next.get().bytes();
        }
        var goesOn = found.size() < limit && bytes < PARKED_BYTES;
        next = goesOn ? read.next() : Optional.empty();
      }
    }
    return found;
  }

  private OptionalLong last(GroupSource source) {
    return switch (source) {
      case GroupSource.OfStream(var stream) ->
          store.state(stream) instanceof StreamState.Present(_, var last)
              ? OptionalLong.of(last)
              : OptionalLong.empty();
      case GroupSource.OfAll() ->
          store.lastPosition().map(OptionalLong::of).orElse(OptionalLong.empty());
    };
  }

  private RunningGroup existing(GroupId id) {
    checkReady();
    var group = groups.get(id);
    if (group == null) {
      var entry = unusable.get(id.toString());
      throw entry == null
          ? GroupException.of(GroupException.Kind.MISSING, id)
          : GroupException.failed(id, entry.reason());
    }
    return group;
  }

  private void checkReady() {
    if (!ready) {
      throw new UnavailableException(
          UnavailableException.Reason.CLOSED,
          "The persistent subscriptions are not running: the store is still being opened, or closed");
    }
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.AppendCondition;
import io.leftfold.api.AsOf;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.toolkit.RememberedStates.Remembered;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// The left fold over what a boundary holds, event by event as they are read.
final class BoundaryFold<S, E> {

  private final EventStore store;
  private final Decider<?, S, E, ?> decider;
  private final EventCodec<E> codec;
  private final UnknownEvents unknownEvents;
  private final RememberedStates<S> memory;
  private final @Nullable StoredStates<S> stored;

  /// Whoever purges is alone: otherwise a snapshot that is about to be deleted could be read, and
  /// what it says be remembered or kept behind the purge.
  private final ReadWriteLock purging = new ReentrantReadWriteLock();

  BoundaryFold(
      EventStore store,
      Decider<?, S, E, ?> decider,
      EventCodec<E> codec,
      HandlingOptions options,
      @Nullable Snapshots<S> snapshots) {
    this.store = store;
    this.decider = decider;
    this.codec = codec;
    this.unknownEvents = options.unknownEvents();
    this.memory = new RememberedStates<>(options.rememberedStatesMax());
    this.stored = snapshots == null ? null : new StoredStates<>(store, snapshots);
  }

  /// What a boundary holds now, beginning at what is remembered of it.
  Grounds<S> of(Boundary<E> boundary) {
    var key = key(boundary);
    long generation;
    Remembered<S> from;
    purging.readLock().lock();
    try {
      generation = memory.generation();
      from = memory.of(key).orElseGet(() -> kept(boundary));
    } finally {
      purging.readLock().unlock();
    }
    var grounds = asOf(boundary, AsOf.now(), from).foldedIn(generation);
    memory.remember(key, grounds.folded(), generation);
    return grounds;
  }

  private Remembered<S> kept(Boundary<E> boundary) {
    return stored == null ? nothing() : stored.of(boundary).orElseGet(this::nothing);
  }

  /// Keeps what was folded in the store too, if there is enough of it that is not kept yet.
  void keep(Boundary<E> boundary, Grounds<S> grounds) {
    var folded = grounds.folded();
    var generation = grounds.generation();
    if (stored == null || !stored.wants(folded)) {
      return;
    }
    purging.readLock().lock();
    try {
      if (generation == memory.generation() && stored.keep(boundary, folded)) {
        memory.remember(key(boundary), folded.saved(), generation);
      }
    } finally {
      purging.readLock().unlock();
    }
  }

  /// Forgets what was folded of anything, in memory, and what is kept of streams and of all queries
  /// in the store. What is being folded meanwhile is neither remembered nor kept.
  ///
  /// @return the streams of the snapshots that were there
  List<StreamName> purge(Set<StreamName> streams) {
    purging.writeLock().lock();
    try {
      memory.forgetAll();
      return stored == null ? List.of() : stored.forget(streams);
    } finally {
      purging.writeLock().unlock();
    }
  }

  /// What the events of a boundary amounted to at a moment, beginning at what is kept of it, if
  /// that is not newer. What is remembered would be: it is of now.
  S stateAsOf(Boundary<E> boundary, AsOf moment) {
    Remembered<S> from;
    purging.readLock().lock();
    try {
      from = kept(boundary);
    } finally {
      purging.readLock().unlock();
    }
    return asOf(boundary, moment, from).folded().state();
  }

  private Object key(Boundary<E> boundary) {
    return switch (boundary) {
      case Boundary.OfStream<E>(var stream) -> stream;
      case Boundary.OfQuery<E>(var query, _) -> query;
    };
  }

  private Remembered<S> nothing() {
    return new Remembered<>(decider.initialState(), -1, 0, 0, Remembered.Unsaved.NOTHING);
  }

  private Grounds<S> asOf(Boundary<E> boundary, AsOf moment, Remembered<S> from) {
    var options = ReadOptions.forwards().asOf(moment).from(from.next());
    return switch (boundary) {
      case Boundary.OfStream<E>(var stream) -> ofStream(stream, options, from);
      case Boundary.OfQuery<E>(var query, _) -> ofQuery(query, options, from);
    };
  }

  private Grounds<S> ofStream(StreamName stream, ReadOptions options, Remembered<S> from) {
    try (var events = store.read(stream, options)) {
      if (from.next() > 0 && !from.isOf(events.state())) {
        return ofStream(stream, options.from(0), nothing());
      }
      return switch (events.state()) {
        case StreamState.Absent(), StreamState.Deleted(_) ->
            new Grounds<>(nothing(), ExpectedState.noStream(), List.of());
        case StreamState.Present(var first, var last) ->
            new Grounds<>(
                fold(events, from, first, last + 1), ExpectedState.atRevision(last), List.of());
        case StreamState.Tombstoned() -> throw new StreamTombstonedException(stream);
      };
    }
  }

  private Grounds<S> ofQuery(Query query, ReadOptions options, Remembered<S> from) {
    try (var events = store.read(query, options)) {
      var head = events.head();
      if (from.next() > head.end()) {
        return ofQuery(query, options.from(0), nothing());
      }
      var condition = AppendCondition.noneMatch(query).after(head);
      return new Grounds<>(
          fold(events, from, 0, head.end()), ExpectedState.any(), List.of(condition));
    }
  }

  private Remembered<S> fold(EventRead events, Remembered<S> from, long firstVisible, long next) {
    var begun = System.nanoTime();
    var state = from.state();
    var lastPosition = from.lastPosition();
    var count = 0L;
    for (var resolved : events) {
      var event = resolved.original();
      state = decider.fold(state, meaning(event));
      lastPosition = event.position();
      count++;
    }
    var unsaved = from.unsaved().plus(count, System.nanoTime() - begun);
    return new Remembered<>(state, lastPosition, firstVisible, next, unsaved);
  }

  /// What an event means to the application; nothing, if it is unknown and may be.
  List<E> meaning(RecordedEvent event) {
    return unknownEvents.meaning(codec, event);
  }
}

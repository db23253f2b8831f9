// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.SubscriptionMessage.CaughtUp;
import io.leftfold.api.SubscriptionMessage.Checkpoint;
import io.leftfold.api.SubscriptionMessage.Event;
import io.leftfold.api.SubscriptionMessage.FellBehind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The events that a projection folds, as they are read or as they come.
final class ProjectionSource {

  private static final long BATCH_BYTES_MAX = 4 << 20;
  private static final int CHECKPOINT_EVERY = 1000;

  private final EventStore store;
  private final EventFilter filter;
  private final int batchEventsMax;

  ProjectionSource(EventStore store, EventFilter filter, int batchEventsMax) {
    this.store = store;
    this.filter = filter;
    this.batchEventsMax = batchEventsMax;
  }

  /// The position of the newest event of the store, −1 if there is none.
  long last() {
    return store.lastPosition().orElse(-1L);
  }

  /// The position of the last event of the source at a position or before, −1 if there is none. Of
  /// a position that the store has not reached nobody knows: it is the position itself.
  long lastWanted(long position) {
    if (position > last()) {
      return position;
    }
    var options = ReadOptions.backwards().from(position + 1).limit(1).filteredBy(filter);
    try (var events = store.readAll(options)) {
      for (var event : events) {
        return event.original().position();
      }
    }
    return -1;
  }

  /// The next event behind a position, if there is one.
  Optional<RecordedEvent> next(long after) {
    var options = ReadOptions.forwards().from(after + 1).limit(1).filteredBy(filter);
    try (var events = store.readAll(options)) {
      return events.stream().findFirst().map(event -> event.original());
    }
  }

  /// The next events behind a position, as far as another one.
  Batch read(long after, long last) {
    if (last <= after) {
      return new Batch(List.of(), after);
    }
    var gathering = gather(after, new AsOf.Position(last + 1));
    return new Batch(gathering.events, gathering.isFull() ? gathering.lastPosition() : last);
  }

  /// The next events behind a position, as the store was at a moment. None if there is no more.
  Batch readPast(long after, AsOf moment) {
    var gathering = gather(after, moment);
    return new Batch(
        gathering.events, gathering.events.isEmpty() ? after : gathering.lastPosition());
  }

  private Gathering gather(long after, AsOf moment) {
    var options =
        ReadOptions.forwards()
            .from(after + 1)
            .limit(batchEventsMax)
            .filteredBy(filter)
            .asOf(moment);
    var gathering = new Gathering();
    try (var events = store.readAll(options)) {
      for (var event : events) {
        gathering.add(event.original());
        if (gathering.isFull()) {
          break;
        }
      }
    }
    return gathering;
  }

  /// The event at a position; empty if it was forgotten.
  Optional<RecordedEvent> at(long position) {
    return store.eventAt(position);
  }

  /// What is behind a position, and what will come.
  Subscription follow(long after) {
    var options = after < 0 ? SubscribeOptions.fromBeginning() : SubscribeOptions.after(after);
    return store.subscribeToAll(options.filteredBy(filter).checkpointEvery(CHECKPOINT_EVERY));
  }

  /// Waits for something to come, and takes what else is there.
  Batch take(Subscription subscription) throws InterruptedException {
    var gathering = new Gathering();
    var through = -1L;
    Optional<SubscriptionMessage> message = Optional.of(subscription.next());
    while (message.isPresent()) {
      through =
          switch (message.get()) {
            case Event(var event) -> gathering.add(event.original());
            case Checkpoint(var position) -> position;
            case CaughtUp(_, var last) -> last.orElse(through);
            case FellBehind _ -> through;
          };
      message = gathering.isFull() ? Optional.empty() : subscription.poll(Duration.ZERO);
    }
    return new Batch(gathering.events, through);
  }

  /// Events up to so many, and so large.
  private final class Gathering {
    private final List<RecordedEvent> events = new ArrayList<>();
    private long bytes;

    long add(RecordedEvent event) {
      events.add(event);
      bytes += event.data().length + event.metadata().length;
      return event.position();
    }

    boolean isFull() {
      return events.size() == batchEventsMax || bytes >= BATCH_BYTES_MAX;
    }

    long lastPosition() {
      return events.getLast().position();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;

/// A place in an index that is asked for what comes next. One thread takes at a time; any thread
/// closes.
///
/// It has caught up when all was given that the index has, and the index has looked at everything,
/// or is stopped. Checkpoints are told as those of other subscriptions to `$all` are: when so many
/// positions were looked at, wanted or not.
public final class IndexSubscription implements AutoCloseable {

  private final EventStore store;
  private final Entries entries;
  private final IndexQuery query;
  private final Clock clock;
  private final int checkpointEvery;
  private final ArrayDeque<SubscriptionMessage> ready = new ArrayDeque<>();
  private Positions positions = new Positions(0);
  private int at;

  /// Where the entries at hand end.
  private long next;

  private volatile long place;
  private long lastCheckpoint;
  private boolean isLive;
  private volatile boolean closed;

  IndexSubscription(
      EventStore store,
      Entries entries,
      IndexQuery query,
      Clock clock,
      long place,
      int checkpointEvery) {
    this.store = store;
    this.entries = entries;
    this.query = query;
    this.clock = clock;
    this.place = place;
    this.next = place;
    this.lastCheckpoint = place - 1;
    this.checkpointEvery = checkpointEvery;
  }

  /// Takes the next message if there is one. Never waits for one, but may ask the disk. Empty does
  /// not mean that there is none; [#onAvailable] then calls back at once.
  ///
  /// @return the message, or empty
  /// @throws UnavailableException if it was closed
  /// @throws IndexNotFoundException if the index was deleted
  public Optional<SubscriptionMessage> poll() {
    if (closed) {
      throw new UnavailableException(
          UnavailableException.Reason.CLOSED, "The subscription was closed");
    }
    if (ready.isEmpty()) {
      look();
    }
    return Optional.ofNullable(ready.poll());
  }

  private void look() {
    if (at < positions.size()) {
      give(positions.get(at++));
      return;
    }
    place = next;
    var isCurrent = entries.isCurrent(); // first, so that the run has all that it is current with
    var run = entries.forwards(place, query);
    positions = run.positions();
    at = 0;
    next = run.next();
    if (positions.size() > 0) {
      give(positions.get(at++));
      return;
    }
    place = next;
    checkpointBefore(place);
    if (run.isLast() && isCurrent && ready.isEmpty()) {
      becomeLive();
    }
  }

  private void give(long position) {
    checkpointBefore(position);
    try (var one = IndexRead.one(store, position)) {
      var events = one.iterator();
      if (events.hasNext()) {
        ready.add(new SubscriptionMessage.Event(events.next()));
      }
    }
    place = position + 1;
    checkpointBefore(place);
  }

  private void becomeLive() {
    if (isLive) {
      return;
    }
    isLive = true;
    if (checkpointEvery > 0) {
      checkpoint(place - 1);
    }
    ready.add(
        new SubscriptionMessage.CaughtUp(
            clock.instant(), place > 0 ? OptionalLong.of(place - 1) : OptionalLong.empty()));
  }

  /// Tells the last checkpoint that is due below a position, if one is.
  private void checkpointBefore(long position) {
    if (checkpointEvery > 0) {
      var due = (position - 1 - lastCheckpoint) / checkpointEvery;
      if (due > 0) {
        checkpoint(lastCheckpoint + due * checkpointEvery);
      }
    }
  }

  private void checkpoint(long position) {
    if (position > lastCheckpoint) {
      lastCheckpoint = position;
      ready.add(new SubscriptionMessage.Checkpoint(position));
    }
  }

  /// Calls back once, as soon as [#poll()] may have something or has ended; at once if that is so
  /// already. By the taker.
  ///
  /// @param callback what to call, on any thread: hand over and return
  public void onAvailable(Runnable callback) {
    if (closed || !ready.isEmpty() || at < positions.size()) {
      callback.run();
      return;
    }
    var checkpointAt = checkpointEvery > 0 ? lastCheckpoint + checkpointEvery + 1 : Long.MAX_VALUE;
    entries.await(this, next, isLive, checkpointAt, callback);
    if (closed) {
      entries.call(this);
    }
  }

  /// How many positions there are that it has not come to.
  ///
  /// @return as of this moment, by any thread
  public long lag() {
    return Math.max(0, store.lastPosition().orElse(-1L) + 1 - place);
  }

  /// When the first of them was recorded.
  ///
  /// @return empty if there is none
  public Optional<Instant> lagsSince() {
    return lag() == 0
        ? Optional.empty()
        : store.readAll(ReadOptions.forwards().from(place).limit(1)).events().stream()
            .findFirst()
            .map(event -> event.recorded());
  }

  @Override
  public void close() {
    closed = true;
    entries.call(this);
  }
}

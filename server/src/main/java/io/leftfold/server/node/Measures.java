// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.engine.BatchReport;
import io.leftfold.engine.LocalEventStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How long what a node does takes: told to an [Observer], and to the log when it is too long.
///
/// A write costs two looks at the clock and one count. Which part of it took how long is known for
/// its batch; whoever is told of a write on the writing thread was in the batch finished last.
public final class Measures {

  /// How many subscriptions are asked since when they are behind: each has to read an event.
  private static final int ASKED_SINCE_MAX = 16;

  private final LongSupplier nanoTime;
  private final Observer observer;
  private final SlowLog slow;
  private final Set<Following> followings = ConcurrentHashMap.newKeySet();
  private final Connections connections = new Connections();

  private volatile @Nullable Consumer<ResolvedEvent> deliveries;

  /// Owned by the writing thread.
  private @Nullable BatchReport batch;

  /// Changed by the writing thread.
  private volatile Flushes flushes = Flushes.NONE;

  /// Measures for an observer.
  ///
  /// @param nanoTime as [System#nanoTime()]
  /// @param observer is told
  /// @param slowWrite from when on a write is logged
  /// @param slowRead from when on a read is logged
  public Measures(LongSupplier nanoTime, Observer observer, Duration slowWrite, Duration slowRead) {
    this.nanoTime = nanoTime;
    this.observer = observer;
    this.slow = new SlowLog(slowWrite, slowRead);
  }

  /// Measures nothing.
  ///
  /// @return for nodes that nobody looks into
  public static Measures none() {
    return new Measures(() -> 0, Observer.none(), Duration.ofDays(1), Duration.ofDays(1));
  }

  /// The connections of the old TCP protocol.
  Connections connections() {
    return connections;
  }

  /// Tells of each event that is given to a subscription or to a consumer of a persistent one, on
  /// the thread that gives it.
  ///
  /// @param listener looks and returns
  public void onDelivery(Consumer<ResolvedEvent> listener) {
    deliveries = listener;
  }

  void delivered(ResolvedEvent event) {
    var listener = deliveries;
    if (listener != null) {
      listener.accept(event);
    }
  }

  /// Hears of the batches of a store.
  void listenTo(LocalEventStore store) {
    store.onBatch(report -> {
      batch = report;
      flushes = flushes.and(report);
      observer.batch(report);
    });
  }

  /// What the writer has done since the node began.
  Flushes flushes() {
    return flushes;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /// A write was answered by the writer, on its thread.
  void answered(Operation operation, String subject, long begun, @Nullable LeftfoldException why) {
    var nanos = nanoTime.getAsLong() - begun;
    var outcome = why == null ? Outcome.OK : Outcome.of(why);
    observer.wrote(operation, outcome, nanos);
    if (slow.isSlowWrite(nanos)) {
      slow.write(operation, subject, outcome, begun, nanos, batch);
      observer.slow(operation);
    }
  }

  /// A write was refused before it came to the writer.
  void refused(Operation operation, LeftfoldException why) {
    observer.wrote(operation, Outcome.of(why), 0);
  }

  /// A write that a thread waited for has come to an end.
  void waited(Operation operation, String subject, long begun, @Nullable LeftfoldException why) {
    var nanos = nanoTime.getAsLong() - begun;
    var outcome = why == null ? Outcome.OK : Outcome.of(why);
    observer.wrote(operation, outcome, nanos);
    if (slow.isSlowWrite(nanos)) {
      slow.write(operation, subject, outcome, begun, nanos, null);
      observer.slow(operation);
    }
  }

  void read(Operation operation, String subject, long events, SlowLog.ReadTimes times) {
    var nanos = times.opening() + times.reading();
    observer.read(operation, events, nanos, times.waiting());
    if (slow.isSlowRead(nanos)) {
      slow.read(operation, subject, events, times);
      observer.slow(operation);
    }
  }

  Following opened(Following following) {
    followings.add(following);
    return following;
  }

  void closed(Following following) {
    followings.remove(following);
  }

  void followed(Following.Source source, long events) {
    observer.followed(source, events);
  }

  /// How the subscriptions of a kind stand.
  ///
  /// @param source what they follow
  /// @param clock the store's
  /// @return as of this moment
  public FollowingFigures following(Following.Source source, Clock clock) {
    var all = followings.stream().filter(following -> following.source() == source).toList();
    var behind = all.stream().map(Lag::of).filter(lag -> lag.events > 0).toList();
    var seconds =
        behind.stream()
            .sorted(Comparator.comparingLong(Lag::events).reversed())
            .limit(ASKED_SINCE_MAX)
            .flatMap(lag -> lag.following.lagsSince().stream())
            .mapToDouble(since -> Duration.between(since, clock.instant()).toMillis() / 1e3)
            .max()
            .orElse(0);
    return new FollowingFigures(
        all.size(),
        behind.size(),
        behind.stream().mapToLong(Lag::events).max().orElse(0),
        Math.max(0, seconds));
  }

  private record Lag(Following following, long events) {
    static Lag of(Following following) {
      return new Lag(following, following.lag());
    }
  }

  /// How subscriptions stand.
  ///
  /// @param open how many there are
  /// @param behind how many of them have events before them
  /// @param lagEventsMax the most events before one of them
  /// @param lagSecondsMax the greatest age of the first of those events, of the sixteen
  ///   subscriptions with the most
  public record FollowingFigures(int open, int behind, long lagEventsMax, double lagSecondsMax) {}
}

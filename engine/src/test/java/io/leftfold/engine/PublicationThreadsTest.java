// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.engine.disk.MemoryDisk;
import io.leftfold.engine.index.IndexOptions;
import io.leftfold.engine.index.KeyHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The publication of the log's end, on real threads: what the end says is there for whoever has
/// seen the end, in log, index and heads, and nobody who waits for it is forgotten. A simulation
/// has no two threads at once; this has.
final class PublicationThreadsTest {

  private static final int APPENDERS = 2;
  private static final int APPENDS = 4000;
  private static final long LAST = APPENDERS * APPENDS;
  private static final long ROUNDS = 20_000;

  /// Having waited in vain for so long means that nobody will come.
  private static final int SECONDS_MAX = 30;

  @Test
  void whoever_sees_the_end_sees_all_below_it_and_whoever_waits_for_more_is_woken()
      throws Exception {
    var done = new AtomicBoolean();
    try (var store = open();
        var threads = Executors.newCachedThreadPool()) {
      var watching = new ArrayList<Future<Long>>();
      watching.add(
          threads.submit((Callable<Long>) () -> followWaiting(store, new Semaphore(0), LAST)));
      watching.add(
          threads.submit((Callable<Long>) () -> followCalledBack(store, new Semaphore(0), LAST)));
      watching.add(threads.submit(() -> readAllUntil(done, store)));
      watching.add(threads.submit(() -> readStreamsUntil(done, store)));
      var appending = new ArrayList<Future<?>>();
      for (var i = 0; i < APPENDERS; i++) {
        var stream = name(i);
        appending.add(threads.submit(() -> append(store, stream)));
      }
      try {
        for (var appender : appending) {
          appender.get();
        }
      } finally {
        done.set(true);
      }
      for (var watcher : watching) {
        assertThat(watcher.get()).isEqualTo(LAST);
      }
    }
  }

  /// Nothing is appended before everybody has come to the end: whoever is forgotten there would
  /// wait for ever, for nobody else comes to wake them.
  @Test
  void whoever_comes_to_the_end_at_the_moment_at_which_it_moves_is_woken() throws Exception {
    var told = new Semaphore(0);
    try (var store = open();
        var threads = Executors.newCachedThreadPool()) {
      var following = new ArrayList<Future<Long>>();
      following.add(threads.submit((Callable<Long>) () -> followWaiting(store, told, ROUNDS)));
      following.add(threads.submit((Callable<Long>) () -> followCalledBack(store, told, ROUNDS)));
      for (var round = 0; round < ROUNDS; round++) {
        store.append(name(0), ExpectedState.any(), ProposedEvent.json("Happened", "{}"));
        assertThat(told.tryAcquire(following.size(), SECONDS_MAX, TimeUnit.SECONDS))
            .as("whether all followers were told of event %d", round)
            .isTrue();
      }
      for (var follower : following) {
        assertThat(follower.get()).isEqualTo(ROUNDS);
      }
    }
  }

  private static LocalEventStore open() {
    return LocalEventStore.on(
        new MemoryDisk(),
        new MemoryDisk(),
        EngineOptions.defaults().withChunkBytesMax(64 << 10),
        new IndexOptions(
            64,
            2,
            KeyHash.STANDARD,
            false,
            false,
            Long.MAX_VALUE,
            Executors.newSingleThreadExecutor()));
  }

  private static StreamName name(int appender) {
    return StreamName.of("stream-" + appender);
  }

  /// Each append rests on the one before: the heads must have been right.
  private static void append(EventStore store, StreamName stream) {
    for (var i = 0L; i < APPENDS; i++) {
      var expected = i == 0 ? ExpectedState.noStream() : ExpectedState.atRevision(i - 1);
      var position =
          store.append(stream, expected, ProposedEvent.json("Happened", "{}")).position();
      assertThat(store.lastPosition().orElseThrow())
          .as("the end behind an answer")
          .isGreaterThanOrEqualTo(position.orElseThrow());
    }
  }

  private static long followWaiting(EventStore store, Semaphore told, long until)
      throws InterruptedException {
    var last = 0L;
    try (var subscription = store.subscribeToAll(SubscribeOptions.after(0))) {
      while (last < until) {
        var message = subscription.poll(Duration.ofSeconds(SECONDS_MAX));
        assertThat(message).as("what follows position %d", last).isPresent();
        last = next(last, message.orElseThrow(), told);
      }
    }
    return last;
  }

  private static long followCalledBack(LocalEventStore store, Semaphore told, long until)
      throws InterruptedException {
    var last = 0L;
    try (var subscription = store.subscribeToAll(SubscribeOptions.after(0))) {
      while (last < until) {
        var message = subscription.poll();
        if (message.isPresent()) {
          last = next(last, message.get(), told);
        } else {
          var called = new CountDownLatch(1);
          subscription.onAvailable(called::countDown);
          assertThat(called.await(SECONDS_MAX, TimeUnit.SECONDS))
              .as("whether somebody calls behind position %d", last)
              .isTrue();
        }
      }
    }
    return last;
  }

  private static long next(long last, SubscriptionMessage message, Semaphore told) {
    if (message instanceof SubscriptionMessage.Event(var event)) {
      assertThat(event.original().position()).isEqualTo(last + 1);
      told.release();
      return last + 1;
    }
    return last;
  }

  private static long readAllUntil(AtomicBoolean done, EventStore store) {
    var from = 1L;
    while (true) {
      var wasDone = done.get();
      var end = store.lastPosition().orElseThrow();
      var positions = positions(store.readAll(ReadOptions.forwards().from(from)).events());
      assertThat(positions)
          .isEqualTo(LongStream.range(from, from + positions.size()).boxed().toList());
      assertThat(from + positions.size()).as("behind what was read").isGreaterThan(end);
      from += positions.size();
      if (wasDone) {
        return from - 1;
      }
    }
  }

  private static List<Long> positions(List<RecordedEvent> events) {
    return events.stream().map(RecordedEvent::position).toList();
  }

  /// The index and the heads are as far as the end: the streams together have all that lies below.
  private static long readStreamsUntil(AtomicBoolean done, EventStore store) {
    while (true) {
      var wasDone = done.get();
      var last = store.lastPosition().orElseThrow();
      var found = 0L;
      for (var i = 0; i < APPENDERS; i++) {
        var revision = store.state(name(i)).lastRevision();
        found += revision + 1;
        if (revision >= 0) {
          var newest = store.read(name(i), ReadOptions.backwards().limit(3)).events();
          assertThat(newest.getFirst().revision()).isGreaterThanOrEqualTo(revision);
        }
      }
      assertThat(found).as("events of all streams").isGreaterThanOrEqualTo(last);
      if (wasDone) {
        return found;
      }
    }
  }
}

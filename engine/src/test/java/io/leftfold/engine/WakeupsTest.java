// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.Tag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who is woken by an append, and who sleeps on.
@Timeout(120)
final class WakeupsTest {

  private static final int SLEEPERS = 1000;

  private final LocalEventStore store = LocalEventStore.inMemory(EngineOptions.defaults());

  @AfterEach
  void close() {
    store.close();
  }

  private void append(String stream, String type) {
    store.append(
        StreamName.of(stream),
        ExpectedState.any(),
        ProposedEvent.binary(type, new byte[10]).withTags(Tag.of("kind:" + type)));
  }

  private static EventFilter filter(int number) {
    return switch (number % 5) {
      case 0 -> EventFilter.streamPrefix("rare%d-".formatted(number));
      case 1 -> EventFilter.typePrefix("Rare%d.".formatted(number));
      case 2 -> new EventFilter.Category("rare%d".formatted(number));
      case 3 -> types("Rare%d.".formatted(number));
      default -> tagged(Tag.of("kind:Rare%d.".formatted(number)));
    };
  }

  private static EventFilter types(String type) {
    return new EventFilter.Types(Set.of(type));
  }

  private static EventFilter tagged(Tag tag) {
    return new EventFilter.Tagged(Set.of(tag));
  }

  /// Takes all there is, and waits.
  private static void sleep(LocalSubscription subscription, Runnable woken) {
    Optional<SubscriptionMessage> message;
    do {
      message = subscription.poll();
    } while (message.isPresent());
    subscription.onAvailable(woken);
  }

  @Test
  void an_append_wakes_those_whom_it_concerns_and_nobody_else() throws Exception {
    var woken = new ConcurrentHashMap<Integer, Integer>();
    var calls = new AtomicInteger();
    for (var i = 0; i < SLEEPERS; i++) {
      var number = i;
      var subscription =
          i % 2 == 0
              ? store.subscribe(StreamName.of("rare%d-1".formatted(i)), SubscribeOptions.fromEnd())
              : store.subscribeToAll(SubscribeOptions.fromEnd().filteredBy(filter(i)));
      sleep(
          subscription,
          () -> {
            woken.merge(number, 1, Integer::sum);
            calls.incrementAndGet();
          });
    }
    for (var i = 0; i < 200; i++) {
      append("common-" + i, "Common");
    }
    for (var i = 0; i < SLEEPERS; i += 100) {
      append("rare%d-1".formatted(i), "Common");
    }
    for (var i = 1; i < SLEEPERS; i += 102) { // a filter of each kind, twice
      append("rare%d-1".formatted(i), "Rare%d.".formatted(i));
    }
    while (calls.get() < 20) {
      Thread.onSpinWait();
    }
    // The thread that wakes goes by the log: what comes last is woken last.
    var last = new CountDownLatch(1);
    sleep(store.subscribe(StreamName.of("last"), SubscribeOptions.fromEnd()), last::countDown);
    append("last", "Common");
    assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(woken.keySet())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, SLEEPERS)
                .filter(i -> i % 100 == 0 || i % 102 == 1)
                .boxed()
                .toList());
    assertThat(woken.values()).containsOnly(1);
  }

  @Test
  void who_sleeps_through_events_that_it_does_not_want_has_none_before_it() throws Exception {
    var woken = new CountDownLatch(1);
    var options = SubscribeOptions.fromEnd().filteredBy(types("Rare"));
    var subscription = store.subscribeToAll(options);
    sleep(subscription, woken::countDown);
    // Company, so that looking at each event is worth it.
    for (var i = 0; i < SLEEPERS; i++) {
      sleep(store.subscribe(StreamName.of("quiet-" + i), SubscribeOptions.fromEnd()), () -> {});
    }
    for (var i = 0; i < 5000; i++) {
      append("common", "Common");
    }
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (subscription.lag() > 0) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
    assertThat(subscription.lagsSince()).isEmpty();
    assertThat(woken.getCount()).isEqualTo(1);
    append("common", "Rare");
    assertThat(woken.await(30, TimeUnit.SECONDS)).isTrue();
    // It did not fall behind: nothing concerned it.
    assertThat(subscription.poll()).get().isInstanceOf(SubscriptionMessage.Event.class);
    assertThat(subscription.poll()).isEmpty();
  }

  @Test
  void checkpoints_are_told_although_nothing_is_wanted() throws Exception {
    for (var i = 0; i < SLEEPERS; i++) {
      sleep(store.subscribe(StreamName.of("quiet-" + i), SubscribeOptions.fromEnd()), () -> {});
    }
    var begin = store.lastPosition().orElseThrow();
    var subscription =
        store.subscribeToAll(
            SubscribeOptions.fromEnd().filteredBy(types("Rare")).checkpointEvery(10));
    var woken = new CountDownLatch(1);
    sleep(subscription, woken::countDown);
    for (var i = 0; i < 9; i++) {
      append("common", "Common");
    }
    assertThat(woken.getCount()).isEqualTo(1);
    append("common", "Common");
    append("common", "Common");
    assertThat(woken.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(subscription.poll()).contains(new SubscriptionMessage.Checkpoint(begin + 10));
  }

  @Test
  void everybody_is_given_everything_once_while_many_append_and_sleep() throws Exception {
    var streams = 8;
    var perStream = 400;
    var followers = new ArrayList<Follower>();
    try (var takers = Executors.newFixedThreadPool(3);
        var writers = Executors.newFixedThreadPool(4)) {
      for (var i = 0; i < 60; i++) {
        var stream = i % streams;
        var subscription =
            switch (i % 4) {
              case 0 ->
                  store.subscribe(StreamName.of("busy%d-1".formatted(stream)), fromBeginning());
              case 1 ->
                  store.subscribeToAll(
                      fromBeginning()
                          .filteredBy(EventFilter.streamPrefix("busy%d-".formatted(stream))));
              case 2 ->
                  store.subscribeToAll(
                      fromBeginning()
                          .filteredBy(types("Type%d".formatted(stream)))
                          .checkpointEvery(7));
              default ->
                  store.subscribe(
                      StreamName.of("$ce-busy%d".formatted(stream)),
                      fromBeginning().resolvingLinks());
            };
        followers.add(new Follower(subscription, perStream, takers));
      }
      followers.forEach(Follower::take);
      for (var stream = 0; stream < streams; stream++) {
        var number = stream;
        writers.execute(() -> {
          for (var i = 0; i < perStream; i++) {
            append("busy%d-1".formatted(number), "Type%d".formatted(number));
          }
        });
      }
      for (var follower : followers) {
        assertThat(follower.done.await(60, TimeUnit.SECONDS)).isTrue();
      }
    }
    for (var follower : followers) {
      assertThat(follower.revisions)
          .isEqualTo(java.util.stream.LongStream.range(0, perStream).boxed().toList());
      assertThat(follower.fellBack).isFalse();
    }
  }

  private static SubscribeOptions fromBeginning() {
    return SubscribeOptions.fromBeginning();
  }

  /// Takes on whatever thread it gets, and sleeps between.
  private static final class Follower {
    final List<Long> revisions = new ArrayList<>();
    final CountDownLatch done = new CountDownLatch(1);
    private final LocalSubscription subscription;
    private final int wanted;
    private final java.util.concurrent.Executor executor;
    private long checkpoint = -1;
    private boolean fellBack;

    Follower(LocalSubscription subscription, int wanted, java.util.concurrent.Executor executor) {
      this.subscription = subscription;
      this.wanted = wanted;
      this.executor = executor;
    }

    void take() {
      executor.execute(() -> {
        var message = subscription.poll();
        while (message.isPresent()) {
          switch (message.get()) {
            case SubscriptionMessage.Event(var event) -> {
              revisions.add(event.event().orElseThrow().revision());
              fellBack |= event.event().orElseThrow().position() <= checkpoint;
            }
            case SubscriptionMessage.Checkpoint(var position) -> checkpoint = position;
            case SubscriptionMessage.CaughtUp(_, _), SubscriptionMessage.FellBehind(_, _) -> {}
          }
          if (revisions.size() == wanted) {
            done.countDown();
          }
          message = subscription.poll();
        }
        if (done.getCount() > 0) {
          subscription.onAvailable(this::take);
        }
      });
    }
  }

  @Test
  void who_is_closed_while_it_sleeps_is_woken() throws Exception {
    var woken = new CountDownLatch(1);
    var subscription = store.subscribe(StreamName.of("quiet"), SubscribeOptions.fromEnd());
    sleep(subscription, woken::countDown);
    subscription.close();
    assertThat(woken.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void nothing_is_kept_of_those_that_sleep_no_more() throws Exception {
    // Each wait replaces the one before.
    var subscription = store.subscribe(StreamName.of("quiet"), SubscribeOptions.fromEnd());
    var calls = new AtomicInteger();
    var last = new CountDownLatch(1);
    for (var i = 0; i < 1000; i++) {
      sleep(subscription, calls::incrementAndGet);
    }
    sleep(subscription, last::countDown);
    append("quiet", "Common");
    assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Map.of("calls of waits that were replaced", calls.get())).containsValue(0);
  }

  /// Whoever waits no longer, while it is looked who is concerned, must not take for unwanted what
  /// was looked at behind its back. Followers of different patience meet that moment sooner or
  /// later.
  @Test
  void who_is_impatient_misses_nothing() throws Exception {
    var commits = 20_000;
    try (var threads = Executors.newCachedThreadPool()) {
      var followers = new ArrayList<Future<Integer>>();
      for (var patience : List.of(5, 20, 50, 100)) {
        var subscription =
            store.subscribeToAll(SubscribeOptions.fromEnd().filteredBy(types("Rare")));
        followers.add(
            threads.submit(() -> {
              for (var count = 0; count < commits; ) {
                var message = subscription.poll(Duration.ofNanos(1_000L * patience));
                if (message.isPresent()
                    && message.get() instanceof SubscriptionMessage.Event(var event)) {
                  if (event.original().revision() != count) {
                    return count;
                  }
                  count++;
                }
              }
              return commits;
            }));
      }
      for (var i = 0; i < commits; i++) {
        append("rare", "Rare");
        append("common", "Common");
      }
      for (var follower : followers) {
        assertThat(follower.get(30, TimeUnit.SECONDS)).isEqualTo(commits);
      }
    }
  }
}

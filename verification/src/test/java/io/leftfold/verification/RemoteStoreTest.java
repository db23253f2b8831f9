// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.access.Authenticator;
import io.leftfold.server.edge.Edge;
import io.leftfold.server.edge.EdgeOptions;
import io.leftfold.server.grpc.calls.Authenticating;
import io.leftfold.server.grpc.store.StoreService;
import io.leftfold.server.node.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What our own client and server do beyond the contract: sizes, slowness, and each other's end.
@Timeout(120)
final class RemoteStoreTest {

  private static final StreamName ACCOUNT = StreamName.of("account-1");
  private static final int EVENTS = 50_000;

  private final LocalEventStore engine =
      LocalEventStore.inMemory(EngineOptions.defaults().withQueue(100_000, 512L << 20));

  @SuppressWarnings("NullAway.Init")
  private Edge edge;

  @SuppressWarnings("NullAway.Init")
  private RemoteEventStore store;

  @BeforeEach
  void open() throws IOException {
    edge = startOn(0);
    store = RemoteEventStore.connect("leftfold://127.0.0.1:%d?tls=false".formatted(edge.port()));
  }

  private Edge startOn(int port) throws IOException {
    var threads = Thread.ofVirtual().factory();
    var authenticating = new Authenticating(new Node(engine), Authenticator.trusting(), threads);
    return Edge.start(
        EdgeOptions.defaults().withAddress("127.0.0.1", port).withEventLoops(1),
        authenticating.guard(new StoreService(threads, 64 << 20).handlers()),
        _ -> {});
  }

  @AfterEach
  void close() {
    store.close();
    edge.close(Duration.ofSeconds(1));
    engine.close();
  }

  @Test
  void many_events_arrive_in_order_whatever_their_size() {
    appendMany();

    var expected = 0L;
    try (var read = store.read(ACCOUNT, ReadOptions.forwards())) {
      for (var resolved : read) {
        var event = resolved.original();
        assertThat(event.revision()).isEqualTo(expected++);
        assertThat(event.data()).hasSize((int) (event.revision() % 1000));
      }
    }
    assertThat(expected).isEqualTo(EVENTS);
    try (var read = store.read(ACCOUNT, ReadOptions.backwards().limit(3))) {
      assertThat(read.events())
          .extracting(event -> event.revision())
          .containsExactly(EVENTS - 1L, EVENTS - 2L, EVENTS - 3L);
    }
  }

  @Test
  void a_commit_far_larger_than_a_message_of_the_usual_size_goes_through() {
    var events =
        IntStream.range(0, 6)
            .mapToObj(_ -> ProposedEvent.binary("Blob", new byte[10 << 20]))
            .toList();
    store.append(ACCOUNT, ExpectedState.noStream(), events);

    try (var read = store.read(ACCOUNT, ReadOptions.forwards())) {
      assertThat(read.events()).allSatisfy(event -> assertThat(event.data()).hasSize(10 << 20));
    }
  }

  @Test
  void a_commit_too_large_for_the_store_and_for_the_port_is_refused_by_its_size() {
    for (var count : List.of(7, 20)) {
      var events =
          IntStream.range(0, count)
              .mapToObj(_ -> ProposedEvent.binary("Blob", new byte[10 << 20]))
              .toList();
      assertThatExceptionOfType(LimitExceededException.class)
          .isThrownBy(() -> store.append(ACCOUNT, ExpectedState.any(), events))
          .satisfies(e -> {
            assertThat(e.bytes()).isGreaterThanOrEqualTo(count * (10L << 20));
            assertThat(e.bytesMax()).isEqualTo(64L << 20);
          });
    }
    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Absent());
  }

  @Test
  void every_conflict_is_told_as_far_as_trailers_can_hold_it() {
    var few = conflicting(3, "x");
    var refusal = refused(few);
    assertThat(refusal.conflicts()).hasSize(3);

    var many = conflicting(200, "x".repeat(4000));
    var refusal2 = refused(many);
    assertThat(refusal2.conflicts()).hasSizeBetween(1, 200);
    assertThat(refusal2.stream()).isEqualTo(many.getFirst().stream());
    assertThat(refusal2.expected()).isEqualTo(ExpectedState.atRevision(7));
    assertThat(refusal2.actual()).isEqualTo(new StreamState.Absent());
    assertThat(store.append(ACCOUNT, ExpectedState.any(), event("A")).lastRevision()).isZero();
  }

  private WrongExpectedStateException refused(List<StreamAppend> commit) {
    try {
      store.append(commit);
      throw new AssertionError("not refused");
    } catch (WrongExpectedStateException e) {
      return e;
    }
  }

  private static List<StreamAppend> conflicting(int streams, String suffix) {
    return IntStream.range(0, streams)
        .mapToObj(i ->
            StreamAppend.of(
                StreamName.of("ü-%d-%s".formatted(i, suffix)),
                ExpectedState.atRevision(7),
                event("A")))
        .toList();
  }

  @Test
  void a_tag_filter_finds_events_over_the_network() {
    store.append(ACCOUNT, ExpectedState.any(), event("A").withTags(Tag.of("k", "1")), event("B"));
    store.append(
        StreamName.of("other"), ExpectedState.any(), event("C").withTags(Tag.of("k", "1")));

    var filter = new EventFilter.Tagged(Set.of(Tag.of("k", "1")));
    assertThat(
            store.readAll(ReadOptions.forwards().filteredBy(filter)).events().stream()
                .map(event -> event.type())
                .collect(joining(" ")))
        .isEqualTo("A C");
  }

  @Test
  void more_streams_than_one_message_holds_are_listed() {
    var commit =
        IntStream.range(0, 2500)
            .mapToObj(i ->
                StreamAppend.of(
                    StreamName.of("s-%04d".formatted(i)), ExpectedState.any(), event("A")))
            .toList();
    engine.append(commit);

    var listed = store.streams(ListOptions.all().withPrefix("s-").limit(2400));

    assertThat(listed).hasSize(2400);
    assertThat(listed)
        .extracting(summary -> summary.name().value())
        .isSorted()
        .startsWith("s-0000")
        .endsWith("s-2399");
    assertThat(store.stats()).containsEntry("events", "2501").containsKey("log-bytes");
  }

  @Test
  void a_slow_reader_and_a_slow_subscriber_get_everything_and_hold_up_nobody() throws Exception {
    appendMany();
    try (var read = store.read(ACCOUNT, ReadOptions.forwards());
        var subscription = store.subscribe(ACCOUNT, SubscribeOptions.fromBeginning())) {
      var events = read.iterator();
      assertThat(events.next().original().revision()).isZero();
      assertThat(nextRevision(subscription)).isZero();

      for (var i = 0; i < 100; i++) {
        store.append(StreamName.of("other-" + i), ExpectedState.any(), event("A"));
      }

      for (var revision = 1L; revision < EVENTS; revision++) {
        assertThat(events.next().original().revision()).isEqualTo(revision);
        assertThat(nextRevision(subscription)).isEqualTo(revision);
      }
      assertThat(events.hasNext()).isFalse();
    }
    await(() -> edge.openCalls() == 0);
  }

  @Test
  void what_is_closed_early_is_over_at_the_server_too() throws Exception {
    appendMany();
    var read = store.read(ACCOUNT, ReadOptions.forwards());
    var subscription = store.subscribeToAll(SubscribeOptions.fromBeginning());
    assertThat(read.iterator().next().original().revision()).isZero();
    assertThat(subscription.next()).isInstanceOf(SubscriptionMessage.Event.class);
    assertThat(edge.openCalls()).isEqualTo(2);

    read.close();
    subscription.close();

    await(() -> edge.openCalls() == 0);
  }

  @Test
  void a_server_that_closes_ends_no_subscription_and_a_new_one_is_found_by_itself()
      throws Exception {
    store.append(ACCOUNT, ExpectedState.any(), event("A"));
    try (var subscription = store.subscribe(ACCOUNT, SubscribeOptions.fromEnd())) {
      assertThat(subscription.next()).isInstanceOf(SubscriptionMessage.CaughtUp.class);
      var seen = new CompletableFuture<Long>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (!seen.isDone()) {
                if (subscription.next() instanceof SubscriptionMessage.Event(var event)) {
                  seen.complete(event.original().revision());
                }
              }
            } catch (InterruptedException | RuntimeException e) {
              seen.completeExceptionally(e);
            }
          });

      edge.close(Duration.ofSeconds(5));

      assertThatThrownBy(() -> store.state(ACCOUNT))
          .isInstanceOfSatisfying(
              UnavailableException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE));

      edge = startOn(edge.port());

      await(() -> {
        try {
          return store.state(ACCOUNT).equals(new StreamState.Present(0, 0));
        } catch (UnavailableException _) {
          return false;
        }
      });
      store.append(ACCOUNT, ExpectedState.any(), event("B"));
      assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  @Test
  void a_closed_store_behind_the_server_is_not_the_caller_s() {
    engine.close();
    assertThatThrownBy(() -> store.append(ACCOUNT, ExpectedState.any(), event("A")))
        .isInstanceOfSatisfying(
            UnavailableException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE));
  }

  @Test
  void many_threads_share_one_connection() throws Exception {
    var outcomes = new ArrayList<CompletableFuture<Long>>();
    for (var i = 0; i < 200; i++) {
      var stream = StreamName.of("writer-" + i);
      var outcome = new CompletableFuture<Long>();
      outcomes.add(outcome);
      Thread.ofVirtual()
          .start(() -> {
            try {
              store.append(stream, ExpectedState.noStream(), event("A"));
              store.append(stream, ExpectedState.atRevision(0), event("B"));
              outcome.complete(
                  store.read(stream, ReadOptions.backwards()).events().stream()
                      .mapToLong(event -> event.revision())
                      .max()
                      .orElse(-1));
            } catch (RuntimeException e) {
              outcome.completeExceptionally(e);
            }
          });
    }
    for (var outcome : outcomes) {
      assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  private void appendMany() {
    for (var start = 0; start < EVENTS; start += 5000) {
      engine.append(
          ACCOUNT,
          ExpectedState.any(),
          IntStream.range(start, start + 5000)
              .mapToObj(i -> ProposedEvent.binary("Counted", new byte[i % 1000]))
              .toList());
    }
  }

  private static long nextRevision(Subscription subscription) throws InterruptedException {
    while (true) {
      if (subscription.next() instanceof SubscriptionMessage.Event(var resolved)) {
        return resolved.original().revision();
      }
    }
  }

  private static ProposedEvent event(String type) {
    return ProposedEvent.json(type, "{}");
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    var limit = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
      Thread.onSpinWait();
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}

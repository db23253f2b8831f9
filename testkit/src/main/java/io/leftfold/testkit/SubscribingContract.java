// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.SubscriptionMessage.CaughtUp;
import io.leftfold.api.SubscriptionMessage.Checkpoint;
import io.leftfold.api.SubscriptionMessage.Event;
import io.leftfold.api.SubscriptionMessage.FellBehind;
import io.leftfold.api.Tag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Following one stream and all streams: history, then what is new.
abstract class SubscribingContract extends ShowingContract {

  private static final SubscribeOptions BEGINNING = SubscribeOptions.fromBeginning();
  private static final SubscribeOptions END = SubscribeOptions.fromEnd();
  private static final Duration SHORTLY = Duration.ofMillis(50);

  // ---- taking

  /// Everything up to the next notice that history is through, with that.
  private static List<SubscriptionMessage> untilCaughtUp(Subscription subscription)
      throws InterruptedException {
    var messages = new ArrayList<SubscriptionMessage>();
    while (messages.isEmpty() || !(messages.getLast() instanceof CaughtUp)) {
      messages.add(subscription.next());
    }
    return messages;
  }

  /// The next event, whatever else is said before it.
  private static ResolvedEvent nextEvent(Subscription subscription) throws InterruptedException {
    while (true) {
      if (subscription.next() instanceof Event(var event)) {
        return event;
      }
    }
  }

  private static List<ResolvedEvent> nextEvents(Subscription subscription, int count)
      throws InterruptedException {
    var events = new ArrayList<ResolvedEvent>();
    while (events.size() < count) {
      events.add(nextEvent(subscription));
    }
    return events;
  }

  /// Messages in short: `A`, `checkpoint 3`, `caught up at 7`. Of checkpoints in a row the last one
  /// counts: a store need not tell the others.
  private static String text(List<SubscriptionMessage> messages) {
    var texts = new ArrayList<String>();
    for (var message : messages) {
      if (message instanceof Checkpoint
          && !texts.isEmpty()
          && texts.getLast().startsWith("checkpoint")) {
        texts.removeLast();
      }
      texts.add(text(message));
    }
    return String.join(", ", texts);
  }

  private static String text(SubscriptionMessage message) {
    return switch (message) {
      case Event(var event) -> event.original().type();
      case Checkpoint(var position) -> "checkpoint " + position;
      case CaughtUp(_, var last) -> "caught up at " + text(last);
      case FellBehind(_, var last) -> "fell behind at " + text(last);
    };
  }

  private static String text(OptionalLong last) {
    return last.isPresent() ? Long.toString(last.getAsLong()) : "nothing";
  }

  private static void assertNothingMore(Subscription subscription) throws InterruptedException {
    assertThat(subscription.poll(Duration.ZERO)).isEmpty();
    assertThat(subscription.poll(SHORTLY)).isEmpty();
  }

  // ---- one stream

  @Test
  void a_stream_is_followed_from_its_beginning() throws Exception {
    append(ACCOUNT, "A B");
    append(ORDER, "X");
    try (var subscription = store.subscribe(ACCOUNT, BEGINNING)) {
      assertThat(text(untilCaughtUp(subscription))).isEqualTo("A, B, caught up at 1");
      assertNothingMore(subscription);

      append(ORDER, "Y");
      append(ACCOUNT, "C D");

      assertThat(nextEvents(subscription, 2))
          .isEqualTo(store.read(ACCOUNT, FORWARDS.from(2)).toList());
      assertNothingMore(subscription);
    }
  }

  @Test
  void a_stream_is_followed_after_a_revision() throws Exception {
    append(ACCOUNT, "A B C");
    try (var subscription = store.subscribe(ACCOUNT, SubscribeOptions.after(0))) {
      assertThat(text(untilCaughtUp(subscription))).isEqualTo("B, C, caught up at 2");
    }
    try (var subscription = store.subscribe(ACCOUNT, SubscribeOptions.after(2))) {
      assertThat(text(untilCaughtUp(subscription))).isEqualTo("caught up at 2");
      append(ACCOUNT, "D");
      assertThat(nextEvent(subscription).original().type()).isEqualTo("D");
    }
  }

  @Test
  void a_stream_is_followed_from_its_end() throws Exception {
    append(ACCOUNT, "A B C");
    try (var subscription = store.subscribe(ACCOUNT, END)) {
      assertThat(text(untilCaughtUp(subscription))).isEqualTo("caught up at 2");
      assertNothingMore(subscription);

      append(ACCOUNT, "D");

      assertThat(nextEvent(subscription).original().type()).isEqualTo("D");
    }
  }

  @Test
  void a_stream_is_waited_for() throws Exception {
    try (var fromBeginning = store.subscribe(ACCOUNT, BEGINNING);
        var fromEnd = store.subscribe(ACCOUNT, END)) {
      assertThat(text(untilCaughtUp(fromBeginning))).isEqualTo("caught up at nothing");
      assertThat(text(untilCaughtUp(fromEnd))).isEqualTo("caught up at nothing");

      append(ACCOUNT, "A");

      assertThat(nextEvent(fromBeginning).original().type()).isEqualTo("A");
      assertThat(nextEvent(fromEnd).original().type()).isEqualTo("A");
    }
  }

  @Test
  void what_metadata_hides_is_not_given() throws Exception {
    append(ACCOUNT, "A B C");
    writeMetadata(ACCOUNT, StreamMetadata.none().withTruncateBefore(2));
    try (var subscription = store.subscribe(ACCOUNT, BEGINNING)) {
      assertThat(text(untilCaughtUp(subscription))).isEqualTo("C, caught up at 2");
    }
  }

  @Test
  void a_deleted_stream_is_followed_into_its_next_life() throws Exception {
    append(ACCOUNT, "A B");
    try (var subscription = store.subscribe(ACCOUNT, BEGINNING)) {
      assertThat(text(untilCaughtUp(subscription))).isEqualTo("A, B, caught up at 1");
      store.delete(ACCOUNT, ExpectedState.any());
      assertNothingMore(subscription);

      append(ACCOUNT, "C");

      assertThat(nextEvent(subscription).original().revision()).isEqualTo(2);
    }
  }

  @Test
  void a_tombstone_is_given_and_then_thrown() throws Exception {
    append(ACCOUNT, "A");
    try (var subscription = store.subscribe(ACCOUNT, BEGINNING)) {
      untilCaughtUp(subscription);

      store.tombstone(ACCOUNT, ExpectedState.any());

      assertThat(nextEvent(subscription).original()).isEqualTo(log().getLast());
      for (var i = 0; i < 2; i++) {
        assertThatThrownBy(subscription::next)
            .isInstanceOfSatisfying(
                StreamTombstonedException.class,
                refusal -> assertThat(refusal.stream()).isEqualTo(ACCOUNT));
      }
    }
  }

  @Test
  void a_tombstoned_stream_cannot_be_followed() {
    append(ACCOUNT, "A");
    store.tombstone(ACCOUNT, ExpectedState.any());

    assertThatThrownBy(
            () -> {
              try (var subscription = store.subscribe(ACCOUNT, BEGINNING)) {
                subscription.next();
              }
            })
        .isInstanceOf(StreamTombstonedException.class);
  }

  @Test
  void a_metastream_is_followed() throws Exception {
    try (var subscription = store.subscribe(ACCOUNT.metastream(), BEGINNING)) {
      untilCaughtUp(subscription);
      for (var i = 1; i <= 3; i++) {
        writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(i));
        assertThat(nextEvent(subscription).event().orElseThrow().dataAsText())
            .isEqualTo("{\"$maxCount\":%d}", i);
      }
    }
  }

  @Test
  void links_are_followed_when_that_is_asked_for() throws Exception {
    append(ACCOUNT, "A B");
    store.append(ORDER, ExpectedState.any(), ProposedEvent.link(ACCOUNT, 0));
    try (var resolving = store.subscribe(ORDER, BEGINNING.resolvingLinks());
        var plain = store.subscribe(ORDER, BEGINNING)) {
      assertThat(nextEvent(resolving))
          .isEqualTo(store.read(ORDER, FORWARDS.resolvingLinks()).toList().getFirst());
      assertThat(nextEvent(plain)).isEqualTo(store.read(ORDER, FORWARDS).toList().getFirst());
      untilCaughtUp(resolving);

      store.append(ORDER, ExpectedState.any(), ProposedEvent.link(ACCOUNT, 1));

      var live = nextEvent(resolving);
      assertThat(live.event().orElseThrow().type()).isEqualTo("B");
      assertThat(live.original().revision()).isEqualTo(1);
    }
  }

  @Test
  void a_virtual_stream_is_followed_by_its_ordinals() throws Exception {
    append(ACCOUNT, "A");
    append(ORDER, "X");
    append(StreamName.of("account-2"), "B");
    var category = StreamName.ofCategory("account");
    var type = StreamName.ofType("C");
    try (var ofCategory = store.subscribe(category, SubscribeOptions.after(0).resolvingLinks());
        var ofType = store.subscribe(type, BEGINNING)) {
      assertThat(text(untilCaughtUp(ofCategory))).isEqualTo("$>, caught up at 1");
      assertThat(text(untilCaughtUp(ofType))).isEqualTo("caught up at nothing");

      append(ORDER, "C");
      append(ACCOUNT, "C");

      assertThat(nextEvent(ofCategory))
          .isEqualTo(store.read(category, FORWARDS.from(2).resolvingLinks()).toList().getFirst());
      assertThat(nextEvents(ofType, 2)).isEqualTo(store.read(type, FORWARDS).toList());
      assertNothingMore(ofCategory);
    }
  }

  @Test
  void filters_and_checkpoints_are_for_all_streams() {
    assertThatThrownBy(() ->
            store.subscribe(ACCOUNT, BEGINNING.filteredBy(EventFilter.typePrefix("A"))).next())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.subscribe(ACCOUNT, BEGINNING.checkpointEvery(10)).next())
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- all streams

  @Test
  void all_streams_are_followed_from_the_beginning() throws Exception {
    append(ACCOUNT, "A");
    append(ORDER, "B");
    try (var subscription = store.subscribeToAll(BEGINNING)) {
      assertThat(text(untilCaughtUp(subscription))).isEqualTo("$genesis, A, B, caught up at 2");
      assertNothingMore(subscription);

      append(ACCOUNT, "C D");
      store.delete(ORDER, ExpectedState.any());
      store.tombstone(ACCOUNT, ExpectedState.any());

      assertThat(nextEvents(subscription, 4)).isEqualTo(store.readAll(FORWARDS.from(3)).toList());
      assertNothingMore(subscription);
    }
  }

  @Test
  void all_streams_are_followed_after_a_position() throws Exception {
    append(ACCOUNT, "A B C");
    try (var subscription = store.subscribeToAll(SubscribeOptions.after(1))) {
      assertThat(text(untilCaughtUp(subscription))).isEqualTo("B, C, caught up at 3");
    }
    try (var subscription = store.subscribeToAll(SubscribeOptions.after(3))) {
      assertThat(text(untilCaughtUp(subscription))).isEqualTo("caught up at 3");
    }
  }

  @Test
  void all_streams_are_followed_from_the_end() throws Exception {
    append(ACCOUNT, "A B");
    try (var subscription = store.subscribeToAll(END)) {
      assertThat(text(untilCaughtUp(subscription))).isEqualTo("caught up at 2");

      append(ORDER, "C");

      assertThat(nextEvent(subscription).original().position()).isEqualTo(3);
    }
  }

  @Test
  void the_notice_of_having_caught_up_tells_the_time() throws Exception {
    needs(Capability.CLOCK);
    try (var subscription = store.subscribeToAll(END)) {
      assertThat(subscription.next())
          .isInstanceOfSatisfying(
              CaughtUp.class, caughtUp -> assertThat(caughtUp.at()).isEqualTo(clock.instant()));
    }
  }

  @Test
  void a_filter_lets_only_some_events_through() throws Exception {
    var filters = new ArrayList<EventFilter>();
    filters.add(EventFilter.streamPrefix("acc"));
    filters.add(EventFilter.typePrefix("A", "C"));
    filters.add(new EventFilter.StreamRegex("r-1$"));
    filters.add(new EventFilter.TypeRegex("A|B"));
    filters.add(EventFilter.withoutSystemEvents());
    if (can(Capability.FILTERS_BY_INDEX)) {
      filters.add(new EventFilter.Category("account"));
      filters.add(new EventFilter.Types(Set.of("A", "D")));
    }
    if (can(Capability.TAGS)) {
      filters.add(new EventFilter.Tagged(Set.of(Tag.of("red"))));
    }
    for (var filter : filters) {
      var before = lastPosition();
      appendOfEachKind();
      try (var subscription =
          store.subscribeToAll(SubscribeOptions.after(before).filteredBy(filter))) {
        var history = store.readAll(FORWARDS.from(before + 1).filteredBy(filter)).toList();
        assertThat(history).as("%s", filter).isNotEmpty();
        assertThat(nextEvents(subscription, history.size())).as("%s", filter).isEqualTo(history);
        assertThat(subscription.next()).as("%s", filter).isInstanceOf(CaughtUp.class);
        var middle = lastPosition();

        appendOfEachKind();

        var live = store.readAll(FORWARDS.from(middle + 1).filteredBy(filter)).toList();
        assertThat(nextEvents(subscription, live.size())).as("%s", filter).isEqualTo(live);
      }
    }
  }

  private void appendOfEachKind() {
    for (var stream : List.of(ACCOUNT, ORDER, StreamName.of("accounts"))) {
      for (var type : List.of("A", "B", "C", "D")) {
        var event = ProposedEvent.json(type, "{}");
        var tagged = can(Capability.TAGS) && stream.equals(ORDER);
        store.append(stream, ExpectedState.any(), tagged ? event.withTags(Tag.of("red")) : event);
      }
      writeMetadata(stream, StreamMetadata.none());
    }
  }

  @Test
  void checkpoints_count_every_event_looked_at() throws Exception {
    needs(Capability.CHECKPOINTS_AT_ANY_INTERVAL);
    append(ACCOUNT, "A B B B A B");
    var options = BEGINNING.filteredBy(EventFilter.typePrefix("A")).checkpointEvery(3);
    try (var subscription = store.subscribeToAll(options)) {
      assertThat(text(untilCaughtUp(subscription)))
          .isEqualTo("A, checkpoint 2, A, checkpoint 6, caught up at 6");

      append(ORDER, "B");
      append(ORDER, "A1");
      append(ORDER, "B2");
      append(StreamName.of("order-2"), "B B B A3");

      var live = new ArrayList<SubscriptionMessage>();
      while (!text(live).endsWith("A3")) {
        live.add(subscription.next());
      }
      assertThat(text(live)).isEqualTo("A1, checkpoint 12, A3");
      assertNothingMore(subscription);
    }
  }

  @Test
  void checkpoints_are_told_without_a_filter_too() throws Exception {
    needs(Capability.CHECKPOINTS_AT_ANY_INTERVAL);
    append(ACCOUNT, "A B C");
    try (var subscription = store.subscribeToAll(SubscribeOptions.after(0).checkpointEvery(1))) {
      assertThat(text(untilCaughtUp(subscription)))
          .isEqualTo("A, checkpoint 1, B, checkpoint 2, C, checkpoint 3, caught up at 3");
    }
    try (var subscription = store.subscribeToAll(SubscribeOptions.after(3).checkpointEvery(1))) {
      assertThat(text(untilCaughtUp(subscription))).isEqualTo("caught up at 3");
    }
  }

  @Test
  void a_subscription_may_go_on_where_another_one_stopped() throws Exception {
    var taken = new ArrayList<RecordedEvent>();
    for (var round = 0; round < 30; round++) {
      append(StreamName.of("s-" + round % 4), "A" + round);
      append(StreamName.of("s-" + round % 3), "B" + round);
      store.append(ACCOUNT, ExpectedState.any(), ProposedEvent.json("C", "{}"));
      var options =
          taken.isEmpty() ? BEGINNING : SubscribeOptions.after(taken.getLast().position());
      try (var subscription = store.subscribeToAll(options)) {
        for (var i = 0; i <= round % 2; i++) {
          taken.add(nextEvent(subscription).original());
        }
      }
    }
    try (var subscription =
        store.subscribeToAll(SubscribeOptions.after(taken.getLast().position()))) {
      while (taken.getLast().position() < lastPosition()) {
        taken.add(nextEvent(subscription).original());
      }
    }
    assertThat(taken).isEqualTo(log());
  }

  // ---- waiting and ending

  @Test
  void a_poll_waits_no_longer_than_it_may() throws Exception {
    try (var subscription = store.subscribe(ACCOUNT, BEGINNING)) {
      untilCaughtUp(subscription);

      assertThat(subscription.poll(Duration.ofNanos(1))).isEmpty();
      assertThat(subscription.poll(Duration.ofMillis(5))).isEmpty();
      append(ACCOUNT, "A");
      assertThat(subscription.poll(Duration.ofDays(1_000_000))).isPresent();
    }
  }

  @Test
  void closing_a_subscription_ends_the_waiting() throws Exception {
    var subscription = store.subscribe(ACCOUNT, END);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      untilCaughtUp(subscription);
      var waiting = executor.submit(subscription::next);

      subscription.close();

      assertClosed(() -> result(waiting));
      assertClosed(subscription::next);
      assertClosed(() -> subscription.poll(Duration.ZERO));
      subscription.close();
    }
  }

  @Test
  void closing_the_store_ends_the_waiting() throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor();
        var ofStream = store.subscribe(ACCOUNT, END);
        var ofAll = store.subscribeToAll(END)) {
      untilCaughtUp(ofStream);
      untilCaughtUp(ofAll);
      var waitingForStream = executor.submit(ofStream::next);
      var waitingForAll = executor.submit(ofAll::next);

      store.close();

      assertClosed(() -> result(waitingForStream));
      assertClosed(() -> result(waitingForAll));
      assertClosed(ofAll::next);
    }
  }

  private static void result(Future<?> future) throws Throwable {
    try {
      future.get();
    } catch (ExecutionException failure) {
      throw failure.getCause() == null ? failure : failure.getCause();
    }
  }

  @Test
  void a_subscription_survives_the_interruption_of_its_taker() throws Exception {
    try (var subscription = store.subscribe(ACCOUNT, END)) {
      untilCaughtUp(subscription);
      var interrupted = new AtomicInteger();
      var taker =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  subscription.next();
                } catch (InterruptedException expected) {
                  interrupted.incrementAndGet();
                }
              });

      taker.interrupt();
      taker.join();

      assertThat(interrupted).hasValue(1);
      append(ACCOUNT, "A");
      assertThat(nextEvent(subscription).original().type()).isEqualTo("A");
    }
  }

  // ---- while others write

  private static final int WRITERS = 4;
  private static final int COMMITS = 100;

  /// Follows while several threads write, from a start that is somewhere in the middle of it.
  private void assertNoGapAndNoDouble(Follow follow, Predicate<RecordedEvent> wanted)
      throws Exception {
    var taken =
        together(
            WRITERS + 3,
            thread -> {
              if (thread < WRITERS) {
                for (var i = 0; i < COMMITS; i++) {
                  write(thread, i);
                }
                return List.<ResolvedEvent>of();
              }
              var events = new ArrayList<ResolvedEvent>();
              try (var subscription = follow.open()) {
                while (!isLast(events)) {
                  events.add(nextEvent(subscription));
                }
              }
              return events;
            });

    var expected = log().stream().filter(wanted).toList();
    for (var events : taken.subList(WRITERS, taken.size())) {
      assertThat(events.stream().map(event -> event.event().orElseThrow())).isEqualTo(expected);
    }
  }

  /// How a subscription is opened.
  private interface Follow {
    Subscription open();
  }

  private final AtomicInteger written = new AtomicInteger();

  private void write(int thread, int i) {
    var stream = StreamName.of("busy-" + (thread + i) % 3);
    var event = ProposedEvent.json(i % 2 == 0 ? "Even" : "Odd", "{}");
    if (can(Capability.COMMITS_OF_SEVERAL_STREAMS)) {
      var other = ProposedEvent.json("Other", "{}");
      store.append(
          List.of(
              StreamAppend.of(stream, ExpectedState.any(), event, event.withId(other.id())),
              StreamAppend.of(ORDER, ExpectedState.any(), other)));
    } else {
      store.append(stream, ExpectedState.any(), event);
    }
    if (written.incrementAndGet() == WRITERS * COMMITS) {
      store.append(
          StreamName.of("busy-0"), ExpectedState.any(), ProposedEvent.json("EvenLast", "{}"));
    }
  }

  private static boolean isLast(List<ResolvedEvent> events) {
    return !events.isEmpty()
        && events.getLast().event().map(event -> event.type().equals("EvenLast")).orElse(false);
  }

  @Test
  void following_all_streams_from_the_beginning_has_no_gap_and_no_double() throws Exception {
    assertNoGapAndNoDouble(() -> store.subscribeToAll(BEGINNING), _ -> true);
  }

  @Test
  void following_all_streams_filtered_has_no_gap_and_no_double() throws Exception {
    assertNoGapAndNoDouble(
        () ->
            store.subscribeToAll(
                BEGINNING.filteredBy(EventFilter.typePrefix("Even")).checkpointEvery(16)),
        event -> event.type().startsWith("Even"));
  }

  @Test
  void following_a_stream_has_no_gap_and_no_double() throws Exception {
    assertNoGapAndNoDouble(
        () -> store.subscribe(StreamName.of("busy-0"), BEGINNING),
        event -> event.stream().value().equals("busy-0"));
  }

  @Test
  void following_a_virtual_stream_has_no_gap_and_no_double() throws Exception {
    assertNoGapAndNoDouble(
        () -> store.subscribe(StreamName.ofCategory("busy"), BEGINNING.resolvingLinks()),
        event -> event.stream().value().startsWith("busy"));
  }

  @Test
  void subscriptions_opened_while_others_write_start_where_they_say() throws Exception {
    var taken =
        together(
            WRITERS + 3,
            thread -> {
              var own = new ArrayList<Long>();
              if (thread < WRITERS) {
                for (var i = 0; i < COMMITS; i++) {
                  write(thread, i);
                }
                return own;
              }
              for (var round = 0; round < 20; round++) {
                var start = lastPosition();
                try (var subscription = store.subscribeToAll(SubscribeOptions.after(start))) {
                  if (start < lastPosition()) {
                    assertThat(nextEvent(subscription).original().position()).isEqualTo(start + 1);
                  }
                }
                try (var subscription = store.subscribeToAll(END)) {
                  var first = (CaughtUp) subscription.next();
                  assertThat(first.last().orElseThrow()).isGreaterThanOrEqualTo(start);
                }
              }
              return own;
            });

    assertThat(taken).hasSize(WRITERS + 3);
  }

  @Test
  void a_slow_taker_gets_everything_in_order() throws Exception {
    try (var ofAll = store.subscribeToAll(BEGINNING);
        var ofStream = store.subscribe(ACCOUNT, BEGINNING)) {
      untilCaughtUp(ofAll);
      untilCaughtUp(ofStream);
      for (var i = 0; i < 60; i++) {
        var many = new ArrayList<ProposedEvent>();
        for (var j = 0; j < 50; j++) {
          many.add(ProposedEvent.json("Counted", "" + (i * 50 + j)));
        }
        store.append(ACCOUNT, ExpectedState.any(), many);
      }

      for (var subscription : List.of(ofAll, ofStream)) {
        var events = nextEvents(subscription, 3_000);
        for (var i = 0; i < events.size(); i++) {
          assertThat(events.get(i).original().revision()).isEqualTo(i);
          assertThat(events.get(i).original().dataAsText()).isEqualTo("" + i);
        }
      }
      store.append(ACCOUNT, ExpectedState.any(), ProposedEvent.json("Counted", "last"));
      assertThat(nextEvent(ofAll).original().dataAsText()).isEqualTo("last");
      assertThat(nextEvent(ofStream).original().dataAsText()).isEqualTo("last");
    }
  }

  @Test
  void each_of_many_subscriptions_gets_its_own_stream() throws Exception {
    var subscriptions = new ArrayList<Subscription>();
    for (var i = 0; i < 100; i++) {
      subscriptions.add(store.subscribe(StreamName.of("own-" + i), BEGINNING));
    }
    for (var i = 0; i < 100; i++) {
      store.append(
          StreamName.of("own-" + i), ExpectedState.noStream(), ProposedEvent.json("T" + i, "{}"));
    }
    for (var i = 0; i < 100; i++) {
      try (var subscription = subscriptions.get(i)) {
        assertThat(nextEvent(subscription).original().type()).isEqualTo("T" + i);
      }
    }
  }

  @Test
  void an_event_that_was_given_can_be_read() throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor();
        var subscription = store.subscribeToAll(END)) {
      untilCaughtUp(subscription);
      var writer =
          executor.submit(() -> {
            for (var i = 0; i < 100; i++) {
              append(ACCOUNT, "A" + i);
            }
          });
      for (var i = 0; i < 100; i++) {
        var event = nextEvent(subscription).original();
        assertThat(store.readAll(ReadOptions.forwards().from(event.position()).limit(1)).events())
            .containsExactly(event);
        assertThat(store.read(ACCOUNT, FORWARDS.from(event.revision()).limit(1)).events())
            .containsExactly(event);
      }
      writer.get();
    }
  }
}

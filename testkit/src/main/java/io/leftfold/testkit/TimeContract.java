// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Head;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// The position at a time, reads as of a time and from a time, subscriptions from a time.
///
/// The clock is turned by the test. Position 0, genesis, is recorded when the store is opened.
abstract class TimeContract extends BoundaryContract {

  private static final Duration MICRO = Duration.ofNanos(1000);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Instant opened = clock.instant();

  private void needsTime() {
    needs(Capability.CLOCK);
    needs(Capability.TIME);
  }

  /// Appends, a minute later.
  ///
  /// @return when it is recorded
  private Instant later(StreamName stream, String letters) {
    clock.advance(MINUTE);
    append(stream, letters);
    return clock.instant();
  }

  // ---- the position at a time

  @Test
  void the_position_at_a_time_is_that_of_the_first_event_recorded_then_or_later() {
    needsTime();
    var first = later(ACCOUNT, "A B");
    var second = later(ORDER, "C");

    assertThat(store.positionAt(opened)).isEqualTo(0);
    assertThat(store.positionAt(opened.plus(MICRO))).isEqualTo(1);
    assertThat(store.positionAt(first.minus(MICRO))).isEqualTo(1);
    assertThat(store.positionAt(first)).isEqualTo(1);
    assertThat(store.positionAt(first.plusNanos(1))).isEqualTo(3);
    assertThat(store.positionAt(second)).isEqualTo(3);
  }

  @Test
  void the_position_at_a_time_without_events_is_that_of_the_next_event() {
    needsTime();
    var last = later(ACCOUNT, "A B");

    assertThat(store.positionAt(last.plus(MICRO))).isEqualTo(3);
    assertThat(store.positionAt(last.plus(Duration.ofDays(365)))).isEqualTo(3);
    assertThat(store.positionAt(Instant.MAX)).isEqualTo(3);
    assertThat(store.positionAt(Instant.MIN)).isEqualTo(0);
    assertThat(store.positionAt(Instant.EPOCH)).isEqualTo(0);
  }

  @Test
  void events_of_the_same_time_are_not_parted() {
    needsTime();
    clock.advance(MINUTE);
    append(ACCOUNT, "A");
    append(ORDER, "B");
    append(ACCOUNT, "C");

    assertThat(store.positionAt(clock.instant())).isEqualTo(1);
    assertThat(store.positionAt(clock.instant().plus(MICRO))).isEqualTo(4);
  }

  @Test
  void a_read_judges_ages_as_of_its_opening_wherever_it_is_when_time_passes() {
    needsTime();
    store.writeMetadata(
        ACCOUNT, ExpectedState.any(), StreamMetadata.none().withMaxAge(Duration.ofMinutes(2)));
    later(ACCOUNT, "A B");
    store.append(
        ORDER, ExpectedState.any(), ProposedEvent.link(ACCOUNT, 0), ProposedEvent.link(ACCOUNT, 1));

    try (var links = store.read(ORDER, FORWARDS.resolvingLinks());
        var category = store.read(StreamName.ofCategory("account"), FORWARDS.resolvingLinks())) {
      assertThat(links.iterator().hasNext() && category.iterator().hasNext()).isTrue();
      clock.advance(MINUTE.multipliedBy(5));
      assertThat(links.events()).hasSize(2);
      assertThat(category.events()).hasSize(2);
    }
  }

  @Test
  void a_clock_that_is_turned_back_does_not_turn_back_the_store() {
    needsTime();
    var first = later(ACCOUNT, "A");
    clock.advance(Duration.ofHours(-1));
    append(ACCOUNT, "B");

    assertThat(log().getLast().recorded()).isEqualTo(first);
    assertThat(store.positionAt(first)).isEqualTo(1);
    assertThat(store.positionAt(clock.instant())).isEqualTo(0);
    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(first)).toList())).isEqualTo("A B");
  }

  @Test
  void every_event_lies_on_its_side_of_every_position_at_a_time() {
    needsTime();
    for (var i = 0; i < 40; i++) {
      clock.advance(Duration.ofNanos(i % 3 * 500L));
      append(StreamName.of("s-" + i % 5), "E" + i);
    }
    var log = log();
    for (var event : log) {
      for (var time : List.of(event.recorded(), event.recorded().plusNanos(1))) {
        var position = store.positionAt(time);

        assertThat(log.subList(0, (int) position))
            .allMatch(before -> before.recorded().isBefore(time));
        assertThat(log.subList((int) position, log.size()))
            .noneMatch(behind -> behind.recorded().isBefore(time));
      }
    }
  }

  // ---- reading as of

  @Test
  void all_streams_read_as_of_a_position_end_below_it() {
    needsTime();
    append(ACCOUNT, "1 2");
    append(ORDER, "3 4");

    assertThat(positions(FORWARDS.asOf(3))).containsExactly(0L, 1L, 2L);
    assertThat(positions(BACKWARDS.asOf(3))).containsExactly(2L, 1L, 0L);
    assertThat(positions(BACKWARDS.asOf(3).from(2))).containsExactly(1L, 0L);
    assertThat(positions(FORWARDS.asOf(3).from(2).limit(5))).containsExactly(2L);
    assertThat(positions(FORWARDS.asOf(3).from(3))).isEmpty();
    assertThat(positions(FORWARDS.asOf(0))).isEmpty();
    assertThat(positions(FORWARDS.asOf(5))).hasSize(5);
    assertThat(positions(FORWARDS.asOf(Long.MAX_VALUE))).hasSize(5);
  }

  private List<Long> positions(ReadOptions options) {
    return store.readAll(options).events().stream().map(RecordedEvent::position).toList();
  }

  @Test
  void a_read_as_of_a_time_sees_what_was_recorded_then_or_before() {
    needsTime();
    var first = later(ACCOUNT, "A B");
    var second = later(ACCOUNT, "C");

    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(first)).toList())).isEqualTo("A B");
    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(first.minusNanos(1))).toList())).isEmpty();
    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(second.minusNanos(1))).toList()))
        .isEqualTo("A B");
    assertThat(types(store.read(ACCOUNT, BACKWARDS.asOf(second)).toList())).isEqualTo("C B A");
    assertThat(positions(FORWARDS.asOf(first))).containsExactly(0L, 1L, 2L);
    assertThat(positions(FORWARDS.asOf(Instant.MIN))).isEmpty();
    assertThat(positions(FORWARDS.asOf(Instant.MAX))).hasSize(4);
  }

  @Test
  void what_was_read_as_of_a_moment_is_read_so_for_ever() {
    needsTime();
    append(ACCOUNT, "A B C");
    writeMetadata(ACCOUNT, StreamMetadata.none().withTruncateBefore(1));
    var then = lastPosition() + 1;
    var all = store.readAll(FORWARDS).events();
    var account = store.read(ACCOUNT, BACKWARDS).events();

    append(ACCOUNT, "D");
    store.delete(ACCOUNT, ExpectedState.any());
    append(ACCOUNT, "E");
    store.tombstone(ACCOUNT, ExpectedState.any());

    assertThat(store.readAll(FORWARDS.asOf(then)).events()).isEqualTo(all);
    assertThat(store.read(ACCOUNT, BACKWARDS.asOf(then)).events()).isEqualTo(account);
  }

  @Test
  void the_state_of_a_stream_is_told_as_of_the_same_moment() {
    needsTime();
    needs(Capability.EXACT_STATES);
    append(ORDER, "X");
    append(ACCOUNT, "A B C");
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(2));
    store.delete(ACCOUNT, ExpectedState.any());
    append(ACCOUNT, "D");

    assertThat(stateAsOf(2)).isEqualTo(new StreamState.Absent());
    assertThat(stateAsOf(4)).isEqualTo(new StreamState.Present(0, 1));
    assertThat(stateAsOf(5)).isEqualTo(new StreamState.Present(0, 2));
    assertThat(stateAsOf(6)).isEqualTo(new StreamState.Present(1, 2));
    assertThat(stateAsOf(7)).isEqualTo(new StreamState.Deleted(2));
    assertThat(stateAsOf(9)).isEqualTo(new StreamState.Present(3, 3));
    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(5)).toList())).isEqualTo("A B C");
    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(6)).toList())).isEqualTo("B C");
    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(7)).toList())).isEmpty();
    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(9)).toList())).isEqualTo("D");
  }

  private StreamState stateAsOf(long end) {
    try (var read = store.read(ACCOUNT, FORWARDS.asOf(end))) {
      return read.state();
    }
  }

  @Test
  void a_tombstone_is_one_from_its_position_on() {
    needsTime();
    append(ACCOUNT, "A B");
    var tombstone = store.tombstone(ACCOUNT, ExpectedState.any());

    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(tombstone)).toList())).isEqualTo("A B");
    assertThat(store.read(ACCOUNT, BACKWARDS.from(0).asOf(tombstone)).toList()).hasSize(1);
    assertThatThrownBy(() -> store.read(ACCOUNT, FORWARDS.asOf(tombstone + 1)))
        .isInstanceOf(StreamTombstonedException.class);
  }

  @Test
  void metadata_is_read_as_of_then_in_the_metastream() {
    needsTime();
    append(ACCOUNT, "A");
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(5));
    var then = lastPosition() + 1;
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(9));

    assertThat(store.read(ACCOUNT.metastream(), FORWARDS.asOf(then)).events())
        .extracting(RecordedEvent::dataAsText)
        .containsExactly("{\"$maxCount\":5}");
  }

  @Test
  void the_age_of_events_is_judged_as_of_then() {
    needsTime();
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxAge(Duration.ofSeconds(90)));
    later(ACCOUNT, "A");
    var second = later(ACCOUNT, "B");
    var third = later(ACCOUNT, "C");
    clock.advance(Duration.ofDays(1));

    assertThat(letters(ACCOUNT)).isEmpty();
    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(third)).toList())).isEqualTo("B C");
    assertThat(
            types(store.read(ACCOUNT, FORWARDS.asOf(second.plus(MINUTE).minusNanos(1))).toList()))
        .isEqualTo("B");
    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(4)).toList())).as("as B").isEqualTo("A B");
  }

  @Test
  void a_read_as_of_a_time_that_lies_ahead_is_one_as_of_now() {
    needsTime();
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxAge(Duration.ofSeconds(90)));
    append(ACCOUNT, "A");

    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(Instant.MAX)).toList())).isEqualTo("A");
  }

  @Test
  void links_lead_to_what_was_to_be_seen_then() {
    needsTime();
    append(ACCOUNT, "A");
    store.append(ORDER, ExpectedState.any(), ProposedEvent.link(ACCOUNT, 0));
    store.append(ORDER, ExpectedState.any(), ProposedEvent.link(ACCOUNT, 1));
    var then = lastPosition() + 1;
    append(ACCOUNT, "B");
    store.delete(ACCOUNT, ExpectedState.any());

    assertThat(store.read(ORDER, FORWARDS.resolvingLinks().asOf(then)).events())
        .extracting(RecordedEvent::type)
        .containsExactly("A");
    assertThat(store.read(ORDER, FORWARDS.resolvingLinks().asOf(then + 1)).events())
        .extracting(RecordedEvent::type)
        .containsExactly("A", "B");
    assertThat(store.read(ORDER, FORWARDS.resolvingLinks()).events()).isEmpty();
    assertThat(store.readAll(FORWARDS.resolvingLinks().asOf(then).from(2)).events()).hasSize(1);
  }

  @Test
  void virtual_streams_and_filters_are_as_of_then() {
    needsTime();
    append(ACCOUNT, "A B");
    append(StreamName.of("account-2"), "A");
    var category = StreamName.ofCategory("account");

    try (var read = store.read(category, FORWARDS.asOf(3))) {
      assertThat(read.state()).isEqualTo(new StreamState.Present(0, 1));
      assertThat(read.stream().toList()).hasSize(2);
    }
    assertThat(store.read(category, BACKWARDS.asOf(3)).events())
        .extracting(RecordedEvent::dataAsText)
        .containsExactly("1@account-1", "0@account-1");
    assertThat(store.read(StreamName.ofType("A"), FORWARDS.asOf(3)).events()).hasSize(1);
    assertThat(store.read(category, FORWARDS.asOf(1)).state()).isEqualTo(new StreamState.Absent());
    assertThat(positions(FORWARDS.filteredBy(EventFilter.typePrefix("A")).asOf(3)))
        .containsExactly(1L);
  }

  @Test
  void a_read_by_query_has_the_head_of_the_moment_it_is_as_of() {
    needsTime();
    needs(Capability.BOUNDARIES);
    append(ACCOUNT, "A B");
    var then = clock.instant();
    later(ORDER, "A");
    var query = Query.of(Query.typed("A"));

    try (var read = store.read(query, FORWARDS.asOf(2))) {
      assertThat(read.head()).isEqualTo(new Head(2));
      assertThat(read.stream().toList()).hasSize(1);
    }
    try (var read = store.read(query, FORWARDS.asOf(then))) {
      assertThat(read.head()).isEqualTo(new Head(3));
    }
    try (var read = store.read(query, FORWARDS.asOf(Instant.MAX))) {
      assertThat(read.head()).isEqualTo(new Head(4));
      assertThat(read.stream().toList()).hasSize(2);
    }
  }

  @Test
  void a_read_as_of_then_ends_with_the_store() {
    needsTime();
    append(ACCOUNT, "A B");
    var read = store.read(ACCOUNT, FORWARDS.asOf(2));

    store.close();

    assertThatThrownBy(read::toList).isInstanceOf(UnavailableException.class);
    assertThatThrownBy(() -> store.positionAt(opened)).isInstanceOf(UnavailableException.class);
  }

  @Test
  void a_position_below_zero_is_refused() {
    assertThatThrownBy(() -> FORWARDS.asOf(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  // ---- reading from a time

  @Test
  void a_read_from_a_time_begins_with_what_was_recorded_then() {
    needsTime();
    var first = later(ACCOUNT, "A B");
    later(ORDER, "X");
    var third = later(ACCOUNT, "C D");

    assertThat(positions(FORWARDS.fromTime(first))).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(positions(FORWARDS.fromTime(first.plusNanos(1)))).containsExactly(3L, 4L, 5L);
    assertThat(positions(BACKWARDS.fromTime(first))).containsExactly(2L, 1L, 0L);
    assertThat(positions(BACKWARDS.fromTime(first.minusNanos(1)))).containsExactly(0L);
    assertThat(types(store.read(ACCOUNT, FORWARDS.fromTime(first.plusNanos(1))).toList()))
        .isEqualTo("C D");
    assertThat(types(store.read(ACCOUNT, BACKWARDS.fromTime(third.minusNanos(1))).toList()))
        .isEqualTo("B A");
    assertThat(types(store.read(ACCOUNT, FORWARDS.fromTime(third).limit(1)).toList()))
        .isEqualTo("C");
    assertThat(store.read(ACCOUNT, FORWARDS.fromTime(third.plus(MICRO))).toList()).isEmpty();
    assertThat(store.read(ACCOUNT, BACKWARDS.fromTime(opened)).toList()).isEmpty();
  }

  @Test
  void a_time_and_a_place_to_begin_at_hold_both() {
    needsTime();
    var first = later(ACCOUNT, "A B");
    var second = later(ACCOUNT, "C D");

    assertThat(revisions(ACCOUNT, FORWARDS.fromTime(second).from(1))).containsExactly(2L, 3L);
    assertThat(revisions(ACCOUNT, FORWARDS.fromTime(first).from(1))).containsExactly(1L, 2L, 3L);
    assertThat(revisions(ACCOUNT, BACKWARDS.fromTime(first).from(3))).containsExactly(1L, 0L);
    assertThat(revisions(ACCOUNT, BACKWARDS.fromTime(second).from(0))).containsExactly(0L);
    assertThat(positions(BACKWARDS.fromTime(second).from(3))).containsExactly(2L, 1L, 0L);
  }

  @Test
  void from_a_time_as_of_a_time_is_what_was_recorded_between() {
    needsTime();
    later(ACCOUNT, "A");
    var from = later(ACCOUNT, "B");
    later(ORDER, "X");
    var until = later(ACCOUNT, "C");
    later(ACCOUNT, "D");
    var category = StreamName.ofCategory("account");

    assertThat(types(store.read(ACCOUNT, FORWARDS.fromTime(from).asOf(until)).toList()))
        .isEqualTo("B C");
    assertThat(positions(FORWARDS.fromTime(from).asOf(until))).containsExactly(2L, 3L, 4L);
    assertThat(store.read(category, FORWARDS.fromTime(from).asOf(until)).events())
        .extracting(RecordedEvent::revision)
        .containsExactly(1L, 2L);
    assertThat(store.read(category, BACKWARDS.fromTime(from).asOf(until)).events())
        .extracting(RecordedEvent::revision)
        .containsExactly(1L, 0L);
  }

  // ---- following from a time

  @Test
  void all_streams_are_followed_from_a_time() throws Exception {
    needsTime();
    later(ACCOUNT, "A");
    var second = later(ORDER, "B");
    later(ACCOUNT, "C");

    try (var subscription = store.subscribeToAll(SubscribeOptions.fromTime(second))) {
      assertThat(nextTypes(subscription, 2)).containsExactly("B", "C");
      assertThat(subscription.next())
          .isEqualTo(new SubscriptionMessage.CaughtUp(clock.instant(), OptionalLong.of(3)));
      append(ACCOUNT, "D");
      assertThat(nextTypes(subscription, 1)).containsExactly("D");
    }
  }

  @Test
  void a_stream_is_followed_from_a_time() throws Exception {
    needsTime();
    later(ACCOUNT, "A B");
    var second = later(ACCOUNT, "C");

    try (var subscription = store.subscribe(ACCOUNT, SubscribeOptions.fromTime(second))) {
      assertThat(nextTypes(subscription, 1)).containsExactly("C");
    }
    try (var subscription =
        store.subscribe(ACCOUNT, SubscribeOptions.fromTime(second.plusNanos(1)))) {
      assertThat(subscription.next())
          .isEqualTo(new SubscriptionMessage.CaughtUp(clock.instant(), OptionalLong.of(2)));
      append(ACCOUNT, "D");
      assertThat(nextTypes(subscription, 1)).containsExactly("D");
    }
  }

  @Test
  void a_virtual_stream_is_followed_from_a_time() throws Exception {
    needsTime();
    later(ACCOUNT, "A B");
    var second = later(StreamName.of("account-2"), "C");
    var category = StreamName.ofCategory("account");

    try (var subscription = store.subscribe(category, SubscribeOptions.fromTime(second))) {
      assertThat(((SubscriptionMessage.Event) subscription.next()).event().original().dataAsText())
          .isEqualTo("0@account-2");
    }
  }

  @Test
  void a_time_that_lies_ahead_is_the_end() throws Exception {
    needsTime();
    append(ACCOUNT, "A");
    var ahead = clock.instant().plus(Duration.ofDays(1));

    try (var ofAll = store.subscribeToAll(SubscribeOptions.fromTime(ahead));
        var ofStream = store.subscribe(ORDER, SubscribeOptions.fromTime(ahead))) {
      append(ORDER, "B");
      assertThat(eventTypes(ofAll, 1)).containsExactly("B");
      assertThat(eventTypes(ofStream, 1)).containsExactly("B");
    }
  }

  private static List<String> nextTypes(Subscription subscription, int count)
      throws InterruptedException {
    var types = new ArrayList<String>();
    while (types.size() < count) {
      types.add(((SubscriptionMessage.Event) subscription.next()).event().original().type());
    }
    return types;
  }

  /// The same, whenever the subscription says that it has caught up.
  private static List<String> eventTypes(Subscription subscription, int count)
      throws InterruptedException {
    var types = new ArrayList<String>();
    while (types.size() < count) {
      if (subscription.next() instanceof SubscriptionMessage.Event(var event)) {
        types.add(event.original().type());
      }
    }
    return types;
  }

  @Test
  void times_are_told_of_events_as_they_are_asked_for() {
    needsTime();
    clock.advance(Duration.ofNanos(999));
    store.append(
        ACCOUNT,
        ExpectedState.any(),
        new ProposedEvent(id("A"), "A", ContentType.BINARY, new byte[0], new byte[0], List.of()));
    var recorded = log().getLast().recorded();

    assertThat(store.positionAt(recorded)).isLessThanOrEqualTo(1);
    assertThat(types(store.read(ACCOUNT, FORWARDS.asOf(recorded)).toList())).isEqualTo("A");
    assertThat(types(store.read(ACCOUNT, FORWARDS.fromTime(recorded)).toList())).isEqualTo("A");
  }
}

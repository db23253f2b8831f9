// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.AppendCondition;
import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Head;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.Tag;
import io.leftfold.api.Tracking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Dynamic consistency boundaries: reading by query, appending on conditions, tracking.
abstract class BoundaryContract extends SubscribingContract {

  private static final StreamName COURSES = StreamName.of("courses");
  private static final StreamName OTHERS = StreamName.of("others-1");
  private static final StreamName UPSTREAM = Tracking.streamOf("upstream");
  private static final Tag RED = Tag.of("red");
  private static final Query OF_RED = Query.of(Query.tagged(RED));

  private void needsBoundaries() {
    needs(Capability.BOUNDARIES);
    needs(Capability.TAGS);
  }

  /// An event with tags: `A+red+green`.
  private static ProposedEvent tagged(String text) {
    var words = text.split("\\+", -1);
    return event(words[0]).withTags(Arrays.stream(words).skip(1).map(Tag::of).toArray(Tag[]::new));
  }

  private static ProposedEvent[] tagged(String... texts) {
    return Arrays.stream(texts).map(BoundaryContract::tagged).toArray(ProposedEvent[]::new);
  }

  /// A query by text: items with `;` between, each of types with `,` between, and tags behind `+`.
  private static Query query(String text) {
    if (text.equals("everything")) {
      return Query.everything();
    }
    return new Query(
        Arrays.stream(text.split(";", -1))
            .map(item -> {
              var words = item.strip().split("\\+", -1);
              var types = words[0].isEmpty() ? new String[0] : words[0].split(",", -1);
              return Query.tagged(Arrays.stream(words).skip(1).map(Tag::of).toArray(Tag[]::new))
                  .ofTypes(types);
            })
            .toList());
  }

  private static StreamAppend to(StreamName stream, String... texts) {
    return StreamAppend.of(stream, ExpectedState.any(), tagged(texts));
  }

  private void record(StreamName stream, String... texts) {
    store.append(stream, ExpectedState.any(), tagged(texts));
  }

  private Head head() {
    try (var read = store.read(Query.everything(), FORWARDS)) {
      return read.head();
    }
  }

  private String matching(Query query, ReadOptions options) {
    return types(store.read(query, options).toList());
  }

  private ConditionFailedException assertFails(Commit commit) {
    var before = lastPosition();
    var refusal = catchThrowableOfType(ConditionFailedException.class, () -> store.append(commit));
    assertThat(refusal).as("the refusal").isNotNull();
    assertThat(lastPosition()).as("the last position after a refusal").isEqualTo(before);
    return refusal;
  }

  private AlreadyTrackedException assertTracked(Commit commit) {
    var before = lastPosition();
    var refusal = catchThrowableOfType(AlreadyTrackedException.class, () -> store.append(commit));
    assertThat(refusal).as("the refusal").isNotNull();
    assertThat(lastPosition()).as("the last position after a refusal").isEqualTo(before);
    return refusal;
  }

  // ---- reading by query

  @ParameterizedTest(name = "{0} finds {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # query           | of A+red B+red+green C D+green E+red
            everything      | A B C D E
            +red            | A B E
            +red+green      | B
            +blue           | -
            A,C             | A C
            A,D+green       | D
            A,D,E+red       | A E
            +green;A        | A B D
            +red;+red+green | A B E
            C;C;+none       | C
            A;;X            | A B C D E
            a               | -
            +RED            | -
            X+red           | -
          """)
  void a_query_finds_events_in_whatever_stream(String query, String expected) {
    needsBoundaries();
    record(COURSES, "A+red", "B+red+green");
    record(OTHERS, "C", "D+green");
    record(COURSES, "E+red");

    var letters = expected.equals("-") ? "" : expected;
    assertThat(matching(query(query), FORWARDS)).isEqualTo(letters);
    assertThat(new StringBuilder(matching(query(query), BACKWARDS)).reverse().toString())
        .isEqualTo(letters);
    assertThat(
            types(store.readAll(FORWARDS.filteredBy(EventFilter.matching(query(query)))).toList()))
        .isEqualTo(letters);
  }

  @Test
  void a_query_is_read_from_a_position_and_up_to_a_limit() {
    needsBoundaries();
    record(COURSES, "A+red", "B", "C+red", "D+red");
    var first = lastPosition() - 3;

    assertThat(matching(OF_RED, FORWARDS.from(first + 2))).isEqualTo("C D");
    assertThat(matching(OF_RED, FORWARDS.from(first + 1).limit(1))).isEqualTo("C");
    assertThat(matching(OF_RED, FORWARDS.limit(0))).isEmpty();
    assertThat(matching(OF_RED, FORWARDS.from(ReadOptions.END))).isEmpty();
    assertThat(matching(OF_RED, BACKWARDS.limit(1))).isEqualTo("D");
    assertThat(matching(OF_RED, BACKWARDS.from(first + 3))).isEqualTo("C A");
    assertThat(matching(OF_RED, BACKWARDS.from(first))).isEmpty();
    assertThatThrownBy(
            () -> store.read(OF_RED, FORWARDS.filteredBy(EventFilter.withoutSystemEvents())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_events_found_are_the_events_of_their_streams() {
    needsBoundaries();
    record(COURSES, "A+red", "B+red");

    assertThat(store.read(OF_RED, FORWARDS).events())
        .isEqualTo(store.read(COURSES, FORWARDS).events());
  }

  @Test
  void the_head_counts_every_event_and_is_as_of_the_read() {
    needsBoundaries();
    record(COURSES, "A+red", "B");
    try (var read = store.read(OF_RED, FORWARDS)) {
      assertThat(read.head()).isEqualTo(Head.behind(lastPosition()));
      var before = read.head();

      record(COURSES, "C+red");

      assertThat(read.head()).isEqualTo(before);
      assertThat(types(read.stream().toList())).isEqualTo("A");
    }
    assertThat(head()).isEqualTo(Head.behind(lastPosition()));
    try (var backwards = store.read(query("none"), BACKWARDS.limit(1))) {
      assertThat(backwards.head()).isEqualTo(head());
    }
  }

  @Test
  void as_of_an_earlier_moment_a_query_has_the_events_and_the_head_of_then() {
    needsBoundaries();
    needs(Capability.TIME);
    record(COURSES, "A+red", "B");
    var then = head();
    record(COURSES, "C+red");

    try (var read = store.read(OF_RED, FORWARDS.asOf(then.end()))) {
      assertThat(read.head()).isEqualTo(then);
      assertThat(types(read.stream().toList())).isEqualTo("A");
    }
    assertFails(Commit.of(to(OTHERS, "D")).onlyIf(AppendCondition.noneMatch(OF_RED).after(then)));
  }

  @Test
  void what_metadata_hides_still_counts() {
    needsBoundaries();
    record(COURSES, "A+red", "B+red");
    writeMetadata(COURSES, StreamMetadata.none().withMaxCount(1));

    assertThat(matching(OF_RED, FORWARDS)).isEqualTo("A B");
    store.delete(COURSES, ExpectedState.any());

    assertThat(matching(OF_RED, FORWARDS)).isEqualTo("A B");
    assertFails(Commit.of(to(OTHERS, "C")).onlyIf(AppendCondition.noneMatch(OF_RED)));
  }

  @Test
  void the_store_s_own_events_never_match() {
    needsBoundaries();
    assertThat(matching(Query.everything(), FORWARDS)).isEmpty();
    store.append(
        Commit.of(to(COURSES, "A"))
            .onlyIf(AppendCondition.noneMatch(Query.everything()))
            .tracking("upstream", 1));
    var head = head();

    writeMetadata(COURSES, StreamMetadata.none().withMaxCount(9));
    record(COURSES, "$own+red");
    store.append(StreamName.of("$system"), ExpectedState.any(), tagged("A+red"));
    store.append(OTHERS, ExpectedState.any(), ProposedEvent.link(COURSES, 0));
    store.tombstone(OTHERS, ExpectedState.any());

    assertThat(matching(Query.everything(), FORWARDS)).isEqualTo("A");
    assertThat(matching(query("$own;$>;$metadata;+red"), FORWARDS)).isEmpty();
    store.append(
        Commit.of(to(COURSES, "B"))
            .onlyIf(AppendCondition.noneMatch(Query.everything()).after(head))
            .onlyIf(AppendCondition.noneMatch(query("$own;A+red;$metadata"))));
    assertThat(matching(Query.everything(), BACKWARDS)).isEqualTo("B A");
  }

  @Test
  void a_query_is_followed_without_a_gap_or_a_double() throws Exception {
    needsBoundaries();
    record(COURSES, "A+red", "B");
    var options = SubscribeOptions.fromBeginning().filteredBy(EventFilter.matching(OF_RED));
    try (var subscription = store.subscribeToAll(options)) {
      var letters = new ArrayList<String>();
      while (letters.size() < 3) {
        switch (subscription.next()) {
          case SubscriptionMessage.Event(var event) -> letters.add(event.original().type());
          case SubscriptionMessage.CaughtUp _ -> {
            record(OTHERS, "C", "D+green");
            record(OTHERS, "E+red+green");
            record(COURSES, "F+red");
          }
          case SubscriptionMessage.Checkpoint _, SubscriptionMessage.FellBehind _ -> {}
        }
      }
      assertThat(letters).containsExactly("A", "E", "F");
    }
  }

  // ---- conditions

  @Test
  void an_append_on_a_condition_that_holds_is_written() {
    needsBoundaries();
    record(COURSES, "A+red", "B+green");
    var head = head();
    record(COURSES, "C+green");

    var result =
        store.append(
            Commit.of(to(COURSES, "D+red"))
                .onlyIf(AppendCondition.noneMatch(OF_RED).after(head))
                .onlyIf(AppendCondition.noneMatch(query("X;+blue"))));

    assertThat(result.position()).hasValue(lastPosition());
    assertThat(result.idempotent()).isFalse();
    assertThat(matching(OF_RED, FORWARDS)).isEqualTo("A D");
  }

  @Test
  void an_append_whose_condition_fails_writes_nothing_and_names_the_events() {
    needsBoundaries();
    record(COURSES, "A+red", "B+red");
    var condition = AppendCondition.noneMatch(OF_RED).after(Head.behind(lastPosition() - 1));

    var refusal =
        assertFails(
            Commit.of(to(OTHERS, "C"))
                .onlyIf(AppendCondition.noneMatch(query("X")))
                .onlyIf(condition)
                .onlyIf(AppendCondition.noneMatch(OF_RED)));

    assertThat(refusal.condition()).isEqualTo(condition);
    assertThat(refusal.positions()).containsExactly(lastPosition());
    assertThat(refusal).hasMessageContaining(Long.toString(lastPosition()));
  }

  @Test
  void of_many_events_that_match_the_first_are_named() {
    needsBoundaries();
    var first = lastPosition() + 1;
    for (var i = 0; i < 3; i++) {
      for (var j = 0; j < 10; j++) {
        record(COURSES, "R" + i + j + "+red");
      }
      record(COURSES, "G" + i + "+green");
    }

    var refusal =
        assertFails(
            Commit.of(to(OTHERS, "C")).onlyIf(AppendCondition.noneMatch(query("R00,R01;+red"))));

    assertThat(refusal.positions())
        .hasSize(ConditionFailedException.POSITIONS_MAX)
        .startsWith(first, first + 1)
        .endsWith(first + 16)
        .doesNotContain(first + 10)
        .isSorted();
  }

  @Test
  void conditions_stand_beside_expectations_and_checks_of_streams_that_are_not_written() {
    needsBoundaries();
    needs(Capability.COMMITS_OF_SEVERAL_STREAMS);
    record(COURSES, "A+red");
    record(ACCOUNT, "B");
    var holds = AppendCondition.noneMatch(OF_RED).after(head());
    var fails = AppendCondition.noneMatch(OF_RED);
    var rightCheck = new StreamAppend(ACCOUNT, ExpectedState.atRevision(0), List.of());
    var wrongCheck = new StreamAppend(ACCOUNT, ExpectedState.noStream(), List.of());
    var written = StreamAppend.of(OTHERS, ExpectedState.noStream(), tagged("C"));

    assertFails(Commit.of(rightCheck, written).onlyIf(holds).onlyIf(fails));
    assertFails(Commit.of(rightCheck).onlyIf(fails));
    var refusal =
        assertWrongExpectedState(
            () -> store.append(Commit.of(wrongCheck, written).onlyIf(holds).onlyIf(fails)));
    assertThat(refusal.stream()).isEqualTo(ACCOUNT);

    var result = store.append(Commit.of(rightCheck, written, to(ORDER, "D")).onlyIf(holds));
    assertThat(result.position()).hasValue(lastPosition());
    assertThat(result.streams())
        .extracting(AppendResult.AppendedStream::lastRevision)
        .containsExactly(0L, 0L, 0L);
    assertThat(store.append(Commit.of(rightCheck).onlyIf(holds)).position()).isEmpty();
  }

  @Test
  void a_condition_looks_at_the_store_before_the_commit() {
    needsBoundaries();
    store.append(
        Commit.of(to(COURSES, "A+red", "B+red")).onlyIf(AppendCondition.noneMatch(OF_RED)));

    assertThat(matching(OF_RED, FORWARDS)).isEqualTo("A B");
  }

  @Test
  void a_head_beyond_the_end_is_no_error() {
    needsBoundaries();
    record(COURSES, "A+red");

    var condition = AppendCondition.noneMatch(OF_RED).after(Head.behind(lastPosition() + 1000));
    store.append(Commit.of(to(COURSES, "B+red")).onlyIf(condition));
    store.append(Commit.of(to(COURSES, "C+red")).onlyIf(condition));

    assertThat(matching(OF_RED, FORWARDS)).isEqualTo("A B C");
  }

  @Test
  void a_repeated_append_is_answered_as_the_first_although_its_own_events_match_now() {
    needsBoundaries();
    record(COURSES, "A+red");
    var commit =
        Commit.of(to(COURSES, "B+red", "C"))
            .onlyIf(AppendCondition.noneMatch(OF_RED).after(head()));
    var first = store.append(commit);
    record(COURSES, "D+red");
    var last = lastPosition();

    var again = store.append(commit);

    assertThat(again.idempotent()).isTrue();
    assertThat(again.position()).isEqualTo(first.position());
    assertThat(again.streams()).isEqualTo(first.streams());
    assertThat(lastPosition()).isEqualTo(last);
    assertFails(Commit.of(to(COURSES, "E+red")).onlyIf(commit.conditions().getFirst()));
    assertFails(Commit.of(to(OTHERS, "B+red", "C")).onlyIf(commit.conditions().getFirst()));
  }

  @Test
  void what_is_too_much_is_refused() {
    needsBoundaries();
    var words = new String[Query.WORDS_MAX + 1];
    Arrays.setAll(words, i -> "type" + i);
    assertThatThrownBy(() -> Query.of(Query.typed(words)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1025");
    var commit = Commit.of(to(COURSES, "A"));
    assertThatThrownBy(() ->
            new Commit(
                commit.parts(),
                Collections.nCopies(Commit.CONDITIONS_MAX + 1, AppendCondition.noneMatch(OF_RED)),
                commit.tracking()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65");
    assertNothingIsWritten(
        () -> store.append(Commit.of().onlyIf(AppendCondition.noneMatch(OF_RED))),
        IllegalArgumentException.class);

    var most = Query.of(Query.typed(Arrays.copyOf(words, Query.WORDS_MAX)));
    assertThat(store.append(commit.onlyIf(AppendCondition.noneMatch(most))).position()).isPresent();
    assertThat(matching(most, FORWARDS)).isEmpty();
  }

  /// The race that conditions are for: of all who decide by the same events one wins, each time.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void of_many_writers_that_decided_by_the_same_events_one_wins(boolean knowsTheHead)
      throws Exception {
    needsBoundaries();
    var writers = 8;
    var rounds = 25;
    var seats = query("Taken,Freed+course:1;+blocked:1");
    record(COURSES, "Freed+course:1");
    var starting = new CyclicBarrier(writers);
    Callable<Integer> writer =
        () -> {
          var won = 0;
          for (var round = 0; round < rounds; round++) {
            Head head;
            long last;
            try (var read = store.read(seats, BACKWARDS.limit(1))) {
              head = read.head();
              last = read.iterator().next().original().position();
            }
            starting.await(60, TimeUnit.SECONDS);
            var condition =
                AppendCondition.noneMatch(seats).after(knowsTheHead ? head : Head.behind(last));
            var taken = ProposedEvent.json("Taken", "{}").withTags(Tag.of("course:1"));
            try {
              var stream = StreamName.of("seats-" + Thread.currentThread().threadId());
              store.append(
                  Commit.of(StreamAppend.of(stream, ExpectedState.any(), taken)).onlyIf(condition));
              won++;
            } catch (ConditionFailedException lost) {
              assertThat(lost.positions()).hasSize(1);
            }
            starting.await(60, TimeUnit.SECONDS);
          }
          return won;
        };

    var won = 0;
    try (var threads = Executors.newFixedThreadPool(writers)) {
      var all = new ArrayList<Future<Integer>>();
      for (var i = 0; i < writers; i++) {
        all.add(threads.submit(writer));
      }
      for (var each : all) {
        won += each.get(60, TimeUnit.SECONDS);
      }
    }

    assertThat(won).isEqualTo(rounds);
    assertThat(store.read(query("Taken"), FORWARDS).events()).hasSize(rounds);
  }

  /// A counter that is read and written by many at their own pace loses no step.
  @Test
  void no_update_is_lost_by_many_who_read_and_write_at_their_own_pace() throws Exception {
    needsBoundaries();
    var writers = 8;
    var steps = 20;
    var counted = Query.of(Query.tagged(Tag.of("counter:1")));
    Callable<Integer> writer =
        () -> {
          for (var done = 0; done < steps; ) {
            List<RecordedEvent> last;
            Head head;
            try (var read = store.read(counted, BACKWARDS.limit(1))) {
              head = read.head();
              last = read.events();
            }
            var next = last.isEmpty() ? 1 : Integer.parseInt(last.getFirst().dataAsText()) + 1;
            var event =
                ProposedEvent.json("Counted", Integer.toString(next)).withTags(Tag.of("counter:1"));
            try {
              store.append(
                  Commit.of(StreamAppend.of(COURSES, ExpectedState.any(), event))
                      .onlyIf(AppendCondition.noneMatch(counted).after(head)));
              done++;
            } catch (ConditionFailedException _) {
              // Somebody was faster: again.
            }
          }
          return steps;
        };

    try (var threads = Executors.newFixedThreadPool(writers)) {
      for (var each : threads.invokeAll(Collections.nCopies(writers, writer))) {
        each.get(60, TimeUnit.SECONDS);
      }
    }

    assertThat(store.read(counted, FORWARDS).events())
        .extracting(RecordedEvent::dataAsText)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, writers * steps).mapToObj(Integer::toString).toList());
  }

  // ---- tracking

  @Test
  void how_far_a_follower_has_come_is_recorded_with_what_it_appends() {
    needsBoundaries();
    assertThat(store.trackingPosition("upstream")).isEmpty();

    var result = store.append(Commit.of(to(COURSES, "A", "B")).tracking("upstream", 0));

    assertThat(store.trackingPosition("upstream")).hasValue(0);
    assertThat(store.trackingPosition("other")).isEmpty();
    assertThat(result.position()).hasValue(lastPosition());
    assertThat(result.streams()).hasSize(1);
    assertThat(types(store.readAll(BACKWARDS.limit(3)).toList())).isEqualTo("B A $tracking");
    var tracking = store.read(UPSTREAM, FORWARDS).events().getFirst();
    assertThat(tracking.dataAsText()).isEqualTo("{\"position\":0}");
    assertThat(tracking.recorded())
        .isEqualTo(store.read(COURSES, FORWARDS).events().getFirst().recorded());

    store.append(Commit.of(to(COURSES, "C")).tracking("upstream", 17));
    store.append(Commit.of(to(COURSES, "D")).tracking("other", Long.MAX_VALUE));

    assertThat(store.trackingPosition("upstream")).hasValue(17);
    assertThat(store.trackingPosition("other")).hasValue(Long.MAX_VALUE);
  }

  @Test
  void what_does_not_grow_is_refused_and_nothing_is_written() {
    needsBoundaries();
    store.append(Commit.of(to(COURSES, "A")).tracking("upstream", 17));

    for (var position : List.of(17L, 16L, 0L)) {
      var refusal = assertTracked(Commit.of(to(COURSES, "B")).tracking("upstream", position));
      assertThat(refusal.recorded()).isEqualTo(17);
      assertThat(refusal.tracking()).isEqualTo(new Tracking("upstream", position));
    }
    assertThat(store.trackingPosition("upstream")).hasValue(17);
    assertThat(letters(COURSES)).isEqualTo("A");
  }

  @Test
  void expectations_come_first_then_conditions_then_tracking() {
    needsBoundaries();
    store.append(Commit.of(to(COURSES, "A+red")).tracking("upstream", 17));
    var wrong = StreamAppend.of(COURSES, ExpectedState.noStream(), tagged("B"));
    var fails = AppendCondition.noneMatch(OF_RED);

    assertWrongExpectedState(
        () -> store.append(Commit.of(wrong).onlyIf(fails).tracking("upstream", 1)));
    assertFails(Commit.of(to(COURSES, "B")).onlyIf(fails).tracking("upstream", 1));
    assertFails(Commit.of(to(COURSES, "B")).onlyIf(fails).tracking("upstream", 18));
    assertThat(store.trackingPosition("upstream")).hasValue(17);
    assertTracked(Commit.of(to(COURSES, "B")).onlyIf(fails.after(head())).tracking("upstream", 17));
  }

  @Test
  void a_commit_without_events_may_record_how_far_a_follower_has_come() {
    needsBoundaries();
    record(COURSES, "A");

    var result = store.append(Commit.of(to(COURSES)).tracking("upstream", 3));

    assertThat(result.position()).isEmpty();
    assertThat(result.lastRevision()).isZero();
    assertThat(store.trackingPosition("upstream")).hasValue(3);
    assertThat(letters(COURSES)).isEqualTo("A");
    assertTracked(Commit.of(to(COURSES)).tracking("upstream", 3));
  }

  @Test
  void a_repeated_append_is_answered_as_the_first_and_tracked_once() {
    needsBoundaries();
    var tracked = Commit.of(to(COURSES, "A")).tracking("upstream", 3);
    var first = store.append(tracked);
    var last = lastPosition();

    var again = store.append(tracked);

    assertThat(again.idempotent()).isTrue();
    assertThat(again.position()).isEqualTo(first.position());
    assertThat(lastPosition()).isEqualTo(last);

    var further = store.append(Commit.of(to(COURSES, "A")).tracking("upstream", 4));

    assertThat(further.idempotent()).isTrue();
    assertThat(further.position()).isEqualTo(first.position());
    assertThat(store.trackingPosition("upstream")).hasValue(4);
    assertThat(letters(COURSES)).isEqualTo("A");
  }

  /// What it says of the stream's metadata is not written again, and does not bring it back.
  @Test
  void a_repeated_append_that_is_tracked_anew_brings_the_stream_of_the_source_back() {
    needsBoundaries();
    var metadata = ProposedEvent.json("$metadata", "{\"color\":\"blue\"}");
    var tracked =
        Commit.of(StreamAppend.of(UPSTREAM.metastream(), ExpectedState.any(), metadata))
            .tracking("upstream", 3);
    store.append(tracked);
    store.delete(UPSTREAM, ExpectedState.any());
    assertThat(store.trackingPosition("upstream")).isEmpty();

    assertThat(store.append(tracked).idempotent()).isTrue();

    assertThat(store.trackingPosition("upstream")).hasValue(3);
    assertThat(store.state(UPSTREAM)).isInstanceOf(StreamState.Present.class);
    assertThat(store.read(UPSTREAM, ReadOptions.forwards()).events()).hasSize(1);
  }

  @Test
  void what_is_tracked_is_what_the_last_event_of_the_stream_says() {
    needsBoundaries();
    store.append(Commit.of(to(COURSES, "A")).tracking("upstream", 17));

    store.append(UPSTREAM, ExpectedState.any(), ProposedEvent.json("Any", "{\"position\":40}"));
    assertThat(store.trackingPosition("upstream")).hasValue(40);
    assertTracked(Commit.of(to(COURSES, "B")).tracking("upstream", 40));

    for (var text :
        List.of("", "{}", "{\"position\":-1}", "{\"position\":9223372036854775808}", " 7")) {
      store.append(
          UPSTREAM, ExpectedState.any(), ProposedEvent.binary("$tracking", text.getBytes(UTF_8)));
      assertThat(store.trackingPosition("upstream")).as(text).isEmpty();
    }
    store.append(Commit.of(to(COURSES, "C")).tracking("upstream", 1));
    assertThat(store.trackingPosition("upstream")).hasValue(1);
  }

  @Test
  void deleting_the_stream_forgets_the_source() {
    needsBoundaries();
    store.append(Commit.of(to(COURSES, "A")).tracking("upstream", 17));

    store.delete(UPSTREAM, ExpectedState.streamExists());

    assertThat(store.trackingPosition("upstream")).isEmpty();
    store.append(Commit.of(to(COURSES, "B")).tracking("upstream", 2));
    assertThat(store.trackingPosition("upstream")).hasValue(2);
    assertThat(revisions(UPSTREAM, FORWARDS)).containsExactly(1L);
    assertTracked(Commit.of(to(COURSES, "C")).tracking("upstream", 2));
  }

  @Test
  void a_source_whose_stream_was_tombstoned_is_tracked_no_more() {
    needsBoundaries();
    store.append(Commit.of(to(COURSES, "A")).tracking("upstream", 17));
    store.tombstone(UPSTREAM, ExpectedState.any());

    assertThat(store.trackingPosition("upstream")).isEmpty();
    assertNothingIsWritten(
        () -> store.append(Commit.of(to(COURSES, "B")).tracking("upstream", 18)),
        StreamTombstonedException.class);
  }

  @Test
  void a_commit_that_tracks_does_not_write_the_stream_of_the_source_itself() {
    needsBoundaries();
    assertNothingIsWritten(
        () -> store.append(Commit.of(to(UPSTREAM, "A")).tracking("upstream", 18)),
        IllegalArgumentException.class);
    assertThatThrownBy(() -> new Tracking("", 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Tracking("x", -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.trackingPosition("ä".repeat(513)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// Two who follow the same source with the same name: what one has recorded the other cannot.
  @Test
  void of_many_followers_of_one_source_each_event_is_recorded_by_one() throws Exception {
    needsBoundaries();
    var followers = 4;
    var events = 30;
    Callable<Integer> follower =
        () -> {
          var recorded = 0;
          for (var position = 1L; position <= events; position++) {
            var event = ProposedEvent.json("Seen", Long.toString(position));
            try {
              store.append(
                  Commit.of(StreamAppend.of(COURSES, ExpectedState.any(), event))
                      .tracking("upstream", position));
              recorded++;
            } catch (AlreadyTrackedException _) {
              // The other one was faster.
            }
          }
          return recorded;
        };

    var recorded = 0;
    try (var threads = Executors.newFixedThreadPool(followers)) {
      for (var each : threads.invokeAll(Collections.nCopies(followers, follower))) {
        recorded += each.get(60, TimeUnit.SECONDS);
      }
    }

    var seen =
        store.read(COURSES, FORWARDS).events().stream().map(RecordedEvent::dataAsText).toList();
    assertThat(seen).hasSize(recorded).doesNotHaveDuplicates();
    assertThat(seen.stream().map(Long::parseLong).toList()).isSorted().endsWith((long) events);
    assertThat(store.trackingPosition("upstream")).hasValue(events);
  }
}

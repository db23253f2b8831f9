// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.Tag;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.api.WrongExpectedStateException.Conflict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What an append does, to one stream and to several.
abstract class AppendingContract extends StoreFixture {

  // ---- the decision table

  @ParameterizedTest(name = "{0}, expected {1}: {2} gives {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the stream is         | expected       | events | answer
            never written         | any            | A      | ok 0..0
            never written         | none           | A      | ok 0..0
            never written         | exists         | A      | wrong -1
            never written         | 0              | A      | wrong -1
            never written         | 7              | A      | wrong -1
            only metadata         | any            | A      | ok 0..0
            only metadata         | none           | A      | ok 0..0
            only metadata         | exists         | A      | ok 0..0
            only metadata         | 0              | A      | wrong -1
            A B                   | any            | C      | ok 2..2
            A B                   | none           | C      | wrong 1
            A B                   | exists         | C      | ok 2..2
            A B                   | 1              | C      | ok 2..2
            A B                   | 1              | C D E  | ok 2..4
            A B                   | 0              | C      | wrong 1
            A B                   | 2              | C      | wrong 1
            A B                   | deleted-number | C      | wrong 1
            A B deleted           | any            | C      | ok 2..2
            A B deleted           | none           | C      | ok 2..2
            A B deleted           | exists         | C      | wrong 1
            A B deleted           | 1              | C      | ok 2..2
            A B deleted           | 0              | C      | wrong 1
            A B deleted           | 2              | C      | wrong 1
            only metadata deleted | any            | A      | ok 0..0
            only metadata deleted | none           | A      | ok 0..0
            only metadata deleted | exists         | A      | wrong -1
            only metadata deleted | 0              | A      | wrong -1
            A B recreated with R  | any            | C      | ok 3..3
            A B recreated with R  | none           | C      | wrong 2
            A B recreated with R  | exists         | C      | ok 3..3
            A B recreated with R  | 2              | C      | ok 3..3
            A B all truncated     | none           | C      | wrong 1
            A B all truncated     | exists         | C      | ok 2..2
            A B tombstoned        | any            | C      | tombstoned
            A B tombstoned        | none           | C      | tombstoned
            A B tombstoned        | exists         | C      | tombstoned
            A B tombstoned        | 1              | C      | tombstoned
            A B tombstoned        | deleted-number | C      | tombstoned
            A B deleted for ever  | any            | C      | tombstoned
          """)
  void new_events_are_appended_if_the_stream_is_as_expected(
      String situation, String expected, String events, String answer) {
    assertAnswer(situation, expected, events, answer);
  }

  @ParameterizedTest(name = "{0}, expected {1}: {2} gives {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the stream is         | expected       | events | answer
            A B                   | none           | A B    | again 0..1
            A B                   | none           | A      | again 0..0
            A B                   | any            | A B    | again 0..1
            A B                   | any            | A      | again 0..0
            A B                   | any            | B      | again 1..1
            A B                   | exists         | A B    | again 0..1
            A B                   | exists         | B      | again 1..1
            A B                   | 0              | B      | again 1..1
            A B                   | none           | A B C  | wrong 1
            A B                   | none           | A C    | wrong 1
            A B                   | none           | C      | wrong 1
            A B                   | none           | B      | wrong 1
            A B                   | none           | B A    | wrong 1
            A B                   | 0              | A      | wrong 1
            A B                   | 0              | B C    | wrong 1
            A B                   | any            | A C    | wrong 1
            A B                   | any            | A B C  | wrong 1
            A B                   | exists         | A C    | wrong 1
            A B                   | any            | C B    | ok 2..3
            A B                   | any            | C A B  | ok 2..4
            A B                   | exists         | C B    | ok 2..3
            A B                   | 1              | A      | ok 2..2
            A B                   | 1              | A B    | ok 2..3
            A B deleted           | any            | A B    | again 0..1
            A B deleted           | any            | B      | again 1..1
            A B deleted           | none           | A B    | again 0..1
            A B deleted           | none           | A      | again 0..0
            A B deleted           | none           | A C    | wrong 1
            A B deleted           | none           | A B C  | wrong 1
            A B deleted           | none           | B      | ok 2..2
            A B deleted           | exists         | A B    | wrong 1
            A B deleted           | 0              | B      | again 1..1
            A B deleted           | 1              | B      | ok 2..2
            A B recreated with R  | any            | A B    | again 0..1
            A B recreated with R  | any            | R      | again 2..2
            A B recreated with R  | 1              | R      | again 2..2
            A B recreated with R  | none           | A B R  | again 0..2
            A B recreated with R  | none           | R      | wrong 2
            A B all truncated     | none           | A B    | again 0..1
            A B all truncated     | any            | A      | again 0..0
            A B tombstoned        | any            | A B    | tombstoned
            A B tombstoned        | none           | A B    | tombstoned
          """)
  void a_repeated_append_is_recognised_by_its_ids(
      String situation, String expected, String events, String answer) {
    assertAnswer(situation, expected, events, answer);
  }

  @ParameterizedTest(name = "{0}, expected {1}: no events gives {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the stream is         | expected       | events | answer
            never written         | any            | -      | ok at -1
            never written         | none           | -      | ok at -1
            never written         | exists         | -      | wrong -1
            never written         | 0              | -      | wrong -1
            only metadata         | any            | -      | ok at -1
            only metadata         | none           | -      | ok at -1
            only metadata         | exists         | -      | ok at -1
            A B                   | any            | -      | ok at 1
            A B                   | none           | -      | wrong 1
            A B                   | exists         | -      | ok at 1
            A B                   | 1              | -      | ok at 1
            A B                   | 0              | -      | wrong 1
            A B                   | 2              | -      | wrong 1
            A B deleted           | any            | -      | visible at 1
            A B deleted           | none           | -      | visible at 1
            A B deleted           | 1              | -      | visible at 1
            A B deleted           | exists         | -      | wrong 1
            A B deleted           | 0              | -      | wrong 1
            only metadata deleted | any            | -      | visible at -1
            only metadata deleted | exists         | -      | wrong -1
            A B tombstoned        | any            | -      | ok for ever
            A B deleted for ever  | any            | -      | ok for ever
            A B deleted for ever  | none           | -      | ok for ever
            A B deleted for ever  | exists         | -      | wrong 9223372036854775807
            A B tombstoned        | none           | -      | ok for ever
            A B tombstoned        | deleted-number | -      | ok for ever
            A B tombstoned        | exists         | -      | wrong 9223372036854775807
            A B tombstoned        | 1              | -      | wrong 9223372036854775807
          """)
  void an_append_without_events_checks(
      String situation, String expected, String events, String answer) {
    assertAnswer(situation, expected, events, answer);
  }

  private void assertAnswer(String situation, String expectedWord, String letters, String answer) {
    prepare(situation);
    var before = log();
    var expected = expected(expectedWord);
    var words = answer.split(" ", -1);
    switch (words[0]) {
      case "wrong" -> {
        var refusal =
            assertWrongExpectedState(() -> store.append(ACCOUNT, expected, events(letters)));
        assertThat(refusal.stream()).isEqualTo(ACCOUNT);
        assertThat(refusal.expected()).isEqualTo(expected);
        assertThat(refusal.conflicts()).hasSize(1);
        assertThat(refusal.actual().lastRevision()).isEqualTo(Long.parseLong(words[1]));
        if (can(Capability.EXACT_STATES)) {
          assertThat(refusal.actual()).isEqualTo(store.state(ACCOUNT));
        }
      }
      case "tombstoned" ->
          assertNothingIsWritten(
              () -> store.append(ACCOUNT, expected, events(letters)),
              StreamTombstonedException.class);
      case "ok", "again", "visible" -> {
        var result = store.append(ACCOUNT, expected, events(letters));
        assertThat(result.streams()).hasSize(1);
        assertThat(result.streams().getFirst().stream()).isEqualTo(ACCOUNT);
        assertAccepted(answer, letters, result, before);
      }
      default -> throw new IllegalArgumentException(answer);
    }
  }

  private void assertAccepted(
      String answer, String letters, AppendResult result, List<RecordedEvent> before) {
    var stream = result.streams().getFirst();
    var newEvents = log().subList(before.size(), (int) lastPosition() + 1);
    var words = answer.split(" ", -1);
    if (words[1].equals("at") || words[1].equals("for")) {
      var last = words[1].equals("at") ? Long.parseLong(words[2]) : Long.MAX_VALUE;
      assertThat(stream.lastRevision()).as("last revision").isEqualTo(last);
      assertThat(result.position()).as("position").isEmpty();
      assertThat(result.idempotent()).as("idempotent").isFalse();
      if (can(Capability.REPEATS_ARE_TOLD)) {
        var first = last == Long.MAX_VALUE ? last : last + 1;
        assertThat(stream.firstRevision()).as("first revision").isEqualTo(first);
      }
      assertThat(newEvents).hasSize(words[0].equals("visible") ? 1 : 0);
      return;
    }
    var range = words[1].split("\\.\\.", -1);
    var first = Long.parseLong(range[0]);
    var last = Long.parseLong(range[1]);
    assertThat(stream.lastRevision()).as("last revision").isEqualTo(last);
    if (can(Capability.REPEATS_ARE_TOLD)) {
      assertThat(stream.firstRevision()).as("first revision").isEqualTo(first);
      assertThat(result.idempotent()).as("idempotent").isEqualTo(words[0].equals("again"));
    }
    if (words[0].equals("again")) {
      assertThat(newEvents).as("events recorded by a repeated append").isEmpty();
      var original =
          before.stream()
              .filter(event -> event.stream().equals(ACCOUNT) && event.revision() == last)
              .findFirst()
              .orElseThrow();
      assertThat(result.position()).hasValue(original.position());
    } else {
      var appended = newEvents.stream().filter(event -> event.stream().equals(ACCOUNT)).toList();
      assertThat(appended).extracting(RecordedEvent::id).isEqualTo(ids(letters));
      assertThat(appended)
          .extracting(RecordedEvent::revision)
          .isEqualTo(LongStream.rangeClosed(first, last).boxed().toList());
      assertThat(result.position()).hasValue(appended.getLast().position());
      assertThat(letters(ACCOUNT)).endsWith(letters);
    }
  }

  private static List<UUID> ids(String letters) {
    return events(letters).stream().map(ProposedEvent::id).toList();
  }

  final void prepare(String situation) {
    switch (situation) {
      case "never written" -> {}
      case "only metadata" ->
          writeMetadata(ACCOUNT, StreamMetadata.none().withCustom("owner", "\"me\""));
      case "only metadata deleted" -> {
        prepare("only metadata");
        store.delete(ACCOUNT, ExpectedState.any());
      }
      case "A B" -> append(ACCOUNT, "A B");
      case "A B deleted" -> {
        append(ACCOUNT, "A B");
        store.delete(ACCOUNT, ExpectedState.any());
      }
      case "A B deleted for ever" -> {
        prepare("A B deleted");
        store.tombstone(ACCOUNT, ExpectedState.any());
      }
      case "A B recreated with R" -> {
        prepare("A B deleted");
        append(ACCOUNT, "R");
      }
      case "A B all truncated" -> {
        append(ACCOUNT, "A B");
        writeMetadata(ACCOUNT, StreamMetadata.none().withTruncateBefore(2));
      }
      case "A B tombstoned" -> {
        append(ACCOUNT, "A B");
        store.tombstone(ACCOUNT, ExpectedState.any());
      }
      default -> throw new IllegalArgumentException(situation);
    }
  }

  @Test
  void a_retry_after_a_soft_delete_does_not_recreate_the_stream() {
    append(ACCOUNT, "A B");
    store.delete(ACCOUNT, ExpectedState.any());

    append(ACCOUNT, "A B");

    assertThat(store.read(ACCOUNT, FORWARDS).toList()).isEmpty();
  }

  @Test
  void an_id_known_in_another_stream_is_no_repeat() {
    append(ACCOUNT, "A");

    var result = store.append(ORDER, ExpectedState.any(), event("A"));

    assertThat(result.idempotent()).isFalse();
    assertThat(letters(ORDER)).isEqualTo("A");
    assertThat(append(ACCOUNT, "A").position()).hasValue(1);
  }

  @Test
  void an_id_twice_in_one_append_is_recorded_twice() {
    append(ACCOUNT, "A A");

    assertThat(letters(ACCOUNT)).isEqualTo("A A");
  }

  // ---- what is recorded

  @Test
  void a_new_store_holds_its_genesis_event_alone() {
    var events = log();

    assertThat(events).hasSize(1);
    var genesis = events.getFirst();
    assertThat(genesis.position()).isZero();
    assertThat(genesis.revision()).isZero();
    assertThat(genesis.stream()).isEqualTo(StreamName.of("$genesis"));
    assertThat(genesis.type()).isEqualTo("$genesis");
    assertThat(genesis.contentType()).isEqualTo(ContentType.JSON);
    assertThat(genesis.dataAsText())
        .matches("\\{\"store\":\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\"}");
    assertThat(store.lastPosition()).hasValue(0L);
  }

  @Test
  void an_event_comes_back_as_it_was_appended() {
    var data = new byte[256];
    for (var i = 0; i < data.length; i++) {
      data[i] = (byte) i;
    }
    var proposed = ProposedEvent.binary("Überwiesen ✓", data).withMetadata("{\"who\":\"Zoë\"}");

    store.append(ACCOUNT, ExpectedState.noStream(), proposed);

    var recorded = store.read(ACCOUNT, FORWARDS).events().getFirst();
    assertThat(recorded.position()).isEqualTo(1);
    assertThat(recorded.stream()).isEqualTo(ACCOUNT);
    assertThat(recorded.revision()).isZero();
    assertThat(recorded.id()).isEqualTo(proposed.id());
    assertThat(recorded.type()).isEqualTo(proposed.type());
    assertThat(recorded.contentType()).isEqualTo(ContentType.BINARY);
    assertThat(recorded.data()).isEqualTo(data);
    assertThat(recorded.metadataAsText()).isEqualTo("{\"who\":\"Zoë\"}");
    assertThat(recorded.tags()).isEmpty();
    if (can(Capability.CLOCK)) {
      assertThat(recorded.recorded()).isEqualTo(clock.instant());
    }
    assertThat(log().getLast()).isEqualTo(recorded);
  }

  @Test
  void an_event_may_have_neither_data_nor_metadata() {
    store.append(ACCOUNT, ExpectedState.any(), ProposedEvent.binary("Nothing", new byte[0]));
    store.append(ACCOUNT, ExpectedState.any(), ProposedEvent.json("Nothing", ""));

    var recorded = store.read(ACCOUNT, FORWARDS).events();
    assertThat(recorded)
        .allSatisfy(event -> {
          assertThat(event.data()).isEmpty();
          assertThat(event.metadata()).isEmpty();
        });
    assertThat(recorded)
        .extracting(RecordedEvent::contentType)
        .containsExactly(ContentType.BINARY, ContentType.JSON);
  }

  @Test
  void tags_come_back_in_their_order() {
    needs(Capability.TAGS);
    var tags = new Tag[] {Tag.of("order:7"), Tag.of("account", "1"), Tag.of("größe:🦊")};

    store.append(ACCOUNT, ExpectedState.any(), event("A").withTags(tags));

    assertThat(store.read(ACCOUNT, FORWARDS).events().getFirst().tags()).containsExactly(tags);
  }

  @Test
  void positions_and_revisions_are_counted_without_gaps() {
    append(ACCOUNT, "A B");
    append(ORDER, "C");
    append(ACCOUNT, "D");
    var result = append(ORDER, "E F G");

    assertThat(result.position()).hasValue(7);
    assertThat(log().stream().map(RecordedEvent::toString).map(text -> text.split(" \\(", -1)[0]))
        .containsExactly(
            "0: $genesis 0@$genesis",
            "1: A 0@account-1",
            "2: B 1@account-1",
            "3: C 0@order-1",
            "4: D 2@account-1",
            "5: E 1@order-1",
            "6: F 2@order-1",
            "7: G 3@order-1");
  }

  @Test
  void one_append_may_have_many_events() {
    var many =
        IntStream.range(0, 2_000).mapToObj(i -> ProposedEvent.json("Counted", "" + i)).toList();

    store.append(ACCOUNT, ExpectedState.noStream(), many);

    assertThat(store.read(ACCOUNT, FORWARDS).events())
        .extracting(RecordedEvent::dataAsText)
        .isEqualTo(IntStream.range(0, 2_000).mapToObj(i -> "" + i).toList());
  }

  @Test
  void the_recorded_time_never_decreases() {
    needs(Capability.CLOCK);
    var start = clock.instant();
    append(ACCOUNT, "A B");
    clock.advance(Duration.ofSeconds(-10));
    append(ACCOUNT, "C");
    clock.advance(Duration.ofSeconds(11));
    append(ACCOUNT, "D");

    assertThat(store.read(ACCOUNT, FORWARDS).events())
        .extracting(RecordedEvent::recorded)
        .containsExactly(start, start, start, start.plusSeconds(1));
  }

  @Test
  void the_recorded_time_has_whole_microseconds() {
    needs(Capability.CLOCK);
    var start = clock.instant();
    clock.advance(Duration.ofNanos(1_999));

    append(ACCOUNT, "A");

    assertThat(log().getLast().recorded()).isEqualTo(start.plusNanos(1_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "with space",
        "$system",
        "$$of",
        "$$$system",
        "größe-🦊",
        "a@b@c",
        "-",
        "$",
        "$ce-",
        "$et-",
        "/slash\\\"quote\"\n",
        "\u0000"
      })
  void a_stream_may_have_any_name(String name) {
    var stream = StreamName.of(name);

    store.append(stream, ExpectedState.noStream(), event("A"));

    assertThat(letters(stream)).isEqualTo("A");
    assertThat(store.state(stream).lastRevision()).isZero();
    assertThat(log().getLast().stream()).isEqualTo(stream);
  }

  @Test
  void a_stream_may_have_the_longest_name() {
    var longest = StreamName.of("ä".repeat(StreamName.BYTES_MAX / 2));
    var almost = StreamName.of("ä".repeat(StreamName.BYTES_MAX / 2 - 1) + "a");

    store.append(longest, ExpectedState.noStream(), event("A"));
    store.append(almost, ExpectedState.noStream(), event("B"));

    assertThat(letters(longest)).isEqualTo("A");
    assertThat(letters(almost)).isEqualTo("B");
  }

  @Test
  void an_event_may_have_the_longest_type() {
    var longest = "t".repeat(ProposedEvent.TYPE_BYTES_MAX);

    store.append(ACCOUNT, ExpectedState.noStream(), ProposedEvent.json(longest, "1"));

    assertThat(letters(ACCOUNT)).isEqualTo(longest);
  }

  // ---- what is refused

  @ParameterizedTest
  @ValueSource(strings = {"$all", "$ce-account", "$et-Opened"})
  void nobody_may_append_to_streams_made_of_others(String name) {
    var stream = StreamName.of(name);

    assertNothingIsWritten(
        () -> store.append(stream, ExpectedState.any(), event("A")), NotAuthorizedException.class);
  }

  @Test
  void an_event_too_large_is_refused_with_its_size() {
    var max = eventBytesMax();
    var event = ProposedEvent.binary("Big", new byte[Math.toIntExact(max) + 1]);

    assertNothingIsWritten(
        () -> store.append(ACCOUNT, ExpectedState.any(), event("A"), event),
        LimitExceededException.class);
    try {
      store.append(ACCOUNT, ExpectedState.any(), event("A"), event);
    } catch (LimitExceededException refusal) {
      assertThat(refusal.eventId()).hasValue(event.id());
      assertThat(refusal.bytesMax()).isEqualTo(max);
      assertThat(refusal.bytes()).isGreaterThan(max);
    }
  }

  @Test
  void an_event_almost_too_large_is_taken() {
    var data = new byte[Math.toIntExact(eventBytesMax()) - 10_000];
    Arrays.fill(data, (byte) 7);

    store.append(ACCOUNT, ExpectedState.any(), ProposedEvent.binary("Big", data));

    assertThat(store.read(ACCOUNT, FORWARDS).events().getFirst().data()).isEqualTo(data);
  }

  // ---- commits of several streams

  private static StreamAppend part(StreamName stream, String expected, String letters) {
    return new StreamAppend(stream, expected(expected), events(letters));
  }

  private AppendResult commit(StreamAppend... parts) {
    needs(Capability.COMMITS_OF_SEVERAL_STREAMS);
    return store.append(List.of(parts));
  }

  private WrongExpectedStateException assertCommitIsWrong(StreamAppend... parts) {
    needs(Capability.COMMITS_OF_SEVERAL_STREAMS);
    return assertWrongExpectedState(() -> store.append(List.of(parts)));
  }

  @Test
  void a_commit_writes_several_streams_in_its_order() {
    append(ACCOUNT, "A");

    var result =
        commit(
            part(ORDER, "none", "B C"), part(ACCOUNT, "0", "D"), part(name("third"), "any", "E"));

    assertThat(result.position()).hasValue(5);
    assertThat(result.idempotent()).isFalse();
    assertThat(result.streams())
        .containsExactly(
            new AppendResult.AppendedStream(ORDER, 0, 1),
            new AppendResult.AppendedStream(ACCOUNT, 1, 1),
            new AppendResult.AppendedStream(name("third"), 0, 0));
    assertThat(types(store.readAll(FORWARDS.from(1)).toList())).isEqualTo("A B C D E");
    assertThat(letters(ORDER)).isEqualTo("B C");
    assertThat(letters(ACCOUNT)).isEqualTo("A D");
  }

  private static StreamName name(String name) {
    return StreamName.of(name);
  }

  @Test
  void a_commit_is_refused_as_a_whole_and_names_every_conflict() {
    append(ACCOUNT, "A");

    var refusal =
        assertCommitIsWrong(
            part(ACCOUNT, "5", "B"), part(name("fine"), "any", "C"), part(ORDER, "exists", "D"));

    assertThat(refusal.conflicts()).extracting(Conflict::stream).containsExactly(ACCOUNT, ORDER);
    assertThat(refusal.conflicts())
        .extracting(Conflict::expected)
        .containsExactly(ExpectedState.atRevision(5), ExpectedState.streamExists());
    assertThat(refusal.conflicts())
        .extracting(Conflict::actual)
        .containsExactly(new StreamState.Present(0, 0), new StreamState.Absent());
    assertThat(store.state(name("fine"))).isEqualTo(new StreamState.Absent());
  }

  @Test
  void a_stream_without_events_in_a_commit_is_only_checked() {
    append(ACCOUNT, "A");

    var result = commit(part(ACCOUNT, "0", "-"), part(ORDER, "none", "B"));

    assertThat(result.position()).hasValue(2);
    assertThat(result.streams())
        .containsExactly(
            new AppendResult.AppendedStream(ACCOUNT, 1, 0),
            new AppendResult.AppendedStream(ORDER, 0, 0));
    assertThat(assertCommitIsWrong(part(ACCOUNT, "1", "-"), part(ORDER, "0", "C")).stream())
        .isEqualTo(ACCOUNT);
  }

  @Test
  void a_commit_may_consist_of_checks() {
    append(ACCOUNT, "A");

    var result = commit(part(ACCOUNT, "0", "-"), part(ORDER, "none", "-"));

    assertThat(result.position()).isEqualTo(OptionalLong.empty());
    assertThat(result.streams())
        .containsExactly(
            new AppendResult.AppendedStream(ACCOUNT, 1, 0),
            new AppendResult.AppendedStream(ORDER, 0, -1));
    assertThat(lastPosition()).isEqualTo(1);
  }

  @Test
  void checking_a_deleted_stream_in_a_commit_leaves_it_deleted() {
    append(ACCOUNT, "A");
    store.delete(ACCOUNT, ExpectedState.any());

    commit(part(ACCOUNT, "none", "-"), part(ORDER, "none", "B"));

    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Deleted(0));
  }

  @Test
  void what_is_only_checked_is_told_as_it_was_before_the_commit() {
    append(ACCOUNT, "A");
    store.delete(ACCOUNT, ExpectedState.any());

    var result = commit(part(ACCOUNT, "none", "B"), part(ACCOUNT.metastream(), "0", "-"));

    assertThat(result.streams())
        .containsExactly(
            new AppendResult.AppendedStream(ACCOUNT, 1, 1),
            new AppendResult.AppendedStream(ACCOUNT.metastream(), 1, 0));
    assertThat(store.metadata(ACCOUNT).metastreamRevision()).isEqualTo(1);
  }

  @Test
  void a_repeated_commit_is_answered_as_the_first_one() {
    var parts =
        new StreamAppend[] {
          part(ACCOUNT, "none", "A B"), part(ORDER, "any", "C"), part(name("checked"), "none", "-")
        };
    var first = commit(parts);
    append(name("checked"), "X");

    var second = store.append(List.of(parts));

    assertThat(second.idempotent()).isTrue();
    assertThat(second.position()).isEqualTo(first.position());
    assertThat(second.streams().subList(0, 2)).isEqualTo(first.streams().subList(0, 2));
    assertThat(second.streams().getLast())
        .isEqualTo(new AppendResult.AppendedStream(name("checked"), 1, 0));
    assertThat(lastPosition()).isEqualTo(4);
  }

  @Test
  void a_commit_of_repeated_and_new_streams_is_refused_and_names_the_repeated_ones() {
    append(ACCOUNT, "A");

    var refusal = assertCommitIsWrong(part(ACCOUNT, "any", "A"), part(ORDER, "any", "B"));

    assertThat(refusal.conflicts()).extracting(Conflict::stream).containsExactly(ACCOUNT);
  }

  @Test
  void a_commit_with_a_tombstoned_stream_is_refused() {
    needs(Capability.COMMITS_OF_SEVERAL_STREAMS);
    append(ACCOUNT, "A");
    store.tombstone(ACCOUNT, ExpectedState.any());

    assertNothingIsWritten(
        () -> store.append(List.of(part(ORDER, "exists", "B"), part(ACCOUNT, "any", "C"))),
        StreamTombstonedException.class);
  }

  @Test
  void a_commit_may_check_that_a_stream_is_gone() {
    append(ACCOUNT, "A");
    store.tombstone(ACCOUNT, ExpectedState.any());

    var result = commit(part(ACCOUNT, "none", "-"), part(ORDER, "none", "B"));

    assertThat(result.streams().getFirst())
        .isEqualTo(new AppendResult.AppendedStream(ACCOUNT, Long.MAX_VALUE, Long.MAX_VALUE));
    assertThat(assertCommitIsWrong(part(ACCOUNT, "0", "-"), part(ORDER, "0", "C")).actual())
        .isEqualTo(new StreamState.Tombstoned());
  }

  @Test
  void a_commit_with_a_virtual_stream_is_refused() {
    needs(Capability.COMMITS_OF_SEVERAL_STREAMS);

    assertNothingIsWritten(
        () ->
            store.append(
                List.of(part(ORDER, "any", "B"), part(StreamName.ofCategory("x"), "any", "-"))),
        NotAuthorizedException.class);
  }

  @Test
  void a_stream_may_be_named_again_for_events_behind_those_of_others() {
    append(ACCOUNT, "A");

    var result =
        commit(
            part(ORDER, "none", "B"),
            part(ACCOUNT, "0", "C"),
            part(ORDER, "any", "D E"),
            part(ACCOUNT, "any", "F"));

    assertThat(result.position()).hasValue(6);
    assertThat(result.streams())
        .containsExactly(
            new AppendResult.AppendedStream(ORDER, 0, 0),
            new AppendResult.AppendedStream(ACCOUNT, 1, 1),
            new AppendResult.AppendedStream(ORDER, 1, 2),
            new AppendResult.AppendedStream(ACCOUNT, 2, 2));
    assertThat(types(store.readAll(FORWARDS.from(1)).toList())).isEqualTo("A B C D E F");
    assertThat(letters(ORDER)).isEqualTo("B D E");
    assertThat(letters(ACCOUNT)).isEqualTo("A C F");
  }

  @Test
  void a_repeated_commit_that_names_a_stream_again_is_answered_with_all_its_events() {
    var parts =
        new StreamAppend[] {
          part(ORDER, "none", "A"), part(ACCOUNT, "any", "B"), part(ORDER, "any", "C")
        };
    var first = commit(parts);

    var second = store.append(List.of(parts));

    assertThat(second.idempotent()).isTrue();
    assertThat(second.position()).isEqualTo(first.position());
    assertThat(second.streams())
        .containsExactly(
            new AppendResult.AppendedStream(ORDER, 0, 1),
            new AppendResult.AppendedStream(ACCOUNT, 0, 0),
            new AppendResult.AppendedStream(ORDER, 0, 1));
    assertThat(lastPosition()).isEqualTo(3);
    assertThat(assertCommitIsWrong(part(ORDER, "none", "A"), part(ORDER, "any", "X")).conflicts())
        .hasSize(1);
  }

  @Test
  void a_deleted_stream_that_is_named_again_comes_back_once() {
    append(ACCOUNT, "A B");
    store.delete(ACCOUNT, ExpectedState.any());

    commit(part(ACCOUNT, "none", "C"), part(ORDER, "none", "D"), part(ACCOUNT, "any", "E"));

    assertThat(letters(ACCOUNT)).isEqualTo("C E");
    assertThat(store.metadata(ACCOUNT).metastreamRevision()).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}, expected {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the stream is         | expected   | checked | written
            never written         | deleted    | wrong   | wrong
            never written         | tombstoned | wrong   | wrong
            A B                   | deleted    | wrong   | wrong
            A B                   | tombstoned | wrong   | wrong
            A B deleted           | deleted    | ok      | ok
            A B deleted           | tombstoned | wrong   | wrong
            A B tombstoned        | deleted    | wrong   | tombstoned
            A B tombstoned        | tombstoned | ok      | tombstoned
          """)
  void a_stream_may_be_expected_to_be_gone(
      String situation, String expected, String checked, String written) {
    needs(Capability.COMMITS_OF_SEVERAL_STREAMS);
    prepare(situation);
    var state = expected.equals("deleted") ? ExpectedState.deleted() : ExpectedState.tombstoned();

    assertGone(checked, new StreamAppend(ACCOUNT, state, List.of()), "X");
    assertGone(written, new StreamAppend(ACCOUNT, state, events("Y")), "Z");
  }

  private void assertGone(String answer, StreamAppend part, String besides) {
    var parts = List.of(part(ORDER, "any", besides), part);
    switch (answer) {
      case "ok" -> assertThat(store.append(parts).idempotent()).isFalse();
      case "wrong" ->
          assertThat(assertWrongExpectedState(() -> store.append(parts)).expected())
              .isEqualTo(part.expected());
      default -> assertNothingIsWritten(() -> store.append(parts), StreamTombstonedException.class);
    }
  }

  @Test
  void a_repeated_commit_to_a_stream_that_was_deleted_is_known() {
    append(ACCOUNT, "A");
    store.delete(ACCOUNT, ExpectedState.any());
    var back = new StreamAppend(ACCOUNT, ExpectedState.deleted(), events("B C"));
    commit(back, part(ORDER, "any", "D"));

    assertThat(store.append(List.of(back, part(ORDER, "any", "D"))).idempotent()).isTrue();
    assertThat(letters(ACCOUNT)).isEqualTo("B C");
  }

  @Test
  void a_commit_names_at_least_one_stream_and_expects_something_where_it_names_it_first() {
    assertNothingIsWritten(
        () -> store.append(List.of(part(ORDER, "any", "A"), part(ORDER, "0", "B"))),
        IllegalArgumentException.class);
    assertNothingIsWritten(() -> store.append(List.of()), IllegalArgumentException.class);
  }

  // ---- many writers

  @Test
  void of_writers_racing_for_one_revision_one_wins() throws Exception {
    append(ACCOUNT, "A");
    for (var round = 0; round < 20; round++) {
      var revision = (long) round;
      var start = new CyclicBarrier(4);
      var wins =
          together(
              4,
              _ -> {
                start.await();
                try {
                  store.append(
                      ACCOUNT, ExpectedState.atRevision(revision), ProposedEvent.json("Won", "{}"));
                  return true;
                } catch (WrongExpectedStateException lost) {
                  return false;
                }
              });

      assertThat(wins).containsOnlyOnce(true);
    }
    assertThat(store.state(ACCOUNT).lastRevision()).isEqualTo(20);
  }

  @Test
  void many_writers_get_each_position_once_and_keep_their_order() throws Exception {
    var positions =
        together(
            8,
            writer -> {
              var own = new ArrayList<Long>();
              for (var i = 0; i < 50; i++) {
                var stream = StreamName.of("writer-" + (writer + i) % 3);
                var event = ProposedEvent.json("Wrote", "%d %d".formatted(writer, i));
                own.add(store.append(stream, ExpectedState.any(), event).position().orElseThrow());
              }
              return own;
            });

    assertThat(positions).allSatisfy(own -> assertThat(own).isSorted());
    assertThat(positions.stream().flatMap(List::stream).sorted())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 400).boxed().toList());
    for (var writer = 0; writer < 8; writer++) {
      var own = positions.get(writer);
      for (var i = 0; i < own.size(); i++) {
        var event = store.readAll(FORWARDS.from(own.get(i)).limit(1)).events().getFirst();
        assertThat(event.dataAsText()).isEqualTo("%d %d".formatted(writer, i));
      }
    }
    for (var i = 0; i < 3; i++) {
      var stream = StreamName.of("writer-" + i);
      var events = store.read(stream, FORWARDS).events();
      assertThat(events)
          .extracting(RecordedEvent::revision)
          .isEqualTo(LongStream.range(0, events.size()).boxed().toList());
      assertThat(events).extracting(RecordedEvent::position).isSorted();
    }
  }

  @Test
  void readers_see_a_commit_whole_or_not_at_all() throws Exception {
    needs(Capability.COMMITS_OF_SEVERAL_STREAMS);
    var sizes =
        together(
            3,
            thread -> {
              var seen = new ArrayList<Integer>();
              for (var i = 0; i < 100; i++) {
                if (thread == 0) {
                  store.append(
                      List.of(
                          StreamAppend.of(ACCOUNT, ExpectedState.any(), fresh(), fresh()),
                          StreamAppend.of(ORDER, ExpectedState.any(), fresh())));
                } else {
                  seen.add(store.readAll(FORWARDS.from(1)).toList().size());
                }
              }
              return seen;
            });

    assertThat(sizes)
        .allSatisfy(seen -> {
          assertThat(seen).isSorted();
          assertThat(seen).allSatisfy(size -> assertThat(size % 3).isZero());
        });
  }

  private static ProposedEvent fresh() {
    return ProposedEvent.json("Happened", "{}");
  }

  @Test
  void an_append_that_returned_is_seen_by_every_later_read() {
    for (var i = 0; i < 200; i++) {
      var text = Integer.toString(i);
      var position =
          store
              .append(ACCOUNT, ExpectedState.any(), ProposedEvent.json("Counted", text))
              .position()
              .orElseThrow();

      assertThat(lastPosition()).isEqualTo(position);
      assertThat(store.read(ACCOUNT, BACKWARDS.limit(1)).events().getFirst().dataAsText())
          .isEqualTo(text);
      assertThat(store.readAll(BACKWARDS.limit(1)).events().getFirst().data())
          .isEqualTo(text.getBytes(UTF_8));
    }
  }

  /// Runs the same work on several threads, and gives what each returned.
  static <T> List<T> together(int threads, Work<T> work) throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<T>>();
      for (var i = 0; i < threads; i++) {
        var number = i;
        Callable<T> task = () -> work.run(number);
        futures.add(executor.submit(task));
      }
      var results = new ArrayList<T>();
      for (var future : futures) {
        results.add(future.get());
      }
      return results;
    }
  }

  /// What one of several threads does.
  interface Work<T> {
    T run(int thread) throws Exception;
  }
}

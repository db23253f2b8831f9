// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Reading one stream, all streams, virtual streams and links.
abstract class ReadingContract extends DeletingContract {

  private static final StreamName CATEGORY = StreamName.ofCategory("account");
  private static final StreamName SECOND_ACCOUNT = StreamName.of("account-2");

  // ---- one stream

  private static ReadOptions options(String direction, String from, String limit) {
    var options = direction.equals("forwards") ? FORWARDS : BACKWARDS;
    if (!from.equals("-")) {
      options = options.from(from.equals("END") ? ReadOptions.END : Long.parseLong(from));
    }
    return limit.equals("-") ? options : options.limit(Long.parseLong(limit));
  }

  @ParameterizedTest(name = "{0} from {1}, at most {2}: {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # direction | from | limit | events of 0 1 2 3 4
            forwards  | -    | -     | 0 1 2 3 4
            forwards  | 0    | 2     | 0 1
            forwards  | 2    | -     | 2 3 4
            forwards  | 2    | 1     | 2
            forwards  | 4    | 9     | 4
            forwards  | 5    | -     | -
            forwards  | 99   | -     | -
            forwards  | END  | -     | -
            forwards  | -    | 0     | -
            backwards | -    | -     | 4 3 2 1 0
            backwards | END  | 2     | 4 3
            backwards | 4    | 2     | 4 3
            backwards | 2    | -     | 2 1 0
            backwards | 2    | 1     | 2
            backwards | 0    | -     | 0
            backwards | 99   | 2     | 4 3
            backwards | -    | 0     | -
          """)
  void a_stream_is_read_from_a_revision_on(
      String direction, String from, String limit, String expected) {
    append(ORDER, "X");
    append(ACCOUNT, "0 1 2");
    append(ORDER, "Y");
    append(ACCOUNT, "3 4");

    var read = store.read(ACCOUNT, options(direction, from, limit));

    assertThat(read.state()).isEqualTo(new StreamState.Present(0, 4));
    assertThat(types(read.toList())).isEqualTo(expected.equals("-") ? "" : expected);
  }

  @ParameterizedTest(name = "{0} from {1}, at most {2}: {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # direction | from | limit | events of 0 1 2 3 4, truncated before 2
            forwards  | -    | -     | 2 3 4
            forwards  | 0    | 2     | 2 3
            forwards  | 1    | 1     | 2
            forwards  | 3    | -     | 3 4
            backwards | -    | -     | 4 3 2
            backwards | -    | 4     | 4 3 2
            backwards | 3    | 9     | 3 2
            backwards | 1    | -     | -
          """)
  void a_truncated_stream_is_read_as_far_as_it_is_visible(
      String direction, String from, String limit, String expected) {
    append(ACCOUNT, "0 1 2 3 4");
    writeMetadata(ACCOUNT, StreamMetadata.none().withTruncateBefore(2));

    var read = store.read(ACCOUNT, options(direction, from, limit));

    if (can(Capability.EXACT_STATES)) {
      assertThat(read.state()).isEqualTo(new StreamState.Present(2, 4));
    }
    assertThat(types(read.toList())).isEqualTo(expected.equals("-") ? "" : expected);
  }

  @Test
  void a_stream_that_was_never_written_gives_nothing() {
    try (var read = store.read(ACCOUNT, FORWARDS)) {
      assertThat(read.state()).isEqualTo(new StreamState.Absent());
      assertThat(read.iterator().hasNext()).isFalse();
    }
    assertThat(store.read(ACCOUNT, BACKWARDS).toList()).isEmpty();
    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Absent());
  }

  @Test
  void streams_whose_names_begin_alike_are_kept_apart() {
    append(ACCOUNT, "A");
    append(StreamName.of("account-1 "), "B");
    append(StreamName.of("account-10"), "C");
    append(StreamName.of("Account-1"), "D");

    assertThat(letters(ACCOUNT)).isEqualTo("A");
  }

  @Test
  void a_read_does_not_give_what_is_appended_after_it_was_opened() {
    append(ACCOUNT, "A B");
    try (var ofStream = store.read(ACCOUNT, FORWARDS);
        var ofAll = store.readAll(FORWARDS.from(1))) {
      append(ACCOUNT, "C");

      assertThat(types(ofStream.stream().toList())).isEqualTo("A B");
      assertThat(types(ofAll.stream().toList())).isEqualTo("A B");
    }
  }

  @Test
  void a_read_has_one_iterator() {
    append(ACCOUNT, "A B");
    try (var read = store.read(ACCOUNT, FORWARDS)) {
      assertThat(read.iterator().next().original().type()).isEqualTo("A");
      assertThat(read.iterator().next().original().type()).isEqualTo("B");
      assertThat(read.iterator().hasNext()).isFalse();
    }
  }

  @Test
  void a_reader_may_change_the_bytes_it_was_given() {
    append(ACCOUNT, "A");
    for (var options : List.of(FORWARDS, BACKWARDS)) {
      Arrays.fill(store.read(ACCOUNT, options).events().getFirst().data(), (byte) 0);
    }

    assertThat(store.read(ACCOUNT, FORWARDS).events().getFirst().data())
        .isEqualTo(event("A").data());
  }

  @Test
  void a_filter_for_one_stream_is_refused() {
    append(ACCOUNT, "A");
    var options = FORWARDS.filteredBy(EventFilter.typePrefix("A"));

    assertThatThrownBy(() -> store.read(ACCOUNT, options).toList())
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- all streams

  @ParameterizedTest(name = "{0} from {1}, at most {2}: {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # direction | from | limit | events of 0 1 2 3 4
            forwards  | -    | -     | 0 1 2 3 4
            forwards  | 0    | 2     | 0 1
            forwards  | 2    | -     | 2 3 4
            forwards  | 2    | 1     | 2
            forwards  | 5    | -     | -
            forwards  | END  | -     | -
            forwards  | -    | 0     | -
            backwards | -    | -     | 4 3 2 1 0
            backwards | END  | 2     | 4 3
            backwards | 4    | 2     | 3 2
            backwards | 5    | 2     | 4 3
            backwards | 99   | 2     | 4 3
            backwards | 1    | -     | 0
            backwards | 0    | -     | -
            backwards | -    | 0     | -
          """)
  void all_streams_are_read_from_a_position_on(
      String direction, String from, String limit, String expected) {
    append(ACCOUNT, "1 2");
    append(ORDER, "3 4");

    var events = store.readAll(options(direction, from, limit)).events();

    assertThat(String.join(" ", events.stream().map(event -> "" + event.position()).toList()))
        .isEqualTo(expected.equals("-") ? "" : expected);
    assertThat(events)
        .allSatisfy(event ->
            assertThat(event.type())
                .isEqualTo(event.position() == 0 ? "$genesis" : "" + event.position()));
  }

  // ---- filters

  private void appendForFilters() {
    store.append(ACCOUNT, ExpectedState.any(), typed("Opened"), typed("Paid"));
    store.append(ORDER, ExpectedState.any(), typed("OrderPlaced"), typed("Paid"));
    store.append(SECOND_ACCOUNT, ExpectedState.any(), typed("Opened"));
    store.append(StreamName.of("$system-1"), ExpectedState.any(), typed("Opened"));
    store.append(StreamName.of("-dash"), ExpectedState.any(), typed("paid"));
    store.append(StreamName.of("account"), ExpectedState.any(), typed("Closed"));
    store.append(StreamName.of("account-1-savings"), ExpectedState.any(), typed("Opened"));
    store.append(ORDER, ExpectedState.any(), ProposedEvent.link(ACCOUNT, 0));
    writeMetadata(ACCOUNT, StreamMetadata.none().withTruncateBefore(1));
  }

  private static ProposedEvent typed(String type) {
    return ProposedEvent.json(type, "{}");
  }

  private String found(EventFilter filter) {
    return found(FORWARDS, filter);
  }

  private String found(ReadOptions options, EventFilter filter) {
    return String.join(
        ", ",
        store.readAll(options.filteredBy(filter)).events().stream()
            .map(event -> event.type() + " " + event.revision() + "@" + event.stream())
            .toList());
  }

  @Test
  void a_filter_by_stream_prefix_takes_any_of_them_exactly() {
    appendForFilters();

    assertThat(found(EventFilter.streamPrefix("account-1")))
        .isEqualTo("Opened 0@account-1, Paid 1@account-1, Opened 0@account-1-savings");
    assertThat(found(EventFilter.streamPrefix("Account", "-", "order-")))
        .isEqualTo("OrderPlaced 0@order-1, Paid 1@order-1, paid 0@-dash, $> 2@order-1");
    assertThat(found(EventFilter.streamPrefix("$$"))).isEqualTo("$metadata 0@$$account-1");
    assertThat(found(EventFilter.streamPrefix("none"))).isEmpty();
  }

  @Test
  void a_filter_by_type_prefix_takes_any_of_them_exactly() {
    appendForFilters();

    assertThat(found(EventFilter.typePrefix("P", "Cl")))
        .isEqualTo("Paid 1@account-1, Paid 1@order-1, Closed 0@account");
    assertThat(found(EventFilter.typePrefix("O")))
        .isEqualTo(
            "Opened 0@account-1, OrderPlaced 0@order-1, Opened 0@account-2,"
                + " Opened 0@$system-1, Opened 0@account-1-savings");
  }

  @Test
  void a_filter_by_regular_expression_finds_it_anywhere() {
    appendForFilters();

    assertThat(found(new EventFilter.StreamRegex("t-[2-9]"))).isEqualTo("Opened 0@account-2");
    assertThat(found(new EventFilter.StreamRegex("^(account|-dash)$")))
        .isEqualTo("paid 0@-dash, Closed 0@account");
    assertThat(found(new EventFilter.TypeRegex("ose|laced$")))
        .isEqualTo("OrderPlaced 0@order-1, Closed 0@account");
    assertThat(found(new EventFilter.TypeRegex("^(?!(Opened$|Paid$|\\$))")))
        .isEqualTo("OrderPlaced 0@order-1, paid 0@-dash, Closed 0@account");
  }

  @Test
  void a_filter_by_expression_leaves_out_what_stands_behind_a_look_ahead() {
    appendForFilters();

    assertThat(found(new EventFilter.TypeRegex("^(?!(Opened$|Paid$))(?!\\$).*")))
        .isEqualTo("OrderPlaced 0@order-1, paid 0@-dash, Closed 0@account");
    assertThat(found(new EventFilter.StreamRegex("^account-(?!1).*")))
        .isEqualTo("Opened 0@account-2");
    assertThat(found(new EventFilter.StreamRegex("^(?!\\$|account|order-1$)")))
        .isEqualTo("paid 0@-dash");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[a", "a**"})
  void an_expression_that_is_none_is_refused(String regex) {
    append(ACCOUNT, "A");
    for (var filter :
        List.of(new EventFilter.TypeRegex(regex), new EventFilter.StreamRegex(regex))) {
      assertThatThrownBy(() -> store.readAll(FORWARDS.filteredBy(filter)).toList())
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() ->
              store.subscribeToAll(SubscribeOptions.fromBeginning().filteredBy(filter)).next())
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /// Enough of other events that it pays to go along the few.
  @Test
  void a_filter_finds_few_events_among_many() {
    for (var i = 0; i < 60; i++) {
      store.append(StreamName.of("many-" + i % 3), ExpectedState.any(), typed("M" + i % 4));
      if (i % 20 == 7) {
        append(StreamName.of("few" + i), "F" + i);
      }
    }
    var filters =
        List.of(
            EventFilter.typePrefix("F"),
            EventFilter.streamPrefix("few"),
            new EventFilter.TypeRegex("F\\d+"),
            new EventFilter.TypeRegex("^(?!M|\\$)"),
            new EventFilter.StreamRegex("^few"),
            new EventFilter.StreamRegex("w(7|27|47)$"));
    var few = "F7 0@few7, F27 0@few27, F47 0@few47";
    for (var filter : filters) {
      assertThat(found(filter)).as("%s", filter).isEqualTo(few);
      assertThat(found(BACKWARDS, filter))
          .as("%s", filter)
          .isEqualTo("F47 0@few47, F27 0@few27, F7 0@few7");
      assertThat(found(BACKWARDS.from(40).limit(1), filter)).isEqualTo("F27 0@few27");
      assertThat(found(FORWARDS.from(40).limit(1), filter)).isEqualTo("F47 0@few47");
    }
    assertThat(found(EventFilter.streamPrefix("few", "many-1")))
        .startsWith("M1 0@many-1, M0 1@many-1")
        .contains("F7 0@few7")
        .doesNotContain("many-0");
  }

  @Test
  void a_filter_leaves_out_the_events_of_the_system() {
    appendForFilters();

    assertThat(found(EventFilter.withoutSystemEvents()))
        .doesNotContain("$>", "$metadata", "$genesis")
        .contains("Opened 0@$system-1", "Closed 0@account");
  }

  @Test
  void a_filter_by_category_takes_what_stands_before_the_first_dash() {
    needs(Capability.FILTERS_BY_INDEX);
    appendForFilters();

    assertThat(found(new EventFilter.Category("account")))
        .isEqualTo(
            "Opened 0@account-1, Paid 1@account-1, Opened 0@account-2,"
                + " Opened 0@account-1-savings");
    assertThat(found(new EventFilter.Category("order")))
        .isEqualTo("OrderPlaced 0@order-1, Paid 1@order-1, $> 2@order-1");
    assertThat(found(new EventFilter.Category("$system"))).isEmpty();
    assertThat(found(new EventFilter.Category(""))).isEmpty();
    assertThat(found(new EventFilter.Category("acc"))).isEmpty();
  }

  @Test
  void a_filter_by_types_takes_them_exactly() {
    needs(Capability.FILTERS_BY_INDEX);
    appendForFilters();

    assertThat(found(new EventFilter.Types(Set.of("Paid", "$metadata", "Open"))))
        .isEqualTo("Paid 1@account-1, Paid 1@order-1, $metadata 0@$$account-1");
    assertThat(found(new EventFilter.Types(Set.of("$>")))).isEqualTo("$> 2@order-1");
  }

  @Test
  void a_filter_by_tags_takes_events_that_carry_all_of_them() {
    needs(Capability.TAGS);
    var red = Tag.of("red");
    var round = Tag.of("shape", "round");
    store.append(ACCOUNT, ExpectedState.any(), typed("A").withTags(red));
    store.append(ORDER, ExpectedState.any(), typed("B").withTags(round, red));
    store.append(ACCOUNT, ExpectedState.any(), typed("C").withTags(round), typed("D"));

    assertThat(found(new EventFilter.Tagged(Set.of(red)))).isEqualTo("A 0@account-1, B 0@order-1");
    assertThat(found(new EventFilter.Tagged(Set.of(red, round)))).isEqualTo("B 0@order-1");
    assertThat(found(new EventFilter.Tagged(Set.of(Tag.of("re"))))).isEmpty();
    assertThat(found(BACKWARDS, new EventFilter.Tagged(Set.of(round))))
        .isEqualTo("C 1@account-1, B 0@order-1");
  }

  @Test
  void a_filtered_read_goes_both_ways_from_anywhere_and_its_limit_counts_what_it_gives() {
    appendForFilters();
    var opened = EventFilter.typePrefix("Opened");

    assertThat(found(FORWARDS.limit(2), opened))
        .isEqualTo("Opened 0@account-1, Opened 0@account-2");
    assertThat(found(FORWARDS.from(5).limit(2), opened))
        .isEqualTo("Opened 0@account-2, Opened 0@$system-1");
    assertThat(found(BACKWARDS.limit(2), opened))
        .isEqualTo("Opened 0@account-1-savings, Opened 0@$system-1");
    assertThat(found(BACKWARDS.from(5), opened)).isEqualTo("Opened 0@account-1");
    if (can(Capability.FILTERS_BY_INDEX)) {
      var types = new EventFilter.Types(Set.of("Opened"));
      var category = new EventFilter.Category("account");
      assertThat(found(FORWARDS.from(5).limit(1), types)).isEqualTo("Opened 0@account-2");
      assertThat(found(BACKWARDS.from(5).limit(1), types)).isEqualTo("Opened 0@account-1");
      assertThat(found(FORWARDS.from(2).limit(2), category))
          .isEqualTo("Paid 1@account-1, Opened 0@account-2");
      assertThat(found(BACKWARDS.from(5).limit(1), category)).isEqualTo("Paid 1@account-1");
    }
  }

  @Test
  void a_filter_looks_at_links_and_not_at_their_targets() {
    appendForFilters();

    assertThat(found(FORWARDS.resolvingLinks(), EventFilter.streamPrefix("order")))
        .isEqualTo("OrderPlaced 0@order-1, Paid 1@order-1");
    assertThat(
            store
                .readAll(FORWARDS.resolvingLinks().filteredBy(EventFilter.streamPrefix("order")))
                .toList())
        .last()
        .satisfies(resolved -> {
          assertThat(resolved.event()).as("a target that metadata hides").isEmpty();
          assertThat(resolved.link()).get().extracting(RecordedEvent::type).isEqualTo("$>");
        });
  }

  // ---- virtual streams

  private List<String> lines(StreamName stream, ReadOptions options) {
    return store.read(stream, options).events().stream()
        .map(event -> "%d %d %s".formatted(event.position(), event.revision(), event.dataAsText()))
        .toList();
  }

  @Test
  void a_virtual_stream_lists_the_events_of_a_category() {
    appendForFilters();

    assertThat(lines(CATEGORY, FORWARDS))
        .containsExactly(
            "1 0 0@account-1", "2 1 1@account-1", "5 2 0@account-2", "9 3 0@account-1-savings");
    assertThat(lines(CATEGORY, BACKWARDS.limit(2)))
        .containsExactly("9 3 0@account-1-savings", "5 2 0@account-2");
    assertThat(lines(CATEGORY, FORWARDS.from(1).limit(2)))
        .containsExactly("2 1 1@account-1", "5 2 0@account-2");
    assertThat(lines(CATEGORY, BACKWARDS.from(1)))
        .containsExactly("2 1 1@account-1", "1 0 0@account-1");
    assertThat(lines(CATEGORY, FORWARDS.from(4))).isEmpty();
    assertThat(store.state(CATEGORY)).isEqualTo(new StreamState.Present(0, 3));
    assertThat(store.read(CATEGORY, FORWARDS).state()).isEqualTo(new StreamState.Present(0, 3));
  }

  @Test
  void a_virtual_stream_lists_the_events_of_a_type() {
    appendForFilters();

    assertThat(lines(StreamName.ofType("Paid"), FORWARDS))
        .containsExactly("2 0 1@account-1", "4 1 1@order-1");
    assertThat(lines(StreamName.ofType("Opened"), BACKWARDS.limit(1)))
        .containsExactly("9 3 0@account-1-savings");
    assertThat(lines(StreamName.ofType("$metadata"), FORWARDS))
        .containsExactly("11 0 0@$$account-1");
    assertThat(lines(StreamName.ofType("$>"), FORWARDS)).isEmpty();
    assertThat(store.state(StreamName.ofType("Paid"))).isEqualTo(new StreamState.Present(0, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"$ce-none", "$et-None", "$ce-$system", "$et-$>"})
  void a_virtual_stream_without_events_is_absent(String name) {
    appendForFilters();
    var stream = StreamName.of(name);

    assertThat(store.state(stream)).isEqualTo(new StreamState.Absent());
    assertThat(store.read(stream, FORWARDS).state()).isEqualTo(new StreamState.Absent());
    assertThat(store.read(stream, BACKWARDS).toList()).isEmpty();
  }

  @Test
  void the_events_of_a_virtual_stream_are_links_that_are_the_same_at_each_reading() {
    append(ACCOUNT, "A B");

    var link = store.read(CATEGORY, FORWARDS).events().getLast();

    assertThat(link)
        .isEqualTo(
            new RecordedEvent(
                2,
                CATEGORY,
                1,
                UUID.nameUUIDFromBytes("$ce-account/1".getBytes(UTF_8)),
                "$>",
                ContentType.BINARY,
                log().getLast().recorded(),
                "1@account-1".getBytes(UTF_8),
                new byte[0],
                List.of()));
    assertThat(store.read(CATEGORY, BACKWARDS).events().getFirst()).isEqualTo(link);
  }

  @Test
  void a_virtual_stream_is_resolved_to_its_events() {
    append(ACCOUNT, "A");
    append(SECOND_ACCOUNT, "B");

    var resolved = store.read(CATEGORY, FORWARDS.resolvingLinks()).toList();

    assertThat(resolved)
        .extracting(event -> event.event().orElseThrow())
        .isEqualTo(store.readAll(FORWARDS.from(1)).events());
    assertThat(resolved)
        .extracting(event -> event.link().orElseThrow())
        .isEqualTo(store.read(CATEGORY, FORWARDS).events());
  }

  @Test
  void a_virtual_stream_lists_hidden_events_but_leads_nowhere_from_them() {
    append(ACCOUNT, "A B");
    append(SECOND_ACCOUNT, "C");
    append(StreamName.of("account-3"), "D");
    writeMetadata(ACCOUNT, StreamMetadata.none().withTruncateBefore(1));
    store.delete(SECOND_ACCOUNT, ExpectedState.any());
    store.tombstone(StreamName.of("account-3"), ExpectedState.any());

    assertThat(lines(CATEGORY, FORWARDS))
        .containsExactly(
            "1 0 0@account-1",
            "2 1 1@account-1",
            "3 2 0@account-2",
            "4 3 0@account-3",
            "7 4 9223372036854775807@account-3");
    assertThat(store.read(CATEGORY, FORWARDS.resolvingLinks()).toList())
        .extracting(resolved -> resolved.event().isPresent())
        .containsExactly(false, true, false, false, false);
    assertThat(store.read(CATEGORY, FORWARDS.resolvingLinks()).events())
        .extracting(RecordedEvent::type)
        .containsExactly("B");
  }

  @Test
  void a_virtual_stream_lists_links_as_themselves() {
    append(ORDER, "A");
    store.append(ACCOUNT, ExpectedState.any(), ProposedEvent.link(ORDER, 0));

    var resolved = store.read(CATEGORY, FORWARDS.resolvingLinks()).toList();

    assertThat(lines(CATEGORY, FORWARDS)).containsExactly("2 0 0@account-1");
    assertThat(resolved).hasSize(1);
    assertThat(resolved.getFirst().event())
        .contains(store.read(ACCOUNT, FORWARDS).events().getFirst());
  }

  @Test
  void a_virtual_stream_is_up_to_date_with_each_append() {
    for (var i = 0; i < 100; i++) {
      store.append(
          StreamName.of("account-" + i % 7), ExpectedState.any(), ProposedEvent.json("Opened", ""));

      assertThat(store.state(CATEGORY).lastRevision()).isEqualTo(i);
      assertThat(store.read(StreamName.ofType("Opened"), BACKWARDS.limit(1)).events())
          .extracting(RecordedEvent::revision, RecordedEvent::position)
          .containsExactly(tuple((long) i, i + 1L));
    }
  }

  // ---- links

  private ResolvedEvent resolved(ProposedEvent link) {
    store.append(StreamName.of("links"), ExpectedState.any(), link);
    return store
        .read(StreamName.of("links"), BACKWARDS.limit(1).resolvingLinks())
        .toList()
        .getFirst();
  }

  private static ProposedEvent rawLink(String data) {
    return ProposedEvent.binary("$>", data.getBytes(UTF_8));
  }

  @Test
  void a_link_is_followed_when_that_is_asked_for() {
    append(ACCOUNT, "A B");
    var target = store.read(ACCOUNT, FORWARDS).events().getLast();

    var resolved = resolved(ProposedEvent.link(ACCOUNT, 1));

    var links = StreamName.of("links");
    var link = log().getLast();
    assertThat(resolved.event()).contains(target);
    assertThat(resolved.link()).contains(link);
    assertThat(link.dataAsText()).isEqualTo("1@account-1");
    assertThat(store.read(links, FORWARDS).toList()).containsExactly(ResolvedEvent.plain(link));
    assertThat(store.readAll(BACKWARDS.limit(1).resolvingLinks()).toList())
        .containsExactly(resolved);
    assertThat(store.readAll(BACKWARDS.limit(1)).toList())
        .containsExactly(ResolvedEvent.plain(link));
    assertThat(store.read(ACCOUNT, FORWARDS.resolvingLinks()).toList())
        .extracting(ResolvedEvent::link)
        .allSatisfy(none -> assertThat(none).isEmpty());
  }

  @Test
  void a_link_may_lead_to_a_name_with_at_signs() {
    var stream = StreamName.of("a@b@c");
    append(stream, "A");

    assertThat(resolved(ProposedEvent.link(stream, 0)).event())
        .get()
        .extracting(RecordedEvent::type)
        .isEqualTo("A");
  }

  @Test
  void a_link_to_a_link_leads_one_step() {
    append(ACCOUNT, "A");
    store.append(ORDER, ExpectedState.any(), ProposedEvent.link(ACCOUNT, 0));

    assertThat(resolved(ProposedEvent.link(ORDER, 0)).event())
        .contains(store.read(ORDER, FORWARDS).events().getFirst());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2@account-1",
        "0@none",
        "0@truncated",
        "0@deleted",
        "0@tombstoned",
        "9223372036854775807@tombstoned",
        "",
        "@",
        "0@",
        "@account-1",
        "account-1",
        "-1@account-1",
        "+0@account-1",
        "0 @account-1",
        "x@account-1",
        "9223372036854775808@account-1",
        "99999999999999999999999@account-1",
        "0@$$",
        "0@$$account-1",
        "0@$ce-account"
      })
  void a_link_may_lead_nowhere(String data) {
    append(ACCOUNT, "A B");
    append(StreamName.of("truncated"), "A B");
    writeMetadata(StreamName.of("truncated"), StreamMetadata.none().withTruncateBefore(1));
    append(StreamName.of("deleted"), "A");
    store.delete(StreamName.of("deleted"), ExpectedState.any());
    append(StreamName.of("tombstoned"), "A");
    store.tombstone(StreamName.of("tombstoned"), ExpectedState.any());

    var resolved = resolved(rawLink(data));

    assertThat(resolved.event()).isEmpty();
    assertThat(resolved.link()).contains(log().getLast());
    assertThat(store.read(StreamName.of("links"), FORWARDS.resolvingLinks()).events()).isEmpty();
  }

  @Test
  void a_link_to_an_event_grown_old_leads_nowhere() {
    needs(Capability.CLOCK);
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxAge(Duration.ofSeconds(1)));
    append(ACCOUNT, "A");
    assertThat(resolved(ProposedEvent.link(ACCOUNT, 0)).event()).isPresent();

    clock.advance(Duration.ofSeconds(2));

    assertThat(store.readAll(BACKWARDS.limit(1).resolvingLinks()).toList().getFirst().event())
        .isEmpty();
  }

  // ---- lists and ends

  private String names(ListOptions options) {
    return String.join(
        " ", store.streams(options).stream().map(summary -> summary.name().value()).toList());
  }

  @Test
  void streams_are_listed_in_the_order_of_their_names() {
    needs(Capability.LIST_OF_STREAMS);
    for (var name : List.of("b", "a-2", "a-10", "ä", "B", "a", "\uFF5E", "\uD83E\uDD8A")) {
      append(StreamName.of(name), "A");
    }

    assertThat(names(ListOptions.all())).isEqualTo("$genesis B a a-10 a-2 b ä \uD83E\uDD8A \uFF5E");
    assertThat(names(ListOptions.all().withPrefix("a"))).isEqualTo("a a-10 a-2");
    assertThat(names(ListOptions.all().after("a-10").limit(3))).isEqualTo("a-2 b ä");
    assertThat(names(ListOptions.all().withPrefix("a").after("a"))).isEqualTo("a-10 a-2");
    assertThat(names(ListOptions.all().after("a-15"))).startsWith("a-2");
    assertThat(names(ListOptions.all().withPrefix("a").after("b"))).isEmpty();
    assertThat(names(ListOptions.all().limit(1))).isEqualTo("$genesis");
  }

  @Test
  void streams_are_listed_with_what_they_are() {
    needs(Capability.LIST_OF_STREAMS);
    append(ACCOUNT, "A B");
    append(SECOND_ACCOUNT, "A B");
    writeMetadata(SECOND_ACCOUNT, StreamMetadata.none().withMaxCount(1));
    append(StreamName.of("deleted"), "A");
    store.delete(StreamName.of("deleted"), ExpectedState.any());
    store.tombstone(StreamName.of("tombstoned"), ExpectedState.any());
    writeMetadata(StreamName.of("only-metadata"), StreamMetadata.none());

    assertThat(store.streams(ListOptions.all()))
        .containsExactly(
            summary("$$account-2", new StreamState.Present(0, 0)),
            summary("$$deleted", new StreamState.Present(0, 0)),
            summary("$$only-metadata", new StreamState.Present(0, 0)),
            summary("$genesis", new StreamState.Present(0, 0)),
            summary("account-1", new StreamState.Present(0, 1)),
            summary("account-2", new StreamState.Present(1, 1)),
            summary("deleted", new StreamState.Deleted(0)),
            summary("tombstoned", new StreamState.Tombstoned()));
  }

  private static StreamSummary summary(String name, StreamState state) {
    return new StreamSummary(StreamName.of(name), state);
  }

  @Test
  void a_closed_store_says_so() {
    append(ACCOUNT, "A");
    var read = store.read(ACCOUNT, FORWARDS);
    store.close();
    store.close();

    assertClosed(() -> append(ACCOUNT, "B"));
    assertClosed(() -> store.read(ACCOUNT, FORWARDS).toList());
    assertClosed(() -> store.readAll(FORWARDS).toList());
    assertClosed(() -> store.state(ACCOUNT));
    assertClosed(() -> store.metadata(ACCOUNT));
    assertClosed(() -> writeMetadata(ACCOUNT, StreamMetadata.none()));
    assertClosed(() -> store.delete(ACCOUNT, ExpectedState.any()));
    assertClosed(() -> store.tombstone(ACCOUNT, ExpectedState.any()));
    assertClosed(() -> store.lastPosition());
    assertClosed(() -> store.streams(ListOptions.all()));
    assertClosed(() -> store.subscribe(ACCOUNT, SubscribeOptions.fromBeginning()).next());
    assertClosed(() -> store.subscribeToAll(SubscribeOptions.fromBeginning()).next());
    assertClosed(() -> read.iterator().next());
    read.close();
  }

  static void assertClosed(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            UnavailableException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(UnavailableException.Reason.CLOSED));
  }
}

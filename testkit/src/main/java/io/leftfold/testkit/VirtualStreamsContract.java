// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The virtual streams of streams, and of correlation ids.
abstract class VirtualStreamsContract extends TimeContract {

  private static final StreamName STREAMS = StreamName.ofStreams();
  private static final StreamName ACCOUNTS = StreamName.ofStreamsOfCategory("account");

  private List<String> lines(StreamName stream, ReadOptions options) {
    return store.read(stream, options).events().stream()
        .map(event ->
            "%d %d %s %s"
                .formatted(event.position(), event.revision(), event.type(), event.dataAsText()))
        .toList();
  }

  private void appendToSome() {
    append(ACCOUNT, "A B");
    append(ORDER, "C");
    append(StreamName.of("$sys-1"), "D");
    append(StreamName.of("account-2"), "E");
    append(StreamName.of("plain"), "F");
    append(ACCOUNT, "G");
  }

  // ---- streams

  @Test
  void the_stream_of_streams_lists_the_first_event_of_each() {
    appendToSome();

    assertThat(lines(STREAMS, FORWARDS))
        .containsExactly(
            "1 0 $> 0@account-1", "3 1 $> 0@order-1", "5 2 $> 0@account-2", "6 3 $> 0@plain");
    assertThat(lines(STREAMS, BACKWARDS.limit(2)))
        .containsExactly("6 3 $> 0@plain", "5 2 $> 0@account-2");
    assertThat(lines(STREAMS, FORWARDS.from(2).limit(1))).containsExactly("5 2 $> 0@account-2");
    assertThat(store.state(STREAMS)).isEqualTo(new StreamState.Present(0, 3));
    assertThat(store.read(STREAMS, FORWARDS.resolvingLinks()).events())
        .extracting(RecordedEvent::type)
        .containsExactly("A", "C", "E", "F");
  }

  @Test
  void the_streams_of_a_category_are_named_and_not_linked_to() {
    appendToSome();

    assertThat(lines(ACCOUNTS, FORWARDS)).containsExactly("1 0 $@ account-1", "5 1 $@ account-2");
    assertThat(lines(ACCOUNTS, BACKWARDS.limit(1))).containsExactly("5 1 $@ account-2");
    assertThat(store.state(ACCOUNTS)).isEqualTo(new StreamState.Present(0, 1));
    assertThat(store.read(ACCOUNTS, FORWARDS.resolvingLinks()).toList())
        .isEqualTo(store.read(ACCOUNTS, FORWARDS).toList())
        .allMatch(resolved -> resolved.link().isEmpty());
    assertThat(store.read(ACCOUNTS, FORWARDS).events().getFirst())
        .isEqualTo(
            new RecordedEvent(
                1,
                ACCOUNTS,
                0,
                UUID.nameUUIDFromBytes("$category-account/0".getBytes(UTF_8)),
                "$@",
                ContentType.BINARY,
                log().get(1).recorded(),
                "account-1".getBytes(UTF_8),
                new byte[0],
                List.of()));
  }

  @Test
  void a_stream_that_was_only_tombstoned_is_not_among_the_streams() {
    store.tombstone(ORDER, ExpectedState.any());
    append(ACCOUNT, "A");
    store.tombstone(ACCOUNT, ExpectedState.any());

    assertThat(lines(STREAMS, FORWARDS)).containsExactly("2 0 $> 0@account-1");
    assertThat(store.read(STREAMS, FORWARDS.resolvingLinks()).toList())
        .extracting(ResolvedEvent::event)
        .singleElement()
        .satisfies(target -> assertThat(target).isEmpty());
  }

  @Test
  void a_stream_that_comes_back_is_listed_once() {
    append(ACCOUNT, "A");
    store.delete(ACCOUNT, ExpectedState.any());
    append(ACCOUNT, "B");

    assertThat(lines(STREAMS, FORWARDS)).containsExactly("1 0 $> 0@account-1");
    assertThat(lines(ACCOUNTS, FORWARDS)).containsExactly("1 0 $@ account-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"$category-none", "$category-$sys", "$bc-none", "$bc-7"})
  void a_virtual_stream_of_nothing_is_absent(String name) {
    appendToSome();

    assertThat(store.state(StreamName.of(name))).isEqualTo(new StreamState.Absent());
    assertThat(store.read(StreamName.of(name), FORWARDS).toList()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"$streams", "$category-account", "$bc-c-1"})
  void nobody_writes_to_a_virtual_stream(String name) {
    var stream = StreamName.of(name);

    assertNothingIsWritten(() -> append(stream, "A"), NotAuthorizedException.class);
    assertNothingIsWritten(
        () -> store.delete(stream, ExpectedState.any()), NotAuthorizedException.class);
    assertNothingIsWritten(
        () -> store.tombstone(stream, ExpectedState.any()), NotAuthorizedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"$streams-1", "$category", "$category-", "$bc-", "$bc", "streams", "bc-1"})
  void names_that_only_resemble_those_of_virtual_streams_are_ordinary(String name) {
    append(StreamName.of(name), "A");

    assertThat(letters(StreamName.of(name))).isEqualTo("A");
  }

  // ---- correlation

  private void appendWith(StreamName stream, String type, String metadata) {
    store.append(
        stream,
        ExpectedState.any(),
        new ProposedEvent(
            UUID.nameUUIDFromBytes((type + metadata).getBytes(UTF_8)),
            type,
            ContentType.JSON,
            "{}".getBytes(UTF_8),
            metadata.getBytes(UTF_8),
            List.of()));
  }

  private List<String> correlated(String id) {
    return store.read(StreamName.ofCorrelation(id), FORWARDS.resolvingLinks()).events().stream()
        .map(RecordedEvent::type)
        .toList();
  }

  @Test
  void events_are_listed_by_their_correlation_id() {
    appendWith(ACCOUNT, "A", "{\"$correlationId\":\"c-1\",\"$causationId\":\"x\"}");
    appendWith(ORDER, "B", "{ \"who\" : [1, {\"a\":2}], \"$correlationId\" : \"c-1\" }");
    appendWith(ORDER, "C", "{\"$correlationId\":\"c-2\"}");
    appendWith(StreamName.of("$sys"), "D", "{\"$correlationId\":\"c-1\"}");
    append(ACCOUNT, "E");

    assertThat(lines(StreamName.ofCorrelation("c-1"), FORWARDS))
        .containsExactly("1 1 $> 0@account-1", "2 2 $> 0@order-1", "4 4 $> 0@$sys");
    assertThat(lines(StreamName.ofCorrelation("c-1"), FORWARDS.from(3)))
        .containsExactly("4 4 $> 0@$sys");
    assertThat(lines(StreamName.ofCorrelation("c-1"), BACKWARDS.limit(1)))
        .containsExactly("4 4 $> 0@$sys");
    assertThat(lines(StreamName.ofCorrelation("c-1"), BACKWARDS.from(3)))
        .containsExactly("2 2 $> 0@order-1", "1 1 $> 0@account-1");
    assertThat(correlated("c-1")).containsExactly("A", "B", "D");
    assertThat(correlated("c-2")).containsExactly("C");
    assertThat(store.state(StreamName.ofCorrelation("c-1")))
        .isEqualTo(new StreamState.Present(0, 4));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c-1",
        "\"$correlationId\"",
        "{\"$correlationId\":7}",
        "{\"$correlationId\":null}",
        "{\"$correlationId\":{\"$correlationId\":\"c-1\"}}",
        "{\"$correlationId\":[\"c-1\"]}",
        "{\"x\":{\"$correlationId\":\"c-1\"}}",
        "{\"x\":\"\\\"$correlationId\\\":\\\"c-1\\\"\"}",
        "[{\"$correlationId\":\"c-1\"}]",
        "{\"$correlationId\":\"c-1\"",
        "{\"$correlationId\":\"c-1\"} {}",
        "{\"$correlationId\":\"c-1\",}",
        "{\"$CorrelationId\":\"c-1\"}",
        "{\"$correlationId\":\"c-1\",\"$correlationId\":\"c-2\"}",
        "{\"\\u0024correlationId\":\"c-1\"}"
      })
  void metadata_that_does_not_say_so_belongs_to_no_id(String metadata) {
    appendWith(ACCOUNT, "A", metadata);

    assertThat(correlated("c-1")).isEmpty();
    assertThat(correlated("7")).isEmpty();
  }

  @Test
  void metadata_need_not_come_with_json_data() {
    store.append(
        ACCOUNT,
        ExpectedState.any(),
        ProposedEvent.binary("A", new byte[] {1, 2})
            .withMetadata("{\"$correlationId\":\"c-1\"}".getBytes(UTF_8)));

    assertThat(correlated("c-1")).containsExactly("A");
  }

  @Test
  void an_id_may_be_any_text_that_a_stream_can_be_named_by() {
    for (var id : List.of("ö-\uD83D\uDE00", "a b@c", "x".repeat(4_092))) {
      appendWith(ACCOUNT, "A", "{\"$correlationId\":\"%s\"}".formatted(id));
      assertThat(correlated(id)).containsExactly("A");
    }
    appendWith(ACCOUNT, "B", "{\"$correlationId\":\"%s\"}".formatted("x".repeat(4_093)));
    appendWith(ACCOUNT, "C", "{\"$correlationId\":\"\\ud800\"}");
    appendWith(ACCOUNT, "D", "{\"$correlationId\":\"?\"}");
    assertThat(correlated("?")).containsExactly("D");
  }

  @Test
  void links_belong_to_no_correlation_id() {
    append(ACCOUNT, "A");
    appendWith(ORDER, "$>", "{\"$correlationId\":\"c-1\"}");

    assertThat(correlated("c-1")).isEmpty();
  }

  @Test
  void hidden_events_are_listed_but_lead_nowhere() {
    appendWith(ACCOUNT, "A", "{\"$correlationId\":\"c-1\"}");
    appendWith(ACCOUNT, "B", "{\"$correlationId\":\"c-1\"}");
    writeMetadata(ACCOUNT, StreamMetadata.none().withTruncateBefore(1));

    assertThat(lines(StreamName.ofCorrelation("c-1"), FORWARDS)).hasSize(2);
    assertThat(correlated("c-1")).containsExactly("B");
  }

  @Test
  void the_events_of_a_correlation_id_are_followed_by_their_positions() throws Exception {
    appendWith(ACCOUNT, "A", "{\"$correlationId\":\"c-1\"}");
    append(ORDER, "B");
    var stream = StreamName.ofCorrelation("c-1");
    try (var behind = store.subscribe(stream, SubscribeOptions.after(1));
        var live = store.subscribe(stream, SubscribeOptions.fromEnd())) {
      appendWith(ORDER, "C", "{\"$correlationId\":\"c-1\"}");

      assertThat(next(behind).original().revision()).isEqualTo(3);
      assertThat(next(live).original().revision()).isEqualTo(3);
    }
  }

  // ---- following, and as of then

  @Test
  void the_stream_of_streams_is_followed() throws Exception {
    append(ACCOUNT, "A");
    try (var streams = store.subscribe(STREAMS, SubscribeOptions.fromBeginning().resolvingLinks());
        var accounts = store.subscribe(ACCOUNTS, SubscribeOptions.fromEnd())) {
      assertThat(next(streams).event().orElseThrow().type()).isEqualTo("A");
      append(ACCOUNT, "B");
      append(ORDER, "C");
      append(StreamName.of("account-2"), "D");

      assertThat(next(streams).event().orElseThrow().type()).isEqualTo("C");
      assertThat(next(streams).event().orElseThrow().type()).isEqualTo("D");
      assertThat(next(accounts).original().dataAsText()).isEqualTo("account-2");
    }
  }

  private static ResolvedEvent next(Subscription subscription) throws InterruptedException {
    while (true) {
      if (subscription.next() instanceof SubscriptionMessage.Event(var event)) {
        return event;
      }
    }
  }

  @Test
  void the_streams_of_an_earlier_moment_are_those_that_had_begun() {
    needs(Capability.TIME);
    appendToSome();

    assertThat(lines(STREAMS, FORWARDS.asOf(5)))
        .containsExactly("1 0 $> 0@account-1", "3 1 $> 0@order-1");
    assertThat(lines(ACCOUNTS, BACKWARDS.asOf(5))).containsExactly("1 0 $@ account-1");
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.EMPTY;
import static io.leftfold.verification.wire.Wire.at;
import static io.leftfold.verification.wire.Wire.readOf;
import static io.leftfold.verification.wire.Wire.readOfAll;
import static io.leftfold.verification.wire.Wire.request;
import static io.leftfold.verification.wire.Wire.stream;
import static io.leftfold.verification.wire.Wire.trailers;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadReq.Options.FilterOptions;
import io.leftfold.protocol.messages.streams.ReadReq.Options.ReadDirection;
import io.leftfold.protocol.messages.streams.ReadReq.Options.StreamOptions;
import io.leftfold.protocol.messages.streams.ReadReq.Options.SubscriptionOptions;
import io.leftfold.protocol.messages.streams.ReadReq.Options.UUIDOption;
import io.leftfold.protocol.messages.streams.ReadResp;
import io.leftfold.protocol.messages.streams.ReadResp.ContentCase;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import io.leftfold.verification.wire.Wire.Replies;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `Read`: what may be asked, and each kind of answer.
final class ReadWireTest {

  private final TestServer server = TestServer.inMemory();
  private final Wire wire = Wire.to(server);

  @AfterEach
  void close() {
    wire.close();
    server.close();
  }

  private static String text(ReadResp response) {
    return switch (response.getContentCase()) {
      case EVENT -> response.getEvent().getEvent().getMetadataOrDefault("type", "?");
      case CHECKPOINT -> "checkpoint " + response.getCheckpoint().getCommitPosition();
      case FIRST_STREAM_POSITION -> "first " + response.getFirstStreamPosition();
      case LAST_STREAM_POSITION -> "last " + response.getLastStreamPosition();
      case CAUGHT_UP -> "caught up";
      case CONFIRMATION -> "confirmed";
      default -> response.getContentCase().toString();
    };
  }

  private static String text(List<ReadResp> responses) {
    return String.join(", ", responses.stream().map(ReadWireTest::text).toList());
  }

  private static StreamOptions.Builder in(String stream) {
    return StreamOptions.newBuilder().setStreamIdentifier(stream(stream));
  }

  // ---- what may be asked

  private static FilterOptions.Builder filter() {
    return FilterOptions.newBuilder()
        .setEventType(FilterOptions.Expression.newBuilder().addPrefix("A"))
        .setMax(32)
        .setCheckpointIntervalMultiplier(1);
  }

  private static FilterOptions.Builder streamFilter(String... prefixes) {
    return filter()
        .setStreamIdentifier(FilterOptions.Expression.newBuilder().addAllPrefix(List.of(prefixes)));
  }

  private static SubscriptionOptions subscription() {
    return SubscriptionOptions.getDefaultInstance();
  }

  static Stream<Arguments> combinationsWithoutSense() {
    return Stream.of(
        Arguments.of("neither stream nor all", readOf("s").clearStreamOption()),
        Arguments.of("neither count nor subscription", readOf("s").clearCountOption()),
        Arguments.of("neither, of all", readOfAll().clearCountOption()),
        Arguments.of("a filter for a stream", readOf("s").setFilter(filter())),
        Arguments.of(
            "a filtered subscription to a stream",
            readOf("s").setSubscription(subscription()).setFilter(filter())),
        Arguments.of(
            "a subscription backwards",
            readOf("s").setSubscription(subscription()).setReadDirection(ReadDirection.Backwards)),
        Arguments.of(
            "a subscription to all backwards",
            readOfAll().setSubscription(subscription()).setReadDirection(ReadDirection.Backwards)),
        Arguments.of("nothing at all", ReadReq.Options.newBuilder().setUuidOption(ids(true))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinationsWithoutSense")
  void combinations_without_sense_are_refused(String name, ReadReq.Options.Builder options) {
    var refusal = wire.refusal(options);

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(Wire.text(refusal)).startsWith("The combination of (").endsWith(") is invalid.");
  }

  static Stream<Arguments> incompleteRequests() {
    return Stream.of(
        Arguments.of("uuid_option", readOf("s").clearUuidOption()),
        Arguments.of("uuid_option", ReadReq.Options.newBuilder()),
        Arguments.of("revision_option", readOf("s").setStream(in("s"))),
        Arguments.of(
            "all_option", readOfAll().setAll(ReadReq.Options.AllOptions.getDefaultInstance())),
        Arguments.of("window", readOfAll().setFilter(filter().clearWindow())),
        Arguments.of("filter", readOfAll().setFilter(filter().clearFilter())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("incompleteRequests")
  void what_is_missing_is_named(String missing, ReadReq.Options.Builder options) {
    var refusal = wire.refusal(options);

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(Wire.text(refusal))
        .startsWith("'%s' is a required argument of type ".formatted(missing));
  }

  static Stream<Arguments> wrongValues() {
    var expression = FilterOptions.Expression.newBuilder();
    return Stream.of(
        Arguments.of("a name of no letters", readOf("")),
        Arguments.of("a name that is no text", brokenName()),
        Arguments.of("a name too long", readOf("x".repeat(5_000))),
        Arguments.of(
            "no prefix and no regex", readOfAll().setFilter(filter().setEventType(expression))),
        Arguments.of(
            "a broken regex",
            readOfAll().setFilter(filter().setEventType(expression.clone().setRegex("(")))),
        Arguments.of(
            "no checkpoint interval",
            readOfAll()
                .setSubscription(subscription())
                .setFilter(filter().clearCheckpointIntervalMultiplier())),
        Arguments.of("two indexes", readOfAll().setFilter(streamFilter("$idx-all", "a"))));
  }

  @Test
  void a_direction_that_nobody_knows_is_refused() {
    wire.append("s", "A");
    for (var options : List.of(readOf("s"), readOfAll())) {
      var refusal = wire.refusal(options.setReadDirectionValue(7));

      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(Wire.text(refusal)).isEqualTo("'7' is not a valid ReadDirection");
    }
  }

  private static ReadReq.Options.Builder brokenName() {
    var name =
        stream("x").toBuilder().setStreamName(ByteString.copyFrom(new byte[] {(byte) 0xc3, 1}));
    return readOf("s").setStream(in("s").setStart(EMPTY).setStreamIdentifier(name));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongValues")
  void wrong_values_are_refused(String name, ReadReq.Options.Builder options) {
    assertThat(wire.refusal(options).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  // ---- the forms of ids, events

  private static UUIDOption ids(boolean structured) {
    return structured
        ? UUIDOption.newBuilder().setStructured(EMPTY).build()
        : UUIDOption.newBuilder().setString(EMPTY).build();
  }

  @Test
  void an_event_has_all_its_fields_and_its_id_in_the_form_that_was_asked_for() {
    var event = ProposedEvent.json("Opened", "{\"a\":1}").withMetadata("{\"b\":2}");
    server.store().append(StreamName.of("konto-€"), ExpectedState.any(), event);
    var structured = wire.read(readOf("konto-€").setUuidOption(ids(true))).getFirst().getEvent();
    var text = wire.read(readOf("konto-€").setUuidOption(ids(false))).getFirst().getEvent();
    var unset =
        wire.read(readOf("konto-€").setUuidOption(UUIDOption.getDefaultInstance()))
            .getFirst()
            .getEvent();

    assertThat(structured.getEvent().getId()).isEqualTo(Wire.structured(event.id()));
    assertThat(text.getEvent().getId()).isEqualTo(Wire.text(event.id()));
    assertThat(unset.getEvent().getId().getValueCase())
        .isNotEqualTo(io.leftfold.protocol.messages.shared.UUID.ValueCase.VALUE_NOT_SET);
    assertThat(text.getPositionCase()).isEqualTo(ReadResp.ReadEvent.PositionCase.COMMIT_POSITION);
    assertThat(text.getCommitPosition()).isEqualTo(1);
    assertThat(text.hasLink()).isFalse();
    var recorded = text.getEvent();
    assertThat(recorded.getStreamIdentifier()).isEqualTo(stream("konto-€"));
    assertThat(recorded.getStreamRevision()).isZero();
    assertThat(recorded.getCommitPosition()).isEqualTo(1);
    assertThat(recorded.getPreparePosition()).isEqualTo(1);
    assertThat(recorded.getData().toStringUtf8()).isEqualTo("{\"a\":1}");
    assertThat(recorded.getCustomMetadata().toStringUtf8()).isEqualTo("{\"b\":2}");
    assertThat(recorded.getMetadataMap()).containsOnlyKeys("type", "content-type", "created");
    assertThat(recorded.getMetadataOrThrow("type")).isEqualTo("Opened");
    assertThat(recorded.getMetadataOrThrow("content-type")).isEqualTo("application/json");
    var ticks = Long.parseLong(recorded.getMetadataOrThrow("created"));
    assertThat(ticks / 10_000).isCloseTo(System.currentTimeMillis(), within(60_000L));
  }

  private static Offset<Long> within(long millis) {
    return Offset.offset(millis);
  }

  @Test
  void a_link_without_a_target_comes_alone() {
    wire.append("account-1", "A");
    for (var revision : List.of(0L, 7L)) {
      server
          .store()
          .append(
              StreamName.of("links"),
              ExpectedState.any(),
              ProposedEvent.link(StreamName.of("account-1"), revision));
    }

    var resolved = wire.read(readOf("links").setResolveLinks(true));
    var plain = wire.read(readOf("links"));

    assertThat(resolved.getFirst().getEvent().getEvent().getMetadataOrThrow("type")).isEqualTo("A");
    assertThat(resolved.getFirst().getEvent().getLink().getData().toString(StandardCharsets.UTF_8))
        .isEqualTo("0@account-1");
    assertThat(resolved.getFirst().getEvent().getCommitPosition()).isEqualTo(2);
    assertThat(resolved.getLast().getEvent().hasEvent()).isFalse();
    assertThat(resolved.getLast().getEvent().getLink().getStreamRevision()).isEqualTo(1);
    assertThat(plain).allSatisfy(response -> assertThat(response.getEvent().hasLink()).isFalse());
  }

  // ---- one stream

  @Test
  void a_stream_that_is_not_there_is_an_answer_and_not_an_error() {
    server.store().append(StreamName.of("gone"), ExpectedState.any(), ProposedEvent.json("A", ""));
    server.store().delete(StreamName.of("gone"), ExpectedState.any());
    for (var name : List.of("never", "gone", "$ce-none", "$et-None")) {
      for (var compatibility : List.of(0, 1)) {
        var responses = wire.read(readOf(name).setControlOption(compatible(compatibility)));

        assertThat(responses).hasSize(1);
        assertThat(responses.getFirst().getStreamNotFound().getStreamIdentifier())
            .isEqualTo(stream(name));
      }
    }
  }

  private static ReadReq.Options.ControlOption compatible(int level) {
    return ReadReq.Options.ControlOption.newBuilder().setCompatibility(level).build();
  }

  @Test
  void only_callers_that_say_so_are_told_where_a_stream_begins_and_ends() {
    wire.append("s", "A", "B", "C");

    assertThat(text(wire.read(readOf("s")))).isEqualTo("A, B, C");
    assertThat(text(wire.read(readOf("s").setControlOption(compatible(0))))).isEqualTo("A, B, C");
    assertThat(text(wire.read(readOf("s").setControlOption(compatible(1)))))
        .isEqualTo("A, B, C, last 2");
    assertThat(text(wire.read(readOf("s").setControlOption(compatible(1)).setCount(1))))
        .isEqualTo("A, last 2");
    assertThat(text(wire.read(readOf("s").setControlOption(compatible(1)).setCount(0))))
        .isEqualTo("last 2");
    assertThat(
            text(
                wire.read(
                    readOf("s")
                        .setControlOption(compatible(1))
                        .setReadDirection(ReadDirection.Backwards)
                        .setStream(in("s").setEnd(EMPTY)))))
        .isEqualTo("C, B, A, last 2");
  }

  @Test
  void a_truncated_stream_tells_where_it_begins_to_callers_that_say_so() {
    wire.append("s", IntStream.range(0, 100).mapToObj(i -> "T" + i).toArray(String[]::new));
    server
        .store()
        .writeMetadata(
            StreamName.of("s"), ExpectedState.any(), StreamMetadata.none().withTruncateBefore(98));

    assertThat(text(wire.read(readOf("s")))).isEqualTo("T98, T99");
    assertThat(text(wire.read(readOf("s").setControlOption(compatible(1)))))
        .isEqualTo("first 98, T98, T99, last 99");
  }

  @ParameterizedTest(name = "{0} from {1}, at most {2}")
  @CsvSource({
    "Forwards,  0,  -1, 'A, B, C'",
    "Forwards,  2,  -1, C",
    "Forwards,  3,  -1, ''",
    "Forwards,  -1, -1, ''",
    "Forwards,  -2, 5,  ''",
    "Forwards,  0,  0,  ''",
    "Forwards,  1,  1,  B",
    "Backwards, 1,  -1, 'B, A'",
    "Backwards, 99, 2,  'C, B'",
    "Backwards, -1, 1,  C",
    "Backwards, -9, 1,  C"
  })
  void numbers_are_unsigned_and_may_be_as_large_as_they_like(
      ReadDirection direction, long from, long count, String expected) {
    wire.append("s", "A", "B", "C");

    var options =
        readOf("s")
            .setReadDirection(direction)
            .setCount(count)
            .setStream(in("s").setRevision(from));

    assertThat(text(wire.read(options))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} from {1}, at most {2}")
  @CsvSource({
    "Forwards,  1,  -1, 'A, B, C'",
    "Forwards,  3,  -1, C",
    "Forwards,  4,  -1, ''",
    "Forwards,  -1, -1, ''",
    "Forwards,  1,  0,  ''",
    "Backwards, 3,  -1, 'B, A, $genesis'",
    "Backwards, 0,  -1, ''",
    "Backwards, 4,  2,  'C, B'",
    "Backwards, -1, 1,  C"
  })
  void positions_are_unsigned_and_may_be_as_large_as_they_like(
      ReadDirection direction, long from, long count, String expected) {
    wire.append("s", "A", "B", "C");

    var options = readOfAll().setReadDirection(direction).setCount(count).setAll(at(from));

    assertThat(text(wire.read(options))).isEqualTo(expected);
    assertThat(text(wire.read(options.setControlOption(compatible(1))))).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReadDirection.class,
      names = {"Forwards", "Backwards"})
  void a_position_behind_the_end_is_another_servers(ReadDirection direction) {
    wire.append("s", "A", "B", "C");
    var options = readOfAll().setReadDirection(direction).setAll(at(5));

    var refusal = wire.refusal(options);
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(Wire.text(refusal)).startsWith("Unexpected ReadAllResult: InvalidPosition");
    assertThat(wire.refusal(options.setFilter(filter())).getStatus().getCode())
        .isEqualTo(Status.Code.UNKNOWN);

    var ofIndex = wire.refusal(options.setFilter(streamFilter("$idx-ce-s")));
    assertThat(ofIndex.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(Wire.text(ofIndex)).isEqualTo("Trying to read from an invalid position.");
  }

  // ---- what everybody is not shown

  private void append(String stream, String type) {
    server
        .store()
        .append(StreamName.of(stream), ExpectedState.any(), ProposedEvent.json(type, "{}"));
  }

  @Test
  void notes_of_groups_that_read_everything_are_not_shown_to_those_who_do() {
    append("s", "A");
    append("$persistentsubscription-$all::g-checkpoint", "Unshown");
    append("$persistentsubscription-$all::g-parked", "Unshown");
    append("$persistentsubscription-$all::g-replayed", "Unshown");
    append("$persistentsubscription-s::g-checkpoint", "B");
    append("$persistentsubscription-$all::g-checkpoint", "Unshown");

    var backwards =
        readOfAll()
            .setReadDirection(ReadDirection.Backwards)
            .setAll(ReadReq.Options.AllOptions.newBuilder().setEnd(EMPTY));
    assertThat(text(wire.read(readOfAll()))).isEqualTo("$genesis, A, B");
    assertThat(text(wire.read(readOfAll().setResolveLinks(true)))).isEqualTo("$genesis, A, B");
    assertThat(text(wire.read(readOfAll().setFilter(streamFilter("$pers"))))).isEqualTo("B");
    assertThat(text(wire.read(backwards.setCount(1)))).isEqualTo("B");
    assertThat(text(wire.read(backwards.setCount(2)))).isEqualTo("B, A");
    assertThat(text(wire.read(readOf("$persistentsubscription-$all::g-parked"))))
        .isEqualTo("Unshown");
    assertThat(text(wire.follow(readOfAll().setSubscription(subscription())).next(5)))
        .isEqualTo("confirmed, $genesis, A, B, caught up");
    assertThat(
            text(
                wire.follow(
                        readOfAll()
                            .setSubscription(subscription())
                            .setFilter(
                                filter()
                                    .setStreamIdentifier(
                                        FilterOptions.Expression.newBuilder().setRegex("^[$]p"))))
                    .next(2)))
        .isEqualTo("confirmed, B");
  }

  // ---- filters, indexes

  @Test
  void several_prefixes_take_any_of_them() {
    wire.append("account-1", "Opened", "Paid");
    wire.append("order-1", "Placed", "Paid");
    var types =
        filter().setEventType(FilterOptions.Expression.newBuilder().addPrefix("O").addPrefix("Pl"));

    assertThat(text(wire.read(readOfAll().setFilter(types)))).isEqualTo("Opened, Placed");
    assertThat(text(wire.read(readOfAll().setFilter(streamFilter("acc", "ord")))))
        .isEqualTo("Opened, Paid, Placed, Paid");
    assertThat(
            text(
                wire.read(
                    readOfAll()
                        .setFilter(types)
                        .setReadDirection(ReadDirection.Backwards)
                        .setAll(ReadReq.Options.AllOptions.newBuilder().setEnd(EMPTY))
                        .setCount(1))))
        .isEqualTo("Placed");
  }

  @Test
  void a_regular_expression_wins_over_prefixes_and_is_found_anywhere() {
    wire.append("account-1", "Opened", "Paid");
    var expression = FilterOptions.Expression.newBuilder().setRegex("ai").addPrefix("Opened");

    assertThat(text(wire.read(readOfAll().setFilter(filter().setEventType(expression)))))
        .isEqualTo("Paid");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "$idx-ce-account, 'Opened, Paid'",
    "$idx-et-Paid,    'Paid, Paid'",
    "$idx-ce-none,    ''",
    "$idx-et-None,    ''"
  })
  void an_index_is_read_by_its_name(String index, String expected) {
    wire.append("account-1", "Opened", "Paid");
    wire.append("order-1", "Placed", "Paid");

    assertThat(text(wire.read(readOfAll().setFilter(streamFilter(index))))).isEqualTo(expected);
  }

  @Test
  void an_index_of_everything_is_everything() {
    wire.append("account-1", "Opened");

    assertThat(text(wire.read(readOfAll().setFilter(streamFilter("$idx-all"))))).endsWith("Opened");
  }

  @Test
  void an_index_is_followed_by_its_name() {
    wire.append("account-1", "Opened");
    var replies =
        wire.follow(
            readOfAll().setSubscription(subscription()).setFilter(streamFilter("$idx-ce-account")));
    var heard = new ArrayList<String>();
    while (!heard.contains("caught up")) {
      heard.add(text(replies.next()));
    }
    wire.append("account-2", "Live");
    while (!heard.contains("Live")) {
      heard.add(text(replies.next()));
    }

    assertThat(heard).startsWith("confirmed", "Opened").contains("Live");
  }

  @ParameterizedTest
  @ValueSource(strings = {"$idx-user-mine", "$idx-", "$idx-ce-", "$idx-none"})
  void an_index_that_nobody_made_is_not_found(String index) {
    for (var refusal :
        List.of(
            wire.refusal(readOfAll().setFilter(streamFilter(index))),
            wire.refusal(
                readOfAll().setSubscription(subscription()).setFilter(streamFilter(index))))) {
      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(Wire.text(refusal)).isEqualTo("Index '%s' not found.", index);
      assertThat(trailers(refusal))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("exception", "index-not-found", "index-name", index));
    }
  }

  // ---- subscriptions

  @Test
  void a_subscription_begins_with_a_confirmation_and_tells_when_it_has_caught_up() {
    wire.append("s", "A", "B");
    var toStream = wire.follow(readOf("s").setSubscription(subscription()));
    var toAll = wire.follow(readOfAll().setSubscription(subscription()));
    var toNothing = wire.follow(readOf("nothing").setSubscription(subscription()));

    var ofStream = toStream.next(4);
    var ofAll = toAll.next(5);
    var ofNothing = toNothing.next(2);

    assertThat(text(ofStream)).isEqualTo("confirmed, A, B, caught up");
    UUID.fromString(ofStream.getFirst().getConfirmation().getSubscriptionId());
    var streamCaughtUp = ofStream.getLast().getCaughtUp();
    assertThat(streamCaughtUp.getStreamRevision()).isEqualTo(1);
    assertThat(streamCaughtUp.hasPosition()).isFalse();
    assertThat(streamCaughtUp.getTimestamp().getSeconds())
        .isCloseTo(System.currentTimeMillis() / 1000, within(60L));
    assertThat(text(ofAll)).isEqualTo("confirmed, $genesis, A, B, caught up");
    var allCaughtUp = ofAll.getLast().getCaughtUp();
    assertThat(allCaughtUp.getPosition().getCommitPosition()).isEqualTo(2);
    assertThat(allCaughtUp.getPosition().getPreparePosition()).isEqualTo(2);
    assertThat(allCaughtUp.hasStreamRevision()).isFalse();
    assertThat(text(ofNothing)).isEqualTo("confirmed, caught up");
    assertThat(ofNothing.getLast().getCaughtUp().hasStreamRevision()).isFalse();
    assertThat(ofStream.getFirst().getConfirmation().getSubscriptionId())
        .isNotEqualTo(ofAll.getFirst().getConfirmation().getSubscriptionId());
  }

  @Test
  void a_subscription_starts_behind_what_its_caller_has_had() {
    wire.append("s", "A", "B", "C");

    assertThat(
            text(
                wire.follow(
                        readOf("s")
                            .setSubscription(subscription())
                            .setStream(in("s").setRevision(0)))
                    .next(4)))
        .isEqualTo("confirmed, B, C, caught up");
    assertThat(
            text(
                wire.follow(
                        readOf("s")
                            .setSubscription(subscription())
                            .setStream(in("s").setRevision(-1)))
                    .next(2)))
        .isEqualTo("confirmed, caught up");
    assertThat(text(wire.follow(readOfAll().setSubscription(subscription()).setAll(at(2))).next(3)))
        .isEqualTo("confirmed, C, caught up");
    assertThat(
            text(wire.follow(readOfAll().setSubscription(subscription()).setAll(at(-1))).next(2)))
        .isEqualTo("confirmed, caught up");
  }

  @Test
  void a_subscription_cannot_start_behind_the_end_of_the_log() {
    var refusal = wire.refusal(readOfAll().setSubscription(subscription()).setAll(at(1_000_000)));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(Wire.text(refusal)).isEqualTo("Trying to read from an invalid position.");
  }

  @Test
  void checkpoints_rise_and_stand_behind_what_was_seen() {
    for (var i = 0; i < 10; i++) {
      wire.append("s", "A", "B", "B", "B", "B", "B", "B", "B", "B", "B");
    }
    var replies =
        wire.follow(
            readOfAll()
                .setSubscription(subscription())
                .setFilter(filter().setMax(10).setCheckpointIntervalMultiplier(2)));
    var positions = new ArrayList<Long>();
    var events = 0;
    for (var response = replies.next();
        response.getContentCase() != ContentCase.CAUGHT_UP;
        response = replies.next()) {
      if (response.hasCheckpoint()) {
        assertThat(response.getCheckpoint().getPreparePosition())
            .isEqualTo(response.getCheckpoint().getCommitPosition());
        assertThat(response.getCheckpoint().getTimestamp().getSeconds())
            .isCloseTo(System.currentTimeMillis() / 1000, within(60L));
        positions.add(response.getCheckpoint().getCommitPosition());
      } else if (response.hasEvent()) {
        assertThat(response.getEvent().getCommitPosition())
            .isGreaterThan(positions.isEmpty() ? -1 : positions.getLast());
        events++;
      }
    }

    assertThat(events).isEqualTo(10);
    assertThat(positions).isSorted().doesNotHaveDuplicates().contains(19L, 39L, 59L, 79L, 99L);
    assertThat(positions.getLast()).isEqualTo(100);
  }

  @Test
  void a_subscription_without_a_filter_has_no_checkpoints() {
    for (var i = 0; i < 20; i++) {
      wire.append("s", "A", "B", "C", "D", "E", "F", "G", "H");
    }

    var replies = wire.follow(readOfAll().setSubscription(subscription()));

    assertThat(replies.next(163).stream().map(ReadResp::getContentCase).distinct())
        .containsExactly(ContentCase.CONFIRMATION, ContentCase.EVENT, ContentCase.CAUGHT_UP);
  }

  @Test
  void a_tombstone_ends_the_subscriptions_to_its_stream() {
    wire.append("s", "A");
    var replies = wire.follow(readOf("s").setSubscription(subscription()));
    assertThat(text(replies.next(3))).isEqualTo("confirmed, A, caught up");

    server.store().tombstone(StreamName.of("s"), ExpectedState.any());

    assertThat(text(replies.next())).isEqualTo("$streamDeleted");
    var refusal = replies.refused();
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(trailers(refusal))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("exception", "stream-deleted", "stream-name", "s"));
    Await.until("no call is left", () -> server.openCalls() == 0);
  }

  @Test
  void a_subscription_that_is_cancelled_leaves_nothing_behind() {
    var following =
        IntStream.range(0, 100)
            .mapToObj(i ->
                i % 2 == 0
                    ? wire.follow(readOf("s").setSubscription(subscription()))
                    : wire.follow(readOfAll().setSubscription(subscription()).setFilter(filter())))
            .toList();
    following.forEach(Replies::next);
    assertThat(server.openCalls()).isEqualTo(100);

    following.forEach(replies -> replies.call().cancel("enough", null));

    Await.until("no call is left", () -> server.openCalls() == 0);
  }

  // ---- the call

  @Test
  void a_deadline_ends_a_subscription() {
    var replies = new Replies<ReadReq, ReadResp>();
    wire.streams()
        .withDeadlineAfter(100, TimeUnit.MILLISECONDS)
        .read(request(readOf("s").setSubscription(subscription())), replies);

    assertThat(Await.result(replies.end).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    Await.until("no call is left", () -> server.openCalls() == 0);
  }

  @Test
  void a_reader_that_takes_nothing_is_waited_for() {
    for (var i = 0; i < 100; i++) {
      server
          .store()
          .append(
              StreamName.of("s"),
              ExpectedState.any(),
              ProposedEvent.binary("T", new byte[100_000]),
              ProposedEvent.binary("T", new byte[100_000]));
    }
    var replies = new Replies<ReadReq, ReadResp>(call -> call.disableAutoRequestWithInitial(1));
    wire.streams().read(request(readOf("s")), replies);
    replies.next();
    wire.append("other", "A");
    assertThat(server.openCalls()).isEqualTo(1);

    replies.call().request(Integer.MAX_VALUE);

    assertThat(Await.result(replies.end).isOk()).isTrue();
    assertThat(replies.messages).hasSize(199);
  }

  @Test
  void headers_that_a_single_node_need_not_obey_are_taken() {
    wire.append("s", "A");
    for (var headers :
        List.of(
            Map.of("requires-leader", "true"),
            Map.of("requires-leader", "False"),
            Map.of("requires-leader", "perhaps"),
            Map.of("connection-name", "mine"),
            Map.of("authorization", "Basic bm9ib2R5OndpdGggYSBwYXNzd29yZA=="),
            Map.of("authorization", "Basic %%%"),
            Map.of("authorization", "Bearer x.y.z"),
            Map.of("x-nobody-knows", "this"))) {
      var metadata = new Metadata();
      Consumer<Map.Entry<String, String>> put =
          entry ->
              metadata.put(
                  Metadata.Key.of(entry.getKey(), Metadata.ASCII_STRING_MARSHALLER),
                  entry.getValue());
      headers.entrySet().forEach(put);
      var found =
          wire.blocking()
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
              .read(request(readOf("s")));

      assertThat(found.next().hasEvent()).as("%s", headers).isTrue();
    }
  }

  @Test
  void a_caller_may_compress_and_is_answered_without_being_asked_to_understand_it() {
    wire.append("s", "A");

    var found = wire.blocking().withCompression("gzip").read(request(readOf("s")));

    assertThat(text(found.next())).isEqualTo("A");
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.features.ServerFeaturesGrpc;
import io.leftfold.protocol.messages.groups.CreateReq;
import io.leftfold.protocol.messages.groups.DeleteReq;
import io.leftfold.protocol.messages.groups.GetInfoReq;
import io.leftfold.protocol.messages.groups.ListReq;
import io.leftfold.protocol.messages.groups.PersistentSubscriptionsGrpc;
import io.leftfold.protocol.messages.groups.ReadReq;
import io.leftfold.protocol.messages.groups.ReadResp;
import io.leftfold.protocol.messages.groups.ReplayParkedReq;
import io.leftfold.protocol.messages.groups.SubscriptionInfo;
import io.leftfold.protocol.messages.groups.TruncateParkedReq;
import io.leftfold.protocol.messages.groups.UpdateReq;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Persistent subscriptions on the wire: every refusal, every setting.
final class GroupsWireTest {

  private static final String STREAM = "counted-1";

  private final TestServer server = TestServer.inMemory();
  private final Wire wire = Wire.to(server);

  @BeforeEach
  void wait_until_groups_run() {
    Await.until(
        "groups run",
        () -> {
          try {
            list(all());
            return true;
          } catch (StatusRuntimeException _) {
            return false;
          }
        });
  }

  @AfterEach
  void close() {
    wire.close();
    server.close();
  }

  // ---- the shortest ways to say things

  private PersistentSubscriptionsGrpc.PersistentSubscriptionsBlockingStub groups() {
    return PersistentSubscriptionsGrpc.newBlockingStub(wire.channel())
        .withDeadlineAfter(Await.LIMIT);
  }

  private static CreateReq.Settings.Builder settings() {
    return CreateReq.Settings.newBuilder()
        .setMessageTimeoutMs(30_000)
        .setMaxRetryCount(10)
        .setCheckpointAfterMs(2_000)
        .setMinCheckpointCount(10)
        .setMaxCheckpointCount(1_000)
        .setLiveBufferSize(500)
        .setReadBatchSize(20)
        .setHistoryBufferSize(500)
        .setConsumerStrategy("RoundRobin");
  }

  private static CreateReq create(
      String stream, String group, CreateReq.Settings.Builder settings) {
    return CreateReq.newBuilder()
        .setOptions(
            CreateReq.Options.newBuilder()
                .setGroupName(group)
                .setSettings(settings)
                .setStream(
                    CreateReq.StreamOptions.newBuilder()
                        .setStreamIdentifier(Wire.stream(stream))
                        .setStart(Wire.EMPTY)))
        .build();
  }

  private void create(CreateReq.Settings.Builder settings) {
    assertThat(groups().create(create(STREAM, "g", settings))).isNotNull();
  }

  private static CreateReq createOnAll(String group, CreateReq.AllOptions.Builder all) {
    return CreateReq.newBuilder()
        .setOptions(
            CreateReq.Options.newBuilder().setGroupName(group).setSettings(settings()).setAll(all))
        .build();
  }

  private SubscriptionInfo info() {
    return groups().getInfo(getInfo("g")).getSubscriptionInfo();
  }

  private static GetInfoReq getInfo(String group) {
    return GetInfoReq.newBuilder()
        .setOptions(
            GetInfoReq.Options.newBuilder()
                .setStreamIdentifier(Wire.stream(STREAM))
                .setGroupName(group))
        .build();
  }

  private static DeleteReq delete(String group) {
    return DeleteReq.newBuilder()
        .setOptions(
            DeleteReq.Options.newBuilder()
                .setStreamIdentifier(Wire.stream(STREAM))
                .setGroupName(group))
        .build();
  }

  private static UpdateReq update(String group) {
    return UpdateReq.newBuilder()
        .setOptions(
            UpdateReq.Options.newBuilder()
                .setGroupName(group)
                .setStream(
                    UpdateReq.StreamOptions.newBuilder()
                        .setStreamIdentifier(Wire.stream(STREAM))
                        .setStart(Wire.EMPTY))
                .setSettings(
                    UpdateReq.Settings.newBuilder()
                        .setMaxRetryCount(1)
                        .setMessageTimeoutTicks(10_000)
                        .setCheckpointAfterTicks(20_000)
                        .setLiveBufferSize(10)
                        .setReadBatchSize(5)
                        .setHistoryBufferSize(10)
                        .setNamedConsumerStrategy(UpdateReq.ConsumerStrategy.Pinned)))
        .build();
  }

  private static ReplayParkedReq replay(String group, long stopAt) {
    var options =
        ReplayParkedReq.Options.newBuilder()
            .setStreamIdentifier(Wire.stream(STREAM))
            .setGroupName(group);
    return ReplayParkedReq.newBuilder()
        .setOptions(
            stopAt == Long.MAX_VALUE ? options.setNoLimit(Wire.EMPTY) : options.setStopAt(stopAt))
        .build();
  }

  private static TruncateParkedReq truncate(String group, long stopAt) {
    return TruncateParkedReq.newBuilder()
        .setOptions(
            TruncateParkedReq.Options.newBuilder()
                .setStreamIdentifier(Wire.stream(STREAM))
                .setGroupName(group)
                .setStopAt(stopAt))
        .build();
  }

  private static ListReq.Options.Builder all() {
    return ListReq.Options.newBuilder().setListAllSubscriptions(Wire.EMPTY);
  }

  private List<SubscriptionInfo> list(ListReq.Options.Builder options) {
    return groups().list(ListReq.newBuilder().setOptions(options).build()).getSubscriptionsList();
  }

  private void append(int count) {
    server
        .store()
        .append(
            StreamName.of(STREAM),
            ExpectedState.any(),
            IntStream.range(0, count)
                .mapToObj(i -> ProposedEvent.json("Counted", "{\"n\":%d}".formatted(i)))
                .toList());
  }

  /// A consumer.
  private final class Consuming {
    final Wire.Replies<ReadReq, ReadResp> replies = new Wire.Replies<>();
    final io.grpc.stub.StreamObserver<ReadReq> says;

    Consuming() {
      this("");
    }

    Consuming(String connectionName) {
      var headers = new Metadata();
      if (!connectionName.isEmpty()) {
        headers.put(
            Metadata.Key.of("connection-name", Metadata.ASCII_STRING_MARSHALLER), connectionName);
      }
      says =
          PersistentSubscriptionsGrpc.newStub(wire.channel())
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .read(replies);
    }

    Consuming options(String group, int bufferSize) {
      says.onNext(
          ReadReq.newBuilder()
              .setOptions(
                  ReadReq.Options.newBuilder()
                      .setStreamIdentifier(Wire.stream(STREAM))
                      .setGroupName(group)
                      .setBufferSize(bufferSize)
                      .setUuidOption(ReadReq.Options.UUIDOption.newBuilder().setString(Wire.EMPTY)))
              .build());
      return this;
    }

    Consuming confirmed() {
      assertThat(replies.next().getSubscriptionConfirmation().getSubscriptionId())
          .isEqualTo(STREAM + "::g");
      return this;
    }

    ReadResp.ReadEvent next() {
      return replies.next().getEvent();
    }

    void ack(ReadResp.ReadEvent event) {
      says.onNext(
          ReadReq.newBuilder()
              .setAck(ReadReq.Ack.newBuilder().addIds(event.getEvent().getId()))
              .build());
    }

    void nack(ReadResp.ReadEvent event, ReadReq.Nack.Action action) {
      says.onNext(
          ReadReq.newBuilder()
              .setNack(
                  ReadReq.Nack.newBuilder()
                      .addIds(event.getEvent().getId())
                      .setAction(action)
                      .setReason("because"))
              .build());
    }
  }

  private Consuming consume(int bufferSize) {
    return new Consuming().options("g", bufferSize).confirmed();
  }

  private static void assertRefused(
      StatusRuntimeException refusal,
      Status.Code code,
      String text,
      String exception,
      Map<String, String> more) {
    assertThat(refusal.getStatus().getCode()).isEqualTo(code);
    assertThat(Wire.text(refusal)).isEqualTo(text);
    assertThat(Wire.trailers(refusal))
        .containsEntry("exception", exception)
        .containsAllEntriesOf(more);
  }

  private static Map<String, String> ofGroup(String group) {
    return Map.of("stream-name", STREAM, "group-name", group);
  }

  // ---- refusals

  static Stream<Arguments> callsOfMissingGroups() {
    return Stream.of(
        call("getInfo", test -> test.groups().getInfo(getInfo("none"))),
        call("delete", test -> test.groups().delete(delete("none"))),
        call("update", test -> test.groups().update(update("none"))),
        call("replay", test -> test.groups().replayParked(replay("none", Long.MAX_VALUE))),
        call("truncate", test -> test.groups().truncateParked(truncate("none", 1))));
  }

  private static Arguments call(String name, Consumer<GroupsWireTest> call) {
    return Arguments.of(name, call);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("callsOfMissingGroups")
  void a_group_that_is_missing_is_said_to_be(String name, Consumer<GroupsWireTest> call) {
    assertRefused(
        Wire.refusal(() -> call.accept(this)),
        Status.Code.NOT_FOUND,
        "Subscription group none on stream counted-1 does not exist.",
        "persistent-subscription-does-not-exist",
        ofGroup("none"));
  }

  @Test
  void a_consumer_of_a_missing_group_is_refused() {
    assertRefused(
        new Consuming().options("none", 10).replies.refused(),
        Status.Code.NOT_FOUND,
        "Subscription group none on stream counted-1 does not exist.",
        "persistent-subscription-does-not-exist",
        ofGroup("none"));
  }

  @Test
  void a_group_is_made_once() {
    create(settings());

    assertRefused(
        Wire.refusal(() -> create(settings())),
        Status.Code.ALREADY_EXISTS,
        "Subscription group g on stream counted-1 exists.",
        "persistent-subscription-exists",
        ofGroup("g"));
  }

  static Stream<Arguments> impossible() {
    return Stream.of(
        Arguments.of(create("", "g", settings()), "A stream has a name, got none"),
        Arguments.of(
            create("$all", "g", settings()), "$all is not a stream: ask for all streams instead"),
        Arguments.of(
            create(STREAM, "g", settings().setReadBatchSize(500)),
            "bufferSize too small: it is more than readBatchSize (500), got 500"),
        Arguments.of(
            create(STREAM, "g", settings().setConsumerStrategy("Fair")),
            "Consumer strategy Fair does not exist."),
        Arguments.of(
            create(STREAM, "g", settings().setMaxRetryCount(-1)),
            "maxRetryCount is 0 or more, got -1"),
        Arguments.of(
            create(STREAM, "g", settings().setMessageTimeoutTicks(Long.MAX_VALUE)),
            "A timeout is at most 92233720368547758 ticks, got 9223372036854775807"),
        Arguments.of(
            create(STREAM, "g", settings().setCheckpointAfterTicks(Long.MIN_VALUE)),
            "A timeout is at most 92233720368547758 ticks, got -9223372036854775808"),
        Arguments.of(
            createOnAll(
                "g",
                CreateReq.AllOptions.newBuilder()
                    .setPosition(CreateReq.Position.newBuilder().setCommitPosition(1_000))),
            "startFrom is beyond the end: got C:1000/P:1000, and the last event is at C:0/P:0"));
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void what_cannot_be_made_is_refused_with_the_reason(CreateReq request, String reason) {
    var refusal = Wire.refusal(() -> groups().create(request));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(Wire.text(refusal)).endsWith("failed: '%s'".formatted(reason));
    assertThat(Wire.trailers(refusal))
        .containsEntry("exception", "persistent-subscription-failed")
        .containsEntry("group-name", "g")
        .containsEntry("reason", reason)
        .containsKey("stream-name");
  }

  @Test
  void one_consumer_more_than_allowed_is_refused() {
    create(settings().setMaxSubscriberCount(1));
    consume(10);

    assertRefused(
        new Consuming().options("g", 10).replies.refused(),
        Status.Code.FAILED_PRECONDITION,
        "Maximum subscriptions reached for subscription group g on stream counted-1.",
        "maximum-subscribers-reached",
        ofGroup("g"));
  }

  @Test
  void the_consumers_of_a_group_that_is_deleted_are_dropped() {
    create(settings());
    var consumer = consume(10);

    assertThat(groups().delete(delete("g"))).isNotNull();

    assertRefused(
        consumer.replies.refused(),
        Status.Code.CANCELLED,
        "Subscription group g on stream counted-1 was dropped.",
        "persistent-subscription-dropped",
        ofGroup("g"));
  }

  @Test
  void a_consumer_begins_with_its_options() {
    create(settings());
    var early = new Consuming();
    early.says.onNext(ReadReq.newBuilder().setAck(ReadReq.Ack.getDefaultInstance()).build());
    assertThat(early.replies.refused().getStatus().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);

    var without = new Consuming();
    without.says.onNext(
        ReadReq.newBuilder()
            .setOptions(
                ReadReq.Options.newBuilder()
                    .setStreamIdentifier(Wire.stream(STREAM))
                    .setGroupName("g")
                    .setBufferSize(1))
            .build());
    assertThat(Wire.text(without.replies.refused()))
        .isEqualTo("'uuid_option' is a required argument of type UUIDOption");
    assertThat(new Consuming().options("g", 0).replies.refused().getStatus().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void parked_events_are_replayed_by_one_call_at_a_time() {
    append(2);
    create(settings());
    var consumer = consume(1);
    consumer.nack(consumer.next(), ReadReq.Nack.Action.Park);
    var second = consumer.next();
    Await.until("one is parked", () -> info().getParkedMessageCount() == 1);
    assertThat(groups().replayParked(replay("g", Long.MAX_VALUE))).isNotNull();

    assertRefused(
        Wire.refusal(() -> groups().replayParked(replay("g", Long.MAX_VALUE))),
        Status.Code.INTERNAL,
        "Subscription group g on stream counted-1 failed: 'Parked messages are being replayed already'",
        "persistent-subscription-failed",
        Map.of("reason", "Parked messages are being replayed already"));
    assertThat(Wire.refusal(() -> groups().replayParked(replay("g", -1))).getStatus().getCode())
        .isEqualTo(Status.Code.INTERNAL);
    consumer.ack(second);
    consumer.ack(consumer.next());
    Await.until("none is parked", () -> info().getParkedMessageCount() == 0);
  }

  @Test
  void groups_are_listed() {
    assertThat(list(all())).isEmpty();
    var none =
        Wire.refusal(() ->
            list(
                ListReq.Options.newBuilder()
                    .setListForStream(
                        ListReq.StreamOption.newBuilder().setStream(Wire.stream(STREAM)))));
    assertThat(none.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(Wire.trailers(none)).containsEntry("group-name", "");

    create(settings());
    assertThat(
            groups()
                .create(createOnAll("a", CreateReq.AllOptions.newBuilder().setStart(Wire.EMPTY))))
        .isNotNull();

    assertThat(list(all())).extracting(SubscriptionInfo::getGroupName).containsExactly("a", "g");
    assertThat(
            list(
                ListReq.Options.newBuilder()
                    .setListForStream(ListReq.StreamOption.newBuilder().setAll(Wire.EMPTY))))
        .extracting(SubscriptionInfo::getEventSource)
        .containsExactly("$all");
  }

  @Test
  void every_method_is_advertised_for_streams_and_all() {
    var methods =
        ServerFeaturesGrpc.newBlockingStub(wire.channel())
            .getSupportedMethods(Wire.EMPTY)
            .getMethodsList()
            .stream()
            .filter(method -> method.getServiceName().endsWith(".persistentsubscriptions"))
            .toList();

    assertThat(methods)
        .extracting(method -> method.getMethodName())
        .containsExactlyInAnyOrder(
            "create",
            "update",
            "delete",
            "read",
            "getinfo",
            "list",
            "replayparked",
            "truncateparked",
            "restartsubsystem");
    assertThat(methods)
        .allSatisfy(
            method -> assertThat(method.getFeaturesList()).containsExactly("stream", "all"));
  }

  // ---- settings

  @Test
  void settings_are_kept_as_the_original_keeps_them() {
    assertThat(
            groups()
                .create(
                    createOnAll(
                        "f",
                        CreateReq.AllOptions.newBuilder()
                            .setStart(Wire.EMPTY)
                            .setFilter(
                                CreateReq.AllOptions.FilterOptions.newBuilder()
                                    .setCount(Wire.EMPTY)
                                    .setEventType(
                                        CreateReq.AllOptions.FilterOptions.Expression.newBuilder()
                                            .addPrefix("A")
                                            .addPrefix("B"))))))
        .isNotNull();
    create(settings());
    assertThat(groups().update(update("g"))).isNotNull();

    var info = info();
    assertThat(info.getMaxRetryCount()).isEqualTo(1);
    assertThat(info.getMessageTimeoutMilliseconds()).isEqualTo(1);
    assertThat(info.getCheckPointAfterMilliseconds()).isEqualTo(2);
    assertThat(info.getLiveBufferSize()).isEqualTo(10);
    assertThat(info.getBufferSize()).isEqualTo(10);
    assertThat(info.getReadBatchSize()).isEqualTo(5);
    assertThat(info.getNamedConsumerStrategy()).isEqualTo("Pinned");
    assertThat(info.getStartFrom()).isEqualTo("0");
    assertThat(info.getLastCheckpointedEventPosition()).isEmpty();
    try (var read =
        server
            .store()
            .read(
                StreamName.of("$persistentSubscriptionConfig"), ReadOptions.backwards().limit(1))) {
      var config = read.iterator().next().original();
      assertThat(config.type()).isEqualTo("$PersistentConfig");
      assertThat(config.dataAsText())
          .contains(
              "\"version\":\"2\"",
              "\"stream\":\"$all\",\"group\":\"f\",\"filter\":{\"context\":\"eventtype\",\"type\":\"prefix\",\"data\":\"A,B\",\"isAllStream\":true}",
              "\"startPosition\":\"C:0/P:0\"",
              "\"stream\":\"counted-1\",\"group\":\"g\",\"filter\":null",
              "\"historyBufferSize\":10",
              "\"namedConsumerStrategy\":\"Pinned\"");
    }
  }

  // ---- figures

  @Test
  void a_consumer_is_known_by_its_names_and_its_address() {
    create(settings());
    new Consuming("worker-7").options("g", 10).confirmed();

    var connection = info().getConnections(0);
    assertThat(connection.getConnectionName()).isEqualTo("worker-7");
    assertThat(connection.getFrom()).matches("127\\.0\\.0\\.1:\\d+");
    assertThat(connection.getUsername()).isEqualTo("(trusted)");
    assertThat(connection.getAvailableSlots()).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void how_long_a_consumer_takes_is_measured_where_that_is_asked_for(boolean extraStatistics) {
    append(20);
    create(settings().setExtraStatistics(extraStatistics));
    var consumer = consume(10);
    for (var i = 0; i < 20; i++) {
      consumer.ack(consumer.next());
    }
    Await.until("all were acked", () -> info().getConnections(0).getAvailableSlots() == 10);

    var info = info();
    assertThat(info.getExtraStatistics()).isEqualTo(extraStatistics);
    assertThat(info.getConnections(0).getTotalItems()).isEqualTo(20);
    var measured =
        info.getConnections(0).getObservedMeasurementsList().stream()
            .collect(
                Collectors.toMap(
                    SubscriptionInfo.Measurement::getKey,
                    SubscriptionInfo.Measurement::getValue,
                    (one, _) -> one,
                    LinkedHashMap::new));
    if (!extraStatistics) {
      assertThat(measured).isEmpty();
      return;
    }
    assertThat(measured.keySet())
        .containsExactly(
            "Mean",
            "Median",
            "Fastest",
            "Quintile 1",
            "Quintile 2",
            "Quintile 3",
            "Quintile 4",
            "Quintile 5",
            "90%",
            "95%",
            "99%",
            "99.5%",
            "99.9%",
            "Highest");
    assertThat(
            Stream.of("Fastest", "Quintile 1", "Median", "Quintile 4", "90%", "99.9%", "Highest")
                .map(measured::get))
        .isSorted();
    assertThat(measured.get("Fastest")).isNotNegative();
    assertThat(measured.get("Quintile 5")).isEqualTo(measured.get("Highest"));
  }

  // ---- retries and checkpoints

  @Test
  void an_event_that_takes_too_long_is_tried_again() {
    append(1);
    create(settings().setMessageTimeoutMs(50));
    var consumer = consume(10);

    var first = consumer.next();
    assertThat(first.getCountCase()).isEqualTo(ReadResp.ReadEvent.CountCase.RETRY_COUNT);
    assertThat(first.getRetryCount()).isZero();
    assertThat(first.getCommitPosition()).isEqualTo(first.getEvent().getCommitPosition());
    assertThat(consumer.next().getRetryCount()).isEqualTo(1);
  }

  @Test
  void an_event_is_parked_when_it_was_tried_often_enough() {
    append(1);
    create(settings().setMaxRetryCount(2));
    var consumer = consume(10);

    for (var retry = 0; retry <= 2; retry++) {
      var event = consumer.next();
      assertThat(event.getRetryCount()).isEqualTo(retry);
      consumer.nack(event, ReadReq.Nack.Action.Unknown);
    }

    Await.until("it is parked", () -> info().getParkedMessageCount() == 1);
    assertThat(groups().truncateParked(truncate("g", 1))).isNotNull();
    assertThat(info().getParkedMessageCount()).isZero();
  }

  @Test
  void a_checkpoint_is_a_text_in_a_stream_of_its_own() {
    append(3);
    create(settings().setMaxCheckpointCount(3).setCheckpointAfterMs(0));
    var consumer = consume(10);
    for (var i = 0; i < 3; i++) {
      consumer.ack(consumer.next());
    }

    Await.until(
        "there is a checkpoint", () -> info().getLastCheckpointedEventPosition().equals("2"));
    try (var read =
        server
            .store()
            .read(
                StreamName.of("$persistentsubscription-counted-1::g-checkpoint"),
                ReadOptions.backwards())) {
      var checkpoint = read.iterator().next().original();
      assertThat(checkpoint.type()).isEqualTo("$SubscriptionCheckpoint");
      assertThat(checkpoint.dataAsText()).isEqualTo("\"2\"");
    }
  }

  @Test
  void a_group_on_all_that_starts_at_the_end_loses_nothing_and_does_not_feed_itself() {
    append(3);
    var made =
        CreateReq.newBuilder()
            .setOptions(
                CreateReq.Options.newBuilder()
                    .setGroupName("a")
                    .setSettings(settings().setMinCheckpointCount(0).setCheckpointAfterMs(1))
                    .setAll(CreateReq.AllOptions.newBuilder().setEnd(Wire.EMPTY)))
            .build();
    assertThat(groups().create(made)).isNotNull();
    append(2);
    var replies = new Wire.Replies<ReadReq, ReadResp>();
    var says = PersistentSubscriptionsGrpc.newStub(wire.channel()).read(replies);
    says.onNext(
        ReadReq.newBuilder()
            .setOptions(
                ReadReq.Options.newBuilder()
                    .setAll(Wire.EMPTY)
                    .setGroupName("a")
                    .setBufferSize(100)
                    .setUuidOption(ReadReq.Options.UUIDOption.newBuilder().setString(Wire.EMPTY)))
            .build());
    assertThat(replies.next().getSubscriptionConfirmation().getSubscriptionId())
        .isEqualTo("$all::a");

    // The first is about the configuration, which is written behind the place where it starts.
    var types = new java.util.ArrayList<String>();
    while (types.stream().filter("Counted"::equals).count() < 2) {
      var event = replies.next().getEvent();
      types.add(event.getEvent().getMetadataOrThrow("type"));
      says.onNext(
          ReadReq.newBuilder()
              .setAck(ReadReq.Ack.newBuilder().addIds(event.getEvent().getId()))
              .build());
    }
    assertThat(types).doesNotContain("$SubscriptionCheckpoint");
    Await.until(
        "it has a checkpoint",
        () -> list(all()).getFirst().getLastCheckpointedEventPosition().startsWith("C:"));
    var last = server.store().lastPosition();
    append(1);
    assertThat(replies.next().getEvent().getEvent().getMetadataOrThrow("type"))
        .isEqualTo("Counted");
    assertThat(server.store().lastPosition().orElseThrow()).isLessThan(last.orElseThrow() + 10);
  }

  @Test
  void a_consumer_that_does_not_read_holds_up_only_itself() {
    append(200);
    create(settings().setHistoryBufferSize(50));
    var deaf = new Wire.Replies<ReadReq, ReadResp>(call -> call.disableAutoRequestWithInitial(1));
    PersistentSubscriptionsGrpc.newStub(wire.channel())
        .read(deaf)
        .onNext(
            ReadReq.newBuilder()
                .setOptions(
                    ReadReq.Options.newBuilder()
                        .setStreamIdentifier(Wire.stream(STREAM))
                        .setGroupName("g")
                        .setBufferSize(5)
                        .setUuidOption(
                            ReadReq.Options.UUIDOption.newBuilder().setString(Wire.EMPTY)))
                .build());
    assertThat(deaf.next().hasSubscriptionConfirmation()).isTrue();
    var other = consume(5);

    for (var i = 0; i < 195; i++) {
      other.ack(other.next());
    }

    Await.until("the rest is with the other one", () -> info().getTotalInFlightMessages() == 5);
    assertThat(info().getConnectionsList()).hasSize(2);
  }

  @Test
  void everything_that_a_consumer_had_goes_to_the_next_one_when_it_is_gone() {
    append(5);
    create(settings());
    var first = consume(10);
    for (var i = 0; i < 5; i++) {
      assertThat(first.next().getRetryCount()).isZero();
    }
    first.says.onCompleted();

    var second = consume(10);
    for (var i = 0; i < 5; i++) {
      var event = second.next();
      assertThat(event.getEvent().getStreamRevision()).isEqualTo(i);
      assertThat(event.getRetryCount()).isEqualTo(1);
    }
  }
}

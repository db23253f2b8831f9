// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.leftfold.api.AppendResult.AppendedStream;
import io.leftfold.api.ContentType;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.messages.store.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class RemoteEventStoreTest {

  private static final StreamName ACCOUNT = StreamName.of("account-ü");
  private static final Wire.Nothing NOTHING = Wire.Nothing.getDefaultInstance();
  private static final Wire.ReadResponse OPENED =
      Wire.ReadResponse.newBuilder().setOpened(NOTHING).build();

  private final FakeService service = new FakeService();

  @AfterEach
  void stopService() {
    service.close();
  }

  @Test
  void an_append_says_everything_and_gets_everything() {
    var asked = new CompletableFuture<Wire.AppendRequest>();
    service.append =
        (request, answer) -> {
          asked.complete(request);
          answer.onNext(
              Wire.AppendResponse.newBuilder()
                  .setPosition(7)
                  .addResults(result("account-ü", 3, 3))
                  .addResults(result("b", 0, -1))
                  .setIdempotent(true)
                  .build());
          answer.onCompleted();
        };
    var id = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    var event =
        ProposedEvent.json("Opened", "{\"n\":1}")
            .withId(id)
            .withMetadata("{}")
            .withTags(Tag.of("a", "1"), Tag.of("b"));
    try (var store = service.connect("&connectionName=me")) {
      var result =
          store.append(
              List.of(
                  StreamAppend.of(ACCOUNT, ExpectedState.atRevision(2), event),
                  StreamAppend.of(StreamName.of("b"), ExpectedState.noStream())));

      assertThat(result.position()).hasValue(7);
      assertThat(result.idempotent()).isTrue();
      assertThat(result.streams())
          .containsExactly(
              new AppendedStream(ACCOUNT, 3, 3), new AppendedStream(StreamName.of("b"), 0, -1));
    }
    assertThat(asked.join())
        .isEqualTo(
            Wire.AppendRequest.newBuilder()
                .addAppends(
                    Wire.StreamAppend.newBuilder()
                        .setStream("account-ü")
                        .setExpected(Wire.ExpectedState.newBuilder().setRevision(2))
                        .addEvents(
                            Wire.ProposedEvent.newBuilder()
                                .setId(ByteString.fromHex("00112233445566778899aabbccddeeff"))
                                .setType("Opened")
                                .setJson(true)
                                .setData(ByteString.copyFromUtf8("{\"n\":1}"))
                                .setMetadata(ByteString.copyFromUtf8("{}"))
                                .addTags("a:1")
                                .addTags("b")))
                .addAppends(
                    Wire.StreamAppend.newBuilder()
                        .setStream("b")
                        .setExpected(Wire.ExpectedState.newBuilder().setNoStream(NOTHING)))
                .build());
    assertThat(service.headers.get(key("authorization"))).isEqualTo("Basic dXNlcjp3b3Jk");
    assertThat(service.headers.get(key("connection-name"))).isEqualTo("me");
  }

  @Test
  void a_read_gives_the_state_and_the_events_of_all_batches() {
    service.read =
        (_, answer) -> {
          answer.onNext(
              Wire.ReadResponse.newBuilder()
                  .setState(
                      Wire.StreamState.newBuilder()
                          .setPresent(
                              Wire.StreamState.Present.newBuilder()
                                  .setFirstReadable(1)
                                  .setLastRevision(3)))
                  .build());
          answer.onNext(batch(1, 2));
          answer.onNext(Wire.ReadResponse.getDefaultInstance());
          answer.onNext(batch(3));
          answer.onCompleted();
        };
    try (var store = service.connect();
        var read = store.read(ACCOUNT, ReadOptions.forwards())) {
      assertThat(read.state()).isEqualTo(new StreamState.Present(1, 3));
      var events = read.events();
      assertThat(events).extracting("revision").containsExactly(1L, 2L, 3L);
      assertThat(events.getFirst().contentType()).isEqualTo(ContentType.JSON);
      assertThat(events.getFirst().recorded()).hasToString("2009-02-13T23:31:30.000001Z");
      assertThat(events.getFirst().tags()).containsExactly(Tag.of("t"));
    }
  }

  @Test
  void a_link_without_its_target_is_given_as_such() {
    service.read =
        (_, answer) -> {
          answer.onNext(OPENED);
          answer.onNext(
              Wire.ReadResponse.newBuilder()
                  .setEvents(
                      Wire.ResolvedEvents.newBuilder()
                          .addEvents(Wire.ResolvedEvent.newBuilder().setLink(recorded(5))))
                  .build());
          answer.onCompleted();
        };
    try (var store = service.connect();
        var read = store.readAll(ReadOptions.forwards().resolvingLinks())) {
      var resolved = read.toList();
      assertThat(resolved).hasSize(1);
      assertThat(resolved.getFirst().event()).isEmpty();
      assertThat(resolved.getFirst().original().revision()).isEqualTo(5);
    }
  }

  @Test
  void a_reader_that_does_not_take_holds_the_server() throws Exception {
    var sent = new AtomicInteger();
    var stalled = new LinkedBlockingQueue<Integer>();
    var total = 2_000;
    var data = ByteString.copyFrom(new byte[64 << 10]);
    service.read =
        (_, answer) -> {
          answer.onNext(OPENED);
          answer.setOnReadyHandler(() -> {
            if (sent.get() == total) {
              return;
            }
            while (answer.isReady() && sent.get() < total) {
              var event = recorded(sent.getAndIncrement()).toBuilder().setData(data);
              answer.onNext(
                  Wire.ReadResponse.newBuilder()
                      .setEvents(
                          Wire.ResolvedEvents.newBuilder()
                              .addEvents(Wire.ResolvedEvent.newBuilder().setEvent(event)))
                      .build());
            }
            if (sent.get() == total) {
              answer.onCompleted();
            } else {
              stalled.add(sent.get());
            }
          });
        };
    try (var store = service.connect();
        var read = store.readAll(ReadOptions.forwards())) {
      var held = stalled.poll(30, TimeUnit.SECONDS);
      for (Integer more = held; more != null; more = stalled.poll(300, TimeUnit.MILLISECONDS)) {
        held = more;
      }
      // 64 KiB each: what the windows of HTTP/2 and a few batches hold, far from all 125 MiB.
      assertThat(held).isBetween(1, 300);

      var expected = 0L;
      for (var resolved : read) {
        assertThat(resolved.original().revision()).isEqualTo(expected++);
      }
      assertThat(expected).isEqualTo(total);
    }
  }

  @Test
  void closing_a_read_cancels_it_at_the_server() throws Exception {
    var cancelled = new CountDownLatch(1);
    service.read =
        (_, answer) -> {
          answer.setOnCancelHandler(cancelled::countDown);
          answer.onNext(OPENED);
          answer.onNext(batch(0));
        };
    try (var store = service.connect()) {
      var read = store.readAll(ReadOptions.forwards());
      assertThat(read.iterator().hasNext()).isTrue();

      read.close();

      assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> read.iterator().hasNext())
          .isInstanceOfSatisfying(
              UnavailableException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
    }
  }

  @Test
  void closing_the_store_ends_what_is_open_and_refuses_what_comes() throws Exception {
    service.read = (_, answer) -> answer.onNext(OPENED);
    service.subscribe = (_, answer) -> answer.onNext(Wire.SubscribeResponse.getDefaultInstance());
    var store = service.connect();
    assertThat(store.isInThisProcess()).isFalse();
    var read = store.readAll(ReadOptions.forwards());
    var subscription = store.subscribeToAll(SubscribeOptions.fromBeginning());
    var waiting = outcome(() -> subscription.next());

    store.close();
    store.close();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isInstanceOf(UnavailableException.class);
    for (var throwing :
        List.<ThrowingCallable>of(
            () -> read.iterator().next(),
            () -> subscription.next(),
            () -> subscription.poll(Duration.ZERO),
            () -> store.append(ACCOUNT, ExpectedState.any()),
            () -> store.read(ACCOUNT, ReadOptions.forwards()),
            () -> store.lastPosition())) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(throwing)
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
    }
  }

  @Test
  void a_subscription_gives_every_kind_of_message_in_order() throws Exception {
    service.subscribe =
        (request, answer) -> {
          answer.onNext(Wire.SubscribeResponse.getDefaultInstance());
          answer.onNext(
              Wire.SubscribeResponse.newBuilder()
                  .addMessages(event(request.getAfter() + 1))
                  .addMessages(
                      Wire.SubscriptionMessage.newBuilder()
                          .setCheckpoint(
                              Wire.SubscriptionMessage.Checkpoint.newBuilder().setPosition(9)))
                  .build());
          answer.onNext(
              Wire.SubscribeResponse.newBuilder()
                  .addMessages(
                      Wire.SubscriptionMessage.newBuilder()
                          .setCaughtUp(
                              Wire.SubscriptionMessage.Standing.newBuilder()
                                  .setLast(9)
                                  .setSeconds(1)))
                  .addMessages(
                      Wire.SubscriptionMessage.newBuilder()
                          .setFellBehind(Wire.SubscriptionMessage.Standing.newBuilder()))
                  .build());
        };
    try (var store = service.connect();
        var subscription =
            store.subscribeToAll(
                SubscribeOptions.after(4)
                    .checkpointEvery(5)
                    .filteredBy(EventFilter.typePrefix("O")))) {
      assertThat(((SubscriptionMessage.Event) subscription.next()).event().original().revision())
          .isEqualTo(5);
      assertThat(subscription.next()).isEqualTo(new SubscriptionMessage.Checkpoint(9));
      assertThat(((SubscriptionMessage.CaughtUp) subscription.next()).last()).hasValue(9);
      assertThat(((SubscriptionMessage.FellBehind) subscription.next()).last()).isEmpty();
      assertThat(subscription.poll(Duration.ZERO)).isEmpty();
      assertThat(subscription.poll(Duration.ofMillis(1))).isEmpty();
    }
  }

  @Test
  void an_interrupted_subscription_goes_on() throws Exception {
    var observer = new CompletableFuture<StreamObserver<Wire.SubscribeResponse>>();
    service.subscribe =
        (_, answer) -> {
          answer.onNext(Wire.SubscribeResponse.getDefaultInstance());
          observer.complete(answer);
        };
    try (var store = service.connect();
        var subscription = store.subscribe(ACCOUNT, SubscribeOptions.fromEnd())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> subscription.next()).isInstanceOf(InterruptedException.class);

      observer
          .get(10, TimeUnit.SECONDS)
          .onNext(Wire.SubscribeResponse.newBuilder().addMessages(event(0)).build());
      assertThat(subscription.next()).isInstanceOf(SubscriptionMessage.Event.class);
    }
  }

  @Test
  void a_subscription_that_failed_fails_again() {
    service.subscribe =
        (_, answer) -> {
          answer.onNext(Wire.SubscribeResponse.getDefaultInstance());
          answer.onError(
              failing(Wire.Failure.newBuilder().setStreamTombstoned("account-ü").build()));
        };
    try (var store = service.connect();
        var subscription = store.subscribe(ACCOUNT, SubscribeOptions.fromEnd())) {
      for (var i = 0; i < 2; i++) {
        assertThatExceptionOfType(StreamTombstonedException.class)
            .isThrownBy(() -> subscription.next())
            .satisfies(e -> assertThat(e.stream()).isEqualTo(ACCOUNT));
      }
    }
  }

  @Test
  void a_subscription_that_lost_its_server_asks_again_behind_what_it_gave() throws Exception {
    service.subscribe =
        (request, answer) -> {
          answer.onNext(Wire.SubscribeResponse.getDefaultInstance());
          answer.onNext(
              Wire.SubscribeResponse.newBuilder()
                  .addMessages(event(request.hasAfter() ? request.getAfter() + 1 : 0))
                  .build());
          answer.onError(Status.UNAVAILABLE.asRuntimeException());
        };
    try (var store = service.connect();
        var stream = store.subscribe(ACCOUNT, SubscribeOptions.fromBeginning());
        var all = store.subscribeToAll(SubscribeOptions.after(7))) {
      for (var revision = 0; revision < 4; revision++) {
        assertThat(((SubscriptionMessage.Event) stream.next()).event().original().revision())
            .isEqualTo(revision);
      }
      // The events of this service have positions that are a hundred above their revisions.
      for (var revision : List.of(8L, 109L, 210L)) {
        assertThat(((SubscriptionMessage.Event) all.next()).event().original().revision())
            .isEqualTo(revision);
      }
    }
  }

  @Test
  void a_subscription_from_the_end_asks_again_once_it_knows_where_that_was() throws Exception {
    var requests = new LinkedBlockingQueue<Wire.SubscribeRequest>();
    var told = new AtomicBoolean();
    service.subscribe =
        (request, answer) -> {
          requests.add(request);
          answer.onNext(Wire.SubscribeResponse.getDefaultInstance());
          if (told.get()) {
            answer.onNext(
                Wire.SubscribeResponse.newBuilder()
                    .addMessages(
                        Wire.SubscriptionMessage.newBuilder()
                            .setCaughtUp(Wire.SubscriptionMessage.Standing.newBuilder()))
                    .build());
          }
          answer.onError(Status.UNAVAILABLE.asRuntimeException());
        };
    try (var store = service.connect()) {
      try (var subscription = store.subscribe(ACCOUNT, SubscribeOptions.fromEnd())) {
        assertThatExceptionOfType(UnavailableException.class)
            .isThrownBy(() -> subscription.next())
            .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE));
      }
      told.set(true);
      try (var subscription = store.subscribe(ACCOUNT, SubscribeOptions.fromEnd())) {
        assertThat(subscription.next()).isInstanceOf(SubscriptionMessage.CaughtUp.class);
        assertThat(subscription.next()).isInstanceOf(SubscriptionMessage.CaughtUp.class);
      }
    }
    assertThat(requests.remove().hasEnd()).isTrue();
    assertThat(requests.remove().hasEnd()).isTrue();
    assertThat(requests.remove().hasBeginning()).isTrue();
  }

  @Test
  void a_conflict_names_each_stream_with_what_was_expected_and_found() {
    var conflicts =
        Wire.Failure.WrongExpectedState.newBuilder()
            .addConflicts(
                conflict(
                    "account-ü",
                    Wire.ExpectedState.newBuilder().setRevision(4),
                    Wire.StreamState.newBuilder()
                        .setPresent(
                            Wire.StreamState.Present.newBuilder()
                                .setFirstReadable(2)
                                .setLastRevision(5))))
            .addConflicts(
                conflict(
                    "b",
                    Wire.ExpectedState.newBuilder().setStreamExists(NOTHING),
                    Wire.StreamState.newBuilder()
                        .setDeleted(Wire.StreamState.Deleted.newBuilder().setLastRevision(-1))))
            .addConflicts(
                conflict(
                    "c",
                    Wire.ExpectedState.newBuilder().setAny(NOTHING),
                    Wire.StreamState.newBuilder().setTombstoned(NOTHING)))
            .addConflicts(
                conflict(
                    "d",
                    Wire.ExpectedState.newBuilder().setNoStream(NOTHING),
                    Wire.StreamState.newBuilder().setAbsent(NOTHING)));
    var error =
        thrownBy(
            Wire.Failure.newBuilder().setWrongExpectedState(conflicts).build(),
            WrongExpectedStateException.class);

    assertThat(error.conflicts())
        .containsExactly(
            new WrongExpectedStateException.Conflict(
                ACCOUNT, ExpectedState.atRevision(4), new StreamState.Present(2, 5)),
            new WrongExpectedStateException.Conflict(
                StreamName.of("b"), ExpectedState.streamExists(), new StreamState.Deleted(-1)),
            new WrongExpectedStateException.Conflict(
                StreamName.of("c"), ExpectedState.any(), new StreamState.Tombstoned()),
            new WrongExpectedStateException.Conflict(
                StreamName.of("d"), ExpectedState.noStream(), new StreamState.Absent()));
  }

  @Test
  void limits_rights_and_damage_come_with_their_figures() {
    var limit = Wire.Failure.LimitExceeded.newBuilder().setBytes(9).setBytesMax(8);
    assertThat(
            thrownBy(
                Wire.Failure.newBuilder().setLimitExceeded(limit).build(),
                LimitExceededException.class))
        .hasMessage(LimitExceededException.append(9, 8).getMessage());
    var id = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    limit.setEventId(ByteString.fromHex("00112233445566778899aabbccddeeff"));
    assertThat(
            thrownBy(
                Wire.Failure.newBuilder().setLimitExceeded(limit).build(),
                LimitExceededException.class))
        .hasMessage(LimitExceededException.event(id, 9, 8).getMessage());
    assertThat(
            thrownBy(
                Wire.Failure.newBuilder().setMessage("no").setNotAuthorized(NOTHING).build(),
                NotAuthorizedException.class))
        .hasMessage("no");
    assertThat(
            thrownBy(
                Wire.Failure.newBuilder()
                    .setCorruptLog(
                        Wire.Failure.CorruptLog.newBuilder()
                            .setFile("000001.chunk")
                            .setOffset(64)
                            .setFinding("nothing there"))
                    .build(),
                CorruptLogException.class))
        .hasMessage(new CorruptLogException("000001.chunk", 64, "nothing there").getMessage());
  }

  /// That the server closes does not mean that this store is closed.
  @ParameterizedTest
  @EnumSource
  void every_reason_for_being_unavailable_arrives(Reason reason) {
    assertThat(
            thrownBy(
                    Wire.Failure.newBuilder()
                        .setMessage("because")
                        .setUnavailable(Wire.Failure.Unavailable.valueOf(reason.name()))
                        .build(),
                    UnavailableException.class)
                .reason())
        .isEqualTo(reason == Reason.CLOSED ? Reason.UNREACHABLE : reason);
  }

  @Test
  void the_trailers_of_other_services_are_understood() {
    assertThat(
            thrownBy(
                trailers("exception", "stream-deleted", "stream-name", "b"),
                StreamTombstonedException.class)
                .stream())
        .isEqualTo(StreamName.of("b"));
    assertThat(
            thrownBy(
                    trailers(
                        "exception",
                        "wrong-expected-version",
                        "stream-name",
                        "b",
                        "expected-version",
                        "-4",
                        "actual-version",
                        "7"),
                    WrongExpectedStateException.class)
                .conflicts())
        .containsExactly(
            new WrongExpectedStateException.Conflict(
                StreamName.of("b"), ExpectedState.streamExists(), new StreamState.Present(0, 7)));
    assertThat(
            thrownBy(
                    trailers(
                        "exception", "maximum-append-size-exceeded", "maximum-append-size", "100"),
                    LimitExceededException.class)
                .bytesMax())
        .isEqualTo(100);
    thrownBy(trailers("exception", "access-denied"), NotAuthorizedException.class);
    assertThat(thrownBy(trailers("exception", "stream-deleted"), UnavailableException.class))
        .as("a trailer is missing")
        .hasMessageContaining("UNKNOWN");
  }

  @Test
  void a_misused_argument_is_an_illegal_argument_here_and_there() {
    service.append =
        (_, answer) ->
            answer.onError(
                Status.INVALID_ARGUMENT.withDescription("twice account").asRuntimeException());
    try (var store = service.connect()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.append(ACCOUNT, ExpectedState.any()))
          .withMessage("twice account");
      assertThatIllegalArgumentException()
          .isThrownBy(() ->
              store.read(ACCOUNT, ReadOptions.forwards().filteredBy(EventFilter.typePrefix("a"))));
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> store.subscribe(ACCOUNT, SubscribeOptions.fromEnd().checkpointEvery(1)));
    }
  }

  @Test
  void a_server_that_is_silent_is_given_up_after_the_deadline() {
    service.append = (_, _) -> {};
    service.read = (_, _) -> {};
    service.subscribe = (_, _) -> {};
    try (var store = service.connect("&defaultDeadline=200")) {
      for (var throwing :
          List.<ThrowingCallable>of(
              () -> store.append(ACCOUNT, ExpectedState.any()),
              () -> store.read(ACCOUNT, ReadOptions.forwards()),
              () -> store.subscribe(ACCOUNT, SubscribeOptions.fromEnd()))) {
        unreachable(throwing, "within 200 ms", "defaultDeadline");
      }
    }
  }

  @Test
  void a_server_that_is_not_there_is_named() throws IOException {
    int nobody;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    try (var store = RemoteEventStore.connect("esdb://localhost:%d?tls=false".formatted(nobody))) {
      unreachable(
          () -> store.append(ACCOUNT, ExpectedState.any()),
          "The append to account-ü did not reach localhost:" + nobody,
          "Connection refused",
          "without TLS",
          "It may have taken place all the same");
      unreachable(() -> store.read(ACCOUNT, ReadOptions.forwards()), "The read of account-ü");
      assertThatThrownBy(() -> store.read(ACCOUNT, ReadOptions.forwards()))
          .hasMessageEndingWith("without TLS.");
    }
  }

  @Test
  void a_name_that_leads_nowhere_is_said() {
    try (var store = RemoteEventStore.connect("esdb://nowhere.invalid?tls=false")) {
      unreachable(() -> store.lastPosition(), "no address is known for nowhere.invalid");
    }
  }

  @Test
  void seeds_are_tried_until_one_answers() throws IOException {
    service.append =
        (_, answer) -> {
          answer.onNext(Wire.AppendResponse.newBuilder().addResults(result("b", 0, 0)).build());
          answer.onCompleted();
        };
    int nobody;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    try (var store =
        RemoteEventStore.connect(
            "kdb+discover://nowhere.invalid,localhost:%d,127.0.0.1:%d?tls=false"
                .formatted(nobody, service.port()))) {
      assertThat(store.append(ACCOUNT, ExpectedState.any()).lastRevision()).isZero();
    }
  }

  @Test
  void a_server_without_tls_is_guessed_when_tls_fails() {
    try (var store =
        RemoteEventStore.connect("esdb://localhost:" + service.port() + "?tlsVerifyCert=false")) {
      unreachable(() -> store.lastPosition(), "add tls=false to the connection string");
    }
  }

  @Test
  void a_server_of_another_kind_is_recognised() {
    var other = FakeService.withoutStore();
    try (var store =
        RemoteEventStore.connect("esdb://localhost:%d?tls=false".formatted(other.getPort()))) {
      unreachable(
          () -> store.append(ACCOUNT, ExpectedState.any()), "it does not speak leftfold.v1");
      unreachable(
          () -> store.read(ACCOUNT, ReadOptions.forwards()), "it does not speak leftfold.v1");
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void an_answer_without_meaning_is_not_believed() {
    service.read =
        (_, answer) -> {
          answer.onNext(
              Wire.ReadResponse.newBuilder()
                  .setState(Wire.StreamState.getDefaultInstance())
                  .build());
        };
    try (var store = service.connect()) {
      unreachable(
          () -> store.read(ACCOUNT, ReadOptions.forwards()), "a state of a stream", "newer");
      service.read =
          (_, answer) -> {
            answer.onNext(OPENED);
            answer.onNext(
                Wire.ReadResponse.newBuilder()
                    .setEvents(
                        Wire.ResolvedEvents.newBuilder()
                            .addEvents(Wire.ResolvedEvent.getDefaultInstance()))
                    .build());
          };
      unreachable(() -> store.readAll(ReadOptions.forwards()).toList(), "not of leftfold.v1");
      service.read = (_, answer) -> answer.onCompleted();
      unreachable(() -> store.readAll(ReadOptions.forwards()), "before it said that it is open");
    }
  }

  private static void unreachable(ThrowingCallable call, String... findings) {
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(call)
        .satisfies(e -> {
          assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
          assertThat(e.getMessage()).contains(findings);
        });
  }

  private <E extends LeftfoldException> E thrownBy(Wire.Failure failure, Class<E> type) {
    return thrownBy(told(failure), type);
  }

  private <E extends LeftfoldException> E thrownBy(Metadata trailers, Class<E> type) {
    service.append = (_, answer) -> answer.onError(Status.UNKNOWN.asRuntimeException(trailers));
    try (var store = service.connect()) {
      var caught = assertThrows(type, () -> store.append(ACCOUNT, ExpectedState.any()));
      return caught;
    }
  }

  private static StatusRuntimeException failing(Wire.Failure failure) {
    return Status.FAILED_PRECONDITION.asRuntimeException(told(failure));
  }

  private static Metadata told(Wire.Failure failure) {
    var trailers = new Metadata();
    trailers.put(
        Metadata.Key.of("leftfold-failure-bin", Metadata.BINARY_BYTE_MARSHALLER),
        failure.toByteArray());
    return trailers;
  }

  private static Metadata trailers(String... namesAndValues) {
    var trailers = new Metadata();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      trailers.put(key(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return trailers;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static CompletableFuture<Throwable> outcome(ThrowingCallable call) {
    var outcome = new CompletableFuture<Throwable>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            call.call();
            outcome.complete(new AssertionError("it returned"));
          } catch (Throwable e) {
            outcome.complete(e);
          }
        });
    return outcome;
  }

  private static Wire.Failure.Conflict.Builder conflict(
      String stream, Wire.ExpectedState.Builder expected, Wire.StreamState.Builder actual) {
    return Wire.Failure.Conflict.newBuilder()
        .setStream(stream)
        .setExpected(expected)
        .setActual(actual);
  }

  private static Wire.StreamResult.Builder result(String stream, long first, long last) {
    return Wire.StreamResult.newBuilder()
        .setStream(stream)
        .setFirstRevision(first)
        .setLastRevision(last);
  }

  private static Wire.ReadResponse batch(long... revisions) {
    var events = Wire.ResolvedEvents.newBuilder();
    for (var revision : revisions) {
      events.addEvents(Wire.ResolvedEvent.newBuilder().setEvent(recorded(revision)));
    }
    return Wire.ReadResponse.newBuilder().setEvents(events).build();
  }

  private static Wire.SubscriptionMessage event(long revision) {
    return Wire.SubscriptionMessage.newBuilder()
        .setEvent(Wire.ResolvedEvent.newBuilder().setEvent(recorded(revision)))
        .build();
  }

  private static Wire.RecordedEvent recorded(long revision) {
    return Wire.RecordedEvent.newBuilder()
        .setPosition(revision + 100)
        .setStream("account-ü")
        .setRevision(revision)
        .setId(ByteString.fromHex("00112233445566778899aabbccddeeff"))
        .setType("Opened")
        .setJson(true)
        .setRecordedMicros(1_234_567_890_000_001L)
        .addTags("t")
        .build();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.protocol.messages.groups.CreateReq;
import io.leftfold.protocol.messages.groups.PersistentSubscriptionsGrpc;
import io.leftfold.protocol.messages.groups.ReadReq;
import io.leftfold.protocol.messages.groups.ReadResp;
import io.leftfold.protocol.messages.streams.ReadReq.Options.SubscriptionOptions;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.StoppingNetwork;
import io.leftfold.verification.running.TestServer;
import io.leftfold.verification.wire.Wire.Replies;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Peers that are gone and did not say so: a laptop sleeps, a cable is out. Whoever is left
/// notices, gives back what it held, and goes on where it was.
final class HalfDeadTest {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final StreamName ACCOUNT = StreamName.of("account-7");
  private static final int EVENTS = 5;

  private final TestServer server = TestServer.impatient(LONG, Duration.ofMillis(200));
  private final StoppingNetwork network = StoppingNetwork.to(server.port());

  @AfterEach
  void close() {
    network.close();
    server.close();
  }

  private void append() {
    server.store().append(ACCOUNT, ExpectedState.any(), ProposedEvent.json("A", "{}"));
  }

  private void awaitNobody() {
    Await.until(() -> "no call, got " + server.openCalls(), () -> server.openCalls() == 0);
    Await.until(
        () -> "no connection, got " + server.connections(), () -> server.connections() == 0);
  }

  @Test
  void a_subscriber_who_is_gone_without_a_word_is_given_up() {
    append();
    try (var far = Wire.to(network.port())) {
      var subscription =
          far.follow(
              Wire.readOf(ACCOUNT.value())
                  .clearCount()
                  .setSubscription(SubscriptionOptions.getDefaultInstance()));
      assertThat(subscription.next().hasConfirmation()).isTrue();
      assertThat(server.openCalls()).isEqualTo(1);

      network.stop();

      awaitNobody();
      append();
    }
  }

  @Test
  void what_a_consumer_has_who_is_gone_without_a_word_goes_to_another() {
    for (var i = 0; i < EVENTS; i++) {
      append();
    }
    try (var far = Wire.to(network.port());
        var near = Wire.to(server)) {
      Await.until("persistent subscriptions", () -> create(near));
      var gone = consume(far);
      var had = new HashSet<Long>();
      while (had.size() < EVENTS) {
        addRevision(had, gone.next());
      }

      network.stop();

      var other = consume(near);
      var has = new HashSet<Long>();
      while (has.size() < EVENTS) {
        addRevision(has, other.next());
      }
      assertThat(has).isEqualTo(had);
    }
  }

  private static void addRevision(Set<Long> revisions, ReadResp message) {
    if (message.hasEvent()) {
      revisions.add(message.getEvent().getEvent().getStreamRevision());
    }
  }

  private static boolean create(Wire wire) {
    try {
      return PersistentSubscriptionsGrpc.newBlockingStub(wire.channel())
          .withDeadlineAfter(Await.LIMIT)
          .create(
              CreateReq.newBuilder()
                  .setOptions(
                      CreateReq.Options.newBuilder()
                          .setGroupName("g")
                          .setSettings(
                              CreateReq.Settings.newBuilder()
                                  .setMessageTimeoutMs(Math.toIntExact(LONG.toMillis()))
                                  .setMaxRetryCount(10)
                                  .setCheckpointAfterMs(2_000)
                                  .setMinCheckpointCount(10)
                                  .setMaxCheckpointCount(1_000)
                                  .setLiveBufferSize(500)
                                  .setReadBatchSize(20)
                                  .setHistoryBufferSize(500)
                                  .setConsumerStrategy("RoundRobin"))
                          .setStream(
                              CreateReq.StreamOptions.newBuilder()
                                  .setStreamIdentifier(Wire.stream(ACCOUNT.value()))
                                  .setStart(Wire.EMPTY)))
                  .build())
          .isInitialized();
    } catch (io.grpc.StatusRuntimeException _) {
      return false;
    }
  }

  private static Replies<ReadReq, ReadResp> consume(Wire wire) {
    var replies = new Replies<ReadReq, ReadResp>();
    PersistentSubscriptionsGrpc.newStub(wire.channel())
        .read(replies)
        .onNext(
            ReadReq.newBuilder()
                .setOptions(
                    ReadReq.Options.newBuilder()
                        .setStreamIdentifier(Wire.stream(ACCOUNT.value()))
                        .setGroupName("g")
                        .setBufferSize(10)
                        .setUuidOption(
                            ReadReq.Options.UUIDOption.newBuilder().setString(Wire.EMPTY)))
                .build());
    return replies;
  }

  @Test
  void a_client_that_slept_goes_on_behind_the_last_event_it_took() throws Exception {
    append();
    try (var store = connect();
        var stream = store.subscribe(ACCOUNT, SubscribeOptions.fromBeginning());
        var all = store.subscribeToAll(SubscribeOptions.fromEnd())) {
      assertGives(stream, 0, 1);
      awaitCaughtUp(all);
      append();
      assertGives(stream, 1, 2);

      network.stop();
      awaitNobody();
      append();
      append();
      network.goOn();

      assertGives(stream, 2, 4);
      append();
      assertGives(stream, 4, 5);
      assertGives(all, 1, 5);
    }
    awaitNobody();
  }

  /// The transport asks for a sign of life after ten seconds of silence at the earliest, so this
  /// takes longer than a test should: `-Dtests.long=true`.
  @Test
  @EnabledIfSystemProperty(named = "tests.long", matches = "true")
  void a_client_whose_server_is_gone_without_a_word_finds_it_on_another_way() throws Exception {
    append();
    try (var store = connect();
        var stream = store.subscribe(ACCOUNT, SubscribeOptions.fromBeginning())) {
      assertGives(stream, 0, 1);

      network.loseConnections();
      append();

      assertGives(stream, 1, 2);
    }
  }

  @Test
  void a_subscription_to_a_server_that_stays_away_says_so() throws Exception {
    append();
    try (var store =
            RemoteEventStore.connect(
                "leftfold://127.0.0.1:%d?tls=false&defaultDeadline=2000"
                    .formatted(network.port()));
        var stream = store.subscribe(ACCOUNT, SubscribeOptions.fromBeginning())) {
      assertGives(stream, 0, 1);

      network.close();

      for (var i = 0; i < 2; i++) {
        assertThatThrownBy(
                () -> {
                  while (true) {
                    stream.next();
                  }
                })
            .isInstanceOfSatisfying(
                UnavailableException.class,
                e -> assertThat(e.reason()).isEqualTo(UnavailableException.Reason.UNREACHABLE));
      }
    }
  }

  private RemoteEventStore connect() {
    return RemoteEventStore.connect(
        "leftfold://127.0.0.1:%d?tls=false&defaultDeadline=20000&keepAliveTimeout=500"
            .formatted(network.port()));
  }

  private static void awaitCaughtUp(Subscription subscription) throws InterruptedException {
    while (!(subscription.next() instanceof SubscriptionMessage.CaughtUp)) {
      // What comes before does not matter.
    }
  }

  /// Takes events of the account, which have to be these and in this order.
  private static void assertGives(Subscription subscription, long from, long to)
      throws InterruptedException {
    for (var expected = from; expected < to; ) {
      var message =
          subscription
              .poll(Await.LIMIT)
              .orElseThrow(() -> new AssertionError("Nothing came within " + Await.LIMIT));
      if (message instanceof SubscriptionMessage.Event(var resolved)
          && resolved.original().stream().equals(ACCOUNT)) {
        assertThat(resolved.original().revision()).isEqualTo(expected++);
      }
    }
  }
}

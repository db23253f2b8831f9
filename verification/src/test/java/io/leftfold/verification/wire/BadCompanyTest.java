// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.proposed;
import static io.leftfold.verification.wire.Wire.readOf;
import static io.leftfold.verification.wire.Wire.readOfAll;
import static io.leftfold.verification.wire.Wire.request;
import static io.leftfold.verification.wire.Wire.to;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.protocol.messages.groups.CreateReq;
import io.leftfold.protocol.messages.groups.PersistentSubscriptionsGrpc;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.protocol.messages.streams.AppendResp;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadResp;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import io.leftfold.verification.wire.Wire.Replies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// A good client beside bad ones: its calls succeed, and what the bad ones held is given back.
/// `bench beside` measures what it notices of them.
final class BadCompanyTest {

  private static final int MANY = 100;

  /// Each costs a hash, which takes a while.
  private static final int GUESSES = 6;

  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(5);

  private static void assertServes(Wire good) {
    for (var i = 0; i < 20; i++) {
      assertThat(good.append("good", "A").hasSuccess()).isTrue();
      assertThat(good.read(readOf("good").setCount(1)).getFirst().hasEvent()).isTrue();
    }
  }

  private static void awaitNothingHeld(TestServer server) {
    Await.until(() -> "no call, got " + server.openCalls(), () -> server.openCalls() == 0);
    Await.until(
        () -> "one connection, got " + server.connections(), () -> server.connections() <= 1);
  }

  @Test
  void readers_and_subscribers_who_take_nothing() {
    try (var server = TestServer.impatient(LONG, LONG);
        var good = Wire.to(server)) {
      // More than a client lets come for a call: it begins with a mebibyte, and comes to eight.
      for (var i = 0; i < 2_000; i++) {
        server
            .store()
            .append(
                StreamName.of("large"),
                ExpectedState.any(),
                ProposedEvent.binary("A", new byte[5_000]));
      }
      try (var bad = Wire.to(server)) {
        for (var i = 0; i < MANY; i++) {
          var options = readOfAll();
          if (i % 2 == 0) {
            options
                .clearCount()
                .setSubscription(ReadReq.Options.SubscriptionOptions.getDefaultInstance());
          }
          bad.streams()
              .read(
                  request(options),
                  new Replies<ReadReq, ReadResp>(call -> call.disableAutoRequestWithInitial(0)));
        }
        Await.until(() -> "all calls, got " + server.openCalls(), () -> server.openCalls() == MANY);
        assertServes(good);
        assertThat(server.openCalls()).isEqualTo(MANY);
      }
      awaitNothingHeld(server);
    }
  }

  @Test
  void requests_that_come_a_byte_at_a_time() throws Exception {
    try (var server = TestServer.impatient(SHORT, LONG);
        var good = Wire.to(server)) {
      assertServes(good);
      var ends = new ArrayList<CompletableFuture<?>>();
      for (var i = 0; i < MANY; i++) {
        var head = i % 2 == 0 ? "GET /info HTTP/1.1\r\n" : "POST /info HTTP/1.1\r\n";
        var rest = i % 2 == 0 ? "host: x\r\nslow: " : "host: x\r\ncontent-length: 100000\r\n\r\n";
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.getOutputStream().write((head + rest).getBytes(US_ASCII));
        Thread.startVirtualThread(() -> trickle(socket));
        ends.add(CompletableFuture.runAsync(() -> awaitEnd(socket), Thread::startVirtualThread));
      }
      assertServes(good);
      ends.forEach(Await::result);
      awaitNothingHeld(server);
    }
  }

  private static void trickle(Socket socket) {
    try {
      while (true) {
        socket.getOutputStream().write('x');
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    } catch (IOException _) {
      // Cut off.
    }
  }

  private static void awaitEnd(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(new ByteArrayOutputStream());
    } catch (IOException _) {
      // Cut off.
    }
  }

  @Test
  void messages_that_are_too_large() {
    try (var server = TestServer.impatient(LONG, LONG);
        var good = Wire.to(server)) {
      var large = ByteString.copyFrom(new byte[20 << 20]);
      try (var bad = Wire.to(server)) {
        var refused = new ArrayList<Replies<AppendReq, AppendResp>>();
        for (var i = 0; i < 4; i++) {
          refused.add(
              bad.append(
                  List.of(
                      request(to("bad").setAny(Wire.EMPTY)),
                      request(proposed("A").setData(large)))));
        }
        assertServes(good);
        for (var replies : refused) {
          assertThat(replies.refused().getStatus().getCode())
              .isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
      }
      awaitNothingHeld(server);
    }
  }

  @Test
  void consumers_who_never_answer() {
    try (var server = TestServer.impatient(LONG, LONG);
        var good = Wire.to(server)) {
      for (var i = 0; i < MANY; i++) {
        server
            .store()
            .append(StreamName.of("work"), ExpectedState.any(), ProposedEvent.json("Asked", "{}"));
      }
      Await.until("a group can be made", () -> canCreateGroup(good));
      try (var bad = Wire.to(server)) {
        for (var i = 0; i < MANY; i++) {
          consume(bad);
        }
        Await.until(() -> "all calls, got " + server.openCalls(), () -> server.openCalls() == MANY);
        assertServes(good);
      }
      awaitNothingHeld(server);
      var given = consume(good);
      assertThat(given.next().hasSubscriptionConfirmation()).isTrue();
      assertThat(given.next().getEvent().getEvent().getStreamRevision())
          .as("what they had is given to others")
          .isZero();
    }
  }

  private static boolean canCreateGroup(Wire wire) {
    try {
      var settings =
          CreateReq.Settings.newBuilder()
              .setLiveBufferSize(500)
              .setHistoryBufferSize(500)
              .setReadBatchSize(20)
              .setMaxRetryCount(10)
              .setConsumerStrategy("RoundRobin");
      var created =
          PersistentSubscriptionsGrpc.newBlockingStub(wire.channel())
              .create(
                  CreateReq.newBuilder()
                      .setOptions(
                          CreateReq.Options.newBuilder()
                              .setStream(
                                  CreateReq.StreamOptions.newBuilder()
                                      .setStreamIdentifier(Wire.stream("work"))
                                      .setStart(Wire.EMPTY))
                              .setGroupName("g")
                              .setSettings(settings))
                      .build());
      return created != null;
    } catch (StatusRuntimeException _) {
      return false; // groups do not run yet
    }
  }

  private static Replies<
          io.leftfold.protocol.messages.groups.ReadReq,
          io.leftfold.protocol.messages.groups.ReadResp>
      consume(Wire wire) {
    var replies =
        new Replies<
            io.leftfold.protocol.messages.groups.ReadReq,
            io.leftfold.protocol.messages.groups.ReadResp>();
    PersistentSubscriptionsGrpc.newStub(wire.channel())
        .read(replies)
        .onNext(
            io.leftfold.protocol.messages.groups.ReadReq.newBuilder()
                .setOptions(
                    io.leftfold.protocol.messages.groups.ReadReq.Options.newBuilder()
                        .setStreamIdentifier(Wire.stream("work"))
                        .setGroupName("g")
                        .setBufferSize(10)
                        .setUuidOption(
                            io.leftfold.protocol.messages.groups.ReadReq.Options.UUIDOption
                                .newBuilder()
                                .setString(Wire.EMPTY)))
                .build());
    return replies;
  }

  @Test
  void guesses_at_passwords_and_users() {
    try (var server = TestServer.withUsers()) {
      Await.result(server.usersWithDefaultPassword());
      try (var good = RemoteEventStore.connect(server.connectionString("admin", "changeit"))) {
        assertThat(good.lastPosition()).isPresent();
        var guesses = new ArrayList<CompletableFuture<?>>();
        for (var i = 0; i < GUESSES; i++) {
          var user = i % 2 == 0 ? "admin" : "nobody-" + i;
          var connection = server.connectionString(user, "wrong-" + i);
          guesses.add(
              CompletableFuture.runAsync(() -> guess(connection), Thread::startVirtualThread));
        }
        for (var i = 0; i < 20; i++) {
          var appended =
              good.append(
                  StreamName.of("good"), ExpectedState.any(), ProposedEvent.json("A", "{}"));
          assertThat(appended).isNotNull();
        }
        guesses.forEach(Await::result);
        // Who was guessed at is not locked out.
        assertThat(good.lastPosition()).isPresent();
      }
      Await.until("no connection is left", () -> server.connections() == 0);
    }
  }

  private static void guess(String connection) {
    try (var bad = RemoteEventStore.connect(connection)) {
      throw new AssertionError("Somebody guessed right: " + bad.lastPosition());
    } catch (LeftfoldException _) {
      // Refused, as it should be.
    }
  }
}

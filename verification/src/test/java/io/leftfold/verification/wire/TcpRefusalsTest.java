// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.TcpPeer.NOT_HANDLED;
import static io.leftfold.verification.wire.TcpPeer.event;
import static io.leftfold.verification.wire.TcpPeer.stream;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.tcp.DeleteStream;
import io.leftfold.protocol.messages.tcp.DeleteStreamCompleted;
import io.leftfold.protocol.messages.tcp.NotHandled;
import io.leftfold.protocol.messages.tcp.NotHandled.NotHandledReason;
import io.leftfold.protocol.messages.tcp.OperationResult;
import io.leftfold.protocol.messages.tcp.ReadStreamEvents;
import io.leftfold.protocol.messages.tcp.ScavengeDatabaseResponse;
import io.leftfold.protocol.messages.tcp.ScavengeDatabaseResponse.ScavengeResult;
import io.leftfold.protocol.messages.tcp.SubscribeToStream;
import io.leftfold.protocol.messages.tcp.TransactionCommit;
import io.leftfold.protocol.messages.tcp.TransactionCommitCompleted;
import io.leftfold.protocol.messages.tcp.TransactionStart;
import io.leftfold.protocol.messages.tcp.TransactionStartCompleted;
import io.leftfold.protocol.messages.tcp.TransactionWrite;
import io.leftfold.protocol.messages.tcp.WriteEvents;
import io.leftfold.protocol.messages.tcp.WriteEventsCompleted;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a node that cannot says to clients of the old TCP protocol.
@Timeout(120)
final class TcpRefusalsTest {

  private static final int ANY = -2;
  private static final StreamName STREAM = StreamName.of("some");

  private final CountDownLatch held = new CountDownLatch(1);
  private volatile boolean isHeld;

  /// Lets go of whatever is held: before a server is closed, which would wait for it.
  private interface Holding extends AutoCloseable {
    @Override
    void close();
  }

  private void awaitRelease() {
    try {
      held.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static WriteEvents write() {
    return WriteEvents.newBuilder()
        .setEventStreamId(stream(STREAM.value()))
        .setExpectedVersion(ANY)
        .addEvents(event(UUID.randomUUID(), "T", "{}"))
        .build();
  }

  private static NotHandledReason notHandled(TcpPeer peer, int command, MessageLite message)
      throws Exception {
    return NotHandled.parseFrom(peer.ask(command, message, NOT_HANDLED)).getReason();
  }

  private static TransactionStart start() {
    return TransactionStart.newBuilder()
        .setEventStreamId(stream(STREAM.value()))
        .setExpectedVersion(ANY)
        .build();
  }

  // ---- time

  /// A writer that hangs while it is held, as one does whose disk hangs.
  private final class HangingClock extends Clock {
    @Override
    public Instant instant() {
      if (isHeld && Thread.currentThread().getName().equals("leftfold-writer")) {
        awaitRelease();
      }
      return Clock.systemUTC().instant();
    }

    @Override
    public ZoneId getZone() {
      return Clock.systemUTC().getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void a_write_that_takes_too_long_is_a_commit_timeout_and_may_be_recorded_yet() throws Exception {
    var store = LocalEventStore.inMemory(EngineOptions.defaults().withClock(new HangingClock()));
    try (var server = TestServer.withTcp(store, Duration.ofMillis(100));
        var peer = new TcpPeer(server.tcpPort());
        Holding _ = held::countDown) {
      peer.ask(0x82, write(), 0x83);
      var id =
          TransactionStartCompleted.parseFrom(peer.ask(0x84, start(), 0x85)).getTransactionId();
      var add = TransactionWrite.newBuilder().setTransactionId(id);
      peer.ask(0x86, add.addEvents(event(UUID.randomUUID(), "T", "{}")).build(), 0x87);
      isHeld = true;

      var written = WriteEventsCompleted.parseFrom(peer.ask(0x82, write(), 0x83));
      assertThat(written.getResult()).isEqualTo(OperationResult.CommitTimeout);
      assertThat(written.getMessage()).contains("100 ms");
      assertThat(written.getLastEventNumber()).isEqualTo(-1);
      var delete = DeleteStream.newBuilder().setEventStreamId(stream("other"));
      var deleted =
          DeleteStreamCompleted.parseFrom(
              peer.ask(0x8A, delete.setExpectedVersion(ANY).build(), 0x8B));
      assertThat(deleted.getResult()).isEqualTo(OperationResult.CommitTimeout);
      var commit = TransactionCommit.newBuilder().setTransactionId(id).build();
      var committed = TransactionCommitCompleted.parseFrom(peer.ask(0x88, commit, 0x89));
      assertThat(committed.getResult()).isEqualTo(OperationResult.CommitTimeout);

      held.countDown();
      Await.until(
          () -> "all that was sent, there is " + store.state(STREAM),
          () -> store.state(STREAM).lastRevision() == 2);
      var again = TransactionCommitCompleted.parseFrom(peer.ask(0x88, commit, 0x89));
      assertThat(again.getResult()).isEqualTo(OperationResult.Success);
      assertThat(again.getLastEventNumber()).isEqualTo(2);
    }
  }

  // ---- what a node cannot

  @Test
  void a_node_whose_index_is_made_is_not_ready(@TempDir Path directory) throws Exception {
    try (var store = LocalEventStore.open(directory)) {
      store.append(STREAM, ExpectedState.any(), ProposedEvent.json("T", "{}"));
    }
    try (var files = Files.list(directory.resolve("index"))) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    var options =
        EngineOptions.defaults()
            .withIndexedAtOpeningMax(0)
            .withThreads(holding("leftfold-indexer"));
    try (var server = TestServer.withTcp(LocalEventStore.open(directory, options), TestServer.TCP);
        var peer = new TcpPeer(server.tcpPort());
        Holding _ = held::countDown) {
      var page =
          ReadStreamEvents.newBuilder()
              .setEventStreamId(stream(STREAM.value()))
              .setMaxCount(1)
              .build();
      assertThat(notHandled(peer, 0xB2, page)).isEqualTo(NotHandledReason.NotReady);
      assertThat(notHandled(peer, 0x82, write())).isEqualTo(NotHandledReason.NotReady);
      var subscribe =
          SubscribeToStream.newBuilder().setEventStreamId(stream(STREAM.value())).build();
      assertThat(notHandled(peer, 0xC0, subscribe)).isEqualTo(NotHandledReason.NotReady);

      held.countDown();
      server.store().whenIndexed().toCompletableFuture().join();
      peer.ask(0xB2, page, 0xB3);
    }
  }

  /// Makes threads of which one kind waits before it begins.
  private ThreadFactory holding(String name) {
    var usual = EngineOptions.defaults().threads();
    return work ->
        usual.newThread(() -> {
          if (Thread.currentThread().getName().equals(name)) {
            awaitRelease();
          }
          work.run();
        });
  }

  @Test
  void a_store_that_is_open_for_reading_takes_no_writes(@TempDir Path directory) throws Exception {
    try (var store = LocalEventStore.open(directory)) {
      store.append(STREAM, ExpectedState.any(), ProposedEvent.json("T", "{}"));
    }
    var store = LocalEventStore.open(directory, EngineOptions.defaults().forReadingOnly());
    try (var server = TestServer.withTcp(store, TestServer.TCP);
        var peer = new TcpPeer(server.tcpPort())) {
      assertThat(notHandled(peer, 0x82, write())).isEqualTo(NotHandledReason.IsReadOnly);
    }
  }

  @Test
  void more_transactions_than_there_may_be_are_too_many() throws Exception {
    try (var server = TestServer.withTcp(LocalEventStore.inMemory(), TestServer.TCP);
        var peer = new TcpPeer(server.tcpPort())) {
      for (var i = 0; i < 1024; i++) {
        peer.ask(0x84, start(), 0x85);
      }
      assertThat(notHandled(peer, 0x84, start())).isEqualTo(NotHandledReason.TooBusy);
    }
  }

  @Test
  void a_scavenge_is_started_or_is_in_progress() throws Exception {
    var store =
        LocalEventStore.inMemory(
            EngineOptions.defaults().withThreads(holding("leftfold-scavenge")));
    try (var server = TestServer.withTcp(store, TestServer.TCP);
        var peer = new TcpPeer(server.tcpPort());
        Holding _ = held::countDown) {
      var started = ScavengeDatabaseResponse.parseFrom(peer.ask(0xD0).message());
      assertThat(started.getResult()).isEqualTo(ScavengeResult.Started);
      var second = ScavengeDatabaseResponse.parseFrom(peer.ask(0xD0).message());
      assertThat(second.getResult()).isEqualTo(ScavengeResult.InProgress);
      assertThat(second.getScavengeId()).isEqualTo(started.getScavengeId());
    }
  }
}

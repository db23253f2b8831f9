// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.groups.CreateReq;
import io.leftfold.protocol.messages.groups.ListReq;
import io.leftfold.protocol.messages.groups.PersistentSubscriptionsGrpc;
import io.leftfold.protocol.messages.groups.ReadReq;
import io.leftfold.protocol.messages.groups.ReadResp;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import io.leftfold.verification.running.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server is killed, again and again, while three consumers of a group are at work. Nothing is
/// lost, nothing stays behind, and what is given again is only what no checkpoint covers.
///
/// `-Dkills=100` kills more often.
final class GroupsKillTest {

  private static final int KILLS = Integer.getInteger("kills", 3);
  private static final int EVENTS = 1_200 * (KILLS + 1);
  private static final int CONSUMERS = 3;
  private static final int PARKED_EVERY = 97;
  private static final StreamName STREAM = StreamName.of("work-1");

  @TempDir private Path directory;

  private final Set<Long> acked = ConcurrentHashMap.newKeySet();
  private final Set<Long> toPark = ConcurrentHashMap.newKeySet();
  private final Set<Long> givenAgain = ConcurrentHashMap.newKeySet();
  private final AtomicLong answers = new AtomicLong();

  /// The process that will be killed.
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws IOException {
      try (var store = LocalEventStore.open(Path.of(arguments[0]));
          var server =
              LeftfoldServer.start(store, ServerOptions.insecure().withAddress("127.0.0.1", 0))) {
        System.out.println(server.port());
        System.out.flush();
        // Until it is killed, or whoever started it is gone.
        assertThat(System.in.read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void nothing_is_lost_or_stuck_when_the_server_is_killed_under_load() throws Exception {
    try (var store = LocalEventStore.open(directory)) {
      for (var from = 0; from < EVENTS; from += 100) {
        store.append(
            STREAM,
            ExpectedState.any(),
            IntStream.range(0, 100).mapToObj(i -> ProposedEvent.json("Done", "{}")).toList());
      }
    }
    var checkpoint = -1L;
    for (var life = 0; life <= KILLS; life++) {
      live(life, checkpoint);
      var after = checkpoint();
      assertThat(after).as("checkpoints go forwards").isGreaterThanOrEqualTo(checkpoint);
      checkpoint = after;
    }

    assertThat(acked.size() + toPark.size()).isEqualTo(EVENTS);
    assertThat(givenAgain).as("with so many kills some were given again").isNotEmpty();
  }

  private void live(int life, long checkpoint) throws IOException, InterruptedException {
    var victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = victim.inputReader(StandardCharsets.UTF_8)) {
      var channel =
          ManagedChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(out.readLine()))
              .usePlaintext()
              .build();
      try {
        begin(channel, life == 0);
        for (var i = 0; i < CONSUMERS; i++) {
          consume(channel, checkpoint);
        }
        if (life < KILLS) {
          var enough = answers.get() + EVENTS / (KILLS + 2);
          Await.until("the consumers have worked", () -> answers.get() >= enough);
        } else {
          Await.until(
              () ->
                  "everything is done: %d acked, %d parked".formatted(acked.size(), toPark.size()),
              () -> acked.size() + toPark.size() == EVENTS);
        }
      } finally {
        victim.toHandle().destroyForcibly();
        victim.waitFor();
        channel.shutdownNow();
      }
    }
  }

  private static void begin(ManagedChannel channel, boolean isNew) {
    var groups = PersistentSubscriptionsGrpc.newBlockingStub(channel);
    var everything =
        ListReq.newBuilder()
            .setOptions(ListReq.Options.newBuilder().setListAllSubscriptions(Wire.EMPTY))
            .build();
    Await.until(
        "groups run",
        () -> {
          try {
            return groups.list(everything).getSubscriptionsCount() == (isNew ? 0 : 1);
          } catch (StatusRuntimeException _) {
            return false;
          }
        });
    if (isNew) {
      assertThat(
              groups.create(
                  CreateReq.newBuilder()
                      .setOptions(
                          CreateReq.Options.newBuilder()
                              .setGroupName("g")
                              .setSettings(
                                  CreateReq.Settings.newBuilder()
                                      .setMessageTimeoutMs(30_000)
                                      .setMaxRetryCount(100)
                                      .setCheckpointAfterMs(20)
                                      .setMinCheckpointCount(1)
                                      .setMaxCheckpointCount(200)
                                      .setLiveBufferSize(200)
                                      .setReadBatchSize(20)
                                      .setHistoryBufferSize(200)
                                      .setConsumerStrategy("RoundRobin"))
                              .setStream(
                                  CreateReq.StreamOptions.newBuilder()
                                      .setStreamIdentifier(Wire.stream(STREAM.value()))
                                      .setStart(Wire.EMPTY)))
                      .build()))
          .isNotNull();
    }
  }

  private void consume(ManagedChannel channel, long checkpoint) {
    var worker = new Worker(checkpoint);
    worker.says = PersistentSubscriptionsGrpc.newStub(channel).read(worker);
    worker.says.onNext(
        ReadReq.newBuilder()
            .setOptions(
                ReadReq.Options.newBuilder()
                    .setStreamIdentifier(Wire.stream(STREAM.value()))
                    .setGroupName("g")
                    .setBufferSize(20)
                    .setUuidOption(
                        ReadReq.Options.UUIDOption.newBuilder().setStructured(Wire.EMPTY)))
            .build());
  }

  /// Acks what it is given, but for a few that it parks.
  private final class Worker implements StreamObserver<ReadResp> {
    private final long checkpoint;

    @SuppressWarnings("NullAway.Init")
    private volatile StreamObserver<ReadReq> says;

    Worker(long checkpoint) {
      this.checkpoint = checkpoint;
    }

    @Override
    public void onNext(ReadResp message) {
      if (!message.hasEvent()) {
        return;
      }
      var event = message.getEvent().getEvent();
      var revision = event.getStreamRevision();
      if (revision <= checkpoint || acked.contains(revision) || toPark.contains(revision)) {
        givenAgain.add(revision <= checkpoint ? -revision - 1 : revision);
      }
      if (revision % PARKED_EVERY == 0) {
        toPark.add(revision);
        says.onNext(
            ReadReq.newBuilder()
                .setNack(
                    ReadReq.Nack.newBuilder()
                        .addIds(event.getId())
                        .setAction(ReadReq.Nack.Action.Park))
                .build());
      } else {
        acked.add(revision);
        says.onNext(
            ReadReq.newBuilder().setAck(ReadReq.Ack.newBuilder().addIds(event.getId())).build());
      }
      answers.incrementAndGet();
    }

    @Override
    public void onError(Throwable reason) {
      // The server was killed.
    }

    @Override
    public void onCompleted() {}
  }

  /// What the store holds after a kill: the checkpoint covers only what was answered, and what was
  /// parked up to there is parked.
  private long checkpoint() {
    assertThat(givenAgain).as("given again, though a checkpoint covers it").allMatch(r -> r >= 0);
    try (var store = LocalEventStore.open(directory)) {
      var checkpoint = -1L;
      try (var read =
          store.read(
              StreamName.of("$persistentsubscription-work-1::g-checkpoint"),
              ReadOptions.backwards().limit(1))) {
        for (var event : read) {
          checkpoint = Long.parseLong(event.original().dataAsText().replace("\"", ""));
        }
      }
      var parked = ConcurrentHashMap.<Long>newKeySet();
      try (var read =
          store.read(
              StreamName.of("$persistentsubscription-work-1::g-parked"), ReadOptions.forwards())) {
        for (var link : read) {
          parked.add(Long.parseLong(link.original().dataAsText().split("@", 2)[0]));
        }
      }
      LongStream.rangeClosed(0, checkpoint)
          .forEach(revision ->
              assertThat(revision % PARKED_EVERY == 0 ? parked : acked)
                  .as("what the checkpoint covers")
                  .contains(revision));
      return checkpoint;
    }
  }
}

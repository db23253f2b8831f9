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
import io.leftfold.protocol.messages.groups.CreateReq.AllOptions.FilterOptions;
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
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server is killed, again and again, while three consumers of each of two groups are at work:
/// one group on a stream, one on everything with a filter that lets the same events through.
/// Nothing is lost, nothing stays behind, and what is given again is only what no checkpoint
/// covers.
///
/// `-Dkills=100` kills more often.
final class GroupsKillTest {

  private static final int KILLS = Integer.getInteger("kills", 3);
  private static final int EVENTS = 800 * (KILLS + 1);
  private static final int CONSUMERS = 3;
  private static final int PARKED_EVERY = 97;
  private static final StreamName STREAM = StreamName.of("work-1");
  private static final StreamName OTHER = StreamName.of("leisure-1");

  @TempDir private Path directory;

  /// The revision of each event of the stream, by its position in the log.
  private final NavigableMap<Long, Long> revisions = new TreeMap<>();

  private final Group onStream =
      new Group("work-1", Pattern.compile("\"(\\d+)\"")) {
        @Override
        void create(CreateReq.Options.Builder options) {
          options.setStream(
              CreateReq.StreamOptions.newBuilder()
                  .setStreamIdentifier(Wire.stream(STREAM.value()))
                  .setStart(Wire.EMPTY));
        }

        @Override
        void read(ReadReq.Options.Builder options) {
          options.setStreamIdentifier(Wire.stream(STREAM.value()));
        }

        @Override
        long covered(long place) {
          return place;
        }
      };

  private final Group onAll =
      new Group("$all", Pattern.compile("\"C:(\\d+)/P:\\d+\"")) {
        @Override
        void create(CreateReq.Options.Builder options) {
          options.setAll(
              CreateReq.AllOptions.newBuilder()
                  .setStart(Wire.EMPTY)
                  .setFilter(
                      FilterOptions.newBuilder()
                          .setCount(Wire.EMPTY)
                          .setCheckpointIntervalMultiplier(1)
                          .setStreamIdentifier(
                              FilterOptions.Expression.newBuilder().addPrefix("work-"))));
        }

        @Override
        void read(ReadReq.Options.Builder options) {
          options.setAll(Wire.EMPTY);
        }

        @Override
        long covered(long place) {
          return Optional.ofNullable(revisions.floorEntry(place))
              .map(entry -> entry.getValue())
              .orElse(-1L);
        }
      };

  private final List<Group> all = List.of(onStream, onAll);

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
    fill();
    for (var life = 0; life <= KILLS; life++) {
      live(life);
      try (var store = LocalEventStore.open(directory)) {
        for (var group : all) {
          group.check(store);
        }
      }
    }

    assertThat(all)
        .allSatisfy(group -> {
          assertThat(group.done()).as("%s", group).isEqualTo(EVENTS);
          assertThat(group.givenAgain).as("of %s with so many kills", group).isNotEmpty();
        });
  }

  private void fill() {
    try (var store = LocalEventStore.open(directory)) {
      for (var from = 0; from < EVENTS; from += 100) {
        store.append(OTHER, ExpectedState.any(), events(10));
        store.append(STREAM, ExpectedState.any(), events(100));
      }
      try (var read = store.read(STREAM, ReadOptions.forwards())) {
        read.forEach(
            event -> revisions.put(event.original().position(), event.original().revision()));
      }
    }
  }

  private static List<ProposedEvent> events(int count) {
    return Stream.generate(() -> ProposedEvent.json("Done", "{}")).limit(count).toList();
  }

  private void live(int life) throws IOException, InterruptedException {
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
        all.forEach(group -> group.work(channel));
        if (life < KILLS) {
          Await.until(
              () -> "the consumers have worked: " + all,
              () -> all.stream().allMatch(Group::hasWorked));
        } else {
          Await.until(
              () -> "everything is done: " + all,
              () -> all.stream().allMatch(group -> group.done() == EVENTS));
        }
      } finally {
        victim.toHandle().destroyForcibly();
        victim.waitFor();
        channel.shutdownNow();
      }
    }
  }

  private void begin(ManagedChannel channel, boolean isNew) {
    var groups = PersistentSubscriptionsGrpc.newBlockingStub(channel);
    var everything =
        ListReq.newBuilder()
            .setOptions(ListReq.Options.newBuilder().setListAllSubscriptions(Wire.EMPTY))
            .build();
    Await.until(
        "groups run",
        () -> {
          try {
            return groups.list(everything).getSubscriptionsCount() == (isNew ? 0 : all.size());
          } catch (StatusRuntimeException _) {
            return false;
          }
        });
    if (isNew) {
      all.forEach(group -> assertThat(groups.create(group.create())).isNotNull());
    }
  }

  /// A group, what its consumers did, and what the store says about it.
  private abstract static class Group {
    final Set<Long> acked = ConcurrentHashMap.newKeySet();
    final Set<Long> toPark = ConcurrentHashMap.newKeySet();
    final Set<Long> givenAgain = ConcurrentHashMap.newKeySet();
    final AtomicLong answers = new AtomicLong();
    private final Set<Long> givenAgainThoughCovered = ConcurrentHashMap.newKeySet();
    private final String source;
    private final Pattern checkpointText;
    private long checkpoint = -1;
    private long enough;

    Group(String source, Pattern checkpointText) {
      this.source = source;
      this.checkpointText = checkpointText;
    }

    abstract void create(CreateReq.Options.Builder options);

    abstract void read(ReadReq.Options.Builder options);

    /// The last revision that a checkpoint covers.
    abstract long covered(long place);

    int done() {
      return acked.size() + toPark.size();
    }

    CreateReq create() {
      var options =
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
                      .setConsumerStrategy("RoundRobin"));
      create(options);
      return CreateReq.newBuilder().setOptions(options).build();
    }

    boolean hasWorked() {
      return answers.get() >= enough || done() == EVENTS;
    }

    void work(ManagedChannel channel) {
      enough = answers.get() + EVENTS / (KILLS + 2);
      for (var i = 0; i < CONSUMERS; i++) {
        var worker = new Worker(this, checkpoint);
        worker.says = PersistentSubscriptionsGrpc.newStub(channel).read(worker);
        var options =
            ReadReq.Options.newBuilder()
                .setGroupName("g")
                .setBufferSize(20)
                .setUuidOption(ReadReq.Options.UUIDOption.newBuilder().setStructured(Wire.EMPTY));
        read(options);
        worker.says.onNext(ReadReq.newBuilder().setOptions(options).build());
      }
    }

    /// What the store holds after a kill: the checkpoint covers only what was answered, and what
    /// was parked up to there is parked.
    void check(LocalEventStore store) {
      assertThat(givenAgainThoughCovered)
          .as("given again, though a checkpoint covers it")
          .isEmpty();
      var after = checkpoint(store);
      assertThat(after).as("checkpoints go forwards").isGreaterThanOrEqualTo(checkpoint);
      checkpoint = after;
      var parked = ConcurrentHashMap.<Long>newKeySet();
      try (var read = store.read(stream("parked"), ReadOptions.forwards())) {
        for (var link : read) {
          parked.add(Long.parseLong(link.original().dataAsText().split("@", 2)[0]));
        }
      }
      LongStream.rangeClosed(0, checkpoint)
          .forEach(revision ->
              assertThat(revision % PARKED_EVERY == 0 ? parked : acked)
                  .as("what the checkpoint of %s covers", this)
                  .contains(revision));
    }

    private long checkpoint(LocalEventStore store) {
      try (var read = store.read(stream("checkpoint"), ReadOptions.backwards().limit(1))) {
        for (var event : read) {
          var text = checkpointText.matcher(event.original().dataAsText());
          assertThat(text.matches()).as("%s", event.original().dataAsText()).isTrue();
          return covered(Long.parseLong(text.group(1)));
        }
      }
      return -1;
    }

    private StreamName stream(String what) {
      return StreamName.of("$persistentsubscription-%s::g-%s".formatted(source, what));
    }

    @Override
    public String toString() {
      return "%s::g with %d answers, of which %d are done".formatted(source, answers.get(), done());
    }
  }

  /// Acks what it is given, but for a few that it parks.
  private static final class Worker implements StreamObserver<ReadResp> {
    private final Group group;
    private final long checkpoint;

    @SuppressWarnings("NullAway.Init")
    private volatile StreamObserver<ReadReq> says;

    Worker(Group group, long checkpoint) {
      this.group = group;
      this.checkpoint = checkpoint;
    }

    @Override
    public void onNext(ReadResp message) {
      if (!message.hasEvent()) {
        return;
      }
      var event = message.getEvent().getEvent();
      var revision = event.getStreamRevision();
      if (revision <= checkpoint) {
        group.givenAgainThoughCovered.add(revision);
      } else if (group.acked.contains(revision) || group.toPark.contains(revision)) {
        group.givenAgain.add(revision);
      }
      if (revision % PARKED_EVERY == 0) {
        group.toPark.add(revision);
        says.onNext(
            ReadReq.newBuilder()
                .setNack(
                    ReadReq.Nack.newBuilder()
                        .addIds(event.getId())
                        .setAction(ReadReq.Nack.Action.Park))
                .build());
      } else {
        group.acked.add(revision);
        says.onNext(
            ReadReq.newBuilder().setAck(ReadReq.Ack.newBuilder().addIds(event.getId())).build());
      }
      group.answers.incrementAndGet();
    }

    @Override
    public void onError(Throwable reason) {
      // The server was killed.
    }

    @Override
    public void onCompleted() {}
  }
}

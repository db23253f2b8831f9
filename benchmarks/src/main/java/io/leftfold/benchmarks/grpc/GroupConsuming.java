// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Contestant;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.protocol.messages.groups.CreateReq;
import io.leftfold.protocol.messages.groups.DeleteReq;
import io.leftfold.protocol.messages.groups.ListReq;
import io.leftfold.protocol.messages.groups.PersistentSubscriptionsGrpc;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadResp;
import io.leftfold.protocol.messages.streams.StreamsGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Consumers of a persistent subscription that ack each event by itself, beside a catch-up
/// subscription that reads the same events. All are of grpc-java, on a connection each.
public final class GroupConsuming implements Benchmark {

  private static final Empty EMPTY = Empty.getDefaultInstance();
  private static final int STREAMS = 50_000;
  private static final int BUFFER_SIZE = 100;
  private static final String GROUP = "measured";

  private final int consumers;

  /// With a number of consumers.
  ///
  /// @param consumers how many
  public GroupConsuming(int consumers) {
    this.consumers = consumers;
  }

  @Override
  public String name() {
    return "group-" + consumers;
  }

  @Override
  public String question() {
    return "How many events do %d consumers of one persistent subscription handle?"
        .formatted(consumers);
  }

  @Override
  public String sketch() {
    return "what a catch-up subscription takes, and for each event an ack the other way, which is a message to be parsed and a turn of the group that others share";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var streams = settings.scaled(STREAMS);
    try (var store = ServerProcess.store(settings.directory().resolve("store"), streams)) {
      var events = 10L * streams;
      var channels = new ArrayList<ManagedChannel>();
      for (var i = 0; i <= consumers; i++) {
        channels.add(
            ManagedChannelBuilder.forAddress("127.0.0.1", store.port()).usePlaintext().build());
      }
      try {
        awaitGroups(channels.getFirst());
        Contestant group = time -> consume(channels, events, time);
        Contestant catchUp = time -> follow(channels.getFirst(), events, time);
        var rounds = new Rounds(settings).with("leftfold", group).with("limit", catchUp).run();
        rows.accept(
            Row.of(
                    name(),
                    "events/s",
                    rounds,
                    "one catch-up subscription with the same client library",
                    new Asked.Nothing())
                .withRemark(
                    String.format(
                        Locale.ROOT,
                        "%,.0f events/s for each consumer",
                        rounds.median("leftfold") / consumers)));
      } finally {
        channels.forEach(ManagedChannel::shutdownNow);
      }
    }
  }

  private static void awaitGroups(ManagedChannel channel) throws InterruptedException {
    var all =
        ListReq.newBuilder()
            .setOptions(ListReq.Options.newBuilder().setListAllSubscriptions(EMPTY))
            .build();
    for (var i = 0; i < 1_000; i++) {
      try {
        PersistentSubscriptionsGrpc.newBlockingStub(channel).list(all);
        return;
      } catch (StatusRuntimeException _) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
    throw new IllegalStateException("The server's persistent subscriptions did not come up");
  }

  private double consume(List<ManagedChannel> channels, long events, Duration time)
      throws InterruptedException {
    var groups = PersistentSubscriptionsGrpc.newBlockingStub(channels.getFirst());
    groups.create(
        CreateReq.newBuilder()
            .setOptions(
                CreateReq.Options.newBuilder()
                    .setGroupName(GROUP)
                    .setSettings(
                        CreateReq.Settings.newBuilder()
                            .setMessageTimeoutMs(30_000)
                            .setMaxRetryCount(10)
                            .setCheckpointAfterMs(2_000)
                            .setMinCheckpointCount(10)
                            .setMaxCheckpointCount(100_000)
                            .setLiveBufferSize(5_000)
                            .setReadBatchSize(200)
                            .setHistoryBufferSize(5_000)
                            .setConsumerStrategy("RoundRobin"))
                    .setAll(CreateReq.AllOptions.newBuilder().setStart(EMPTY)))
            .build());
    var counting = new Counting(events);
    var begin = System.nanoTime();
    for (var channel : channels.subList(1, channels.size())) {
      new Worker(counting).begin(channel);
    }
    var rate = counting.rate(begin, time);
    groups.delete(
        DeleteReq.newBuilder()
            .setOptions(DeleteReq.Options.newBuilder().setAll(EMPTY).setGroupName(GROUP))
            .build());
    return rate;
  }

  private static double follow(ManagedChannel channel, long events, Duration time)
      throws InterruptedException {
    var counting = new Counting(events);
    var begin = System.nanoTime();
    var context = io.grpc.Context.current().withCancellation();
    context.run(() ->
        StreamsGrpc.newStub(channel)
            .read(
                ReadReq.newBuilder()
                    .setOptions(
                        ReadReq.Options.newBuilder()
                            .setAll(ReadReq.Options.AllOptions.newBuilder().setStart(EMPTY))
                            .setSubscription(
                                ReadReq.Options.SubscriptionOptions.getDefaultInstance())
                            .setNoFilter(EMPTY)
                            .setUuidOption(
                                ReadReq.Options.UUIDOption.newBuilder().setStructured(EMPTY)))
                    .build(),
                new StreamObserver<ReadResp>() {
                  @Override
                  public void onNext(ReadResp message) {
                    if (message.hasEvent()) {
                      counting.one();
                    }
                  }

                  @Override
                  public void onError(Throwable reason) {}

                  @Override
                  public void onCompleted() {}
                }));
    var rate = counting.rate(begin, time);
    context.cancel(null);
    return rate;
  }

  /// Counts events, up to all of them.
  private static final class Counting {
    private final long all;
    private final AtomicLong count = new AtomicLong();
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile long end;

    Counting(long all) {
      this.all = all;
    }

    void one() {
      if (count.incrementAndGet() == all) {
        end = System.nanoTime();
        finished.countDown();
      }
    }

    /// Events per second, until all have come or the time is over.
    double rate(long begin, Duration time) throws InterruptedException {
      var isFinished = finished.await(time.toNanos(), TimeUnit.NANOSECONDS);
      var counted = Math.min(all, count.get());
      if (counted == 0) {
        throw new IllegalStateException("No event came within " + time);
      }
      return counted * 1e9 / ((isFinished ? end : System.nanoTime()) - begin);
    }
  }

  /// Acks each event as it comes.
  private static final class Worker
      implements StreamObserver<io.leftfold.protocol.messages.groups.ReadResp> {
    private final Counting counting;

    @SuppressWarnings("NullAway.Init")
    private volatile StreamObserver<io.leftfold.protocol.messages.groups.ReadReq> says;

    Worker(Counting counting) {
      this.counting = counting;
    }

    void begin(ManagedChannel channel) {
      says = PersistentSubscriptionsGrpc.newStub(channel).read(this);
      says.onNext(
          io.leftfold.protocol.messages.groups.ReadReq.newBuilder()
              .setOptions(
                  io.leftfold.protocol.messages.groups.ReadReq.Options.newBuilder()
                      .setAll(EMPTY)
                      .setGroupName(GROUP)
                      .setBufferSize(BUFFER_SIZE)
                      .setUuidOption(
                          io.leftfold.protocol.messages.groups.ReadReq.Options.UUIDOption
                              .newBuilder()
                              .setStructured(EMPTY)))
              .build());
    }

    @Override
    public void onNext(io.leftfold.protocol.messages.groups.ReadResp message) {
      if (message.hasEvent()) {
        says.onNext(
            io.leftfold.protocol.messages.groups.ReadReq.newBuilder()
                .setAck(
                    io.leftfold.protocol.messages.groups.ReadReq.Ack.newBuilder()
                        .addIds(message.getEvent().getEvent().getId()))
                .build());
        counting.one();
      }
    }

    @Override
    public void onError(Throwable reason) {
      // The group is deleted at the end of each round.
    }

    @Override
    public void onCompleted() {}
  }
}

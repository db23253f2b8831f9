// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadResp;
import io.leftfold.protocol.messages.streams.StreamsGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;

/// Many subscriptions over a few connections, which count what they are given.
final class Subscribers implements AutoCloseable {

  private static final Empty EMPTY = Empty.getDefaultInstance();
  private static final int PATIENCE_SECONDS = 60;
  private static final int FILTER_WINDOW = 10_000;

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final LongAdder events = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /// Opens them, and waits until all are confirmed.
  ///
  /// @param port of a server on this machine
  /// @param count how many
  /// @param connections over how many connections
  /// @param options what each asks for
  Subscribers(int port, int count, int connections, IntFunction<ReadReq.Options> options)
      throws InterruptedException {
    for (var i = 0; i < connections; i++) {
      channels.add(ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());
    }
    var confirmed = new CountDownLatch(count);
    for (var i = 0; i < count; i++) {
      StreamsGrpc.newStub(channels.get(i % connections))
          .read(ReadReq.newBuilder().setOptions(options.apply(i)).build(), new Counting(confirmed));
    }
    if (!confirmed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "%d of %d subscriptions were not confirmed, %d failed"
              .formatted(confirmed.getCount(), count, failures.sum()));
    }
  }

  private final class Counting implements StreamObserver<ReadResp> {
    private final CountDownLatch confirmed;

    Counting(CountDownLatch confirmed) {
      this.confirmed = confirmed;
    }

    @Override
    public void onNext(ReadResp message) {
      if (message.hasConfirmation()) {
        confirmed.countDown();
      } else if (message.hasEvent()) {
        events.increment();
      }
    }

    @Override
    public void onError(Throwable error) {
      failures.increment();
    }

    @Override
    public void onCompleted() {
      failures.increment();
    }
  }

  /// A subscription to a stream, from its end.
  static ReadReq.Options toStream(String stream) {
    return options()
        .setStream(
            ReadReq.Options.StreamOptions.newBuilder()
                .setStreamIdentifier(
                    StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8(stream)))
                .setEnd(EMPTY))
        .setNoFilter(EMPTY)
        .build();
  }

  /// A subscription to all streams whose names begin so, from the end.
  static ReadReq.Options toPrefix(String prefix) {
    return options()
        .setAll(ReadReq.Options.AllOptions.newBuilder().setEnd(EMPTY))
        .setFilter(
            ReadReq.Options.FilterOptions.newBuilder()
                .setStreamIdentifier(
                    ReadReq.Options.FilterOptions.Expression.newBuilder().addPrefix(prefix))
                .setMax(32)
                .setCheckpointIntervalMultiplier(FILTER_WINDOW))
        .build();
  }

  private static ReadReq.Options.Builder options() {
    return ReadReq.Options.newBuilder()
        .setSubscription(ReadReq.Options.SubscriptionOptions.getDefaultInstance())
        .setUuidOption(ReadReq.Options.UUIDOption.newBuilder().setStructured(EMPTY));
  }

  /// How many events all of them were given.
  long events() {
    return events.sum();
  }

  /// How many have ended.
  long failures() {
    return failures.sum();
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}

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
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/// Reads that are as long as the pages of another wire, with grpc-java.
final class GrpcPages implements AutoCloseable {

  private static final Empty EMPTY = Empty.getDefaultInstance();

  private final ManagedChannel channel;

  GrpcPages(int port) {
    channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .directExecutor() // A change of threads for each event would be most of the work.
            .build();
  }

  /// Reads so many events of a stream.
  int read(String stream, long from, int count) throws IOException {
    return read(
        ReadReq.Options.newBuilder()
            .setStream(
                ReadReq.Options.StreamOptions.newBuilder()
                    .setStreamIdentifier(
                        StreamIdentifier.newBuilder()
                            .setStreamName(ByteString.copyFromUtf8(stream)))
                    .setRevision(from)),
        count);
  }

  /// Reads so many events of all streams.
  int readAll(long from, int count) throws IOException {
    return read(
        ReadReq.Options.newBuilder()
            .setAll(
                ReadReq.Options.AllOptions.newBuilder()
                    .setPosition(
                        ReadReq.Options.Position.newBuilder()
                            .setCommitPosition(from)
                            .setPreparePosition(from))),
        count);
  }

  private int read(ReadReq.Options.Builder options, int count) throws IOException {
    var done = new CompletableFuture<Integer>();
    StreamsGrpc.newStub(channel)
        .read(
            ReadReq.newBuilder()
                .setOptions(
                    options
                        .setCount(count)
                        .setNoFilter(EMPTY)
                        .setUuidOption(
                            ReadReq.Options.UUIDOption.newBuilder().setStructured(EMPTY)))
                .build(),
            new StreamObserver<>() {
              private int events;

              @Override
              public void onNext(ReadResp answer) {
                events += answer.hasEvent() ? 1 : 0;
              }

              @Override
              public void onError(Throwable error) {
                done.completeExceptionally(error);
              }

              @Override
              public void onCompleted() {
                done.complete(events);
              }
            });
    var read = done.join();
    if (read != count) {
      throw new IOException("%d events in place of %d".formatted(read, count));
    }
    return read;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}

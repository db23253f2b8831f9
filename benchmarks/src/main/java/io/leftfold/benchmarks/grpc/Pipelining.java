// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.protocol.messages.streams.AppendResp;
import io.leftfold.protocol.messages.streams.StreamsGrpc;
import java.util.concurrent.atomic.LongAdder;

/// One connection with very many appends in flight: whenever one is answered, the next is sent.
final class Pipelining implements AutoCloseable {

  private static final int DATA_BYTES = 256;

  private final ManagedChannel channel;
  private final LongAdder answered = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private volatile boolean closed;

  Pipelining(int port, int inFlight) {
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    for (var i = 0; i < inFlight; i++) {
      append(i);
    }
  }

  private void append(int number) {
    if (closed) {
      return;
    }
    var requests =
        StreamsGrpc.newStub(channel)
            .append(
                new StreamObserver<>() {
                  @Override
                  public void onNext(AppendResp answer) {
                    answered.increment();
                  }

                  @Override
                  public void onError(Throwable error) {
                    refused.increment();
                    append(number);
                  }

                  @Override
                  public void onCompleted() {
                    append(number);
                  }
                });
    requests.onNext(
        AppendReq.newBuilder()
            .setOptions(
                AppendReq.Options.newBuilder()
                    .setStreamIdentifier(
                        StreamIdentifier.newBuilder()
                            .setStreamName(ByteString.copyFromUtf8("pipelined-" + number)))
                    .setAny(Empty.getDefaultInstance()))
            .build());
    var id = java.util.UUID.randomUUID();
    requests.onNext(
        AppendReq.newBuilder()
            .setProposedMessage(
                AppendReq.ProposedMessage.newBuilder()
                    .setId(
                        UUID.newBuilder()
                            .setStructured(
                                UUID.Structured.newBuilder()
                                    .setMostSignificantBits(id.getMostSignificantBits())
                                    .setLeastSignificantBits(id.getLeastSignificantBits())))
                    .putMetadata("type", "MoneyDeposited")
                    .putMetadata("content-type", "application/octet-stream")
                    .setData(ByteString.copyFrom(new byte[DATA_BYTES])))
            .build());
    requests.onCompleted();
  }

  long answered() {
    return answered.sum();
  }

  long refused() {
    return refused.sum();
  }

  @Override
  public void close() {
    closed = true;
    channel.shutdownNow();
  }
}

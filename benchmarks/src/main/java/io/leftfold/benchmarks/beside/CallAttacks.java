// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.leftfold.benchmarks.beside.Attack.Target;
import io.leftfold.protocol.messages.groups.CreateReq;
import io.leftfold.protocol.messages.groups.PersistentSubscriptionsGrpc;
import io.leftfold.protocol.messages.groups.ReadReq;
import io.leftfold.protocol.messages.groups.ReadResp;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.store.StoreGrpc;
import io.leftfold.protocol.messages.store.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Bad clients that make calls as good ones do.
final class CallAttacks {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Empty EMPTY = Empty.getDefaultInstance();
  private static final String GROUP = "never-acked";
  private static final int CONNECTIONS = 20;
  private static final int AT_ONCE = 10;
  private static final int CONSUMERS = 200;
  private static final int CONSUMER_BUFFER = 100;
  private static final int OVERSIZED_AT_ONCE = 2;
  private static final int TOO_MANY_BYTES = 65 << 20;

  private CallAttacks() {}

  private static ManagedChannel channel(Target target, boolean tls) throws IOException {
    var credentials =
        tls
            ? TlsChannelCredentials.newBuilder().trustManager(target.authority().toFile()).build()
            : InsecureChannelCredentials.create();
    return Grpc.newChannelBuilder("localhost:" + target.port(), credentials).build();
  }

  /// Guess at the password of a user who exists.
  static void guessPasswords(Target target, Tally tally) throws IOException {
    guess(target, tally, "admin:wrong-%d");
  }

  /// Log in as users who do not exist.
  static void guessUsers(Target target, Tally tally) throws IOException {
    guess(target, tally, "nobody-%d:changeit");
  }

  private static void guess(Target target, Tally tally, String credentials) throws IOException {
    var guesses = new AtomicLong();
    for (var i = 0; i < CONNECTIONS; i++) {
      var channel = channel(target, true);
      for (var j = 0; j < AT_ONCE; j++) {
        Thread.startVirtualThread(() -> {
          while (true) {
            var headers = new Metadata();
            var guess = credentials.formatted(guesses.incrementAndGet());
            headers.put(
                AUTHORIZATION,
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(guess.getBytes(StandardCharsets.US_ASCII)));
            call(
                tally,
                () ->
                    StoreGrpc.newBlockingStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .withDeadlineAfter(1, TimeUnit.MINUTES)
                        .lastPosition(Wire.LastPositionRequest.getDefaultInstance()));
          }
        });
      }
    }
  }

  private static void call(Tally tally, Runnable call) {
    try {
      call.run();
      tally.count("OK");
    } catch (StatusRuntimeException e) {
      tally.count(e.getStatus().getCode().name());
    }
  }

  /// Append more than may be.
  static void appendTooMuch(Target target, Tally tally) throws IOException {
    var channel = channel(target, false);
    var request =
        Wire.AppendRequest.newBuilder()
            .addAppends(
                Wire.StreamAppend.newBuilder()
                    .setStream("too-much")
                    .addEvents(
                        Wire.ProposedEvent.newBuilder()
                            .setData(ByteString.copyFrom(new byte[TOO_MANY_BYTES]))))
            .build();
    for (var i = 0; i < OVERSIZED_AT_ONCE; i++) {
      Thread.startVirtualThread(() -> {
        while (true) {
          call(
              tally,
              () ->
                  StoreGrpc.newBlockingStub(channel)
                      .withDeadlineAfter(1, TimeUnit.MINUTES)
                      .append(request));
        }
      });
    }
  }

  /// Consume a persistent subscription to everything and ack nothing.
  static void consumeWithoutAcks(Target target, Tally tally) throws IOException {
    var channel = channel(target, false);
    PersistentSubscriptionsGrpc.newBlockingStub(channel)
        .create(
            CreateReq.newBuilder()
                .setOptions(
                    CreateReq.Options.newBuilder()
                        .setGroupName(GROUP)
                        .setSettings(
                            CreateReq.Settings.newBuilder()
                                .setMessageTimeoutMs(1_000)
                                .setMaxRetryCount(10)
                                .setCheckpointAfterMs(2_000)
                                .setMinCheckpointCount(10)
                                .setMaxCheckpointCount(1_000)
                                .setLiveBufferSize(500)
                                .setReadBatchSize(20)
                                .setHistoryBufferSize(500)
                                .setConsumerStrategy("RoundRobin"))
                        .setAll(CreateReq.AllOptions.newBuilder().setStart(EMPTY)))
                .build());
    for (var i = 0; i < CONSUMERS; i++) {
      var requests =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(
                  PersistentSubscriptionsGrpc.getReadMethod(), io.grpc.CallOptions.DEFAULT),
              new Taker(tally));
      requests.onNext(
          ReadReq.newBuilder()
              .setOptions(
                  ReadReq.Options.newBuilder()
                      .setAll(EMPTY)
                      .setGroupName(GROUP)
                      .setBufferSize(CONSUMER_BUFFER)
                      .setUuidOption(ReadReq.Options.UUIDOption.newBuilder().setString(EMPTY)))
              .build());
      tally.count("consumers");
    }
  }

  private record Taker(Tally tally) implements StreamObserver<ReadResp> {
    @Override
    public void onNext(ReadResp message) {
      tally.count("events never acked");
    }

    @Override
    public void onError(Throwable reason) {
      tally.count("consumers ended");
    }

    @Override
    public void onCompleted() {
      tally.count("consumers ended");
    }
  }
}

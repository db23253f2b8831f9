// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.protocol.messages.streams.AppendResp;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadResp;
import io.leftfold.protocol.messages.streams.StreamsGrpc;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A channel to a server, and the shortest ways to say things on it.
final class Wire implements AutoCloseable {

  static final Empty EMPTY = Empty.getDefaultInstance();

  private static final Set<String> OF_TRANSPORT =
      Set.of("content-type", "content-length", "grpc-accept-encoding");

  private final ManagedChannel channel;

  private Wire(ManagedChannel channel) {
    this.channel = channel;
  }

  static Wire to(TestServer server) {
    return to(server.port());
  }

  static Wire to(int port) {
    return new Wire(
        ManagedChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(32 << 20)
            .build());
  }

  ManagedChannel channel() {
    return channel;
  }

  StreamsGrpc.StreamsStub streams() {
    return StreamsGrpc.newStub(channel);
  }

  StreamsGrpc.StreamsBlockingStub blocking() {
    return StreamsGrpc.newBlockingStub(channel).withDeadlineAfter(Await.LIMIT);
  }

  // ---- names and ids

  static StreamIdentifier stream(String name) {
    return StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8(name)).build();
  }

  static UUID text(java.util.UUID id) {
    return UUID.newBuilder().setString(id.toString()).build();
  }

  static UUID structured(java.util.UUID id) {
    return UUID.newBuilder()
        .setStructured(
            UUID.Structured.newBuilder()
                .setMostSignificantBits(id.getMostSignificantBits())
                .setLeastSignificantBits(id.getLeastSignificantBits()))
        .build();
  }

  // ---- appending

  static AppendReq.Options.Builder to(String stream) {
    return AppendReq.Options.newBuilder().setStreamIdentifier(stream(stream));
  }

  static AppendReq.ProposedMessage.Builder proposed(String type) {
    return AppendReq.ProposedMessage.newBuilder()
        .setId(text(java.util.UUID.randomUUID()))
        .putMetadata("type", type)
        .putMetadata("content-type", "application/json")
        .setData(ByteString.copyFromUtf8("{}"));
  }

  static AppendReq request(AppendReq.Options.Builder options) {
    return AppendReq.newBuilder().setOptions(options).build();
  }

  static AppendReq request(AppendReq.ProposedMessage.Builder message) {
    return AppendReq.newBuilder().setProposedMessage(message).build();
  }

  /// Sends the requests one after the other, and half-closes.
  Replies<AppendReq, AppendResp> append(List<AppendReq> requests) {
    var replies = new Replies<AppendReq, AppendResp>();
    var observer = streams().withDeadlineAfter(Await.LIMIT).append(replies);
    requests.forEach(observer::onNext);
    observer.onCompleted();
    return replies;
  }

  AppendResp append(AppendReq.Options.Builder options, String... types) {
    var requests = new ArrayList<AppendReq>();
    requests.add(request(options));
    for (var type : types) {
      requests.add(request(proposed(type)));
    }
    return append(requests).only();
  }

  /// Appends whatever the stream is.
  AppendResp append(String stream, String... types) {
    return append(to(stream).setAny(EMPTY), types);
  }

  // ---- reading

  /// A read of a stream from its start, with all that a read must say.
  static ReadReq.Options.Builder readOf(String stream) {
    return asking()
        .setStream(
            ReadReq.Options.StreamOptions.newBuilder()
                .setStreamIdentifier(stream(stream))
                .setStart(EMPTY));
  }

  /// A read of all streams from the start, with all that a read must say.
  static ReadReq.Options.Builder readOfAll() {
    return asking().setAll(ReadReq.Options.AllOptions.newBuilder().setStart(EMPTY));
  }

  static ReadReq.Options.AllOptions.Builder at(long position) {
    return ReadReq.Options.AllOptions.newBuilder()
        .setPosition(
            ReadReq.Options.Position.newBuilder()
                .setCommitPosition(position)
                .setPreparePosition(position));
  }

  private static ReadReq.Options.Builder asking() {
    return ReadReq.Options.newBuilder()
        .setCount(Long.MAX_VALUE)
        .setNoFilter(EMPTY)
        .setUuidOption(ReadReq.Options.UUIDOption.newBuilder().setString(EMPTY));
  }

  static ReadReq request(ReadReq.Options.Builder options) {
    return ReadReq.newBuilder().setOptions(options).build();
  }

  /// Everything that a read gives.
  List<ReadResp> read(ReadReq.Options.Builder options) {
    var found = new ArrayList<ReadResp>();
    blocking().read(request(options)).forEachRemaining(found::add);
    return found;
  }

  /// How a read is refused.
  StatusRuntimeException refusal(ReadReq.Options.Builder options) {
    return refusal(() -> read(options));
  }

  /// Follows until it is told otherwise.
  Replies<ReadReq, ReadResp> follow(ReadReq.Options.Builder options) {
    var replies = new Replies<ReadReq, ReadResp>();
    streams().read(request(options), replies);
    return replies;
  }

  // ---- refusals

  static StatusRuntimeException refusal(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException refused) {
      return refused;
    }
    throw new AssertionError("The call succeeded");
  }

  /// The trailers that say something.
  static Map<String, String> trailers(StatusRuntimeException refusal) {
    var trailers = refusal.getTrailers() == null ? new Metadata() : refusal.getTrailers();
    var found = new TreeMap<String, String>();
    for (var key : trailers.keys()) {
      if (!OF_TRANSPORT.contains(key)) {
        var value = trailers.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
        found.put(key, String.valueOf(value));
      }
    }
    return found;
  }

  static String text(StatusRuntimeException refusal) {
    return String.valueOf(refusal.getStatus().getDescription());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      if (!channel.awaitTermination(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("The channel did not close");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What one call is answered.
  static final class Replies<Q, R> implements ClientResponseObserver<Q, R> {
    final LinkedBlockingQueue<R> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<Status> end = new CompletableFuture<>();
    final CompletableFuture<StatusRuntimeException> failure = new CompletableFuture<>();
    private final Consumer<ClientCallStreamObserver<Q>> atStart;
    private volatile @Nullable ClientCallStreamObserver<Q> call;

    Replies() {
      this(_ -> {});
    }

    /// @param atStart may turn flow control to manual
    Replies(Consumer<ClientCallStreamObserver<Q>> atStart) {
      this.atStart = atStart;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> call) {
      this.call = call;
      atStart.accept(call);
    }

    @Override
    public void onNext(R message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(Status.fromThrowable(failure));
      this.failure.complete((StatusRuntimeException) failure);
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }

    ClientCallStreamObserver<Q> call() {
      var begun = call;
      if (begun == null) {
        throw new IllegalStateException("The call has not begun");
      }
      return begun;
    }

    R next() {
      return Await.next(messages);
    }

    List<R> next(int count) {
      var found = new ArrayList<R>();
      while (found.size() < count) {
        found.add(next());
      }
      return found;
    }

    /// The one answer of a call that has ended well.
    R only() {
      var status = Await.result(end);
      if (!status.isOk() || messages.size() != 1) {
        throw new AssertionError("Expected one answer and OK, got " + messages + ", " + status);
      }
      return messages.remove();
    }

    StatusRuntimeException refused() {
      return Await.result(failure);
    }
  }
}

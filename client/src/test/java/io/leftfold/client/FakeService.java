// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.leftfold.protocol.messages.store.StoreGrpc;
import io.leftfold.protocol.messages.store.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/// A server of `leftfold.v1.Store` on loopback whose answers a test decides.
final class FakeService extends StoreGrpc.StoreImplBase implements AutoCloseable {

  volatile BiConsumer<Wire.AppendRequest, StreamObserver<Wire.AppendResponse>> append =
      (_, answer) -> refuse(answer);
  volatile BiConsumer<Wire.ReadRequest, ServerCallStreamObserver<Wire.ReadResponse>> read =
      (_, answer) -> refuse(answer);
  volatile BiConsumer<Wire.SubscribeRequest, ServerCallStreamObserver<Wire.SubscribeResponse>>
      subscribe = (_, answer) -> refuse(answer);
  volatile Metadata headers = new Metadata();

  private final Server server;

  FakeService() {
    server = start(this);
  }

  /// A server that speaks gRPC, but not ours.
  static Server withoutStore() {
    return start(() -> ServerServiceDefinition.builder("somebody.Else").build());
  }

  private static Server start(BindableService service) {
    try {
      return Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
          .addService(service)
          .intercept(service instanceof FakeService fake ? fake.new Remembering() : new Passing())
          .build()
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getPort();
  }

  RemoteEventStore connect() {
    return connect("");
  }

  RemoteEventStore connect(String parameters) {
    return RemoteEventStore.connect(
        "leftfold://user:word@localhost:%d?tls=false%s".formatted(port(), parameters));
  }

  @Override
  public void append(Wire.AppendRequest request, StreamObserver<Wire.AppendResponse> answer) {
    append.accept(request, answer);
  }

  @Override
  public void read(Wire.ReadRequest request, StreamObserver<Wire.ReadResponse> answer) {
    read.accept(request, (ServerCallStreamObserver<Wire.ReadResponse>) answer);
  }

  @Override
  public void subscribe(
      Wire.SubscribeRequest request, StreamObserver<Wire.SubscribeResponse> answer) {
    subscribe.accept(request, (ServerCallStreamObserver<Wire.SubscribeResponse>) answer);
  }

  private static void refuse(StreamObserver<?> answer) {
    answer.onError(Status.INTERNAL.withDescription("nothing was prepared").asRuntimeException());
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Remembering implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata received, ServerCallHandler<Q, A> next) {
      headers = received;
      return next.startCall(call, received);
    }
  }

  private static final class Passing implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata received, ServerCallHandler<Q, A> next) {
      return next.startCall(call, received);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.groups.PersistentSubscriptionsGrpc;
import io.leftfold.protocol.messages.store.StoreGrpc;
import io.leftfold.protocol.messages.store.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;

/// A server on loopback, a client of it, and its pages.
final class RunningServer implements AutoCloseable {

  private final LocalEventStore store;
  private final LeftfoldServer server;
  private final ManagedChannel channel;
  private final HttpClient http = HttpClient.newHttpClient();

  RunningServer(LocalEventStore store, Telemetry telemetry) {
    this.store = store;
    this.server =
        LeftfoldServer.start(
            store, ServerOptions.insecure().withAddress("127.0.0.1", 0).withTelemetry(telemetry));
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
  }

  StoreGrpc.StoreBlockingStub client() {
    return StoreGrpc.newBlockingStub(channel);
  }

  PersistentSubscriptionsGrpc.PersistentSubscriptionsBlockingStub groups() {
    return PersistentSubscriptionsGrpc.newBlockingStub(channel);
  }

  PersistentSubscriptionsGrpc.PersistentSubscriptionsStub asynchronousGroups() {
    return PersistentSubscriptionsGrpc.newStub(channel);
  }

  StoreGrpc.StoreStub asynchronous() {
    return StoreGrpc.newStub(channel);
  }

  StoreGrpc.StoreBlockingStub clientWith(String header, String value) {
    var headers = new Metadata();
    headers.put(Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER), value);
    return client().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  void append(String stream, int events) {
    append(client(), stream, events, "");
  }

  static void append(
      StoreGrpc.StoreBlockingStub client, String stream, int events, String metadata) {
    var append =
        Wire.StreamAppend.newBuilder()
            .setStream(stream)
            .setExpected(Wire.ExpectedState.newBuilder().setAny(Wire.Nothing.getDefaultInstance()));
    for (var i = 0; i < events; i++) {
      append.addEvents(
          Wire.ProposedEvent.newBuilder()
              .setId(bytes(UUID.randomUUID()))
              .setType("Tested")
              .setJson(true)
              .setData(ByteString.copyFromUtf8("{}"))
              .setMetadata(ByteString.copyFromUtf8(metadata)));
    }
    var answer = client.append(Wire.AppendRequest.newBuilder().addAppends(append).build());
    assert answer.getResultsCount() == 1;
  }

  private static ByteString bytes(UUID id) {
    return ByteString.copyFrom(
        java.nio.ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .flip());
  }

  HttpResponse<String> get(String path, String... headers) throws IOException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).GET();
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /// The value of a series in a scrape; fails if it is not there.
  double metric(String series) throws IOException {
    return Scrape.of(get("/metrics").body()).value(series);
  }

  void closeServer() {
    channel.shutdownNow();
    server.close();
  }

  @Override
  public void close() {
    closeServer();
    store.close();
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.kurrent.dbclient.CreatePersistentSubscriptionToStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.KurrentDBPersistentSubscriptionsClient;
import io.kurrent.dbclient.PersistentSubscription;
import io.kurrent.dbclient.PersistentSubscriptionListener;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.Subscription;
import io.kurrent.dbclient.SubscriptionListener;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.protocol.messages.streams.BatchAppendReq;
import io.leftfold.protocol.messages.streams.BatchAppendResp;
import io.leftfold.protocol.messages.streams.StreamsGrpc;
import io.leftfold.server.Security.Certificates;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import io.leftfold.verification.wire.Wire.Replies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Encrypted connections on which nothing is said for a long time, while the server's certificate
/// is renewed, and then something.
///
/// They grow some seconds old here, with signs of life more often than a server asks for them;
/// `-Dtests.old=7500 -Dtest.timeout='3 h' -Dtest.fork.timeout=0` lets them grow more than two hours
/// old.
final class OldConnectionsTest {

  private static final Duration AGE = Duration.ofSeconds(Long.getLong("tests.old", 3));
  private static final Duration KEEP_ALIVE_MAX = Duration.ofSeconds(10);
  private static final String STREAM = "account-7";
  private static final String GROUP = "g";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  /// What the official client's two subscriptions hear: types of events, and why they ended.
  private final BlockingQueue<String> followed = new LinkedBlockingQueue<>();

  private final BlockingQueue<String> consumed = new LinkedBlockingQueue<>();

  @Test
  void what_was_opened_long_ago_is_answered_as_if_it_were_new() throws Exception {
    var keepAlive = AGE.dividedBy(20);
    makeAuthorities();
    show("one");
    try (var server =
            TestServer.withTls(
                new Certificates.OfFiles(shown("crt"), shown("key")),
                keepAlive.compareTo(KEEP_ALIVE_MAX) < 0 ? keepAlive : KEEP_ALIVE_MAX);
        var ours = RemoteEventStore.connect(connection(server, "one"))) {
      var official =
          KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(connection(server, "one")));
      var appending = batches(server);
      Await.result(official.subscribeToStream(STREAM, listener()));
      consume(official);
      try (var subscription = ours.subscribe(StreamName.of(STREAM), SubscribeOptions.fromEnd())) {
        append(official, "Before");
        assertHeard("Before", subscription);
        assertThat(answer(appending).hasSuccess()).isTrue();
        assertHeard("Batch", subscription);
        var connections = server.connections();
        var calls = server.openCalls();

        letTimePass(AGE.dividedBy(2));
        show("two");
        letTimePass(AGE.dividedBy(2));

        assertThat(server.connections()).isEqualTo(connections);
        assertThat(server.openCalls()).isEqualTo(calls);
        append(official, "After");
        assertHeard("After", subscription);
        assertThat(answer(appending).hasSuccess()).isTrue();
        assertHeard("Batch", subscription);
        assertThat(server.connections()).isEqualTo(connections);
      }
      appendAsANewClient(server);
      appending.close();
      Await.result(official.shutdown());
    }
  }

  /// Being idle is what is tried here.
  private static void letTimePass(Duration howLong) throws InterruptedException {
    var _ = new CountDownLatch(1).await(howLong.toMillis(), TimeUnit.MILLISECONDS);
  }

  // ---- certificates

  private void makeAuthorities() {
    for (var name : List.of("one", "two")) {
      TestServer.withTls(
              directory.resolve("data"), new Certificates.Made(directory.resolve(name), List.of()))
          .close();
    }
  }

  private Path shown(String ending) {
    return directory.resolve("shown." + ending);
  }

  private void show(String authority) throws IOException {
    for (var ending : List.of("crt", "key")) {
      Files.copy(
          directory.resolve(authority).resolve("server." + ending),
          shown(ending),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private Path authority(String name) {
    return directory.resolve(name).resolve("ca.crt");
  }

  private String connection(TestServer server, String authority) {
    return "kurrentdb://admin:changeit@localhost:%d?tls=true&tlsCaFile=%s"
        .formatted(server.port(), authority(authority));
  }

  /// Who comes now is shown the new certificate.
  private void appendAsANewClient(TestServer server) {
    Await.until(
        "the new certificate",
        () -> {
          var client =
              KurrentDBClient.create(
                  KurrentDBConnectionString.parseOrThrow(connection(server, "two")));
          try {
            append(client, "New");
            return true;
          } catch (AssertionError _) {
            return false;
          } finally {
            Await.result(client.shutdown());
          }
        });
  }

  // ---- what is opened

  private static void append(KurrentDBClient client, String type) {
    Await.result(
        client.appendToStream(STREAM, EventData.builderAsJson(type, "{}".getBytes(UTF_8)).build()));
  }

  private SubscriptionListener listener() {
    return new SubscriptionListener() {
      @Override
      public void onEvent(Subscription subscription, ResolvedEvent event) {
        followed.add(event.getOriginalEvent().getEventType());
      }

      @Override
      public void onCancelled(Subscription subscription, @Nullable Throwable why) {
        followed.add("ended: " + why);
      }
    };
  }

  private void consume(KurrentDBClient client) {
    var groups = KurrentDBPersistentSubscriptionsClient.from(client);
    Await.until(
        "persistent subscriptions",
        () -> {
          try {
            Await.result(
                (CompletableFuture<?>)
                    groups.createToStream(
                        STREAM,
                        GROUP,
                        CreatePersistentSubscriptionToStreamOptions.get().fromStart()));
            return true;
          } catch (AssertionError _) {
            return false;
          }
        });
    Await.result(
        groups.subscribeToStream(
            STREAM,
            GROUP,
            new PersistentSubscriptionListener() {
              @Override
              public void onEvent(
                  PersistentSubscription subscription, int retries, ResolvedEvent event) {
                subscription.ack(event);
                consumed.add(event.getOriginalEvent().getEventType());
              }

              @Override
              public void onCancelled(
                  PersistentSubscription subscription, @Nullable Throwable why) {
                consumed.add("ended: " + why);
              }
            }));
  }

  private record Batches(
      ManagedChannel channel,
      StreamObserver<BatchAppendReq> requests,
      Replies<BatchAppendReq, BatchAppendResp> replies) {
    void close() {
      requests.onCompleted();
      var _ = channel.shutdownNow();
    }
  }

  private Batches batches(TestServer server) throws IOException {
    var trusting =
        TlsChannelCredentials.newBuilder().trustManager(authority("one").toFile()).build();
    var channel = Grpc.newChannelBuilder("localhost:" + server.port(), trusting).build();
    var credentials = new Metadata();
    credentials.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Basic " + Base64.getEncoder().encodeToString("admin:changeit".getBytes(UTF_8)));
    var replies = new Replies<BatchAppendReq, BatchAppendResp>();
    var requests =
        StreamsGrpc.newStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(credentials))
            .batchAppend(replies);
    return new Batches(channel, requests, replies);
  }

  private static BatchAppendResp answer(Batches batches) {
    batches
        .requests()
        .onNext(
            BatchAppendReq.newBuilder()
                .setCorrelationId(Wire.text(java.util.UUID.randomUUID()))
                .setOptions(
                    BatchAppendReq.Options.newBuilder()
                        .setStreamIdentifier(Wire.stream(STREAM))
                        .setAny(com.google.protobuf.Empty.getDefaultInstance()))
                .addProposedMessages(
                    BatchAppendReq.ProposedMessage.newBuilder()
                        .setId(Wire.text(java.util.UUID.randomUUID()))
                        .putMetadata("type", "Batch")
                        .putMetadata("content-type", "application/json"))
                .setIsFinal(true)
                .build());
    return batches.replies().next();
  }

  // ---- what is heard

  private void assertHeard(String type, io.leftfold.api.Subscription subscription)
      throws InterruptedException {
    assertThat(Await.next(followed)).isEqualTo(type);
    assertThat(Await.next(consumed)).isEqualTo(type);
    Optional<SubscriptionMessage> message;
    do {
      message = subscription.poll(Await.LIMIT);
      assertThat(message).isPresent();
    } while (!(message.get() instanceof SubscriptionMessage.Event));
    assertThat(message.get())
        .isInstanceOfSatisfying(
            SubscriptionMessage.Event.class,
            event -> assertThat(event.event().event().orElseThrow().type()).isEqualTo(type));
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.EMPTY;
import static io.leftfold.verification.wire.Wire.proposed;
import static io.leftfold.verification.wire.Wire.readOf;
import static io.leftfold.verification.wire.Wire.readOfAll;
import static io.leftfold.verification.wire.Wire.request;
import static io.leftfold.verification.wire.Wire.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.health.HealthCheckRequest;
import io.leftfold.protocol.messages.health.HealthCheckResponse;
import io.leftfold.protocol.messages.health.HealthCheckResponse.ServingStatus;
import io.leftfold.protocol.messages.health.HealthGrpc;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import io.leftfold.verification.wire.Wire.Replies;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a node says to whom while its index is made.
@Timeout(120)
final class IndexingWireTest {

  private static final StreamName ACCOUNT = StreamName.of("account-1");
  private static final String INDEXER = "leftfold-indexer";

  @TempDir private Path directory;
  private final CountDownLatch held = new CountDownLatch(1);

  @BeforeEach
  void loseTheIndex() throws IOException {
    try (var store = LocalEventStore.open(directory)) {
      for (var i = 0; i < 3; i++) {
        store.append(ACCOUNT, ExpectedState.any(), ProposedEvent.json("Paid", "{}"));
      }
    }
    try (var files = Files.list(directory.resolve("index"))) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  /// Opens the store, and holds the indexer until the latch is open.
  private LocalEventStore openHeld() {
    var usual = EngineOptions.defaults();
    ThreadFactory holding =
        work ->
            usual
                .threads()
                .newThread(() -> {
                  if (Thread.currentThread().getName().equals(INDEXER)) {
                    awaitRelease();
                  }
                  work.run();
                });
    return LocalEventStore.open(directory, usual.withIndexedAtOpeningMax(0).withThreads(holding));
  }

  private void awaitRelease() {
    try {
      held.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpResponse<String> get(TestServer server, String path) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path));
      return client.send(
          HttpRequest.newBuilder(uri).timeout(Await.LIMIT).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void while_the_index_is_made_a_node_is_alive_and_not_ready_and_says_how_far_it_is()
      throws Exception {
    try (var server = TestServer.of(openHeld());
        var wire = Wire.to(server);
        var store =
            RemoteEventStore.connect(
                "leftfold://127.0.0.1:%d?tls=false".formatted(server.port()))) {
      try {
        assertThat(get(server, "/health/live").statusCode()).isEqualTo(204);
        var ready = get(server, "/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body())
            .isEqualTo(
                "{\"status\":\"indexing\",\"reasons\":[{\"reason\":\"indexing\",\"message\":\"The index covers 0 of 4 events\"}],\"warnings\":[],\"index\":{\"indexed\":0,\"of\":4}}");
        var health = HealthGrpc.newBlockingStub(wire.channel());
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
            .isEqualTo(ServingStatus.NOT_SERVING);
        var watched = new Replies<HealthCheckRequest, HealthCheckResponse>();
        HealthGrpc.newStub(wire.channel()).watch(HealthCheckRequest.getDefaultInstance(), watched);
        assertThat(next(watched)).isEqualTo(ServingStatus.NOT_SERVING);

        var refusal = wire.refusal(readOf("account-1"));
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(Wire.text(refusal))
            .startsWith("Server Is Not Ready: ")
            .contains("0 of 4 events are indexed");
        var append = List.of(request(to("account-1").setAny(EMPTY)), request(proposed("Paid")));
        var refused = wire.append(append).refused();
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(wire.read(readOfAll())).hasSizeGreaterThanOrEqualTo(4);
        assertThatThrownBy(() -> store.read(ACCOUNT, ReadOptions.forwards()).events())
            .isInstanceOfSatisfying(
                UnavailableException.class,
                e -> assertThat(e.reason()).isEqualTo(UnavailableException.Reason.INDEXING));
        assertThat(
                store
                    .readAll(ReadOptions.forwards().filteredBy(new EventFilter.Category("account")))
                    .events())
            .hasSize(3);
        assertThat(store.stats()).containsEntry("events", "4").containsEntry("indexed-events", "0");

        held.countDown();

        assertThat(next(watched)).isEqualTo(ServingStatus.SERVING);
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
            .isEqualTo(ServingStatus.SERVING);
        assertThat(get(server, "/health/ready").body())
            .isEqualTo(
                "{\"status\":\"ready\",\"reasons\":[],\"warnings\":[],\"index\":{\"indexed\":4,\"of\":4}}");
        assertThat(store.read(ACCOUNT, ReadOptions.forwards()).events()).hasSize(3);
        wire.append("account-1", "Paid");
        assertThat(store.read(ACCOUNT, ReadOptions.forwards()).events()).hasSize(4);
      } finally {
        held.countDown();
      }
    }
  }

  /// Users are events: nobody knows them before.
  @Test
  void while_the_index_is_made_nobody_can_log_in_and_transports_do_not_try_again() {
    try (var server = TestServer.withUsers(openHeld());
        var wire = Wire.to(server)) {
      try {
        var refusal =
            Wire.refusal(() ->
                wire.blocking()
                    .withInterceptors(new As(wire, "admin", "changeit").credentials())
                    .read(request(readOfAll()))
                    .next());

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(Wire.text(refusal)).startsWith("Server Is Not Ready: ");
        assertThat(Wire.trailers(refusal)).containsEntry("grpc-retry-pushback-ms", "-1");
      } finally {
        held.countDown();
      }
    }
  }

  private static ServingStatus next(Replies<HealthCheckRequest, HealthCheckResponse> watched)
      throws InterruptedException {
    var message = watched.messages.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(message).isNotNull();
    return message.getStatus();
  }
}

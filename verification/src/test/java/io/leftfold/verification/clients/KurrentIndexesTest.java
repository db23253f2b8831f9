// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.SubscribeToAllOptions;
import io.kurrent.dbclient.Subscription;
import io.kurrent.dbclient.SubscriptionFilter;
import io.kurrent.dbclient.SubscriptionListener;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.indexes.CreateIndexRequest;
import io.leftfold.protocol.messages.indexes.IndexField;
import io.leftfold.protocol.messages.indexes.IndexFieldType;
import io.leftfold.protocol.messages.indexes.IndexesServiceGrpc;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// User-defined indexes as the official Java client follows them.
final class KurrentIndexesTest {

  private static final int EVENTS = 600;

  private final TestServer server = TestServer.inMemory();
  private final ManagedChannel channel =
      ManagedChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
  private final KurrentDBClient client =
      KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(server.connectionString()));

  @AfterEach
  void close() {
    Await.result(client.shutdown());
    channel.shutdownNow();
    server.close();
  }

  private boolean isIndexCreated() {
    try {
      createIndex();
      return true;
    } catch (StatusRuntimeException _) {
      return false;
    }
  }

  private void createIndex() {
    var _ =
        IndexesServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(Await.LIMIT)
            .create(
                CreateIndexRequest.newBuilder()
                    .setName("orders")
                    .setFilter("rec => rec.schema.name === 'Ordered' && rec.value.n % 3 !== 0")
                    .addFields(
                        IndexField.newBuilder()
                            .setName("country")
                            .setSelector("rec => rec.value.country")
                            .setType(IndexFieldType.INDEX_FIELD_TYPE_STRING))
                    .build());
  }

  private void order(int n) {
    var country = n % 2 == 0 ? "Chad" : "Mauritius";
    server
        .store()
        .append(
            StreamName.of("order-" + n % 7),
            ExpectedState.any(),
            ProposedEvent.json(
                n % 5 == 0 ? "Looked" : "Ordered",
                "{\"n\":%d,\"country\":\"%s\"}".formatted(n, country)));
  }

  /// The positions that the index should have, found by a filter in Java over all events.
  private List<Long> expected(String country) {
    return server.store().readAll(ReadOptions.forwards()).events().stream()
        .filter(event -> event.type().equals("Ordered"))
        .filter(event -> number(event.dataAsText()) % 3 != 0)
        .filter(event -> event.dataAsText().contains(country))
        .map(event -> event.position())
        .toList();
  }

  private static int number(String json) {
    return Integer.parseInt(json.replaceAll("\\D*(\\d+).*", "$1"));
  }

  private List<Long> follow(String prefix) {
    var seen = new CopyOnWriteArrayList<Long>();
    var begun =
        client.subscribeToAll(
            new SubscriptionListener() {
              @Override
              public void onEvent(Subscription subscription, ResolvedEvent event) {
                seen.add(event.getOriginalEvent().getPosition().getCommitUnsigned());
              }
            },
            SubscribeToAllOptions.get()
                .fromStart()
                .filter(SubscriptionFilter.newBuilder().addStreamNamePrefix(prefix).build()));
    assertThat(Await.result(begun).getSubscriptionId()).isNotEmpty();
    return seen;
  }

  @Test
  void a_subscription_gives_each_event_of_the_index_once_while_a_writer_appends() {
    Await.until("indexes are there", this::isIndexCreated);
    for (var n = 0; n < EVENTS / 3; n++) {
      order(n);
    }
    var writer =
        CompletableFuture.runAsync(() -> {
          for (var n = EVENTS / 3; n < EVENTS; n++) {
            order(n);
          }
        });
    var all = follow("$idx-user-orders");
    var some = follow("$idx-user-orders:country=\"Chad\"");
    Await.result(writer.thenApply(_ -> true));

    Await.until(() -> "all, got " + all.size(), () -> all.size() >= expected("").size());
    Await.until(() -> "some, got " + some.size(), () -> some.size() >= expected("Chad").size());
    assertThat(all).hasSize(320).isEqualTo(expected(""));
    assertThat(some).isEqualTo(expected("Chad"));
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurrent.dbclient.CreatePersistentSubscriptionToAllOptions;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.KurrentDBPersistentSubscriptionsClient;
import io.kurrent.dbclient.PersistentSubscription;
import io.kurrent.dbclient.PersistentSubscriptionListener;
import io.kurrent.dbclient.ResolvedEvent;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.cli.kurrent.KurrentImport;
import io.leftfold.cli.kurrent.SourceClock;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.KurrentSource;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Groups that were copied with everything else from another server, where the official client made
/// them: here a server of our own that has what KurrentDB writes for its groups.
final class MigratedGroupsTest {

  private static final String ORDERS = "orders";

  @TempDir private Path directory;

  /// As KurrentDB 26 writes it; `odd` has a setting that is refused here.
  private static final String CONFIGURATION =
      """
      {"version":"2","updated":"2026-01-02T03:04:05Z","updatedBy":"admin","entries":[
        %s,"startFrom":0,"startPosition":"0","liveBufferSize":500},
        %s,"startFrom":0,"startPosition":"0","liveBufferSize":0},
        %s,"startFrom":0,"startPosition":"C:91237/P:91237","liveBufferSize":500}]}
      """
          .formatted(entry(ORDERS, "mailer"), entry(ORDERS, "odd"), entry("$all", "watcher"));

  private static String entry(String stream, String group) {
    return """
    {"stream":"%s","group":"%s","filter":null,"resolveLinkTos":false,"extraStatistics":false,\
    "messageTimeout":30000,"historyBufferSize":500,"maxRetryCount":10,"readBatchSize":20,\
    "preferRoundRobin":true,"checkPointAfter":2000,"minCheckPointCount":10,\
    "maxCheckPointCount":1000,"maxSubscriberCount":0,"namedConsumerStrategy":"RoundRobin\"\
    """
        .formatted(stream, group);
  }

  private static void fill(LocalEventStore source) {
    for (var i = 0; i < 5; i++) {
      append(source, ORDERS, ProposedEvent.json("Placed", "{\"n\":%d}".formatted(i)));
    }
    append(
        source,
        "$persistentSubscriptionConfig",
        ProposedEvent.json("$PersistentConfig", CONFIGURATION));
    var notes = "$persistentsubscription-%s::mailer".formatted(ORDERS);
    append(
        source,
        notes + "-parked",
        ProposedEvent.link(StreamName.of(ORDERS), 1)
            .withMetadata(
                "{\"added\":\"2026-01-02T03:04:05Z\",\"reason\":\"no address\",\"subscriptionEventNumber\":1}"));
    append(source, notes + "-checkpoint", ProposedEvent.json("$SubscriptionCheckpoint", "\"2\""));
  }

  private static void append(LocalEventStore source, String stream, ProposedEvent event) {
    source.append(StreamName.of(stream), ExpectedState.any(), event);
  }

  private void copy() {
    var clock = new SourceClock();
    try (var server = TestServer.inMemory()) {
      fill(server.store());
      try (var from = KurrentSource.connect(ConnectionString.parse(server.connectionString()));
          var copy = LocalEventStore.open(directory, EngineOptions.defaults().withClock(clock))) {
        new KurrentImport(copy, clock, "the old server").run(from, _ -> {}, () -> false);
      }
    }
  }

  /// What a consumer was given.
  private record Given(PersistentSubscription from, ResolvedEvent event) {
    String text() {
      return new String(event.getEvent().getEventData(), StandardCharsets.UTF_8);
    }

    Given ack() {
      from.ack(event);
      return this;
    }
  }

  private static final class Consuming extends PersistentSubscriptionListener {
    private final BlockingQueue<Given> given = new LinkedBlockingQueue<>();

    @Override
    public void onEvent(PersistentSubscription subscription, int retryCount, ResolvedEvent event) {
      given.add(new Given(subscription, event));
    }
  }

  @Test
  void consumers_go_on_behind_the_copied_checkpoint_and_with_what_was_parked() throws Exception {
    copy();
    try (var server = TestServer.on(directory)) {
      var client =
          KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(server.connectionString()));
      var groups = KurrentDBPersistentSubscriptionsClient.from(client);
      Await.until("groups run", () -> isListed(groups));

      var mailer = new Consuming();
      Await.result(groups.subscribeToStream(ORDERS, "mailer", mailer));
      assertThat(next(mailer).ack().text()).isEqualTo("{\"n\":3}");
      assertThat(next(mailer).ack().text()).isEqualTo("{\"n\":4}");
      Await.result((CompletableFuture<?>) groups.replayParkedMessagesToStream(ORDERS, "mailer"));
      assertThat(next(mailer).ack().text()).isEqualTo("{\"n\":1}");

      Await.result(client.shutdown());
    }
  }

  @Test
  void groups_that_cannot_go_on_say_why_and_are_created_again() throws Exception {
    copy();
    try (var server = TestServer.on(directory)) {
      var client =
          KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(server.connectionString()));
      var groups = KurrentDBPersistentSubscriptionsClient.from(client);
      Await.until("groups run", () -> isListed(groups));

      assertThatThrownBy(() -> groups.subscribeToAll("watcher", new Consuming()).get())
          .rootCause()
          .hasMessageContaining("positions of another store");
      assertThatThrownBy(() -> groups.subscribeToStream(ORDERS, "odd", new Consuming()).get())
          .rootCause()
          .hasMessageContaining("liveBufferSize is 1 or more, got 0");

      Await.result(
          (CompletableFuture<?>)
              groups.createToAll(
                  "watcher", CreatePersistentSubscriptionToAllOptions.get().fromStart()));
      var watcher = new Consuming();
      Await.result(groups.subscribeToAll("watcher", watcher));
      assertThat(next(watcher).event().getOriginalEvent().getEventType()).isEqualTo("$genesis");

      Await.result(client.shutdown());
    }
  }

  private static Given next(Consuming consumer) throws InterruptedException {
    var next = consumer.given.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(next).as("an event came").isNotNull();
    return Objects.requireNonNull(next);
  }

  private static boolean isListed(KurrentDBPersistentSubscriptionsClient groups) {
    try {
      Await.result(groups.listAll());
      return true;
    } catch (AssertionError _) {
      return false;
    }
  }
}

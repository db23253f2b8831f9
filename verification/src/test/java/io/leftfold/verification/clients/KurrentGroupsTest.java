// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kurrent.dbclient.CreatePersistentSubscriptionToAllOptions;
import io.kurrent.dbclient.CreatePersistentSubscriptionToStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.KurrentDBPersistentSubscriptionsClient;
import io.kurrent.dbclient.NackAction;
import io.kurrent.dbclient.NamedConsumerStrategy;
import io.kurrent.dbclient.PersistentSubscription;
import io.kurrent.dbclient.PersistentSubscriptionInfo;
import io.kurrent.dbclient.PersistentSubscriptionListener;
import io.kurrent.dbclient.PersistentSubscriptionToStreamInfo;
import io.kurrent.dbclient.ReadStreamOptions;
import io.kurrent.dbclient.ReplayParkedMessagesOptions;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.SubscribePersistentSubscriptionOptions;
import io.kurrent.dbclient.SubscriptionFilter;
import io.kurrent.dbclient.UpdatePersistentSubscriptionToStreamOptions;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The official Java client's persistent subscriptions, against one server on a directory.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KurrentGroupsTest {

  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private TestServer server;

  @SuppressWarnings("NullAway.Init")
  private KurrentDBClient client;

  @SuppressWarnings("NullAway.Init")
  private KurrentDBPersistentSubscriptionsClient groups;

  private int streams;

  @BeforeAll
  void start(@TempDir Path directory) {
    this.directory = directory;
    server = TestServer.on(directory);
    connect();
  }

  private void connect() {
    client =
        KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(server.connectionString()));
    groups = KurrentDBPersistentSubscriptionsClient.from(client);
    Await.until(
        "groups run",
        () -> {
          try {
            Await.result(groups.listAll());
            return true;
          } catch (AssertionError _) {
            return false;
          }
        });
  }

  @AfterAll
  void stop() {
    Await.result(client.shutdown());
    server.close();
  }

  // ---- the shortest ways to say things

  private String newStream() {
    return "grouped%d-%s".formatted(streams++, UUID.randomUUID());
  }

  private void append(String stream, int from, int count) {
    var events =
        IntStream.range(from, from + count)
            .mapToObj(i ->
                EventDataBuilder.json("Counted", "{\"n\":%d}".formatted(i).getBytes(UTF_8)).build())
            .toArray(EventData[]::new);
    Await.result(client.appendToStream(stream, events));
  }

  private static CreatePersistentSubscriptionToStreamOptions fromStart() {
    return CreatePersistentSubscriptionToStreamOptions.get().fromStart();
  }

  private void create(String stream) {
    create(stream, fromStart());
  }

  private void create(String stream, CreatePersistentSubscriptionToStreamOptions options) {
    Await.result((CompletableFuture<?>) groups.createToStream(stream, "g", options));
  }

  private PersistentSubscriptionToStreamInfo info(String stream) {
    return Await.result(groups.getInfoToStream(stream, "g")).orElseThrow();
  }

  /// What a consumer was given.
  private record Given(PersistentSubscription from, int retries, ResolvedEvent event) {
    long n() {
      return event.getOriginalEvent().getRevision();
    }

    void ack() {
      from.ack(event);
    }

    void nack(NackAction action) {
      from.nack(action, "because", event);
    }
  }

  private static final class Consumer extends PersistentSubscriptionListener {
    final BlockingQueue<Given> given = new LinkedBlockingQueue<>();
    final CompletableFuture<Throwable> ended = new CompletableFuture<>();

    @Override
    public void onEvent(PersistentSubscription subscription, int retries, ResolvedEvent event) {
      given.add(new Given(subscription, retries, event));
    }

    @Override
    public void onCancelled(PersistentSubscription subscription, Throwable reason) {
      ended.complete(reason == null ? new Throwable("ended") : reason);
    }

    Given next() {
      return Await.next(given);
    }

    List<Long> acked(int count) {
      var numbers = new ArrayList<Long>();
      for (var i = 0; i < count; i++) {
        var next = next();
        numbers.add(next.n());
        next.ack();
      }
      return numbers;
    }
  }

  private Consumer consume(String stream, int bufferSize) {
    var consumer = new Consumer();
    Await.result(
        groups.subscribeToStream(
            stream,
            "g",
            SubscribePersistentSubscriptionOptions.get().bufferSize(bufferSize),
            consumer));
    return consumer;
  }

  private static List<Long> upTo(int count) {
    return IntStream.range(0, count).mapToObj(Long::valueOf).toList();
  }

  private static StatusRuntimeException refusal(CompletableFuture<?> call) {
    return Await.failure(StatusRuntimeException.class, call);
  }

  // ---- tests

  @Test
  void a_group_gives_what_is_there_and_what_comes_and_remembers_what_was_acked() {
    var stream = newStream();
    append(stream, 0, 25);
    create(
        stream,
        fromStart()
            .checkpointLowerBound(1)
            .checkpointAfterInMs(1)
            .namedConsumerStrategy(NamedConsumerStrategy.ROUND_ROBIN));
    var consumer = consume(stream, 10);

    assertThat(consumer.acked(25)).isEqualTo(upTo(25));
    append(stream, 25, 5);
    assertThat(consumer.acked(5)).containsExactly(25L, 26L, 27L, 28L, 29L);

    Await.until(
        () ->
            "the checkpoint is at 29: "
                + info(stream).getStats().getLastCheckpointedEventRevision(),
        () -> info(stream).getStats().getLastCheckpointedEventRevision().equals(Optional.of(29L)));
    assertThat(info(stream).getStatus()).isEqualTo("Live");
    assertThat(info(stream).getConnections()).hasSize(1);
    assertThat(info(stream).getStats().getTotalItems()).isEqualTo(30);
  }

  @Test
  void nacked_events_are_retried_skipped_or_parked_and_parked_ones_replayed() {
    var stream = newStream();
    append(stream, 0, 4);
    create(stream, fromStart().maxRetryCount(1));
    var consumer = consume(stream, 1);

    consumer.next().nack(NackAction.Skip);
    var retried = consumer.next();
    retried.nack(NackAction.Retry);
    var again = consumer.next();
    assertThat(again.n()).isEqualTo(1);
    assertThat(again.retries()).isEqualTo(1);
    again.nack(NackAction.Retry);
    var third = consumer.next();
    assertThat(third.n()).isEqualTo(2);
    third.nack(NackAction.Park);
    consumer.next().ack();

    Await.until("two are parked", () -> info(stream).getStats().getParkedMessageCount() == 2);
    var parked =
        Await.result(
                client.readStream(
                    "$persistentsubscription-%s::g-parked".formatted(stream),
                    ReadStreamOptions.get().resolveLinkTos()))
            .getEvents();
    assertThat(parked).extracting(e -> e.getEvent().getRevision()).containsExactly(1L, 2L);
    assertThat(new String(parked.get(0).getLink().getUserMetadata(), UTF_8))
        .contains(
            "\"reason\":\"Reached retry count of 1\"",
            "\"added\":",
            "\"subscriptionEventNumber\":1");
    assertThat(new String(parked.get(1).getLink().getUserMetadata(), UTF_8))
        .contains("Client explicitly NAK'ed message.\\nbecause");

    Await.result(
        (CompletableFuture<?>)
            groups.replayParkedMessagesToStream(
                stream, "g", ReplayParkedMessagesOptions.get().stopAt(1)));
    var replayed = consumer.next();
    assertThat(replayed.n()).isEqualTo(1);
    assertThat(replayed.retries()).isZero();
    replayed.ack();
    Await.until("one is parked", () -> info(stream).getStats().getParkedMessageCount() == 1);
    Await.until("the replay has ended", () -> info(stream).getStatus().equals("Live"));
    Await.result((CompletableFuture<?>) groups.replayParkedMessagesToStream(stream, "g"));
    assertThat(consumer.acked(1)).containsExactly(2L);
    Await.until("none is parked", () -> info(stream).getStats().getParkedMessageCount() == 0);
    append(stream, 4, 1);
    assertThat(consumer.acked(1)).containsExactly(4L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DispatchToSingle", "RoundRobin", "Pinned", "PinnedByCorrelation"})
  void each_strategy_gives_each_event_to_one_of_three(String strategy) {
    var stream = newStream();
    append(stream, 0, 60);
    create(stream, fromStart().namedConsumerStrategy(strategy(strategy)));
    var consumers = List.of(consume(stream, 10), consume(stream, 10), consume(stream, 10));

    var given = new ArrayList<Long>();
    Await.until(
        () -> "all were given, got " + given,
        () -> {
          for (var consumer : consumers) {
            for (var next = consumer.given.poll(); next != null; next = consumer.given.poll()) {
              given.add(next.n());
              next.ack();
            }
          }
          return given.size() >= 60;
        });

    assertThat(given).containsExactlyInAnyOrderElementsOf(upTo(60));
    assertThat(info(stream).getSettings().getNamedConsumerStrategy()).hasToString(strategy);
  }

  private static NamedConsumerStrategy strategy(String name) {
    return switch (name) {
      case "DispatchToSingle" -> NamedConsumerStrategy.DISPATCH_TO_SINGLE;
      case "RoundRobin" -> NamedConsumerStrategy.ROUND_ROBIN;
      case "Pinned" -> NamedConsumerStrategy.PINNED;
      case "PinnedByCorrelation" -> NamedConsumerStrategy.PINNED_BY_CORRELATION;
      default -> throw new AssertionError(name);
    };
  }

  @Test
  void a_group_on_all_gives_what_its_filter_lets_through() {
    var stream = newStream();
    var group = "all-" + stream;
    Await.result(
        (CompletableFuture<?>)
            groups.createToAll(
                group,
                CreatePersistentSubscriptionToAllOptions.get()
                    .fromStart()
                    .checkpointLowerBound(1)
                    .checkpointAfterInMs(1)
                    .filter(SubscriptionFilter.newBuilder().addStreamNamePrefix(stream).build())));
    append(newStream(), 0, 5);
    append(stream, 0, 5);
    var consumer = new Consumer();
    Await.result(groups.subscribeToAll(group, consumer));

    assertThat(consumer.acked(5)).isEqualTo(upTo(5));
    Await.until(
        "there is a checkpoint",
        () ->
            Await.result(groups.getInfoToAll(group))
                .orElseThrow()
                .getStats()
                .getLastCheckpointedEventPosition()
                .isPresent());
    assertThat(Await.result(groups.listToAll()))
        .extracting(PersistentSubscriptionInfo::getGroupName)
        .contains(group);
    assertThat(refusal(groups.listToStream(stream)).getStatus().getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    Await.result((CompletableFuture<?>) groups.deleteToAll(group));
    Await.result(consumer.ended);
    assertThat(Await.result(groups.getInfoToAll(group))).isEmpty();
  }

  @Test
  void a_group_survives_a_restart_of_the_server() {
    var stream = newStream();
    append(stream, 0, 10);
    create(stream);
    var consumer = consume(stream, 5);
    assertThat(consumer.acked(5)).isEqualTo(upTo(5));

    Await.result(client.shutdown());
    server.close();
    server = TestServer.on(directory);
    connect();

    var next = consume(stream, 10);
    assertThat(next.acked(5)).containsExactly(5L, 6L, 7L, 8L, 9L);
    assertThat(info(stream).getSettings().getMaxRetryCount()).isEqualTo(10);
  }

  @Test
  void changing_deleting_and_restarting_drop_the_consumers() {
    var stream = newStream();
    append(stream, 0, 3);
    create(stream);
    var changed = consume(stream, 5);
    assertThat(changed.acked(3)).isEqualTo(upTo(3));

    Await.result(
        (CompletableFuture<?>)
            groups.updateToStream(
                stream, "g", UpdatePersistentSubscriptionToStreamOptions.get().maxRetryCount(3)));
    assertThat(Await.result(changed.ended)).isNotNull();
    assertThat(info(stream).getSettings().getMaxRetryCount()).isEqualTo(3);

    var restarted = consume(stream, 5);
    Await.result((CompletableFuture<?>) groups.restartSubsystem());
    Await.result(restarted.ended);

    append(stream, 3, 1);
    var deleted = consume(stream, 5);
    assertThat(deleted.acked(1)).containsExactly(3L);
    Await.result((CompletableFuture<?>) groups.deleteToStream(stream, "g"));
    Await.result(deleted.ended);
    assertThat(Await.result(groups.getInfoToStream(stream, "g"))).isEmpty();
    assertThat(refusal(groups.deleteToStream(stream, "g")).getStatus().getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
  }
}

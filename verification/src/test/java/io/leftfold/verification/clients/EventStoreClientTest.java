// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.eventstore.dbclient.AppendToStreamOptions;
import com.eventstore.dbclient.CreatePersistentSubscriptionToStreamOptions;
import com.eventstore.dbclient.DeleteStreamOptions;
import com.eventstore.dbclient.EventData;
import com.eventstore.dbclient.EventDataBuilder;
import com.eventstore.dbclient.EventStoreDBClient;
import com.eventstore.dbclient.EventStoreDBConnectionString;
import com.eventstore.dbclient.EventStoreDBPersistentSubscriptionsClient;
import com.eventstore.dbclient.EventStoreDBProjectionManagementClient;
import com.eventstore.dbclient.ExpectedRevision;
import com.eventstore.dbclient.NackAction;
import com.eventstore.dbclient.PersistentSubscription;
import com.eventstore.dbclient.PersistentSubscriptionListener;
import com.eventstore.dbclient.Position;
import com.eventstore.dbclient.ReadAllOptions;
import com.eventstore.dbclient.ReadStreamOptions;
import com.eventstore.dbclient.ResolvedEvent;
import com.eventstore.dbclient.StreamMetadata;
import com.eventstore.dbclient.StreamNotFoundException;
import com.eventstore.dbclient.SubscribeToAllOptions;
import com.eventstore.dbclient.SubscribeToStreamOptions;
import com.eventstore.dbclient.Subscription;
import com.eventstore.dbclient.SubscriptionFilter;
import com.eventstore.dbclient.SubscriptionListener;
import com.eventstore.dbclient.WriteResult;
import com.eventstore.dbclient.WrongExpectedVersionException;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The older official Java client, from before EventStoreDB was renamed: what it does differently
/// enough from the newer one, of which [KurrentClientTest] tells more, to be tried by itself.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EventStoreClientTest {

  @SuppressWarnings("NullAway.Init")
  private TestServer server;

  @SuppressWarnings("NullAway.Init")
  private EventStoreDBClient client;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestServer.on(directory);
    client = connect("esdb://127.0.0.1:%d?tls=false");
  }

  @AfterAll
  void stop() {
    Await.result(client.shutdown());
    server.close();
  }

  private EventStoreDBClient connect(String connectionString) {
    return EventStoreDBClient.create(
        EventStoreDBConnectionString.parseOrThrow(connectionString.formatted(server.port())));
  }

  private static String newStream() {
    return "older-" + UUID.randomUUID();
  }

  private static EventData event(String type) {
    return EventDataBuilder.json(type, "{}".getBytes(UTF_8)).build();
  }

  private WriteResult append(String stream, String letters) {
    var events = Stream.of(letters.split(" ", -1)).map(EventStoreClientTest::event).iterator();
    return Await.result(client.appendToStream(stream, events));
  }

  private static AppendToStreamOptions expecting(ExpectedRevision expected) {
    return AppendToStreamOptions.get().expectedRevision(expected);
  }

  private static List<String> types(List<ResolvedEvent> events) {
    return events.stream().map(event -> event.getOriginalEvent().getEventType()).toList();
  }

  private List<String> read(String stream, ReadStreamOptions options) {
    return types(Await.result(client.readStream(stream, options)).getEvents());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "esdb://127.0.0.1:%d?tls=false",
        "esdb+discover://127.0.0.1:%d?tls=false",
        "esdb://admin:changeit@127.0.0.1:%d?tls=false"
      })
  void a_server_is_reached_by_every_kind_of_connection_string(String connectionString) {
    var other = connect(connectionString);
    var stream = newStream();

    Await.result(other.appendToStream(stream, event("A")));

    assertThat(types(Await.result(other.readStream(stream, ReadStreamOptions.get())).getEvents()))
        .containsExactly("A");
    Await.result(other.shutdown());
  }

  @Test
  void an_append_is_made_when_the_stream_is_as_expected() {
    var stream = newStream();
    for (var expected :
        List.of(
            ExpectedRevision.noStream(),
            ExpectedRevision.streamExists(),
            ExpectedRevision.expectedRevision(1),
            ExpectedRevision.any())) {
      Await.result(client.appendToStream(stream, expecting(expected), event("A")));
    }

    var last = append(stream, "B C");

    assertThat(last.getNextExpectedRevision().toRawLong()).isEqualTo(5);
    assertThat(last.getLogPosition().getCommitUnsigned()).isPositive();
    assertThat(read(stream, ReadStreamOptions.get())).hasSize(6);
  }

  @ParameterizedTest(name = "a stream of {0}, expected {1}")
  @CsvSource({"-, exists, -1", "-, 0, -1", "A B, none, 1", "A B, 7, 1"})
  void a_wrong_expectation_is_told_with_what_is_there(String letters, String word, long actual) {
    var stream = newStream();
    if (!letters.equals("-")) {
      append(stream, letters);
    }
    var expected =
        switch (word) {
          case "exists" -> ExpectedRevision.streamExists();
          case "none" -> ExpectedRevision.noStream();
          default -> ExpectedRevision.expectedRevision(Long.parseLong(word));
        };
    var deleting = DeleteStreamOptions.get().expectedRevision(expected);

    for (var call :
        List.of(
            client.appendToStream(stream, expecting(expected), event("C")),
            client.deleteStream(stream, deleting),
            client.tombstoneStream(stream, deleting))) {
      var refusal = Await.failure(WrongExpectedVersionException.class, call);
      assertThat(refusal.getStreamName()).isEqualTo(stream);
      assertThat(refusal.getActualVersion().toRawLong()).isEqualTo(actual);
    }
  }

  @Test
  void streams_are_read_both_ways_from_anywhere() {
    var stream = newStream();
    append(stream, "A B C");
    var start = append(stream, "D E").getLogPosition();

    assertThat(read(stream, ReadStreamOptions.get().fromRevision(3))).containsExactly("D", "E");
    assertThat(read(stream, ReadStreamOptions.get().backwards().fromEnd().maxCount(2)))
        .containsExactly("E", "D");
    assertThat(read(stream, ReadStreamOptions.get().maxCount(0))).isEmpty();
    Await.failure(
        StreamNotFoundException.class, client.readStream(newStream(), ReadStreamOptions.get()));
    var backwards = ReadAllOptions.get().backwards().fromPosition(start).maxCount(2);
    assertThat(types(Await.result(client.readAll(backwards)).getEvents()))
        .containsExactly("D", "C");
    var forwards = ReadAllOptions.get().fromPosition(start);
    assertThat(types(Await.result(client.readAll(forwards)).getEvents())).containsExactly("E");
  }

  @Test
  void links_and_categories_are_followed() {
    var category = "older" + UUID.randomUUID().toString().replace("-", "");
    append(category + "-1", "A");
    var links = newStream();
    var link = EventDataBuilder.binary("$>", ("0@" + category + "-1").getBytes(UTF_8)).build();
    Await.result(client.appendToStream(links, link));
    for (var stream : List.of(links, "$ce-" + category)) {
      var found =
          Await.result(client.readStream(stream, ReadStreamOptions.get().resolveLinkTos()))
              .getEvents();

      assertThat(found).hasSize(1);
      assertThat(found.getFirst().getEvent().getEventType()).isEqualTo("A");
      assertThat(found.getFirst().getLink().getStreamId()).isEqualTo(stream);
    }
  }

  @Test
  void metadata_deletes_and_tombstones_are_what_they_are_for_the_newer_client() {
    var stream = newStream();
    var metadata = new StreamMetadata();
    metadata.setMaxCount(2L);
    metadata.setCustomProperties(Map.of("owner", "Zoë"));
    Await.result(client.setStreamMetadata(stream, metadata));
    append(stream, "A B C");
    var found = Await.result(client.getStreamMetadata(stream));
    assertThat(found.getMaxCount()).isEqualTo(2);
    assertThat(found.getCustomProperties()).containsEntry("owner", "Zoë");
    assertThat(read(stream, ReadStreamOptions.get())).containsExactly("B", "C");

    Await.result(client.deleteStream(stream));
    Await.failure(
        StreamNotFoundException.class, client.readStream(stream, ReadStreamOptions.get()));
    append(stream, "D");
    assertThat(read(stream, ReadStreamOptions.get())).containsExactly("D");

    Await.result(client.tombstoneStream(stream));
    Await.failure(RuntimeException.class, client.appendToStream(stream, event("E")));
    Await.failure(RuntimeException.class, client.readStream(stream, ReadStreamOptions.get()));
  }

  /// Keeps what it hears, in words.
  private static final class Heard extends SubscriptionListener {
    final LinkedBlockingQueue<String> words = new LinkedBlockingQueue<>();

    @Override
    public void onEvent(Subscription subscription, ResolvedEvent event) {
      words.add(event.getOriginalEvent().getEventType());
    }

    @Override
    public void onCaughtUp(Subscription subscription) {
      words.add("caught up");
    }

    List<String> untilCaughtUp() {
      var heard = new ArrayList<String>();
      while (!heard.contains("caught up")) {
        heard.add(Await.next(words));
      }
      return heard;
    }
  }

  @Test
  void a_stream_is_followed() {
    var stream = newStream();
    append(stream, "A B");
    var fromRevision = new Heard();
    var fromEnd = new Heard();
    var subscriptions =
        List.of(
            Await.result(
                client.subscribeToStream(
                    stream, fromRevision, SubscribeToStreamOptions.get().fromRevision(0))),
            Await.result(
                client.subscribeToStream(
                    stream, fromEnd, SubscribeToStreamOptions.get().fromEnd())));
    assertThat(fromRevision.untilCaughtUp()).containsExactly("B", "caught up");
    assertThat(fromEnd.untilCaughtUp()).containsExactly("caught up");

    append(stream, "C");

    assertThat(Await.next(fromRevision.words)).isEqualTo("C");
    assertThat(Await.next(fromEnd.words)).isEqualTo("C");
    subscriptions.forEach(Subscription::stop);
  }

  @Test
  void all_streams_are_followed_with_a_filter_and_checkpoints() {
    var stream = newStream();
    var start = append(stream, "Start").getLogPosition();
    append(stream, "Wanted Other Other Other Other Wanted Other Other Other Other");
    var checkpoints = new LinkedBlockingQueue<Position>();
    var filter =
        SubscriptionFilter.newBuilder()
            .addEventTypePrefix("Wanted")
            .withMaxWindow(1)
            .withCheckpointer(
                (_, position) -> {
                  checkpoints.add(position);
                  return CompletableFuture.allOf();
                },
                2)
            .build();
    var listener = new Heard();

    var subscription =
        Await.result(
            client.subscribeToAll(
                listener, SubscribeToAllOptions.get().fromPosition(start).filter(filter)));

    assertThat(listener.untilCaughtUp()).containsExactly("Wanted", "Wanted", "caught up");
    assertThat(Await.next(checkpoints).getCommitUnsigned())
        .isGreaterThan(start.getCommitUnsigned());
    subscription.stop();
  }

  @Test
  void a_persistent_subscription_is_made_consumed_looked_at_and_deleted() {
    var stream = newStream();
    var groups = EventStoreDBPersistentSubscriptionsClient.from(client);
    Await.until("groups run", () -> succeeds(groups.listAll()));
    append(stream, "A B");
    does(
        groups.createToStream(
            stream, "g", CreatePersistentSubscriptionToStreamOptions.get().fromStart()));
    var given = new LinkedBlockingQueue<String>();
    var ended = new CompletableFuture<String>();
    does(
        groups.subscribeToStream(
            stream,
            "g",
            new PersistentSubscriptionListener() {
              @Override
              public void onEvent(PersistentSubscription from, int retries, ResolvedEvent event) {
                var type = event.getOriginalEvent().getEventType();
                if (type.equals("A") && retries == 0) {
                  from.nack(NackAction.Retry, "again", event);
                } else {
                  from.ack(event);
                }
                given.add(type + retries);
              }

              @Override
              public void onCancelled(PersistentSubscription from, Throwable reason) {
                ended.complete(String.valueOf(reason));
              }
            }));
    assertThat(List.of(Await.next(given), Await.next(given), Await.next(given)))
        .containsExactlyInAnyOrder("A0", "A1", "B0");

    assertThat(Await.result(groups.getInfoToStream(stream, "g")).orElseThrow().getConnections())
        .hasSize(1);
    does(groups.deleteToStream(stream, "g"));
    does(ended);
  }

  @Test
  void a_projection_is_made_looked_at_and_deleted() {
    var stream = newStream();
    var projections = EventStoreDBProjectionManagementClient.from(client);
    Await.until("projections run", () -> succeeds(projections.list()));
    append(stream, "A B");

    does(
        projections.create(
            stream,
            "fromStream('%s').when({ $init: () => ({ n: 0 }), $any: s => { s.n++; } })"
                .formatted(stream)));

    Await.until(
        "both are counted",
        () -> Await.result(projections.getState(stream, Object.class)).equals(Map.of("n", 2.0)));
    assertThat(Await.result(projections.getStatus(stream)).getStatus()).isEqualTo("Running");
    does(projections.disable(stream));
    does(projections.delete(stream));
    assertThat(succeeds(projections.getStatus(stream))).isFalse();
  }

  private static void does(CompletableFuture<?> call) {
    Await.result(call);
  }

  private static boolean succeeds(CompletableFuture<?> call) {
    try {
      Await.result(call);
      return true;
    } catch (AssertionError _) {
      return false;
    }
  }
}

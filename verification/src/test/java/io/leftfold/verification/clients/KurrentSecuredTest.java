// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kurrent.dbclient.AppendStreamRequest;
import io.kurrent.dbclient.AppendToStreamOptions;
import io.kurrent.dbclient.CreatePersistentSubscriptionToAllOptions;
import io.kurrent.dbclient.CreatePersistentSubscriptionToStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBClientBase;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.KurrentDBPersistentSubscriptionsClient;
import io.kurrent.dbclient.KurrentDBProjectionManagementClient;
import io.kurrent.dbclient.NackAction;
import io.kurrent.dbclient.PersistentSubscription;
import io.kurrent.dbclient.PersistentSubscriptionInfo;
import io.kurrent.dbclient.PersistentSubscriptionListener;
import io.kurrent.dbclient.PersistentSubscriptionToAllInfo;
import io.kurrent.dbclient.PersistentSubscriptionToStreamInfo;
import io.kurrent.dbclient.ProjectionDetails;
import io.kurrent.dbclient.ReadAllOptions;
import io.kurrent.dbclient.ReadMessage;
import io.kurrent.dbclient.ReadStreamOptions;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.StreamMetadata;
import io.kurrent.dbclient.StreamNotFoundException;
import io.kurrent.dbclient.StreamState;
import io.kurrent.dbclient.SubscribeToAllOptions;
import io.kurrent.dbclient.Subscription;
import io.kurrent.dbclient.SubscriptionFilter;
import io.kurrent.dbclient.SubscriptionListener;
import io.kurrent.dbclient.UpdatePersistentSubscriptionToAllOptions;
import io.kurrent.dbclient.UpdatePersistentSubscriptionToStreamOptions;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/// Each method of the official Java client once, as an operator's programs call it: over TLS, as a
/// user with a password, against one server. What the methods do in detail is in
/// [KurrentClientTest], [ManyStreamsClientTest], [KurrentGroupsTest] and [KurrentProjectionsTest].
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KurrentSecuredTest {

  @SuppressWarnings("NullAway.Init")
  private TestServer server;

  @SuppressWarnings("NullAway.Init")
  private KurrentDBClient client;

  @SuppressWarnings("NullAway.Init")
  private KurrentDBPersistentSubscriptionsClient groups;

  @SuppressWarnings("NullAway.Init")
  private KurrentDBProjectionManagementClient projections;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestServer.withTls(directory);
    client =
        KurrentDBClient.create(
            KurrentDBConnectionString.parseOrThrow(
                server.connectionString() + "&defaultDeadline=20000"));
    groups = KurrentDBPersistentSubscriptionsClient.from(client);
    projections = KurrentDBProjectionManagementClient.from(client);
    Await.until("groups run", () -> succeeds(groups.listAll()));
    Await.until("projections run", () -> succeeds(projections.list()));
  }

  @AfterAll
  void stop() {
    Await.result(client.shutdown());
    server.close();
  }

  // ---- the shortest ways to say things

  private static boolean succeeds(CompletableFuture<?> call) {
    try {
      Await.result(call);
      return true;
    } catch (AssertionError _) {
      return false;
    }
  }

  private static void does(CompletableFuture<?> call) {
    Await.result(call);
  }

  private static EventData event(String type) {
    return EventDataBuilder.json(type, "{\"n\":1}".getBytes(UTF_8)).build();
  }

  private static List<String> types(List<ResolvedEvent> events) {
    return events.stream().map(event -> event.getOriginalEvent().getEventType()).toList();
  }

  /// What a publisher says, and `end`.
  private static List<String> heard(Publisher<ReadMessage> publisher) {
    var words = new ArrayList<String>();
    var done = new CompletableFuture<List<String>>();
    publisher.subscribe(
        new Subscriber<>() {
          @Override
          public void onSubscribe(org.reactivestreams.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(ReadMessage message) {
            if (message.hasEvent()) {
              words.add(message.getEvent().getOriginalEvent().getEventType());
            }
          }

          @Override
          public void onError(Throwable failure) {
            done.completeExceptionally(failure);
          }

          @Override
          public void onComplete() {
            done.complete(words);
          }
        });
    return Await.result(done);
  }

  private static final class Heard extends SubscriptionListener {
    private final BlockingQueue<String> types = new LinkedBlockingQueue<>();

    List<String> next(int count) {
      return Stream.generate(() -> Await.next(types)).limit(count).toList();
    }

    @Override
    public void onEvent(Subscription subscription, ResolvedEvent event) {
      types.add(event.getOriginalEvent().getEventType());
    }
  }

  /// Parks the first event that it is given, and acknowledges the others.
  private static final class Parking extends PersistentSubscriptionListener {
    final BlockingQueue<String> types = new LinkedBlockingQueue<>();
    final CompletableFuture<String> ended = new CompletableFuture<>();
    private boolean parked;

    @Override
    public void onEvent(PersistentSubscription subscription, int retries, ResolvedEvent event) {
      if (parked) {
        subscription.ack(event);
      } else {
        parked = true;
        subscription.nack(NackAction.Park, "later", event);
      }
      types.add(event.getOriginalEvent().getEventType());
    }

    @Override
    public void onCancelled(PersistentSubscription subscription, Throwable reason) {
      ended.complete(String.valueOf(reason));
    }
  }

  // ---- who asks

  @Test
  void a_call_may_be_made_in_another_name_than_its_connection() {
    var stranger =
        KurrentDBClient.create(
            KurrentDBConnectionString.parseOrThrow(
                server.connectionString().replace(server.administrator(), "")
                    + "&defaultDeadline=20000"));
    var asAdmin = ReadAllOptions.get().maxCount(1).authenticated("admin", "changeit");
    var asOps = ReadAllOptions.get().maxCount(1).authenticated("ops", "changeit");
    var asNobody = ReadAllOptions.get().maxCount(1).authenticated("admin", "guessed");

    assertThat(Await.result(stranger.readAll(asAdmin)).getEvents()).hasSize(1);
    assertThat(succeeds(stranger.readAll(ReadAllOptions.get().maxCount(1)))).isFalse();
    assertThat(succeeds(client.readAll(asOps))).as("less than the connection may").isFalse();
    assertThat(succeeds(client.readAll(asNobody))).isFalse();
    does(
        stranger.appendToStream(
            "by-another-1",
            AppendToStreamOptions.get().authenticated("ops", "changeit"),
            event("A")));
    assertThat(succeeds(stranger.appendToStream("by-another-1", event("B")))).isFalse();
    does(stranger.shutdown());
  }

  // ---- streams

  @Test
  void streams_are_appended_to_read_followed_and_deleted() {
    assertThat(Await.result(client.getServerVersion())).isPresent();
    var first = Await.result(client.appendToStream("secured-1", event("A"), event("B")));
    does(
        client.multiStreamAppend(
            List.of(
                    to("secured-1", StreamState.streamRevision(1), event("C")),
                    to("secured-2", StreamState.noStream(), event("D")))
                .iterator()));
    var metadata = new StreamMetadata();
    metadata.setMaxCount(10L);
    does(client.setStreamMetadata("secured-1", metadata));
    assertThat(Await.result(client.getStreamMetadata("secured-1")).getMaxCount()).isEqualTo(10L);

    var forwards = ReadStreamOptions.get();
    assertThat(types(Await.result(client.readStream("secured-1", forwards)).getEvents()))
        .containsExactly("A", "B", "C");
    assertThat(heard(client.readStreamReactive("secured-1"))).containsExactly("A", "B", "C");
    var fromB = ReadAllOptions.get().fromPosition(first.getLogPosition()).maxCount(3);
    assertThat(types(Await.result(client.readAll(fromB)).getEvents()))
        .containsExactly("B", "C", "D");
    assertThat(heard(client.readAllReactive(fromB))).containsExactly("B", "C", "D");

    // This client says a prefix as a regular expression, which finds it anywhere in a name.
    var one = new Heard();
    var all = new Heard();
    var ofOne = Await.result(client.subscribeToStream("secured-1", one));
    var ofAll =
        Await.result(
            client.subscribeToAll(
                all,
                SubscribeToAllOptions.get()
                    .filter(
                        SubscriptionFilter.newBuilder().addStreamNamePrefix("secured-").build())));
    assertThat(one.next(3)).containsExactly("A", "B", "C");
    assertThat(all.next(4)).containsExactly("A", "B", "C", "D");
    ofOne.stop();
    ofAll.stop();

    does(client.deleteStream("secured-1"));
    does(client.tombstoneStream("secured-2"));
    Await.failure(StreamNotFoundException.class, client.readStream("secured-1", forwards));
  }

  private static AppendStreamRequest to(String stream, StreamState state, EventData event) {
    return new AppendStreamRequest(stream, List.of(event).iterator(), state);
  }

  // ---- persistent subscriptions

  @Test
  void groups_on_a_stream_are_made_changed_looked_at_consumed_replayed_and_deleted() {
    does(client.appendToStream("grouped-1", event("A"), event("B")));
    does(
        groups.createToStream(
            "grouped-1", "g", CreatePersistentSubscriptionToStreamOptions.get().fromStart()));
    does(
        groups.updateToStream(
            "grouped-1",
            "g",
            UpdatePersistentSubscriptionToStreamOptions.get().fromStart().maxRetryCount(3)));
    assertThat(Await.result(groups.listToStream("grouped-1")))
        .extracting(PersistentSubscriptionInfo::getGroupName)
        .containsExactly("g");

    var consumer = new Parking();
    does(groups.subscribeToStream("grouped-1", "g", consumer));
    assertThat(Await.next(consumer.types)).isEqualTo("A");
    assertThat(Await.next(consumer.types)).isEqualTo("B");
    Await.until("one is parked", () -> info("grouped-1").getStats().getParkedMessageCount() == 1);
    assertThat(info("grouped-1").getSettings().getMaxRetryCount()).isEqualTo(3);
    assertThat(info("grouped-1").getConnections())
        .extracting(connection -> connection.getUsername())
        .containsExactly("admin");
    does(groups.replayParkedMessagesToStream("grouped-1", "g"));
    assertThat(Await.next(consumer.types)).isEqualTo("A");

    does(groups.deleteToStream("grouped-1", "g"));
    does(consumer.ended);
    assertThat(Await.result(groups.getInfoToStream("grouped-1", "g"))).isEmpty();
  }

  private PersistentSubscriptionToStreamInfo info(String stream) {
    return Await.result(groups.getInfoToStream(stream, "g")).orElseThrow();
  }

  @Test
  void groups_on_all_are_as_well_and_the_subsystem_is_restarted() {
    does(client.appendToStream("allgrouped-1", event("A"), event("B")));
    does(
        groups.createToAll(
            "g",
            CreatePersistentSubscriptionToAllOptions.get()
                .fromStart()
                .filter(
                    SubscriptionFilter.newBuilder().addStreamNamePrefix("allgrouped-").build())));
    does(
        groups.updateToAll(
            "g", UpdatePersistentSubscriptionToAllOptions.get().fromStart().maxRetryCount(4)));
    assertThat(Await.result(groups.listToAll()))
        .extracting(PersistentSubscriptionInfo::getGroupName)
        .containsExactly("g");
    assertThat(Await.result(groups.listAll()))
        .extracting(PersistentSubscriptionInfo::getEventSource)
        .contains("$all");

    var consumer = new Parking();
    does(groups.subscribeToAll("g", consumer));
    assertThat(Await.next(consumer.types)).isEqualTo("A");
    assertThat(Await.next(consumer.types)).isEqualTo("B");
    Await.until("one is parked", () -> infoOfAll().getStats().getParkedMessageCount() == 1);
    assertThat(infoOfAll().getSettings().getMaxRetryCount()).isEqualTo(4);
    does(replayedToAll());
    assertThat(Await.next(consumer.types)).isEqualTo("A");

    does(groups.restartSubsystem());
    does(consumer.ended);
    does(groups.deleteToAll("g"));
    assertThat(Await.result(groups.getInfoToAll("g"))).isEmpty();
  }

  private PersistentSubscriptionToAllInfo infoOfAll() {
    return Await.result(groups.getInfoToAll("g")).orElseThrow();
  }

  private CompletableFuture<?> replayedToAll() {
    try {
      return groups.replayParkedMessagesToAll("g");
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  // ---- projections

  @Test
  void projections_are_made_looked_at_changed_and_deleted() {
    does(client.appendToStream("counted-1", event("A"), event("B")));
    var script =
        "fromStream('counted-1').when({ $init: () => ({ n: 0 }), $any: s => { s.n += %d; } })";
    does(projections.create("counting", script.formatted(1)));
    awaitState(2);
    assertThat(Await.result(projections.getResult("counting", Object.class)))
        .isEqualTo(Map.of("n", 2.0));
    assertThat(Await.result(projections.getStatistics("counting")).getMode())
        .isEqualTo("Continuous");
    assertThat(Await.result(projections.list()))
        .extracting(ProjectionDetails::getName)
        .contains("counting", "$by_category");

    does(projections.update("counting", script.formatted(100)));
    does(projections.reset("counting"));
    awaitState(200);
    does(projections.restartSubsystem());
    awaitState(200);
    does(projections.abort("counting"));
    assertThat(status()).isEqualTo("Aborted");
    does(projections.enable("counting"));
    does(projections.disable("counting"));
    assertThat(status()).isEqualTo("Stopped");
    does(projections.delete("counting"));
    assertThat(succeeds(projections.getStatus("counting"))).isFalse();
  }

  private String status() {
    return Await.result(projections.getStatus("counting")).getStatus();
  }

  private void awaitState(int n) {
    Await.until(
        "a state of " + n,
        () ->
            Await.result(projections.getState("counting", Object.class))
                .equals(Map.of("n", (double) n)));
  }

  // ---- that nothing is left out

  @ParameterizedTest
  @ValueSource(
      classes = {
        KurrentDBClientBase.class,
        KurrentDBClient.class,
        KurrentDBPersistentSubscriptionsClient.class,
        KurrentDBProjectionManagementClient.class
      })
  void each_method_is_called_here(Class<?> type) throws IOException {
    var here =
        Files.readString(
            Path.of(
                "src/test/java", KurrentSecuredTest.class.getName().replace('.', '/') + ".java"));
    assertThat(Arrays.stream(type.getDeclaredMethods()))
        .filteredOn(method ->
            Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
        .extracting(Method::getName)
        .filteredOn(name -> !name.equals("isShutdown"))
        .isNotEmpty()
        .allSatisfy(name ->
            assertThat(here)
                .containsPattern("(client|groups|projections)\\.%s\\(".formatted(name)));
  }
}

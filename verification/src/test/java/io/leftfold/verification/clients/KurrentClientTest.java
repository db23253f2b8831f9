// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kurrent.dbclient.Acls;
import io.kurrent.dbclient.AppendToStreamOptions;
import io.kurrent.dbclient.DeleteStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.Position;
import io.kurrent.dbclient.ReadAllOptions;
import io.kurrent.dbclient.ReadMessage;
import io.kurrent.dbclient.ReadStreamOptions;
import io.kurrent.dbclient.RecordedEvent;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.StreamDeletedException;
import io.kurrent.dbclient.StreamMetadata;
import io.kurrent.dbclient.StreamNotFoundException;
import io.kurrent.dbclient.StreamState;
import io.kurrent.dbclient.SubscribeToAllOptions;
import io.kurrent.dbclient.SubscribeToStreamOptions;
import io.kurrent.dbclient.Subscription;
import io.kurrent.dbclient.SubscriptionFilter;
import io.kurrent.dbclient.SubscriptionFilterBuilder;
import io.kurrent.dbclient.SubscriptionListener;
import io.kurrent.dbclient.UserCredentials;
import io.kurrent.dbclient.WriteResult;
import io.kurrent.dbclient.WrongExpectedVersionException;
import io.leftfold.engine.EngineOptions;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscriber;

/// The official Java client against one server on a directory: what it says in its own words, which
/// [KurrentContractTest] translates. The tests share the store, and write to streams of their own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KurrentClientTest {

  private static final Set<String> OF_TRANSPORT =
      Set.of("content-type", "content-length", "grpc-accept-encoding");

  @SuppressWarnings("NullAway.Init")
  private TestServer server;

  @SuppressWarnings("NullAway.Init")
  private KurrentDBClient client;

  private int streams;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestServer.on(directory);
    client = connect(server.connectionString());
  }

  @AfterAll
  void stop() {
    Await.result(client.shutdown());
    server.close();
  }

  private static KurrentDBClient connect(String connectionString) {
    return KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(connectionString));
  }

  private String newStream() {
    return "kurrent%d-%s".formatted(streams++, UUID.randomUUID());
  }

  private static EventData event(String type) {
    return EventDataBuilder.json(type, "{\"is\":\"%s\"}".formatted(type).getBytes(UTF_8)).build();
  }

  private static EventData[] events(String letters) {
    return Stream.of(letters.split(" ", -1))
        .map(KurrentClientTest::event)
        .toArray(EventData[]::new);
  }

  private WriteResult append(String stream, String letters) {
    return Await.result(client.appendToStream(stream, events(letters)));
  }

  private static AppendToStreamOptions expecting(StreamState state) {
    return AppendToStreamOptions.get().streamState(state);
  }

  private static List<String> types(List<ResolvedEvent> events) {
    return events.stream().map(event -> event.getOriginalEvent().getEventType()).toList();
  }

  private List<String> read(String stream, ReadStreamOptions options) {
    return types(Await.result(client.readStream(stream, options)).getEvents());
  }

  private Position end() {
    var last = client.readAll(ReadAllOptions.get().backwards().fromEnd().maxCount(1));
    return Await.result(last).getEvents().getFirst().getOriginalEvent().getPosition();
  }

  private static Map<String, String> trailers(StatusRuntimeException failure) {
    var trailers = failure.getTrailers() == null ? new Metadata() : failure.getTrailers();
    var found = new TreeMap<String, String>();
    for (var key : trailers.keys()) {
      if (!OF_TRANSPORT.contains(key)) {
        var value = trailers.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
        found.put(key, String.valueOf(value));
      }
    }
    return found;
  }

  // ---- connecting

  @ParameterizedTest
  @ValueSource(
      strings = {
        "esdb://127.0.0.1:%d?tls=false",
        "kurrentdb://127.0.0.1:%d?tls=false",
        "esdb+discover://127.0.0.1:%d?tls=false",
        "kurrentdb+discover://127.0.0.1:%d?tls=false",
        "kurrentdb://admin:changeit@127.0.0.1:%d?tls=false",
        "kurrentdb://stranger:wrong@127.0.0.1:%d?tls=false",
        "kurrentdb://127.0.0.1:%d?tls=false&keepAliveInterval=10000&defaultDeadline=15000"
      })
  void a_server_is_reached_by_every_kind_of_connection_string(String connectionString) {
    var stream = newStream();
    var other = connect(connectionString.formatted(server.port()));

    Await.result(other.appendToStream(stream, event("A")));
    var version = Await.result(other.getServerVersion());

    assertThat(types(Await.result(other.readStream(stream, ReadStreamOptions.get())).getEvents()))
        .containsExactly("A");
    assertThat(version).isPresent();
    Await.result(other.shutdown());
  }

  @Test
  void an_insecure_server_takes_any_credentials() {
    var stream = newStream();
    var options = AppendToStreamOptions.get().authenticated(new UserCredentials("ann", "wrong"));

    Await.result(client.appendToStream(stream, options, event("A")));

    var reading = ReadStreamOptions.get().authenticated("bob", "wrong").requiresLeader();
    assertThat(read(stream, reading)).containsExactly("A");
  }

  // ---- appending

  @Test
  void an_append_tells_where_it_is() {
    var stream = newStream();

    var first = append(stream, "A B");
    var second = append(stream, "C");

    assertThat(first.getNextExpectedRevision().toRawLong()).isEqualTo(1);
    assertThat(second.getNextExpectedRevision().toRawLong()).isEqualTo(2);
    var last =
        Await.result(client.readStream(stream, ReadStreamOptions.get().backwards().fromEnd()));
    assertThat(last.getEvents().getFirst().getEvent().getPosition())
        .isEqualTo(second.getLogPosition());
    assertThat(last.getEvents().get(1).getEvent().getPosition()).isEqualTo(first.getLogPosition());
  }

  @Test
  void an_event_comes_back_as_it_was_sent() {
    var stream = newStream();
    var id = UUID.randomUUID();
    var before = Instant.now();
    var binary =
        EventDataBuilder.binary(id, "Bytes", new byte[] {0, 1, -1})
            .metadataAsBytes("{\"$correlationId\":\"7\"}".getBytes(UTF_8))
            .build();

    Await.result(client.appendToStream(stream, binary, event("Json")));

    var events = Await.result(client.readStream(stream, ReadStreamOptions.get())).getEvents();
    var first = events.getFirst().getEvent();
    assertThat(first.getEventId()).isEqualTo(id);
    assertThat(first.getStreamId()).isEqualTo(stream);
    assertThat(first.getRevision()).isZero();
    assertThat(first.getEventType()).isEqualTo("Bytes");
    assertThat(first.getContentType()).isEqualTo("application/octet-stream");
    assertThat(first.getEventData()).containsExactly(0, 1, -1);
    assertThat(first.getUserMetadata()).asString(UTF_8).isEqualTo("{\"$correlationId\":\"7\"}");
    assertThat(first.getCreated()).isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
    assertThat(events.getFirst().getPosition()).contains(first.getPosition());
    assertThat(events.getFirst().getLink()).isNull();
    assertThat(events.getLast().getEvent().getContentType()).isEqualTo("application/json");
  }

  @ParameterizedTest(name = "a stream of {0}, expected {1}")
  @CsvSource({
    "-,   exists, -1",
    "-,   0,      -1",
    "A B, none,   1",
    "A B, 0,      1",
    "A B, 7,      1"
  })
  void a_wrong_expectation_is_told_with_what_is_there(String letters, String word, long actual) {
    var stream = newStream();
    if (!letters.equals("-")) {
      append(stream, letters);
    }
    var expected =
        switch (word) {
          case "exists" -> StreamState.streamExists();
          case "none" -> StreamState.noStream();
          default -> StreamState.streamRevision(Long.parseLong(word));
        };

    var ofAppend =
        Await.failure(
            WrongExpectedVersionException.class,
            client.appendToStream(stream, expecting(expected), event("C")));
    var ofDelete =
        Await.failure(
            WrongExpectedVersionException.class,
            client.deleteStream(stream, DeleteStreamOptions.get().streamState(expected)));
    var ofTombstone =
        Await.failure(
            WrongExpectedVersionException.class,
            client.tombstoneStream(stream, DeleteStreamOptions.get().streamState(expected)));

    for (var refusal : List.of(ofAppend, ofDelete, ofTombstone)) {
      assertThat(refusal.getStreamName()).isEqualTo(stream);
      assertThat(refusal.getActualState().toRawLong()).isEqualTo(actual);
    }
    assertThat(ofDelete.getExpectedState()).isEqualTo(expected);
    assertThat(ofTombstone.getExpectedState()).isEqualTo(expected);
    // Of an append that expected no stream, the client says that it expected revision 0.
    assertThat(ofAppend.getExpectedState())
        .isEqualTo(word.equals("none") ? StreamState.streamRevision(0) : expected);
  }

  @Test
  void an_append_is_made_when_the_stream_is_as_expected() {
    var stream = newStream();

    for (var expected :
        List.of(
            StreamState.noStream(),
            StreamState.streamExists(),
            StreamState.streamRevision(1),
            StreamState.any())) {
      Await.result(client.appendToStream(stream, expecting(expected), event("A")));
    }

    assertThat(read(stream, ReadStreamOptions.get())).hasSize(4);
  }

  @Test
  void of_two_clients_racing_for_one_revision_exactly_one_wins() {
    var stream = newStream();
    var other = connect(server.connectionString());
    append(stream, "A");
    for (var revision = 0; revision < 100; revision++) {
      var expected = expecting(StreamState.streamRevision(revision));
      var racers =
          Stream.of(client, other)
              .map(racer ->
                  racer
                      .appendToStream(stream, expected, event("Won"))
                      .handle((_, failure) -> failure == null))
              .toList();

      assertThat(racers.stream().map(Await::result)).containsExactlyInAnyOrder(true, false);
    }
    assertThat(read(stream, ReadStreamOptions.get())).hasSize(101);
    Await.result(other.shutdown());
  }

  @Test
  void many_appends_at_once_are_answered_each_with_its_own_place() {
    var stream = newStream();

    var results =
        IntStream.range(0, 2_000)
            .mapToObj(i -> client.appendToStream(stream, event("T" + i)))
            .toList();

    var revisions =
        results.stream().map(Await::result).map(r -> r.getNextExpectedRevision().toRawLong());
    assertThat(revisions.sorted())
        .containsExactlyElementsOf(IntStream.range(0, 2_000).mapToObj(i -> (long) i).toList());
  }

  @Test
  void an_append_of_many_events_is_whole() {
    var stream = newStream();
    var events = IntStream.range(0, 5_000).mapToObj(i -> event("T" + i)).toList();

    var result = Await.result(client.appendToStream(stream, events.iterator()));

    assertThat(result.getNextExpectedRevision().toRawLong()).isEqualTo(4_999);
    assertThat(read(stream, ReadStreamOptions.get()))
        .isEqualTo(events.stream().map(EventData::getEventType).toList());
  }

  @Test
  void an_event_of_the_largest_size_is_taken_and_a_larger_one_is_refused_by_its_size() {
    var stream = newStream();
    var limit = (int) EngineOptions.defaults().eventBytesMax();
    var largest = EventDataBuilder.binary("T", new byte[limit - 2]).build();
    var larger = EventDataBuilder.binary("T", new byte[limit - 1]).build();

    Await.result(client.appendToStream(stream, largest));
    var refusal =
        Await.failure(StatusRuntimeException.class, client.appendToStream(stream, larger));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    var size = Integer.toString(limit + 1);
    assertThat(refusal.getStatus().getDescription())
        .isEqualTo(
            "Event with Id: %s, Size: %s, exceeds Maximum Append Event Size of %d.",
            larger.getEventId(), size, limit);
    assertThat(trailers(refusal))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "exception",
                "maximum-append-event-size-exceeded",
                "event-id",
                larger.getEventId().toString(),
                "proposed-append-event-size",
                size,
                "maximum-append-event-size",
                Integer.toString(limit)));
    var read = Await.result(client.readStream(stream, ReadStreamOptions.get())).getEvents();
    assertThat(read).hasSize(1);
    assertThat(read.getFirst().getEvent().getEventData()).hasSize(limit - 2);
  }

  @Test
  void an_append_too_large_is_refused_by_the_size_of_all_its_events() {
    try (var small = TestServer.inMemory(EngineOptions.defaults().withSizes(10_000, 20_000))) {
      var other = connect(small.connectionString());
      var events =
          IntStream.range(0, 3)
              .mapToObj(_ -> EventDataBuilder.binary("T", new byte[9_000]).build())
              .toArray(EventData[]::new);

      var refusal =
          Await.failure(StatusRuntimeException.class, other.appendToStream("s-1", events));

      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(refusal.getStatus().getDescription())
          .isEqualTo("Maximum Append Size of 20000 Exceeded.");
      assertThat(trailers(refusal))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("exception", "maximum-append-size-exceeded", "maximum-append-size", "20000"));
      Await.failure(
          StreamNotFoundException.class, other.readStream("s-1", ReadStreamOptions.get()));
      Await.result(other.shutdown());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"größe-1", "🦊-狐", "with space and 'quotes'", "a%2Fb/c?d=e#f", "x-\n\t"})
  void a_stream_may_be_named_by_any_text(String name) {
    var stream = name + UUID.randomUUID();
    append(stream, "A B");

    assertThat(read(stream, ReadStreamOptions.get())).containsExactly("A", "B");
    var wrong =
        Await.failure(
            WrongExpectedVersionException.class,
            client.appendToStream(stream, expecting(StreamState.noStream()), event("C")));
    assertThat(wrong.getStreamName()).isEqualTo(stream);
    Await.result(client.tombstoneStream(stream));
    var gone =
        Await.failure(
            StatusRuntimeException.class, client.readStream(stream, ReadStreamOptions.get()));
    assertThat(gone.getStatus().getDescription())
        .isEqualTo("Event stream '%s' is deleted.", stream);
  }

  // ---- reading

  @Test
  void a_stream_that_nobody_wrote_is_not_found() {
    var stream = newStream();

    var refusal =
        Await.failure(
            StreamNotFoundException.class, client.readStream(stream, ReadStreamOptions.get()));

    assertThat(refusal.getStreamName()).isEqualTo(stream);
  }

  @Test
  void a_read_of_no_events_finds_out_whether_the_stream_is_there() {
    var stream = newStream();
    append(stream, "A");

    assertThat(read(stream, ReadStreamOptions.get().maxCount(0))).isEmpty();
    Await.failure(
        StreamNotFoundException.class,
        client.readStream(newStream(), ReadStreamOptions.get().maxCount(0)));
  }

  @Test
  void a_read_tells_the_last_revision_and_where_a_truncated_stream_begins() {
    var stream = newStream();
    Await.result(
        client.appendToStream(
            stream, IntStream.range(0, 100).mapToObj(i -> event("T" + i)).iterator()));
    var whole = Await.result(client.readStream(stream, ReadStreamOptions.get().maxCount(3)));
    var metadata = new StreamMetadata();
    metadata.setTruncateBefore(90L);
    Await.result(client.setStreamMetadata(stream, metadata));

    var truncated = Await.result(client.readStream(stream, ReadStreamOptions.get()));

    assertThat(whole.getLastStreamPosition()).isEqualTo(99);
    assertThat(truncated.getFirstStreamPosition()).isEqualTo(90);
    assertThat(truncated.getLastStreamPosition()).isEqualTo(99);
    assertThat(truncated.getEvents()).hasSize(10);
  }

  @Test
  void a_large_stream_is_read_as_fast_as_its_reader_asks() throws Exception {
    var stream = newStream();
    for (var i = 0; i < 10; i++) {
      Await.result(
          client.appendToStream(
              stream,
              IntStream.range(0, 1_000)
                  .mapToObj(_ -> EventDataBuilder.binary("T", new byte[1_000]).build())
                  .iterator()));
    }
    var reader = new OneByOne();

    client.readStreamReactive(stream, ReadStreamOptions.get().batchSize(16)).subscribe(reader);

    assertThat(reader.done.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(reader.failure).isNull();
    assertThat(reader.revisions)
        .containsExactlyElementsOf(IntStream.range(0, 10_000).mapToObj(i -> (long) i).toList());
    assertThat(reader.last).isEqualTo(9_999);
  }

  /// Asks for the next message when it has had one.
  private static final class OneByOne implements Subscriber<ReadMessage> {
    final List<Long> revisions = new ArrayList<>();
    final CountDownLatch done = new CountDownLatch(1);
    volatile @Nullable Throwable failure;
    volatile long last = -1;

    @SuppressWarnings("NullAway.Init")
    private org.reactivestreams.Subscription subscription;

    @Override
    public void onSubscribe(org.reactivestreams.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(1);
    }

    @Override
    public void onNext(ReadMessage message) {
      if (message.hasEvent()) {
        revisions.add(message.getEvent().getOriginalEvent().getRevision());
      } else if (message.hasLastStreamPosition()) {
        last = message.getLastStreamPosition();
      }
      subscription.request(1);
    }

    @Override
    public void onError(Throwable failure) {
      this.failure = failure;
      done.countDown();
    }

    @Override
    public void onComplete() {
      done.countDown();
    }
  }

  @Test
  void a_call_that_takes_longer_than_its_deadline_fails() {
    var stream = newStream();
    Await.result(
        client.appendToStream(
            stream,
            IntStream.range(0, 100)
                .mapToObj(_ -> EventDataBuilder.binary("T", new byte[200_000]).build())
                .iterator()));

    var refusal =
        Await.failure(
            StatusRuntimeException.class,
            client.readStream(stream, ReadStreamOptions.get().deadline(1)));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(read(stream, ReadStreamOptions.get().deadline(60_000))).hasSize(100);
  }

  @Test
  void all_streams_are_read_both_ways_from_anywhere() {
    var stream = newStream();
    var start = append(stream, "A B C").getLogPosition();
    append(stream, "D");

    var forwards =
        Await.result(client.readAll(ReadAllOptions.get().fromPosition(start).maxCount(2)));
    var backwards =
        Await.result(
            client.readAll(ReadAllOptions.get().backwards().fromPosition(start).maxCount(2)));
    var last = Await.result(client.readAll(ReadAllOptions.get().backwards().fromEnd().maxCount(1)));
    var first = Await.result(client.readAll(ReadAllOptions.get().maxCount(1)));
    var none = Await.result(client.readAll(ReadAllOptions.get().maxCount(0)));

    assertThat(types(forwards.getEvents())).containsExactly("C", "D");
    assertThat(types(backwards.getEvents())).containsExactly("B", "A");
    assertThat(types(last.getEvents())).containsExactly("D");
    assertThat(types(first.getEvents())).containsExactly("$genesis");
    assertThat(none.getEvents()).isEmpty();
  }

  @Test
  void a_link_is_followed_when_asked() {
    var stream = newStream();
    var links = newStream();
    append(stream, "A");
    for (var target : List.of("0@" + stream, "7@" + stream)) {
      Await.result(
          client.appendToStream(
              links, EventDataBuilder.binary("$>", target.getBytes(UTF_8)).build()));
    }

    var resolved =
        Await.result(client.readStream(links, ReadStreamOptions.get().resolveLinkTos()))
            .getEvents();
    var plain = read(links, ReadStreamOptions.get());

    assertThat(resolved.getFirst().getEvent().getEventType()).isEqualTo("A");
    assertThat(resolved.getFirst().getLink().getStreamId()).isEqualTo(links);
    assertThat(resolved.getFirst().getPosition())
        .contains(resolved.getFirst().getLink().getPosition());
    assertThat(resolved.get(1).getEvent()).isNull();
    assertThat(resolved.get(1).getOriginalEvent().getRevision()).isEqualTo(1);
    assertThat(plain).containsExactly("$>", "$>");
  }

  @Test
  void categories_and_types_are_streams_of_links() {
    var category = "cat" + streams++;
    var type = "Type" + UUID.randomUUID();
    append(category + "-1", "A " + type);
    append(category + "-2", "B");
    var resolving = ReadStreamOptions.get().resolveLinkTos();

    var ofCategory = Await.result(client.readStream("$ce-" + category, resolving)).getEvents();
    var ofType = Await.result(client.readStream("$et-" + type, resolving)).getEvents();

    assertThat(ofCategory.stream().map(ResolvedEvent::getEvent).map(RecordedEvent::getEventType))
        .containsExactly("A", type, "B");
    assertThat(ofCategory.stream().map(event -> event.getLink().getRevision()))
        .containsExactly(0L, 1L, 2L);
    assertThat(ofCategory)
        .allSatisfy(event -> {
          assertThat(event.getLink().getStreamId()).isEqualTo("$ce-" + category);
          assertThat(event.getLink().getEventType()).isEqualTo("$>");
        });
    assertThat(ofType).hasSize(1);
    assertThat(ofType.getFirst().getEvent().getStreamId()).isEqualTo(category + "-1");
    var backwards = ReadStreamOptions.get().backwards().fromEnd().maxCount(1).resolveLinkTos();
    assertThat(
            Await.result(client.readStream("$ce-" + category, backwards))
                .getEvents()
                .getFirst()
                .getEvent()
                .getEventType())
        .isEqualTo("B");
  }

  // ---- metadata, deleting

  @Test
  void metadata_comes_back_as_it_was_set() {
    var stream = newStream();
    var metadata = new StreamMetadata();
    metadata.setMaxCount(2L);
    metadata.setMaxAge(3_600L);
    metadata.setTruncateBefore(1L);
    metadata.setCacheControl(7L);
    metadata.setAcl(
        Acls.newStreamAcl()
            .addReadRoles("ann", "bob")
            .addWriteRoles("ann")
            .addDeleteRoles("$admins")
            .addMetaReadRoles("$all")
            .addMetaWriteRoles("$ops"));
    metadata.setCustomProperties(Map.of("owner", "Zoë", "size", 7));

    var first = Await.result(client.setStreamMetadata(stream, metadata));
    var read = Await.result(client.getStreamMetadata(stream));
    append(stream, "A B C");

    assertThat(first.getNextExpectedRevision().toRawLong()).isZero();
    assertThat(read.getMaxCount()).isEqualTo(2);
    assertThat(read.getMaxAge()).isEqualTo(3_600);
    assertThat(read.getTruncateBefore()).isEqualTo(1);
    assertThat(read.getCacheControl()).isEqualTo(7);
    assertThat(read.getAcl()).isEqualTo(metadata.getAcl());
    assertThat(read.getCustomProperties()).containsEntry("owner", "Zoë").containsEntry("size", 7);
    assertThat(read(stream, ReadStreamOptions.get())).containsExactly("B", "C");
  }

  @Test
  void a_stream_without_metadata_has_none() {
    assertThat(Await.result(client.getStreamMetadata(newStream()))).isEqualTo(new StreamMetadata());
  }

  @Test
  void metadata_is_set_when_its_stream_is_as_expected() {
    var stream = newStream();
    var metadata = new StreamMetadata();
    Await.result(client.setStreamMetadata(stream, expecting(StreamState.noStream()), metadata));

    var wrong =
        Await.failure(
            WrongExpectedVersionException.class,
            client.setStreamMetadata(stream, expecting(StreamState.noStream()), metadata));

    assertThat(wrong.getStreamName()).isEqualTo("$$" + stream);
    assertThat(wrong.getActualState().toRawLong()).isZero();
  }

  @Test
  void a_deleted_stream_is_not_found_until_it_is_written_again() {
    var stream = newStream();
    append(stream, "A B");

    var deleted = Await.result(client.deleteStream(stream));

    assertThat(deleted.getPosition()).isEqualTo(end());
    Await.failure(
        StreamNotFoundException.class, client.readStream(stream, ReadStreamOptions.get()));
    var again =
        Await.result(client.appendToStream(stream, expecting(StreamState.noStream()), event("C")));
    assertThat(again.getNextExpectedRevision().toRawLong()).isEqualTo(2);
    assertThat(read(stream, ReadStreamOptions.get())).containsExactly("C");
  }

  @Test
  void a_tombstoned_stream_is_gone_for_ever() {
    var stream = newStream();
    append(stream, "A");
    var position =
        Await.result(client.tombstoneStream(stream, DeleteStreamOptions.get().streamRevision(0)));

    assertThat(position.getPosition()).isEqualTo(end());
    for (var call :
        List.of(
            client.appendToStream(stream, event("B")),
            client.deleteStream(stream),
            client.tombstoneStream(stream),
            client.setStreamMetadata(stream, new StreamMetadata()))) {
      var failure = Await.failure(RuntimeException.class, call);
      var name =
          switch (failure) {
            case StreamDeletedException deleted -> deleted.getStreamName();
            case StatusRuntimeException status -> trailers(status).get("stream-name");
            default -> throw failure;
          };
      assertThat(name).endsWith(stream);
    }
    var read =
        Await.failure(
            StatusRuntimeException.class, client.readStream(stream, ReadStreamOptions.get()));
    assertThat(read.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(read.getStatus().getDescription())
        .isEqualTo("Event stream '%s' is deleted.", stream);
    assertThat(trailers(read))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("exception", "stream-deleted", "stream-name", stream));
    var listener = new Heard();
    Await.failure(RuntimeException.class, client.subscribeToStream(stream, listener));
  }

  @Test
  void what_nobody_may_write_is_refused_as_denied() {
    for (var stream : List.of("$all", "$ce-x", "$et-x")) {
      var denied =
          Await.failure(StatusRuntimeException.class, client.appendToStream(stream, event("A")));

      assertThat(denied.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(trailers(denied)).containsEntry("exception", "access-denied");
    }
  }

  // ---- following

  /// Keeps what it hears, in words.
  private static final class Heard extends SubscriptionListener {
    final LinkedBlockingQueue<String> words = new LinkedBlockingQueue<>();
    final CompletableFuture<Optional<Throwable>> cancelled = new CompletableFuture<>();

    @Override
    public void onConfirmation(Subscription subscription) {
      words.add("confirmed");
      UUID.fromString(subscription.getSubscriptionId());
    }

    @Override
    public void onEvent(Subscription subscription, ResolvedEvent event) {
      words.add(event.getOriginalEvent().getEventType());
    }

    @Override
    public void onCaughtUp(
        Subscription subscription,
        Instant at,
        @Nullable Long revision,
        @Nullable Position position) {
      assertThat(at).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
      words.add("caught up");
    }

    @Override
    public void onCancelled(Subscription subscription, @Nullable Throwable failure) {
      cancelled.complete(Optional.ofNullable(failure));
    }

    List<String> next(int count) {
      return Stream.generate(() -> Await.next(words)).limit(count).toList();
    }
  }

  @Test
  void a_stream_is_followed_from_its_beginning_its_end_and_a_revision() {
    var stream = newStream();
    append(stream, "A B");
    var beginning = new Heard();
    var middle = new Heard();
    var end = new Heard();

    var subscriptions =
        List.of(
            Await.result(client.subscribeToStream(stream, beginning)),
            Await.result(
                client.subscribeToStream(
                    stream, middle, SubscribeToStreamOptions.get().fromRevision(0))),
            Await.result(
                client.subscribeToStream(stream, end, SubscribeToStreamOptions.get().fromEnd())));
    assertThat(beginning.next(4)).containsExactly("confirmed", "A", "B", "caught up");
    assertThat(middle.next(3)).containsExactly("confirmed", "B", "caught up");
    assertThat(end.next(2)).containsExactly("confirmed", "caught up");
    append(stream, "C");

    for (var listener : List.of(beginning, middle, end)) {
      assertThat(listener.next(1)).containsExactly("C");
    }
    var before = server.openCalls();
    subscriptions.forEach(Subscription::stop);
    Await.until("the server has ended 3 calls", () -> server.openCalls() == before - 3);
  }

  @Test
  void a_stream_is_followed_before_it_is_there_and_until_its_tombstone() {
    var stream = newStream();
    var listener = new Heard();
    Await.result(client.subscribeToStream(stream, listener));
    assertThat(listener.next(2)).containsExactly("confirmed", "caught up");

    append(stream, "A");
    assertThat(listener.next(1)).containsExactly("A");
    Await.result(client.tombstoneStream(stream));

    assertThat(listener.next(1)).containsExactly("$streamDeleted");
    assertThat(Await.result(listener.cancelled)).isPresent();
  }

  @Test
  void a_category_is_followed() {
    var category = "follow" + streams++;
    append(category + "-1", "A");
    var listener = new Heard();
    var events = new LinkedBlockingQueue<String>();
    var recording =
        new SubscriptionListener() {
          @Override
          public void onEvent(Subscription subscription, ResolvedEvent event) {
            events.add(event.getEvent().getEventType() + " " + event.getLink().getRevision());
          }
        };
    var plain = Await.result(client.subscribeToStream("$ce-" + category, listener));
    var resolving =
        Await.result(
            client.subscribeToStream(
                "$ce-" + category, recording, SubscribeToStreamOptions.get().resolveLinkTos()));

    append(category + "-2", "B");

    assertThat(Await.next(events)).isEqualTo("A 0");
    assertThat(Await.next(events)).isEqualTo("B 1");
    assertThat(listener.next(4)).containsExactly("confirmed", "$>", "caught up", "$>");
    plain.stop();
    resolving.stop();
  }

  @Test
  void all_streams_are_followed_from_a_position_and_from_the_end() {
    var stream = newStream();
    var start = append(stream, "A").getLogPosition();
    append(stream, "B");
    var fromPosition = new Heard();
    var fromEnd = new Heard();
    var subscriptions =
        List.of(
            Await.result(
                client.subscribeToAll(
                    fromPosition, SubscribeToAllOptions.get().fromPosition(start))),
            Await.result(client.subscribeToAll(fromEnd, SubscribeToAllOptions.get().fromEnd())));
    assertThat(fromPosition.next(3)).containsExactly("confirmed", "B", "caught up");
    assertThat(fromEnd.next(2)).containsExactly("confirmed", "caught up");

    append(stream, "C");

    assertThat(fromPosition.next(1)).containsExactly("C");
    assertThat(fromEnd.next(1)).containsExactly("C");
    subscriptions.forEach(Subscription::stop);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "stream-prefix, fil-,      A:B",
    "stream-regex,  ^fil-\\w+$, A:B",
    "type-prefix,   Bet,       ''",
    "type-regex,    ^[^$].*,   A:B:X",
    "type-regex,    ^[^\\$].*, A:B:X",
    "type-regex,    ^(?!\\$).*, A:B:X",
    "type-regex,    ^(?!(A$|X$)), B:$metadata",
    "type-regex,    ^(?!(\\$.+$|PersistentConfig\\d+$|Result$)), A:B:X",
    "stream-regex,  ^(?!\\$|other-).*, A:B",
    "type-prefix,   X,         X"
  })
  void a_filter_of_each_kind_lets_through_what_it_should(String kind, String text, String types) {
    var start = end();
    append("fil-" + UUID.randomUUID().toString().replace("-", ""), "A B");
    append("other-" + streams++, "X");
    Await.result(client.setStreamMetadata(newStream(), new StreamMetadata()));
    var listener = new Heard();

    var subscription =
        Await.result(
            client.subscribeToAll(
                listener,
                SubscribeToAllOptions.get()
                    .fromPosition(start)
                    .filter(filter(kind, text).build())));

    var heard = new ArrayList<String>();
    while (!heard.contains("caught up")) {
      heard.addAll(listener.next(1));
    }
    subscription.stop();
    assertThat(String.join(":", heard.subList(1, heard.size() - 1))).isEqualTo(types);
  }

  private static SubscriptionFilterBuilder filter(String kind, String text) {
    var builder = SubscriptionFilter.newBuilder();
    return switch (kind) {
      case "stream-prefix" -> builder.addStreamNamePrefix(text);
      case "stream-regex" -> builder.withStreamNameRegularExpression(text);
      case "type-prefix" -> builder.addEventTypePrefix(text);
      case "type-regex" -> builder.withEventTypeRegularExpression(text);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @Test
  void a_filtered_subscription_tells_checkpoints_and_goes_on_at_one() {
    var stream = newStream();
    var type = "Wanted" + UUID.randomUUID();
    var start = end();
    var checkpoints = new LinkedBlockingQueue<Position>();
    var filter =
        filter("type-prefix", type)
            .withMaxWindow(10)
            .withCheckpointer(
                (_, position) -> {
                  checkpoints.add(position);
                  return CompletableFuture.allOf();
                },
                3)
            .build();
    var listener = new Heard();
    var subscription =
        Await.result(
            client.subscribeToAll(
                listener, SubscribeToAllOptions.get().fromPosition(start).filter(filter)));
    assertThat(listener.next(2)).containsExactly("confirmed", "caught up");

    append(stream, type);
    for (var i = 0; i < 100; i++) {
      append(stream, "Other");
    }
    assertThat(listener.next(1)).containsExactly(type);
    var seen = new ArrayList<Position>();
    while (seen.size() < 3) {
      seen.add(Await.next(checkpoints));
    }
    subscription.stop();
    append(stream, type);

    assertThat(seen).isSorted().doesNotHaveDuplicates();
    assertThat(seen.get(2).getCommitUnsigned() - seen.get(1).getCommitUnsigned()).isEqualTo(30);
    var resumed = new Heard();
    var second =
        Await.result(
            client.subscribeToAll(
                resumed,
                SubscribeToAllOptions.get()
                    .fromPosition(seen.getLast())
                    .filter(filter("type-prefix", type).build())));
    assertThat(resumed.next(3)).containsExactly("confirmed", type, "caught up");
    second.stop();
  }

  @Test
  void many_subscriptions_share_a_connection() {
    var name = newStream();
    var listeners = new ArrayList<Heard>();
    var subscriptions = new ArrayList<CompletableFuture<Subscription>>();
    for (var i = 0; i < 300; i++) {
      listeners.add(new Heard());
      subscriptions.add(client.subscribeToStream(name + i, listeners.get(i)));
    }
    subscriptions.forEach(Await::result);

    for (var i = 0; i < 300; i++) {
      append(name + i, "T" + i);
    }

    for (var i = 0; i < 300; i++) {
      var heard = listeners.get(i).next(3);
      assertThat(heard).containsExactly("confirmed", "caught up", "T" + i);
    }
    subscriptions.stream().map(Await::result).forEach(Subscription::stop);
  }

  @Test
  void a_slow_subscriber_gets_everything_in_order_and_holds_nobody_up() throws Exception {
    var stream = newStream();
    var go = new CountDownLatch(1);
    var revisions = new LinkedBlockingQueue<Long>();
    var slow =
        new SubscriptionListener() {
          @Override
          public void onEvent(Subscription subscription, ResolvedEvent event) {
            try {
              go.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            revisions.add(event.getOriginalEvent().getRevision());
          }
        };
    var other = connect(server.connectionString());
    var subscription = Await.result(other.subscribeToStream(stream, slow));

    for (var i = 0; i < 20; i++) {
      Await.result(
          client.appendToStream(
              stream,
              IntStream.range(0, 1_000)
                  .mapToObj(_ -> EventDataBuilder.binary("T", new byte[500]).build())
                  .iterator()));
    }
    assertThat(revisions).isEmpty();
    go.countDown();

    for (var i = 0L; i < 20_000; i++) {
      assertThat(Await.next(revisions)).isEqualTo(i);
    }
    subscription.stop();
    Await.result(other.shutdown());
  }

  // ---- the server's end

  @Test
  void everything_is_there_after_a_restart_and_clients_come_back(@TempDir Path directory) {
    var first = TestServer.on(directory);
    var port = first.port();
    var other = connect(first.connectionString());
    var stream = newStream();
    Await.result(other.appendToStream(stream, events("A B")));
    Await.result(
        other.deleteStream(
            Await.result(other.appendToStream("gone-1", event("X")).thenApply(_ -> "gone-1"))));
    Await.result(other.appendToStream("dead-1", event("X")));
    Await.result(other.tombstoneStream("dead-1"));
    var listener = new Heard();
    Await.result(other.subscribeToStream(stream, listener));
    assertThat(listener.next(4)).containsExactly("confirmed", "A", "B", "caught up");

    first.close();

    assertThat(Await.result(listener.cancelled).orElseThrow())
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            failure ->
                assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    try (var second = TestServer.on(directory, port)) {
      assertThat(second.port()).isEqualTo(port);
      Await.until(
          "the client has found the server again",
          () ->
              other
                  .appendToStream(stream, expecting(StreamState.streamRevision(1)), event("C"))
                  .handle((_, failure) -> failure == null)
                  .get());
      var resumed = new Heard();
      Await.result(
          other.subscribeToStream(stream, resumed, SubscribeToStreamOptions.get().fromRevision(1)));
      assertThat(resumed.next(3)).containsExactly("confirmed", "C", "caught up");
      assertThat(types(Await.result(other.readStream(stream, ReadStreamOptions.get())).getEvents()))
          .containsExactly("A", "B", "C");
      Await.failure(
          StreamNotFoundException.class, other.readStream("gone-1", ReadStreamOptions.get()));
      Await.failure(
          StatusRuntimeException.class, other.readStream("dead-1", ReadStreamOptions.get()));
    }
    Await.result(other.shutdown());
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kurrent.dbclient.AppendStreamRequest;
import io.kurrent.dbclient.DeleteStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.MultiStreamAppendResponse;
import io.kurrent.dbclient.ReadStreamOptions;
import io.kurrent.dbclient.RecordSizeExceededException;
import io.kurrent.dbclient.RecordedEvent;
import io.kurrent.dbclient.StreamState;
import io.kurrent.dbclient.StreamTombstonedException;
import io.kurrent.dbclient.TransactionMaxSizeExceededException;
import io.kurrent.dbclient.WrongExpectedVersionException;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.Tag;
import io.leftfold.engine.EngineOptions;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Appending to several streams with the official Java client.
final class ManyStreamsClientTest {

  private final TestServer server =
      TestServer.inMemory(EngineOptions.defaults().withSizes(100_000, 300_000));
  private final KurrentDBClient client =
      KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(server.connectionString()));

  @AfterEach
  void close() {
    Await.result(client.shutdown());
    server.close();
  }

  private static EventData event(String type) {
    return EventDataBuilder.json(type, "{\"is\":\"%s\"}".formatted(type).getBytes(UTF_8)).build();
  }

  private static EventData event(String type, String metadata) {
    return EventDataBuilder.json(type, "{}".getBytes(UTF_8))
        .metadataAsBytes(metadata.getBytes(UTF_8))
        .build();
  }

  private static AppendStreamRequest to(String stream, StreamState state, EventData... events) {
    return new AppendStreamRequest(stream, List.of(events).iterator(), state);
  }

  private CompletableFuture<MultiStreamAppendResponse> append(AppendStreamRequest... requests) {
    return client.multiStreamAppend(List.of(requests).iterator());
  }

  private List<RecordedEvent> read(String stream) {
    return Await.result(client.readStream(stream, ReadStreamOptions.get())).getEvents().stream()
        .map(event -> event.getOriginalEvent())
        .toList();
  }

  @Test
  void several_streams_are_written_together() {
    var response =
        Await.result(
            append(
                to("a-1", StreamState.noStream(), event("A"), event("B")),
                to("b-1", StreamState.any(), event("C"))));

    assertThat(response.getResults())
        .extracting(result -> result.getStream() + " " + result.getStreamRevision())
        .containsExactly("a-1 1", "b-1 0");
    assertThat(response.getPosition()).isEqualTo(server.store().lastPosition().orElseThrow());
    assertThat(read("a-1")).extracting(RecordedEvent::getEventType).containsExactly("A", "B");
    assertThat(read("b-1").getFirst().getPosition().getCommitUnsigned())
        .isEqualTo(response.getPosition());
  }

  @Test
  void a_conflict_names_its_stream_and_nothing_is_written() {
    Await.result(append(to("b-1", StreamState.noStream(), event("A"))));

    var wrong =
        Await.failure(
            WrongExpectedVersionException.class,
            append(
                to("a-1", StreamState.noStream(), event("B")),
                to("b-1", StreamState.noStream(), event("C"))));

    assertThat(wrong.getStreamName()).isEqualTo("b-1");
    assertThat(wrong.getExpectedState()).isEqualTo(StreamState.noStream());
    assertThat(wrong.getActualState()).isEqualTo(StreamState.streamRevision(0));
    assertThat(server.store().lastPosition()).hasValue(1L);
  }

  @Test
  void a_tombstoned_stream_is_named() {
    Await.result(client.tombstoneStream("b-1", DeleteStreamOptions.get()));

    var tombstoned =
        Await.failure(
            StreamTombstonedException.class,
            append(
                to("a-1", StreamState.any(), event("A")),
                to("b-1", StreamState.any(), event("B"))));

    assertThat(tombstoned.getStreamName()).isEqualTo("b-1");
  }

  @Test
  void what_is_too_large_is_told_with_sizes() {
    var large = EventDataBuilder.binary("L", new byte[90_000]);
    var tooLarge = EventDataBuilder.binary("L", new byte[100_001]).build();

    var record =
        Await.failure(
            RecordSizeExceededException.class, append(to("a-1", StreamState.any(), tooLarge)));
    var all =
        Await.failure(
            TransactionMaxSizeExceededException.class,
            append(
                to("a-1", StreamState.any(), large.build(), large.build()),
                to("b-1", StreamState.any(), large.build(), large.build())));

    assertThat(record.getStream()).isEqualTo("a-1");
    assertThat(record.getRecordId()).isEqualTo(tooLarge.getEventId().toString());
    assertThat(record.getMaxSize()).isEqualTo(100_000);
    assertThat(all.getMaxSize()).isEqualTo(300_000);
    assertThat(all.getSize()).isGreaterThan(300_000);
  }

  @Test
  void a_repeated_append_is_not_written_again() {
    var first = event("A");
    var second = event("B");
    AppendStreamRequest[] again = {
      to("a-1", StreamState.noStream(), first), to("b-1", StreamState.any(), second)
    };
    var written =
        Await.result(
            append(to("a-1", StreamState.noStream(), first), to("b-1", StreamState.any(), second)));

    var repeated = Await.result(append(again));

    assertThat(repeated.getPosition()).isEqualTo(written.getPosition());
    assertThat(server.store().lastPosition()).hasValue(written.getPosition());
  }

  @Test
  void tags_in_the_metadata_are_found_whichever_way_they_came() {
    Await.result(
        append(to("a-1", StreamState.any(), event("A", "{\"$tags\":\"[\\\"account:7\\\"]\"}"))));
    var metadata = "{ \"$tags\" : [\"account:7\", \"vip\"] }";
    Await.result(client.appendToStream("b-1", event("B", metadata)));

    try (var found =
        server.store().read(Query.of(Query.tagged(Tag.of("account:7"))), ReadOptions.forwards())) {
      assertThat(found.events()).extracting(event -> event.type()).containsExactly("A", "B");
    }
    assertThat(new String(read("b-1").getFirst().getUserMetadata(), UTF_8)).isEqualTo(metadata);
  }

  /// Whatever is appended by chance, in one way or the other, is read back alike.
  @Test
  void what_both_ways_append_is_read_alike() {
    var seed = Long.getLong("tests.seed", new Random().nextLong());
    var random = new Random(seed);
    var expected = new HashMap<String, List<String>>();
    for (var i = 0; i < 100; i++) {
      var parts = new LinkedHashMap<String, List<EventData>>();
      for (var j = 1 + random.nextInt(4); j > 0; j--) {
        var stream = "chance-" + random.nextInt(8);
        var events = Stream.generate(() -> eventBy(random)).limit(1 + random.nextInt(3)).toList();
        parts.putIfAbsent(stream, events);
      }
      if (random.nextBoolean()) {
        Await.result(
            append(
                parts.entrySet().stream()
                    .map(part ->
                        new AppendStreamRequest(
                            part.getKey(), part.getValue().iterator(), StreamState.any()))
                    .toArray(AppendStreamRequest[]::new)));
      } else {
        parts.forEach(
            (stream, events) -> Await.result(client.appendToStream(stream, events.iterator())));
      }
      parts.forEach((stream, events) ->
          events.forEach(
              event -> expected.computeIfAbsent(stream, _ -> new ArrayList<>()).add(said(event))));
    }

    expected.forEach((stream, events) ->
        assertThat(read(stream).stream().map(ManyStreamsClientTest::said))
            .as("%s, -Dtests.seed=%d", stream, seed)
            .containsExactlyElementsOf(events));
  }

  private static EventData eventBy(Random random) {
    var data = new byte[random.nextInt(50)];
    random.nextBytes(data);
    var id = new UUID(random.nextLong(), random.nextLong() | 1);
    return random.nextBoolean()
        ? EventDataBuilder.binary(id, "T" + random.nextInt(3), data).build()
        : EventDataBuilder.json(
                id, "T" + random.nextInt(3), "[%d]".formatted(data.length).getBytes(UTF_8))
            .build();
  }

  private static String said(EventData event) {
    return "%s %s %s %s"
        .formatted(
            event.getEventId(),
            event.getEventType(),
            event.getContentType(),
            HexFormat.of().formatHex(event.getEventData()));
  }

  private static String said(RecordedEvent event) {
    return "%s %s %s %s"
        .formatted(
            event.getEventId(),
            event.getEventType(),
            event.getContentType(),
            HexFormat.of().formatHex(event.getEventData()));
  }
}

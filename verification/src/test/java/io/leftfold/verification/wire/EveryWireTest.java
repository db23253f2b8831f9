// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Way.ALL;
import static io.leftfold.verification.wire.Way.ANY;
import static io.leftfold.verification.wire.Way.NO_STREAM;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventRead;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.streams.DeleteReq;
import io.leftfold.protocol.messages.streams.TombstoneReq;
import io.leftfold.protocol.messages.tcp.DeleteStream;
import io.leftfold.verification.running.TestServer;
import io.leftfold.verification.wire.Way.Found;
import io.leftfold.verification.wire.Way.Outcome;
import io.leftfold.verification.wire.Way.Result;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// One event, whatever wire it comes in by and goes out by.
final class EveryWireTest {

  private static TestServer server;
  private static Wire grpc;
  private static TcpPeer tcp;
  private static HttpClient http;
  private static Map<Door, Way> ways;

  /// The wires, and what is different in how they are spoken.
  enum Door {
    GRPC,
    ATOM_ALONE,
    ATOM_BODY,
    ATOM_CONTENT,
    ATOM_XML,
    EVENTS,
    TCP,
    TCP_TRANSACTION;

    Way way() {
      return Objects.requireNonNull(ways.get(this));
    }

    boolean followsAlways() {
      return this == EVENTS;
    }

    /// Whether a revision that was not expected is told.
    boolean tellsVersion() {
      return this != TCP_TRANSACTION;
    }

    /// Whether all streams can be read.
    boolean readsAll() {
      return this != ATOM_ALONE;
    }
  }

  private static final String OF_EVENTS =
      "{\"$correlationId\":\"c-1\",\"cloudevent\":{\"source\":\"/shop\"}}";
  private static final byte[] BYTES = HexFormat.of().parseHex("00010aff80fec3287f2200".repeat(3));

  /// What is written, and by which wires it can be.
  @SuppressWarnings("ImmutableEnumChecker") // Nobody changes them.
  enum Sample {
    JSON(
        json(
            "OrderPlaced",
            "{\"shop\":\"Käse & <Co> \\\"x\\\"\",\"lines\":[{\"sku\":\"a\"},{\"sku\":\"𝄞\"}],\"deep\":{\"er\":\"1\"}}",
            OF_EVENTS),
        EnumSet.complementOf(EnumSet.of(Door.ATOM_ALONE))),
    NUMBERS(
        json(
            "Counted",
            "{\"big\":12345678901234567890123,\"exact\":0.10,\"e\":1E+2,\"no\":null,\"yes\":true,\"in\":[1,2]}",
            "{\"$correlationId\":\"c-1\",\"cloudevent\":{\"subject\":\"7\",\"source\":\"/shop\"}}"),
        EnumSet.complementOf(EnumSet.of(Door.ATOM_ALONE, Door.ATOM_XML))),
    WITHOUT_METADATA(
        json("Happened", "{\"a\":\"b\"}", ""), EnumSet.complementOf(EnumSet.of(Door.EVENTS))),
    BINARY(
        binary(
            "Drawn",
            BYTES,
            "{\"cloudevent\":{\"datacontenttype\":\"image/png\",\"source\":\"/shop\"}}"),
        EnumSet.of(Door.GRPC, Door.EVENTS, Door.TCP, Door.TCP_TRANSACTION)),
    BINARY_ALONE(
        binary("Drawn", BYTES, ""),
        EnumSet.of(Door.GRPC, Door.ATOM_ALONE, Door.TCP, Door.TCP_TRANSACTION)),
    TEXT(
        binary("Said", "pläin <text>".getBytes(UTF_8), ""),
        EnumSet.complementOf(EnumSet.of(Door.EVENTS))),
    SETTINGS(
        json("$metadata", "{\"$maxCount\":5,\"owner\":{\"name\":\"ann\"}}", ""),
        EnumSet.complementOf(EnumSet.of(Door.EVENTS, Door.ATOM_XML))),
    SETTINGS_OF_EVENTS(
        json("$metadata", "{\"$maxCount\":5}", OF_EVENTS),
        EnumSet.of(Door.GRPC, Door.ATOM_BODY, Door.EVENTS, Door.TCP, Door.TCP_TRANSACTION)),
    LINK(
        binary("$>", "0@target".getBytes(UTF_8), ""),
        EnumSet.complementOf(EnumSet.of(Door.EVENTS))),
    LINK_OF_EVENTS(
        binary(
            "$>",
            "0@target".getBytes(UTF_8),
            "{\"cloudevent\":{\"datacontenttype\":\"text/plain\",\"source\":\"/links\"}}"),
        EnumSet.of(Door.GRPC, Door.EVENTS, Door.TCP, Door.TCP_TRANSACTION));

    private final ProposedEvent event;
    private final Set<Door> writers;

    Sample(ProposedEvent event, Set<Door> writers) {
      this.event = event;
      this.writers = writers;
    }

    /// The event, with an id of its own, whose bytes are all different.
    ProposedEvent event() {
      return event.withId(UUID.randomUUID());
    }

    String stream(Door writer) {
      var prefix = name().startsWith("SETTINGS") ? "$$" : "";
      return "%s%s-%s".formatted(prefix, name(), writer);
    }

    boolean isLink() {
      return event.type().equals(RecordedEvent.LINK_TYPE);
    }
  }

  private static ProposedEvent json(String type, String data, String metadata) {
    return ProposedEvent.json(type, data).withMetadata(metadata.getBytes(UTF_8));
  }

  private static ProposedEvent binary(String type, byte[] data, String metadata) {
    return ProposedEvent.binary(type, data).withMetadata(metadata.getBytes(UTF_8));
  }

  @BeforeAll
  static void serve() {
    server = TestServer.withTcp(LocalEventStore.inMemory(), TestServer.PATIENT_TCP);
    grpc = Wire.to(server);
    tcp = new TcpPeer(server.tcpPort());
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    var port = server.port();
    ways =
        new TreeMap<>(
            Map.of(
                Door.GRPC, new OverGrpc(grpc),
                Door.ATOM_ALONE, new OverAtom(http, port, OverAtom.Form.ALONE),
                Door.ATOM_BODY, new OverAtom(http, port, OverAtom.Form.BODY),
                Door.ATOM_CONTENT, new OverAtom(http, port, OverAtom.Form.CONTENT),
                Door.ATOM_XML, new OverAtom(http, port, OverAtom.Form.XML),
                Door.EVENTS, new OverEvents(http, port),
                Door.TCP, new OverTcp(tcp, false),
                Door.TCP_TRANSACTION, new OverTcp(tcp, true)));
    server.store().append(StreamName.of("target"), ExpectedState.any(), Sample.JSON.event());
  }

  @AfterAll
  static void close() {
    http.close();
    tcp.close();
    grpc.close();
    server.close();
  }

  private static List<ResolvedEvent> recorded(String stream, boolean resolving) {
    var forwards = ReadOptions.forwards();
    var options = resolving ? forwards.resolvingLinks() : forwards;
    try (EventRead read =
        stream.equals(ALL)
            ? server.store().readAll(options)
            : server.store().read(StreamName.of(stream), options)) {
      return read.toList();
    }
  }

  /// Each wire tells what is recorded.
  private static void isToldByAll(String stream, boolean resolving) throws Exception {
    for (var door : Door.values()) {
      if ((!stream.equals(ALL) || door.readsAll()) && (resolving || !door.followsAlways())) {
        var way = door.way();
        var found = way.read(stream, resolving);
        assertThat(found.result()).as("%s of %s", door, stream).isEqualTo(Result.DONE);
        assertThat(found.events())
            .as("%s of %s", door, stream)
            .isEqualTo(
                recorded(stream, resolving).stream()
                    .map(event -> way.promised(stream, event))
                    .toList());
      }
    }
  }

  // ---- what is written and read

  static Stream<Arguments> writing() {
    return Stream.of(Sample.values())
        .flatMap(sample -> sample.writers.stream().map(writer -> Arguments.of(sample, writer)));
  }

  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("writing")
  void an_event_is_the_same_through_all_wires(Sample sample, Door writer) throws Exception {
    var event = sample.event();
    var stream = sample.stream(writer);

    assertThat(writer.way().append(stream, NO_STREAM, event))
        .isEqualTo(new Outcome(Result.DONE, 0));

    var recorded = recorded(stream, false).getFirst().original();
    assertThat(recorded.id()).isEqualTo(event.id());
    assertThat(recorded.revision()).isZero();
    assertThat(recorded.type()).isEqualTo(event.type());
    assertThat(recorded.contentType()).isEqualTo(event.contentType());
    assertThat(recorded.data()).isEqualTo(event.data());
    assertThat(recorded.metadata()).asString(UTF_8).isEqualTo(new String(event.metadata(), UTF_8));
    isToldByAll(stream, true);
    if (sample.isLink()) {
      isToldByAll(stream, false);
    }
  }

  @Test
  void everything_is_the_same_and_in_the_same_order_through_all_wires() throws Exception {
    for (var writer : Door.values()) {
      var sample = Stream.of(Sample.values()).filter(one -> one.writers.contains(writer)).toList();
      for (var one : sample) {
        writer.way().append("all-" + one.stream(writer).replace("$", ""), ANY, one.event());
      }
    }
    server.store().append(StreamName.of("all-gone"), ExpectedState.any(), Sample.JSON.event());
    server.store().tombstone(StreamName.of("all-gone"), ExpectedState.any());

    isToldByAll(ALL, true);
    isToldByAll(ALL, false);
  }

  // ---- again, and not as expected

  static Stream<Arguments> pairs() {
    return Stream.of(Door.values())
        .flatMap(first -> Stream.of(Door.values()).map(second -> Arguments.of(first, second)));
  }

  /// An event that the two can write.
  private static Sample sample(Door first, Door second) {
    return Stream.of(Sample.values())
        .filter(one -> one.writers.containsAll(List.of(first, second)))
        .findFirst()
        .orElse(Sample.JSON);
  }

  @ParameterizedTest(name = "by {0}, then by {1}")
  @MethodSource("pairs")
  void an_event_that_comes_again_by_another_wire_is_there_once(Door first, Door second)
      throws Exception {
    var sample = sample(first, second);
    var stream = "again-%s-%s".formatted(first, second);
    var before = bare();
    var event = sample.event();
    var firstEvent = alone(first, event);
    var secondEvent = alone(second, event);

    assertThat(Door.GRPC.way().append(stream, NO_STREAM, before).result()).isEqualTo(Result.DONE);
    var once = first.way().append(stream, 0, firstEvent);
    assertThat(once).isEqualTo(new Outcome(Result.DONE, 1));
    assertThat(second.way().append(stream, 0, secondEvent)).isEqualTo(once);
    assertThat(second.way().append(stream, ANY, secondEvent)).isEqualTo(once);

    assertThat(recorded(stream, false).stream().map(one -> one.original().id()))
        .containsExactly(before.id(), event.id());
  }

  /// Ids are what makes events the same, so what a wire cannot say is left out.
  private static ProposedEvent alone(Door door, ProposedEvent event) {
    return door == Door.ATOM_ALONE ? event.withMetadata(new byte[0]) : event;
  }

  private static ProposedEvent bare() {
    return Sample.WITHOUT_METADATA.event();
  }

  @ParameterizedTest
  @EnumSource
  void an_append_to_a_stream_that_is_not_as_expected_is_refused(Door door) throws Exception {
    var stream = "conflict-" + door;
    var event = alone(door, Sample.JSON.event());
    assertThat(Door.TCP.way().append(stream, NO_STREAM, bare()).result()).isEqualTo(Result.DONE);
    assertThat(Door.EVENTS.way().append(stream, 0, Sample.JSON.event()).result())
        .isEqualTo(Result.DONE);

    for (var expected : new long[] {NO_STREAM, 0, 7}) {
      var outcome = door.way().append(stream, expected, event);
      assertThat(outcome.result()).as("expecting %d", expected).isEqualTo(Result.WRONG_VERSION);
      if (door.tellsVersion()) {
        assertThat(outcome.revision()).as("expecting %d", expected).isEqualTo(1);
      }
    }
    assertThat(door.way().append("new-" + stream, 7, event).result())
        .isEqualTo(Result.WRONG_VERSION);
    assertThat(recorded(stream, false)).hasSize(2);
    assertThat(door.way().append(stream, 1, event)).isEqualTo(new Outcome(Result.DONE, 2));
  }

  // ---- deletions

  /// How a stream is deleted.
  enum Deleting {
    GRPC {
      @Override
      void delete(String stream, boolean forEver) {
        var name = Wire.stream(stream);
        if (forEver) {
          var options = TombstoneReq.Options.newBuilder().setStreamIdentifier(name);
          var _ =
              grpc.blocking()
                  .tombstone(
                      TombstoneReq.newBuilder().setOptions(options.setAny(Wire.EMPTY)).build());
        } else {
          var options = DeleteReq.Options.newBuilder().setStreamIdentifier(name);
          var _ =
              grpc.blocking()
                  .delete(DeleteReq.newBuilder().setOptions(options.setAny(Wire.EMPTY)).build());
        }
      }
    },
    ATOM {
      @Override
      void delete(String stream, boolean forEver) throws Exception {
        var url = "http://127.0.0.1:%d/streams/%s".formatted(server.port(), stream);
        var request =
            HttpRequest.newBuilder(URI.create(url))
                .header("ES-HardDelete", forEver ? "True" : "False")
                .DELETE()
                .build();
        assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
      }
    },
    TCP {
      @Override
      void delete(String stream, boolean forEver) throws Exception {
        tcp.ask(
            0x8A,
            DeleteStream.newBuilder()
                .setEventStreamId(TcpPeer.stream(stream))
                .setExpectedVersion(ANY)
                .setHardDelete(forEver)
                .build(),
            0x8B);
      }
    };

    abstract void delete(String stream, boolean forEver) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void a_stream_deleted_through_one_wire_is_not_there_for_any(Deleting by) throws Exception {
    for (var writer : Door.values()) {
      var stream = "deleted-%s-%s".formatted(by, writer);
      assertThat(Door.GRPC.way().append(stream, ANY, bare()).result()).isEqualTo(Result.DONE);

      by.delete(stream, false);

      assertThat(found(stream)).as(stream).containsOnly(Result.NO_STREAM);
      var event = alone(writer, Sample.JSON.event());
      assertThat(writer.way().append(stream, NO_STREAM, event))
          .as("%s goes on with it", writer)
          .isEqualTo(new Outcome(Result.DONE, 1));
      assertThat(recorded(stream, false)).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_stream_tombstoned_through_one_wire_is_gone_for_all(Deleting by) throws Exception {
    var stream = "tombstoned-" + by;
    assertThat(Door.GRPC.way().append(stream, ANY, bare()).result()).isEqualTo(Result.DONE);

    by.delete(stream, true);

    assertThat(found(stream)).containsOnly(Result.GONE);
    for (var writer : Door.values()) {
      var event = alone(writer, Sample.JSON.event());
      assertThat(writer.way().append(stream, ANY, event).result())
          .as("an append by %s", writer)
          .isEqualTo(Result.GONE);
    }
  }

  private static List<Result> found(String stream) throws Exception {
    var results = new ArrayList<Result>();
    for (var door : Door.values()) {
      Found found = door.way().read(stream, true);
      results.add(found.result());
    }
    return results;
  }
}

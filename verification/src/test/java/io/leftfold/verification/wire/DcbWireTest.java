// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.dcb.DCBGrpc;
import io.leftfold.protocol.messages.dcb.Umadb;
import io.leftfold.protocol.messages.dcb.Umadb.ErrorResponse;
import io.leftfold.protocol.messages.dcb.Umadb.ErrorResponse.ErrorType;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// `umadb.v1.DCB` in what its clients do not show: errors to the letter, and events of other wires.
final class DcbWireTest {

  private static final StreamName ACCOUNT = StreamName.of("account-1");
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final TestServer server = TestServer.inMemory();
  private final Wire wire = Wire.to(server);
  private final DCBGrpc.DCBBlockingStub dcb =
      DCBGrpc.newBlockingStub(wire.channel()).withDeadlineAfter(Await.LIMIT);

  @AfterEach
  void close() {
    wire.close();
    server.close();
  }

  private static Umadb.Event event(String type, String... tags) {
    return Umadb.Event.newBuilder()
        .setEventType(type)
        .addAllTags(List.of(tags))
        .setData(ByteString.copyFromUtf8("data of " + type))
        .build();
  }

  private static Umadb.AppendRequest appending(Umadb.Event... events) {
    return Umadb.AppendRequest.newBuilder().addAllEvents(List.of(events)).build();
  }

  private static Umadb.Query tagged(String... tags) {
    return Umadb.Query.newBuilder()
        .addItems(Umadb.QueryItem.newBuilder().addAllTags(List.of(tags)))
        .build();
  }

  private List<Umadb.SequencedEvent> read(Umadb.ReadRequest request) {
    var events = new ArrayList<Umadb.SequencedEvent>();
    dcb.read(request).forEachRemaining(response -> events.addAll(response.getEventsList()));
    return events;
  }

  private void assertRefused(Runnable call, Status.Code code, ErrorType type, String part) {
    var refusal = Wire.refusal(call);
    assertThat(refusal.getStatus().getCode()).isEqualTo(code);
    var details = details(refusal);
    assertThat(details.getErrorType()).isEqualTo(type);
    assertThat(details.getMessage()).contains(part).isEqualTo(Wire.text(refusal));
  }

  private static ErrorResponse details(StatusRuntimeException refusal) {
    try {
      return ErrorResponse.parseFrom(
          Objects.requireNonNull(Objects.requireNonNull(refusal.getTrailers()).get(DETAILS)));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_store_without_events_has_no_head() {
    assertThat(dcb.head(Umadb.HeadRequest.getDefaultInstance()).hasPosition()).isFalse();
    server.store().writeMetadata(ACCOUNT, ExpectedState.any(), StreamMetadata.none());
    assertThat(dcb.head(Umadb.HeadRequest.getDefaultInstance()).hasPosition()).isFalse();
    var responses = new ArrayList<Umadb.ReadResponse>();
    dcb.read(Umadb.ReadRequest.getDefaultInstance()).forEachRemaining(responses::add);
    assertThat(responses).containsExactly(Umadb.ReadResponse.getDefaultInstance());
  }

  @Test
  void the_first_event_is_at_1_and_in_the_stream_dcb() {
    var response =
        dcb.append(
            Umadb.AppendRequest.newBuilder()
                .addEvents(event("A", "red", "red", "green"))
                .setCondition(Umadb.AppendCondition.getDefaultInstance())
                .build());

    assertThat(response.getPosition()).isEqualTo(1);
    var recorded =
        server.store().read(StreamName.of("dcb"), ReadOptions.forwards()).events().getFirst();
    assertThat(recorded.type()).isEqualTo("A");
    assertThat(recorded.tags()).containsExactly(Tag.of("red"), Tag.of("green"));
    assertThat(recorded.dataAsText()).isEqualTo("data of A");
    var read = read(Umadb.ReadRequest.getDefaultInstance());
    assertThat(read).hasSize(1);
    assertThat(read.getFirst().getEvent().getUuid()).isEqualTo(recorded.id().toString());
  }

  @Test
  void the_stream_can_be_another_one() {
    try (var store = LocalEventStore.inMemory();
        var other =
            LeftfoldServer.start(
                store,
                ServerOptions.insecure()
                    .withAddress("127.0.0.1", 0)
                    .withDcbStream(StreamName.of("facts-1")))) {
      var channel =
          io.grpc.ManagedChannelBuilder.forAddress("127.0.0.1", other.port())
              .usePlaintext()
              .build();
      try {
        DCBGrpc.newBlockingStub(channel).append(appending(event("A")));
        assertThat(store.read(StreamName.of("facts-1"), ReadOptions.forwards()).events())
            .hasSize(1);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void events_of_every_stream_are_found_but_for_the_store_s_own() {
    var store = server.store();
    var paid =
        ProposedEvent.json("Paid", "{\"a\":1}")
            .withTags(Tag.of("red"))
            .withMetadata("{\"by\":\"Zoë\",\"n\":7,\"o\":{\"x\":[1]}}");
    store.append(ACCOUNT, ExpectedState.any(), paid);
    store.append(
        ACCOUNT,
        ExpectedState.any(),
        ProposedEvent.binary("Odd", new byte[] {0, -1}).withMetadata(new byte[] {'n', 'o'}),
        ProposedEvent.json("$own", "{}").withTags(Tag.of("red")));
    store.append(
        StreamName.of("$system"),
        ExpectedState.any(),
        ProposedEvent.json("Paid", "{}").withTags(Tag.of("red")));
    store.writeMetadata(ACCOUNT, ExpectedState.any(), StreamMetadata.none().withMaxCount(1));

    var found = read(Umadb.ReadRequest.getDefaultInstance());

    assertThat(found)
        .extracting(event -> event.getEvent().getEventType())
        .containsExactly("Paid", "Odd");
    assertThat(found.getFirst().getEvent().getUuid()).isEqualTo(paid.id().toString());
    assertThat(found.getFirst().getEvent().getMetadataList())
        .extracting(entry -> entry.getKey() + "=" + entry.getValue())
        .containsExactly("by=Zoë", "n=7", "o={\"x\":[1]}");
    assertThat(found.getLast().getEvent().getMetadataList()).isEmpty();
    assertThat(found.getLast().getEvent().getData().toByteArray()).containsExactly(0, 255);
    assertThat(dcb.head(Umadb.HeadRequest.getDefaultInstance()).getPosition())
        .isEqualTo(found.getLast().getPosition());
    assertThat(read(Umadb.ReadRequest.newBuilder().setQuery(tagged("red")).build())).hasSize(1);
  }

  @Test
  void an_append_that_comes_too_late_is_an_integrity_error() {
    var condition =
        Umadb.AppendCondition.newBuilder().setFailIfEventsMatch(tagged("red")).setAfter(0);
    var request =
        Umadb.AppendRequest.newBuilder().addEvents(event("A", "red")).setCondition(condition);
    var position = dcb.append(request.build()).getPosition();

    assertRefused(
        () -> dcb.append(request.build()),
        Status.Code.FAILED_PRECONDITION,
        ErrorType.INTEGRITY,
        Long.toString(position));
    assertThat(dcb.append(request.setCondition(condition.setAfter(position)).build()).getPosition())
        .isEqualTo(position + 1);
    assertThat(
            dcb.append(request.setCondition(condition.setAfter(-1)).build()).getPosition()) // 2⁶⁴−1
        .isEqualTo(position + 2);
  }

  @Test
  void tracking_that_does_not_grow_is_an_integrity_error() {
    var request =
        Umadb.AppendRequest.newBuilder()
            .addEvents(event("A"))
            .setTrackingInfo(Umadb.TrackingInfo.newBuilder().setSource("s").setPosition(5));
    var position = dcb.append(request.build()).getPosition();

    assertThat(dcb.head(Umadb.HeadRequest.getDefaultInstance()).getPosition()).isEqualTo(position);
    assertThat(
            dcb.getTrackingInfo(Umadb.TrackingRequest.newBuilder().setSource("s").build())
                .getPosition())
        .isEqualTo(5);
    assertThat(
            dcb.getTrackingInfo(Umadb.TrackingRequest.newBuilder().setSource("t").build())
                .hasPosition())
        .isFalse();
    assertRefused(
        () -> dcb.append(request.build()),
        Status.Code.FAILED_PRECONDITION,
        ErrorType.INTEGRITY,
        "source s");
    request.getTrackingInfoBuilder().setPosition(-1);
    assertRefused(
        () -> dcb.append(request.build()),
        Status.Code.INVALID_ARGUMENT,
        ErrorType.INVALID_ARGUMENT,
        "18446744073709551615");
  }

  @Test
  void what_makes_no_sense_is_refused() {
    var noId = event("A").toBuilder().setUuid("nonsense").build();
    var nilId = event("A").toBuilder().setUuid(new UUID(0, 0).toString()).build();
    var entry = Umadb.MetadataEntry.newBuilder().setKey("k");
    var twice = event("A").toBuilder().addMetadata(entry).addMetadata(entry).build();
    for (var request :
        List.of(
            appending(noId),
            appending(nilId),
            appending(twice),
            appending(event("")),
            appending(event("$own")),
            appending(event("A", "")),
            appending(Collections.nCopies(65_537, event("A")).toArray(Umadb.Event[]::new)),
            appending(
                event("A").toBuilder().addAllTags(Collections.nCopies(100_000, "t")).build()))) {
      assertRefused(
          () -> dcb.append(request), Status.Code.INVALID_ARGUMENT, ErrorType.INVALID_ARGUMENT, "");
    }
    var words = Umadb.QueryItem.newBuilder().addAllTypes(Collections.nCopies(5000, "t"));
    var tooMuch = Umadb.Query.newBuilder().addItems(words).build();
    assertRefused(
        () ->
            dcb.append(
                appending(event("A")).toBuilder()
                    .setCondition(Umadb.AppendCondition.newBuilder().setFailIfEventsMatch(tooMuch))
                    .build()),
        Status.Code.INVALID_ARGUMENT,
        ErrorType.INVALID_ARGUMENT,
        "");
    assertThat(server.store().lastPosition()).hasValue(0L);
  }

  @Test
  void what_is_no_message_is_a_serialization_error() {
    var method =
        MethodDescriptor.<Empty, Empty>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("umadb.v1.DCB/Append")
            .setRequestMarshaller(
                new MethodDescriptor.Marshaller<>() {
                  @Override
                  public java.io.InputStream stream(Empty value) {
                    return new java.io.ByteArrayInputStream(new byte[] {10, 100, 1});
                  }

                  @Override
                  public Empty parse(java.io.InputStream stream) {
                    return Empty.getDefaultInstance();
                  }
                })
            .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .build();

    assertRefused(
        () ->
            ClientCalls.blockingUnaryCall(
                wire.channel(), method, CallOptions.DEFAULT, Empty.getDefaultInstance()),
        Status.Code.INVALID_ARGUMENT,
        ErrorType.SERIALIZATION,
        "umadb.v1.DCB");
  }

  @Test
  @SuppressWarnings("deprecation")
  void an_older_client_follows_by_a_read() {
    dcb.append(appending(event("A", "red"), event("B"), event("C", "red")));
    var following =
        dcb.read(
            Umadb.ReadRequest.newBuilder()
                .setQuery(tagged("red"))
                .setStart(2)
                .setSubscribe(true)
                .build());

    assertThat(following.next().getEvents(0).getEvent().getEventType()).isEqualTo("C");
    dcb.append(appending(event("D"), event("E", "red")));
    assertThat(following.next().getEvents(0).getEvent().getEventType()).isEqualTo("E");
  }

  @Test
  void a_subscription_that_waits_ends_with_the_server() {
    var following = dcb.subscribe(Umadb.SubscribeRequest.getDefaultInstance());
    Await.until("the call", () -> server.openCalls() == 1);

    server.closeServer();

    assertRefused(
        () -> assertThat(following.hasNext()).isFalse(),
        Status.Code.UNAVAILABLE,
        ErrorType.IO,
        "closing");
  }
}

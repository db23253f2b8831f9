// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Timestamp;
import io.leftfold.protocol.messages.rpc.Code;
import io.leftfold.protocol.messages.rpc.Status;
import io.leftfold.protocol.messages.shared.AllStreamPosition;
import io.leftfold.protocol.messages.shared.BadRequest;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID.Structured;
import io.leftfold.protocol.messages.shared.WrongExpectedVersion;
import io.leftfold.protocol.messages.streams.AppendResp;
import io.leftfold.protocol.messages.streams.BatchAppendResp;
import io.leftfold.protocol.messages.streams.ReadResp;
import io.leftfold.protocol.messages.streams.ReadResp.ReadEvent;
import io.leftfold.protocol.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each answer is held against the generated message with the same content, byte for byte where the
/// generated code has one way of writing it.
class ResponsesTest {

  private static final Empty EMPTY = Empty.getDefaultInstance();
  private static final com.google.protobuf.Empty GOOGLE_EMPTY =
      com.google.protobuf.Empty.getDefaultInstance();
  private static final UUID ID = UUID.fromString("c0ffee00-1234-4abc-8def-fedcba987654");
  private static final byte[] TYPE = "Opened".getBytes(StandardCharsets.UTF_8);
  private static final Instant NOW = Instant.ofEpochSecond(1_790_000_000, 123_456_000);
  private static final Timestamp TIMESTAMP =
      Timestamp.newBuilder().setSeconds(1_790_000_000).setNanos(123_456_000).build();

  @Test
  void an_append_that_succeeded() {
    assertWritten(
        out -> AppendResponses.success(out, 0, OptionalLong.of(1L << 40)),
        AppendResp.newBuilder()
            .setSuccess(
                AppendResp.Success.newBuilder()
                    .setCurrentRevision(0)
                    .setPosition(
                        AppendResp.Position.newBuilder()
                            .setCommitPosition(1L << 40)
                            .setPreparePosition(1L << 40))));
  }

  @Test
  void an_append_of_nothing_to_a_stream_that_does_not_exist() {
    assertWritten(
        out -> AppendResponses.success(out, -1, OptionalLong.empty()),
        AppendResp.newBuilder()
            .setSuccess(AppendResp.Success.newBuilder().setNoStream(EMPTY).setNoPosition(EMPTY)));
  }

  @Test
  void an_append_at_position_zero() {
    assertWritten(
        out -> AppendResponses.success(out, 3, OptionalLong.of(0)),
        AppendResp.newBuilder()
            .setSuccess(
                AppendResp.Success.newBuilder()
                    .setCurrentRevision(3)
                    .setPosition(AppendResp.Position.getDefaultInstance())));
  }

  @Test
  void an_append_that_expected_another_revision() {
    assertWritten(
        out -> AppendResponses.wrongExpectedVersion(out, new WireExpectation.AtRevision(7), 1000),
        AppendResp.newBuilder()
            .setWrongExpectedVersion(
                AppendResp.WrongExpectedVersion.newBuilder()
                    .setCurrentRevision2060(1000)
                    .setExpectedRevision2060(7)
                    .setCurrentRevision(1000)
                    .setExpectedRevision(7)));
  }

  @Test
  void an_append_that_expected_no_stream() {
    assertWritten(
        out -> AppendResponses.wrongExpectedVersion(out, new WireExpectation.NoStream(), 2),
        AppendResp.newBuilder()
            .setWrongExpectedVersion(
                AppendResp.WrongExpectedVersion.newBuilder()
                    .setCurrentRevision2060(2)
                    .setExpectedRevision2060(-1)
                    .setCurrentRevision(2)
                    .setExpectedNoStream(EMPTY)));
  }

  @Test
  void an_append_that_expected_a_stream() {
    assertWritten(
        out -> AppendResponses.wrongExpectedVersion(out, new WireExpectation.StreamExists(), -1),
        AppendResp.newBuilder()
            .setWrongExpectedVersion(
                AppendResp.WrongExpectedVersion.newBuilder()
                    .setNoStream2060(EMPTY)
                    .setStreamExists2060(EMPTY)
                    .setCurrentNoStream(EMPTY)
                    .setExpectedStreamExists(EMPTY)));
  }

  @Test
  void an_append_with_a_corrupted_idempotence() {
    assertWritten(
        out -> AppendResponses.wrongExpectedVersion(out, new WireExpectation.Any(), 5),
        AppendResp.newBuilder()
            .setWrongExpectedVersion(
                AppendResp.WrongExpectedVersion.newBuilder()
                    .setCurrentRevision2060(5)
                    .setAny2060(EMPTY)
                    .setCurrentRevision(5)
                    .setExpectedAny(EMPTY)));
  }

  @Test
  void a_batch_that_succeeded_echoes_the_question() {
    assertWritten(
        out ->
            BatchAppendResponses.success(
                out,
                WireUuid.structured(ID),
                options("account-7", new WireExpectation.AtRevision(4)),
                5,
                OptionalLong.of(77)),
        BatchAppendResp.newBuilder()
            .setCorrelationId(structured())
            .setSuccess(
                BatchAppendResp.Success.newBuilder()
                    .setCurrentRevision(5)
                    .setPosition(
                        AllStreamPosition.newBuilder()
                            .setCommitPosition(77)
                            .setPreparePosition(77)))
            .setStreamIdentifier(identifier("account-7"))
            .setStreamPosition(4));
    assertWritten(
        out ->
            BatchAppendResponses.success(
                out,
                WireUuid.textual(ID),
                options("account-7", new WireExpectation.NoStream()),
                -1,
                OptionalLong.empty()),
        BatchAppendResp.newBuilder()
            .setCorrelationId(textual())
            .setSuccess(
                BatchAppendResp.Success.newBuilder()
                    .setNoStream(GOOGLE_EMPTY)
                    .setNoPosition(GOOGLE_EMPTY))
            .setStreamIdentifier(identifier("account-7"))
            .setNoStream(GOOGLE_EMPTY));
  }

  @Test
  void a_batch_that_expected_something_else() {
    assertWritten(
        out ->
            BatchAppendResponses.wrongExpectedVersion(
                out, WireUuid.textual(ID), options("s", new WireExpectation.Any()), "Not so", 12),
        BatchAppendResp.newBuilder()
            .setCorrelationId(textual())
            .setError(
                Status.newBuilder()
                    .setCode(Code.ALREADY_EXISTS)
                    .setMessage("Not so")
                    .setDetails(
                        Any.pack(
                            WrongExpectedVersion.newBuilder()
                                .setCurrentStreamRevision(12)
                                .setExpectedAny(GOOGLE_EMPTY)
                                .build())))
            .setStreamIdentifier(identifier("s"))
            .setAny(GOOGLE_EMPTY));
  }

  @Test
  void a_batch_that_failed_before_it_said_where_to() {
    var detail = BadRequest.newBuilder().setMessage("No stream ".repeat(30)).build();
    assertWritten(
        out ->
            BatchAppendResponses.error(
                out,
                WireUuid.structured(ID),
                null,
                Code.INVALID_ARGUMENT_VALUE,
                "Bad Request ".repeat(20),
                "BadRequest",
                detail.toByteArray()),
        BatchAppendResp.newBuilder()
            .setCorrelationId(structured())
            .setError(
                Status.newBuilder()
                    .setCode(Code.INVALID_ARGUMENT)
                    .setMessage("Bad Request ".repeat(20))
                    .setDetails(Any.pack(detail))));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 300, 20_000})
  void an_event_of_any_size(int size) throws InvalidProtocolBufferException {
    var event = event(12, "account-ä", 3, true, size);
    for (var form : ReadResponses.UuidForm.values()) {
      var expected =
          ReadResp.newBuilder()
              .setEvent(
                  ReadEvent.newBuilder().setEvent(recorded(event, form)).setCommitPosition(12))
              .build();
      var out = new WireWriter(16);
      ReadResponses.event(out, event, null, form);
      assertThat(ReadResp.parseFrom(out.toByteArray())).isEqualTo(expected);
      assertThat(out.length()).isEqualTo(expected.getSerializedSize());
    }
  }

  @Test
  void a_link_and_its_target() throws InvalidProtocolBufferException {
    var target = event(0, "account-7", 0, false, 10);
    var link = event(99, "$ce-account", 1, false, 10);
    var form = ReadResponses.UuidForm.STRUCTURED;
    var out = new WireWriter(16);
    ReadResponses.event(out, target, link, form);
    assertThat(ReadResp.parseFrom(out.toByteArray()))
        .isEqualTo(
            ReadResp.newBuilder()
                .setEvent(
                    ReadEvent.newBuilder()
                        .setEvent(recorded(target, form))
                        .setLink(recorded(link, form))
                        .setCommitPosition(99))
                .build());

    out.reset();
    ReadResponses.event(out, null, link, form);
    assertThat(ReadResp.parseFrom(out.toByteArray()))
        .isEqualTo(
            ReadResp.newBuilder()
                .setEvent(
                    ReadEvent.newBuilder().setLink(recorded(link, form)).setCommitPosition(99))
                .build());
  }

  @Test
  void the_messages_of_a_read_beside_events() {
    assertWritten(
        out -> ReadResponses.confirmation(out, ID.toString()),
        ReadResp.newBuilder()
            .setConfirmation(
                ReadResp.SubscriptionConfirmation.newBuilder().setSubscriptionId(ID.toString())));
    assertWritten(
        out -> ReadResponses.checkpoint(out, 300, NOW),
        ReadResp.newBuilder()
            .setCheckpoint(
                ReadResp.Checkpoint.newBuilder()
                    .setCommitPosition(300)
                    .setPreparePosition(300)
                    .setTimestamp(TIMESTAMP)));
    assertWritten(
        out -> ReadResponses.streamNotFound(out, "account-7"),
        ReadResp.newBuilder()
            .setStreamNotFound(
                ReadResp.StreamNotFound.newBuilder().setStreamIdentifier(identifier("account-7"))));
    assertWritten(
        out -> ReadResponses.firstStreamPosition(out, 0),
        ReadResp.newBuilder().setFirstStreamPosition(0));
    assertWritten(
        out -> ReadResponses.lastStreamPosition(out, 1L << 50),
        ReadResp.newBuilder().setLastStreamPosition(1L << 50));
    assertWritten(
        out -> ReadResponses.streamCaughtUp(out, OptionalLong.of(0), NOW),
        ReadResp.newBuilder()
            .setCaughtUp(
                ReadResp.CaughtUp.newBuilder().setTimestamp(TIMESTAMP).setStreamRevision(0)));
    assertWritten(
        out -> ReadResponses.allCaughtUp(out, OptionalLong.of(8), NOW),
        ReadResp.newBuilder()
            .setCaughtUp(
                ReadResp.CaughtUp.newBuilder()
                    .setTimestamp(TIMESTAMP)
                    .setPosition(
                        ReadResp.Position.newBuilder()
                            .setCommitPosition(8)
                            .setPreparePosition(8))));
    assertWritten(
        out -> ReadResponses.allCaughtUp(out, OptionalLong.empty(), NOW),
        ReadResp.newBuilder().setCaughtUp(ReadResp.CaughtUp.newBuilder().setTimestamp(TIMESTAMP)));
    assertWritten(
        out -> ReadResponses.streamFellBehind(out, OptionalLong.of(4), Instant.EPOCH),
        ReadResp.newBuilder()
            .setFellBehind(
                ReadResp.FellBehind.newBuilder()
                    .setTimestamp(Timestamp.getDefaultInstance())
                    .setStreamRevision(4)));
    assertWritten(
        out -> ReadResponses.allFellBehind(out, OptionalLong.empty(), NOW),
        ReadResp.newBuilder()
            .setFellBehind(ReadResp.FellBehind.newBuilder().setTimestamp(TIMESTAMP)));
  }

  private static void assertWritten(Consumer<WireWriter> writing, MessageLite.Builder expected) {
    var out = new WireWriter(16);
    writing.accept(out);
    assertThat(out.toByteArray()).isEqualTo(expected.build().toByteArray());
  }

  private static BatchAppendRequest.Options options(String stream, WireExpectation expected) {
    return new BatchAppendRequest.Options(stream, expected, new BatchAppendRequest.Deadline.None());
  }

  private static Recorded event(
      long position, String stream, long revision, boolean json, int size) {
    return new Recorded(position, stream, revision, json, new byte[size], new byte[size / 2]);
  }

  private record Recorded(
      long position, String stream, long revision, boolean json, byte[] data, byte[] customMetadata)
      implements ReadResponses.Event {

    @Override
    public long idHigh() {
      return ID.getMostSignificantBits();
    }

    @Override
    public long idLow() {
      return ID.getLeastSignificantBits();
    }

    @Override
    public long createdTicks() {
      return 17_900_000_000_000_001L;
    }

    @Override
    public int streamLength() {
      return stream.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public void copyStream(byte[] into, int at) {
      System.arraycopy(stream.getBytes(StandardCharsets.UTF_8), 0, into, at, streamLength());
    }

    @Override
    public int typeLength() {
      return TYPE.length;
    }

    @Override
    public void copyType(byte[] into, int at) {
      System.arraycopy(TYPE, 0, into, at, typeLength());
    }

    @Override
    public int customMetadataLength() {
      return customMetadata.length;
    }

    @Override
    public void copyCustomMetadata(byte[] into, int at) {
      System.arraycopy(customMetadata, 0, into, at, customMetadataLength());
    }

    @Override
    public int dataLength() {
      return data.length;
    }

    @Override
    public void copyData(byte[] into, int at) {
      System.arraycopy(data, 0, into, at, dataLength());
    }
  }

  private static ReadEvent.RecordedEvent recorded(Recorded event, ReadResponses.UuidForm form) {
    return ReadEvent.RecordedEvent.newBuilder()
        .setId(form == ReadResponses.UuidForm.TEXT ? textual() : structured())
        .setStreamIdentifier(identifier(event.stream()))
        .setStreamRevision(event.revision())
        .setPreparePosition(event.position())
        .setCommitPosition(event.position())
        .putMetadata("type", "Opened")
        .putMetadata("created", "17900000000000001")
        .putMetadata("content-type", event.json() ? "application/json" : "application/octet-stream")
        .setData(ByteString.copyFrom(event.data()))
        .setCustomMetadata(ByteString.copyFrom(event.customMetadata()))
        .build();
  }

  private static StreamIdentifier identifier(String stream) {
    return StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8(stream)).build();
  }

  private static io.leftfold.protocol.messages.shared.UUID textual() {
    return io.leftfold.protocol.messages.shared.UUID.newBuilder().setString(ID.toString()).build();
  }

  private static io.leftfold.protocol.messages.shared.UUID structured() {
    return io.leftfold
        .protocol
        .messages
        .shared
        .UUID
        .newBuilder()
        .setStructured(
            Structured.newBuilder()
                .setMostSignificantBits(ID.getMostSignificantBits())
                .setLeastSignificantBits(ID.getLeastSignificantBits()))
        .build();
  }
}

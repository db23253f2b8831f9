// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadReq.Options;
import io.leftfold.protocol.streams.ReadResponses.UuidForm;
import io.leftfold.protocol.wire.WireWriter;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StreamReadRequestTest {

  private static final Empty EMPTY = Empty.getDefaultInstance();

  private static Options.Builder usual() {
    return Options.newBuilder()
        .setStream(stream().setStart(EMPTY))
        .setCount(10)
        .setNoFilter(EMPTY)
        .setUuidOption(Options.UUIDOption.newBuilder().setStructured(EMPTY))
        .setControlOption(Options.ControlOption.newBuilder().setCompatibility(1));
  }

  private static Options.StreamOptions.Builder stream() {
    return Options.StreamOptions.newBuilder()
        .setStreamIdentifier(
            StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8("größe-7")));
  }

  private static Optional<StreamReadRequest> read(Options.Builder options) {
    return read(ReadReq.newBuilder().setOptions(options).build().toByteArray());
  }

  private static Optional<StreamReadRequest> read(byte[] message) {
    var around = new byte[message.length + 2];
    System.arraycopy(message, 0, around, 1, message.length);
    return StreamReadRequest.read(around, 1, message.length);
  }

  @Test
  void a_read_of_one_stream_is_read_by_hand() {
    assertThat(read(usual()))
        .contains(new StreamReadRequest("größe-7", 0, false, false, 10, UuidForm.STRUCTURED, 1));
    assertThat(
            read(
                usual()
                    .setStream(stream().setRevision(1L << 40))
                    .setReadDirection(Options.ReadDirection.Backwards)
                    .setResolveLinks(true)
                    .setCount(-1)
                    .setUuidOption(Options.UUIDOption.newBuilder().setString(EMPTY))
                    .clearNoFilter()
                    .clearControlOption()))
        .contains(new StreamReadRequest("größe-7", 1L << 40, true, true, -1, UuidForm.TEXT, 0));
    assertThat(read(usual().setStream(stream().setEnd(EMPTY))))
        .map(StreamReadRequest::from)
        .contains(-1L);
  }

  @Test
  void every_other_request_is_left_to_the_generated_message() {
    assertThat(read(new byte[0])).isEmpty();
    assertLeft(Options.Builder::clear);
    assertLeft(options -> options.setAll(Options.AllOptions.newBuilder().setStart(EMPTY)));
    assertLeft(
        options -> options.setSubscription(Options.SubscriptionOptions.getDefaultInstance()));
    assertLeft(options -> options.setFilter(Options.FilterOptions.getDefaultInstance()));
    assertLeft(Options.Builder::clearStream);
    assertLeft(Options.Builder::clearCount);
    assertLeft(Options.Builder::clearUuidOption);
    assertLeft(options -> options.setUuidOption(Options.UUIDOption.getDefaultInstance()));
    assertLeft(options -> options.setControlOption(Options.ControlOption.getDefaultInstance()));
    assertLeft(options -> options.setStream(stream()));
    assertLeft(options -> options.setStream(stream().clearStreamIdentifier().setStart(EMPTY)));
    assertLeft(options ->
        options.setStream(
            stream().setStreamIdentifier(StreamIdentifier.getDefaultInstance()).setEnd(EMPTY)));
    assertLeft(options ->
        options.setStream(
            stream()
                .setStart(EMPTY)
                .setStreamIdentifier(
                    StreamIdentifier.newBuilder()
                        .setStreamName(ByteString.copyFrom(new byte[] {-1})))));
  }

  private static void assertLeft(Consumer<Options.Builder> change) {
    var options = usual();
    change.accept(options);
    assertThat(read(options)).as("%s", options).isEmpty();
  }

  @Test
  void a_request_with_a_field_too_many_is_left_too() {
    var message = ReadReq.newBuilder().setOptions(usual()).build().toByteArray();
    var twice = new ByteArrayOutputStream();
    twice.writeBytes(message);
    twice.writeBytes(message);
    assertThat(read(twice.toByteArray())).isEmpty();

    var options = new ByteArrayOutputStream();
    options.writeBytes(usual().build().toByteArray());
    options.writeBytes(Options.newBuilder().setCount(1).build().toByteArray());
    var out = new WireWriter(0);
    out.bytes(1, options.toByteArray());
    assertThat(read(out.toByteArray())).isEmpty();
  }

  @Test
  void a_request_that_ends_too_early_is_left_too() {
    var message = ReadReq.newBuilder().setOptions(usual()).build().toByteArray();
    for (var length = 0; length < message.length; length++) {
      assertThat(read(java.util.Arrays.copyOf(message, length))).as("%d bytes", length).isEmpty();
    }
  }
}

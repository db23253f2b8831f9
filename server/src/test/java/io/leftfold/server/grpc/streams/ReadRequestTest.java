// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadReq.Options;
import io.leftfold.protocol.streams.StreamReadRequest;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ReadRequestTest {

  private static final Empty EMPTY = Empty.getDefaultInstance();

  static Stream<Options> readsOfOneStream() {
    return Stream.of(Options.ReadDirection.values())
        .filter(direction -> direction != Options.ReadDirection.UNRECOGNIZED)
        .flatMap(direction ->
            Stream.of(
                    stream().setStart(EMPTY),
                    stream().setEnd(EMPTY),
                    stream().setRevision(0),
                    stream().setRevision(12),
                    stream().setRevision(Long.MAX_VALUE),
                    stream().setRevision(-1))
                .flatMap(stream ->
                    Stream.of(
                        usual(direction, stream).setCount(10).build(),
                        usual(direction, stream).setCount(-1).setResolveLinks(true).build(),
                        usual(direction, stream)
                            .setCount(0)
                            .setUuidOption(Options.UUIDOption.newBuilder().setString(EMPTY))
                            .clearControlOption()
                            .build(),
                        usual(direction, stream)
                            .setCount(1)
                            .setControlOption(
                                Options.ControlOption.newBuilder().setCompatibility(-1))
                            .build())));
  }

  private static Options.Builder usual(
      Options.ReadDirection direction, Options.StreamOptions.Builder stream) {
    return Options.newBuilder()
        .setStream(stream)
        .setReadDirection(direction)
        .setNoFilter(EMPTY)
        .setUuidOption(Options.UUIDOption.newBuilder().setStructured(EMPTY))
        .setControlOption(Options.ControlOption.newBuilder().setCompatibility(1));
  }

  private static Options.StreamOptions.Builder stream() {
    return Options.StreamOptions.newBuilder()
        .setStreamIdentifier(
            StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8("account-1")));
  }

  /// There are two ways to the same request, and the caller must not see which was taken.
  @ParameterizedTest
  @MethodSource("readsOfOneStream")
  void what_is_read_by_hand_means_what_the_generated_message_means(Options options) {
    var message = ReadReq.newBuilder().setOptions(options).build();
    var bytes = message.toByteArray();

    var byHand = StreamReadRequest.read(bytes, 0, bytes.length);

    assertThat(byHand.map(ReadRequest::of)).contains(ReadRequest.of(message));
  }
}

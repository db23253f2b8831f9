// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import com.google.protobuf.ByteString;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.protocol.messages.streams.BatchAppendReq;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.wire.WireException;
import io.leftfold.testkit.Mutations;
import io.leftfold.testkit.Steps;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Messages that are almost right are refused as declared. `-Dtests.seeds=<count>` tries more of
/// them, `-Dtests.seed=<seed>` one again.
final class FuzzTest {

  private static final int MESSAGES = 100_000;

  private static final UUID ID =
      UUID.newBuilder().setString("c0ffee00-1234-4abc-8def-fedcba987654").build();
  private static final StreamIdentifier STREAM =
      StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8("account-7")).build();

  @Test
  void no_append_is_refused_otherwise_than_by_what_is_wrong_with_it() {
    var options =
        AppendReq.newBuilder()
            .setOptions(
                AppendReq.Options.newBuilder()
                    .setStreamIdentifier(STREAM)
                    .setAny(Empty.getDefaultInstance()));
    var event =
        AppendReq.newBuilder()
            .setProposedMessage(
                AppendReq.ProposedMessage.newBuilder()
                    .setId(ID)
                    .putMetadata("type", "Opened")
                    .putMetadata("content-type", "application/json")
                    .setCustomMetadata(ByteString.copyFromUtf8("{}"))
                    .setData(ByteString.copyFromUtf8("{\"amount\":7}")));
    each(options.build().toByteArray(), AppendRequest::read);
    each(event.build().toByteArray(), AppendRequest::read);
  }

  @Test
  void no_part_of_a_batch_append_is_refused_otherwise_than_by_what_is_wrong_with_it() {
    var message =
        BatchAppendReq.ProposedMessage.newBuilder()
            .setId(ID)
            .putMetadata("type", "Opened")
            .putMetadata("content-type", "application/octet-stream")
            .setData(ByteString.copyFromUtf8("{}"));
    var request =
        BatchAppendReq.newBuilder()
            .setCorrelationId(ID)
            .setOptions(
                BatchAppendReq.Options.newBuilder()
                    .setStreamIdentifier(STREAM)
                    .setStreamPosition(5))
            .addProposedMessages(message)
            .addProposedMessages(message)
            .setIsFinal(true);
    each(request.build().toByteArray(), BatchAppendRequest::read);
  }

  @Test
  void no_read_is_refused_otherwise_than_by_what_is_wrong_with_it() {
    var request =
        ReadReq.newBuilder()
            .setOptions(
                ReadReq.Options.newBuilder()
                    .setStream(
                        ReadReq.Options.StreamOptions.newBuilder()
                            .setStreamIdentifier(STREAM)
                            .setRevision(7))
                    .setReadDirection(ReadReq.Options.ReadDirection.Backwards)
                    .setResolveLinks(true)
                    .setCount(500)
                    .setNoFilter(Empty.getDefaultInstance())
                    .setUuidOption(
                        ReadReq.Options.UUIDOption.newBuilder()
                            .setString(Empty.getDefaultInstance())));
    each(request.build().toByteArray(), bytes -> StreamReadRequest.read(bytes, 0, bytes.length));
  }

  private static void each(byte[] right, Consumer<byte[]> decoder) {
    decoder.accept(right);
    var first = Steps.seed();
    var count =
        Long.getLong("tests.seed") == null ? Integer.getInteger("tests.seeds", MESSAGES) : 1;
    for (var seed = first; seed < first + count; seed++) {
      var bytes = Mutations.of(right, new Random(seed));
      try {
        decoder.accept(bytes);
      } catch (WireException refused) {
        // That is how.
      } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
        throw new AssertionError(
            "Seed %d (-Dtests.seed=%d) makes %s"
                .formatted(seed, seed, HexFormat.of().formatHex(Arrays.copyOf(bytes, 500))),
            e);
      }
    }
  }
}

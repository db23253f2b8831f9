// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.streams.ProposedMessage;
import io.leftfold.protocol.streams.WireExpectation;
import io.leftfold.server.node.MetadataTags;
import org.jspecify.annotations.Nullable;

/// What requests say, in the words of the store.
final class Requests {

  /// What an event takes in memory beside its bytes, about.
  private static final int EVENT_BYTES = 256;

  private Requests() {}

  /// What so many events take in memory while they wait for the rest of their append.
  static long memoryOf(int events, long bytes) {
    return bytes + (long) EVENT_BYTES * events;
  }

  static StreamName stream(@Nullable String name) {
    if (name == null) {
      throw new Misuse("'stream_identifier' is a required argument of type StreamIdentifier");
    }
    return StreamName.of(name);
  }

  static ExpectedState expected(WireExpectation expected) {
    return switch (expected) {
      case WireExpectation.Any() -> ExpectedState.any();
      case WireExpectation.NoStream() -> ExpectedState.noStream();
      case WireExpectation.StreamExists() -> ExpectedState.streamExists();
      case WireExpectation.AtRevision(var number) -> expected(number);
      case WireExpectation.Unset() ->
          throw new Misuse(
              "'expected_stream_revision' is a required argument of type"
                  + " ExpectedStreamRevisionOneofCase");
    };
  }

  /// Clients before 20.6.1 send numbers for everything.
  private static ExpectedState expected(long number) {
    if (number == -1) {
      return ExpectedState.noStream();
    }
    if (number == -2) {
      return ExpectedState.any();
    }
    return number == -4 ? ExpectedState.streamExists() : ExpectedState.atRevision(number);
  }

  static ProposedEvent event(ProposedMessage message, long eventBytesMax) {
    if (message.size() > eventBytesMax) {
      throw LimitExceededException.event(message.id(), message.size(), eventBytesMax);
    }
    return new ProposedEvent(
        message.id(),
        message.type(),
        message.json() ? ContentType.JSON : ContentType.BINARY,
        message.data(),
        message.customMetadata(),
        MetadataTags.of(message.customMetadata()));
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.leftfold.protocol.messages.tcp.TransactionWrite;
import io.leftfold.protocol.messages.tcp.WriteEvents;
import io.leftfold.protocol.messages.tcp.WriteEventsMultiStream;
import io.leftfold.protocol.wire.WireException;
import io.leftfold.protocol.wire.WireReader;
import io.leftfold.server.node.TooManyEventsException;

/// Counts what a message consists of before objects are made of it: two bytes may become an event
/// of a hundred, and nobody has said yet who asks.
final class MessageBounds {

  /// The parts of as many events as an append may have, with as many streams, versions and indexes.
  private static final int PARTS_OF_WRITE_MAX = 12 * TooManyEventsException.EVENTS_MAX;

  /// More events than a consumer may have at a time.
  private static final int PARTS_OF_ACK_MAX = 2 * TooManyEventsException.EVENTS_MAX;

  /// Names, expressions and prefixes; a subscription keeps them.
  private static final int OTHER_BYTES_MAX = 64 * 1024;

  private static final int NO_EVENTS = 0;

  /// What one takes at most, as one below 0 does.
  private static final int BYTES_OF_NUMBER = 10;

  private MessageBounds() {}

  /// Requires that a message has no more parts than make sense.
  ///
  /// @throws IllegalArgumentException if it has more
  /// @throws InvalidProtocolBufferException if it is no message
  static void require(Request request) throws InvalidProtocolBufferException {
    switch (Command.of(request.code()).orElseThrow()) {
      case WRITE_EVENTS ->
          requireParts(request, PARTS_OF_WRITE_MAX, WriteEvents.EVENTS_FIELD_NUMBER);
      case WRITE_EVENTS_MULTI_STREAM ->
          requireParts(request, PARTS_OF_WRITE_MAX, WriteEventsMultiStream.EVENTS_FIELD_NUMBER);
      case TRANSACTION_WRITE ->
          requireParts(request, PARTS_OF_WRITE_MAX, TransactionWrite.EVENTS_FIELD_NUMBER);
      case PERSISTENT_SUBSCRIPTION_ACK, PERSISTENT_SUBSCRIPTION_NAK ->
          requireParts(request, PARTS_OF_ACK_MAX, NO_EVENTS);
      default -> {
        if (request.length() > OTHER_BYTES_MAX) {
          throw new IllegalArgumentException(
              "A message without events has at most %d bytes, got %d"
                  .formatted(OTHER_BYTES_MAX, request.length()));
        }
      }
    }
  }

  private static void requireParts(Request request, int most, int eventsField)
      throws InvalidProtocolBufferException {
    try {
      var in = new WireReader(request.bytes(), request.offset(), request.length());
      var parts = 0;
      while (in.next()) {
        parts++;
        if (in.tag() == tag(eventsField)) {
          var outer = in.enter();
          while (in.next()) {
            requireFewer(++parts, most);
            in.skip();
          }
          in.leave(outer);
        } else if (isPacked(request, in.tag())) {
          parts += in.skipBytes() / BYTES_OF_NUMBER;
        } else {
          in.skip();
        }
        requireFewer(parts, most);
      }
    } catch (WireException e) {
      throw new InvalidProtocolBufferException(e.getMessage());
    }
  }

  private static int tag(int field) {
    return field << 3 | WireReader.LENGTH_DELIMITED;
  }

  /// Numbers may stand in one field together.
  private static boolean isPacked(Request request, int tag) {
    return request.code() == Command.WRITE_EVENTS_MULTI_STREAM.code()
        && (tag == tag(WriteEventsMultiStream.EXPECTED_VERSIONS_FIELD_NUMBER)
            || tag == tag(WriteEventsMultiStream.EVENT_STREAM_INDEXES_FIELD_NUMBER));
  }

  private static void requireFewer(int parts, int most) {
    if (parts > most) {
      throw new IllegalArgumentException(
          "A message of this kind has at most %d parts, and this one has more".formatted(most));
    }
  }
}

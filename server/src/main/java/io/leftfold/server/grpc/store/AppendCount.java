// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.store;

import io.leftfold.api.ProposedEvent;
import io.leftfold.protocol.messages.store.Wire;
import io.leftfold.protocol.wire.WireException;
import io.leftfold.protocol.wire.WireReader;
import io.leftfold.server.node.TooManyEventsException;

/// Counts what an append consists of before objects are made of it: two bytes of a message may
/// become an event of a hundred.
final class AppendCount {

  private static final int APPEND = tag(Wire.AppendRequest.APPENDS_FIELD_NUMBER);
  private static final int EVENT = tag(Wire.StreamAppend.EVENTS_FIELD_NUMBER);
  private static final int TAG = tag(Wire.ProposedEvent.TAGS_FIELD_NUMBER);

  private final WireReader in;
  private final long appendBytesMax;
  private int streams;
  private int events;

  private AppendCount(WireReader in, long appendBytesMax) {
    this.in = in;
    this.appendBytesMax = appendBytesMax;
  }

  private static int tag(int field) {
    return field << 3 | WireReader.LENGTH_DELIMITED;
  }

  /// Requires that an [Wire.AppendRequest] has no more streams, events and tags than may be.
  ///
  /// @throws TooManyEventsException if there are more streams or events
  /// @throws IllegalArgumentException if an event has more tags, or it is no such message
  static void requireBounded(byte[] bytes, int offset, int length, long appendBytesMax) {
    try {
      new AppendCount(new WireReader(bytes, offset, length), appendBytesMax).request();
    } catch (WireException e) {
      throw new IllegalArgumentException(
          "The request is not a message of leftfold.v1.Store: " + e.getMessage(), e);
    }
  }

  private void request() {
    while (in.next()) {
      if (in.tag() == APPEND) {
        streams++;
        requireFew(streams);
        var outer = in.enter();
        append();
        in.leave(outer);
      } else {
        in.skip();
      }
    }
  }

  private void append() {
    while (in.next()) {
      if (in.tag() == EVENT) {
        events++;
        requireFew(events);
        var outer = in.enter();
        event();
        in.leave(outer);
      } else {
        in.skip();
      }
    }
  }

  private void event() {
    var tags = 0;
    while (in.next()) {
      if (in.tag() == TAG && ++tags > ProposedEvent.TAGS_MAX) {
        throw new IllegalArgumentException(
            "An event has at most %d tags, and this one has more"
                .formatted(ProposedEvent.TAGS_MAX));
      }
      in.skip();
    }
  }

  /// A stream without an event makes no sense, so there are as few streams as events.
  private void requireFew(int count) {
    if (count > TooManyEventsException.EVENTS_MAX) {
      throw new TooManyEventsException(appendBytesMax);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.store;

import io.leftfold.api.Commit;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.protocol.messages.store.Wire;
import io.leftfold.protocol.wire.WireException;
import io.leftfold.protocol.wire.WireReader;
import io.leftfold.server.node.TooManyEventsException;

/// Counts what an append consists of before objects are made of it: two bytes of a message may
/// become an event of a hundred.
final class AppendCount {

  private static final int APPEND = tag(Wire.AppendRequest.APPENDS_FIELD_NUMBER);
  private static final int CONDITION = tag(Wire.AppendRequest.CONDITIONS_FIELD_NUMBER);
  private static final int QUERY = tag(Wire.AppendCondition.QUERY_FIELD_NUMBER);
  private static final int ITEM = tag(Wire.Query.ITEMS_FIELD_NUMBER);
  private static final int EVENT = tag(Wire.StreamAppend.EVENTS_FIELD_NUMBER);
  private static final int TAG = tag(Wire.ProposedEvent.TAGS_FIELD_NUMBER);

  private final WireReader in;
  private final long appendBytesMax;
  private int streams;
  private int events;
  private int conditions;

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
      } else if (in.tag() == CONDITION) {
        if (++conditions > Commit.CONDITIONS_MAX) {
          throw new IllegalArgumentException(
              "An append has at most %d conditions, and this one has more"
                  .formatted(Commit.CONDITIONS_MAX));
        }
        var outer = in.enter();
        condition();
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

  private void condition() {
    var words = 0;
    while (in.next()) {
      if (in.tag() == QUERY) {
        var outer = in.enter();
        words = items(words);
        in.leave(outer);
      } else {
        in.skip();
      }
    }
  }

  private int items(int before) {
    var words = before;
    while (in.next()) {
      if (in.tag() == ITEM) {
        var outer = in.enter();
        words = words(words + 1);
        in.leave(outer);
      } else {
        in.skip();
      }
    }
    return words;
  }

  /// Types and tags; each item counts as one besides, so that none is free.
  private int words(int before) {
    var words = before;
    requireFewWords(words);
    while (in.next()) {
      requireFewWords(++words);
      in.skip();
    }
    return words;
  }

  private static void requireFewWords(int words) {
    if (words > 2 * Query.WORDS_MAX) {
      throw new IllegalArgumentException(
          "A query has at most %d types and tags, and this one has more"
              .formatted(Query.WORDS_MAX));
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

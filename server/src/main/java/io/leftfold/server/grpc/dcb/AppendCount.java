// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.dcb;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.protocol.messages.dcb.Umadb;
import io.leftfold.protocol.wire.WireException;
import io.leftfold.protocol.wire.WireReader;
import io.leftfold.server.node.TooManyEventsException;

/// Counts what an append consists of before objects are made of it: two bytes of a message may
/// become an event of a hundred.
final class AppendCount {

  /// Tags, entries of metadata, and the rest of an event.
  private static final int FIELDS_OF_EVENT_MAX = 3 * ProposedEvent.TAGS_MAX;

  private static final int FIELDS_OF_CONDITION_MAX = 2 * Query.WORDS_MAX;

  private AppendCount() {}

  /// Requires that an [Umadb.AppendRequest] has no more events, tags and so on than may be.
  ///
  /// @throws TooManyEventsException if there are more events
  /// @throws IllegalArgumentException if there is more of anything else, or it is no such message
  static void requireBounded(byte[] bytes, int offset, int length, long appendBytesMax) {
    try {
      var in = new WireReader(bytes, offset, length);
      var events = 0;
      while (in.next()) {
        if (in.tag() == tag(Umadb.AppendRequest.EVENTS_FIELD_NUMBER)) {
          if (++events > TooManyEventsException.EVENTS_MAX) {
            throw new TooManyEventsException(appendBytesMax);
          }
          requireFewFields(in, FIELDS_OF_EVENT_MAX, "An event");
        } else if (in.tag() == tag(Umadb.AppendRequest.CONDITION_FIELD_NUMBER)) {
          requireFewWords(in);
        } else {
          in.skip();
        }
      }
    } catch (WireException e) {
      throw new Refusal.NoMessageException(
          "The request is not a message of umadb.v1.DCB: " + e.getMessage(), e);
    }
  }

  private static int tag(int field) {
    return field << 3 | WireReader.LENGTH_DELIMITED;
  }

  private static int requireFewFields(WireReader in, int most, String subject) {
    var outer = in.enter();
    var fields = 0;
    while (in.next()) {
      if (++fields > most) {
        throw new IllegalArgumentException(
            "%s has at most %d parts, and this one has more".formatted(subject, most));
      }
      in.skip();
    }
    in.leave(outer);
    return fields;
  }

  private static void requireFewWords(WireReader in) {
    var words = 0;
    var condition = in.enter();
    while (in.next()) {
      if (in.tag() == tag(Umadb.AppendCondition.FAIL_IF_EVENTS_MATCH_FIELD_NUMBER)) {
        var query = in.enter();
        while (in.next()) {
          if (in.tag() == tag(Umadb.Query.ITEMS_FIELD_NUMBER)) {
            words += 1 + requireFewFields(in, FIELDS_OF_CONDITION_MAX, "A condition");
          } else {
            in.skip();
          }
          if (words > FIELDS_OF_CONDITION_MAX) {
            throw new IllegalArgumentException(
                "A query has at most %d types and tags, and this one has more"
                    .formatted(Query.WORDS_MAX));
          }
        }
        in.leave(query);
      } else {
        in.skip();
      }
    }
    in.leave(condition);
  }
}

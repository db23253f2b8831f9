// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Tracking;
import io.leftfold.engine.log.RecordCursor;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.UUID;

/// The event that says how far a follower has come: `{"position":<number>}`, and nothing else.
final class TrackingEvent {

  private static final String BEFORE = "{\"position\":";
  private static final String BEHIND = "}";
  private static final int DIGITS_MAX = 19;

  private TrackingEvent() {}

  static ProposedEvent of(Tracking tracking, UUID id) {
    return ProposedEvent.json(Tracking.EVENT_TYPE, BEFORE + tracking.position() + BEHIND)
        .withId(id);
  }

  /// How far the follower has come whose stream this is; nothing if that is closed or deleted.
  static OptionalLong recorded(StreamView view, RecordCursor cursor) {
    return view.isDeleted() ? OptionalLong.empty() : last(view, cursor);
  }

  /// What the last event of a stream says, deleted or not.
  static OptionalLong last(StreamView view, RecordCursor cursor) {
    return view.tombstoned() || view.lastRevision() < 0
        ? OptionalLong.empty()
        : position(cursor.moveTo(view.postings().at(view.count() - 1)).data());
  }

  /// The position that an event's data says, if it says just that.
  static OptionalLong position(byte[] data) {
    var digits = data.length - BEFORE.length() - BEHIND.length();
    if (digits < 1 || digits > DIGITS_MAX) {
      return OptionalLong.empty();
    }
    var text = new String(data, StandardCharsets.ISO_8859_1);
    if (!text.startsWith(BEFORE) || !text.endsWith(BEHIND)) {
      return OptionalLong.empty();
    }
    var number = text.substring(BEFORE.length(), BEFORE.length() + digits);
    if (!number.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(number));
    } catch (NumberFormatException _) { // beyond 2⁶³ − 1
      return OptionalLong.empty();
    }
  }
}

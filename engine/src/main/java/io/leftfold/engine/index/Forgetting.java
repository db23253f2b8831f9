// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.UnavailableException;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.RecordCursor;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Which keys of a part are to be forgotten: tags and correlation ids that no event has any more.
///
/// They said something of events, and go with the last of them. A stream always has an event left,
/// and its category, its type and its beginning go on counting those that are forgotten; so these
/// keys stay, and all that stay keep all their places: whoever holds an ordinal finds the same
/// position behind it.
final class Forgetting {

  private static final int POSITIONS_BETWEEN_LOOKS = 4096;

  private final Part part;
  private final BitSet places;
  private final Row row;
  private final Log log;
  private final KeyHash hash;
  private final RecordCursor cursor;

  private Forgetting(Part part, BitSet places, Row row, Log log, KeyHash hash) {
    this.part = part;
    this.places = places;
    this.row = row;
    this.log = log;
    this.hash = hash;
    this.cursor = log.cursor();
  }

  /// Is asked now and then whether there is something more urgent.
  @FunctionalInterface
  interface Pause {
    /// A number of positions was looked at.
    void looked(int positions) throws IOException;
  }

  /// Looks for forgotten events in a part.
  ///
  /// @return null if there are none
  static @Nullable Forgetting in(Part part, Row row, Log log, KeyHash hash, Pause pause)
      throws IOException {
    if (!log.isScavenged(part.first(), part.end())) {
      return null;
    }
    var places = new BitSet();
    var cursor = log.cursor();
    for (var position = part.first(); position < part.end(); position++) {
      if (cursor.isForgotten(position)) {
        places.set(Math.toIntExact(position - part.first()));
      }
      if ((position + 1) % POSITIONS_BETWEEN_LOOKS == 0) {
        pause.looked(POSITIONS_BETWEEN_LOOKS);
      }
    }
    return places.isEmpty() ? null : new Forgetting(part, places, row, log, hash);
  }

  /// Whether there is anything in a segment that is to go.
  boolean isWorthIt(Segment segment) {
    return isOfForgotten(segment.header())
        || hasAny(segment.keys(KeyKind.TAG, "", ""))
        || hasAny(segment.keys(KeyKind.CORRELATION, "", ""));
  }

  private boolean isOfForgotten(SegmentHeader header) {
    return !header.lastEvent().equals(SegmentHeader.FORGOTTEN)
        && cursor.isForgotten(header.end() - 1);
  }

  private boolean hasAny(KeyCursor keys) {
    while (keys.next()) {
      if (takes(keys)) {
        return true;
      }
    }
    return false;
  }

  /// Whether the key at which a cursor of the part stands is to be forgotten. Its places are to be
  /// rewound afterwards.
  boolean takes(KeyCursor keys) {
    var kind = KeyKind.of(keys.key()[0]);
    return switch (kind) {
      case STREAM, CATEGORY, TYPE, BEGINNINGS -> false;
      case TAG, CORRELATION -> isForgottenHere(keys) && isForgottenElsewhere(kind, keys.text());
    };
  }

  private boolean isForgottenHere(KeyCursor keys) {
    keys.rewind();
    for (var i = 0L; i < keys.count(); i++) {
      if (!places.get(Math.toIntExact(keys.nextPlace()))) {
        return false;
      }
    }
    return true;
  }

  private boolean isForgottenElsewhere(KeyKind kind, String text) {
    var key = new IndexKey(kind, text, hash);
    return Arrays.stream(row.parts())
        .filter(other -> !other.equals(part))
        .allMatch(other -> isForgottenIn(other, key));
  }

  private boolean isForgottenIn(Part other, IndexKey key) {
    try {
      var list = other.find(key);
      for (var ordinal = 0L; list != null && ordinal < list.count(); ordinal++) {
        var position = other.first() + list.at(ordinal);
        if (position >= log.end() || !cursor.isForgotten(position)) {
          return false;
        }
      }
      return true;
    } catch (UnavailableException e) {
      return false; // a damaged segment does not say what it has
    }
  }
}

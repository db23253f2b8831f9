// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.UnavailableException;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.RecordCursor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which keys of a part are to be forgotten: tags and correlation ids that no event has any more.
///
/// They said something of events, and go with the last of them. A stream always has an event left;
/// categories, types and beginnings go on counting those that are forgotten, for readers of virtual
/// streams hold their ordinals. So these keys stay, and all that stay keep all their places.
final class Forgetting {

  private static final Set<KeyKind> OF_EVENTS = EnumSet.of(KeyKind.TAG, KeyKind.CORRELATION);
  private static final int LOOKS_BETWEEN_PAUSES = 4096;

  private final Part part;
  private final BitSet places;
  private final Row row;
  private final Log log;
  private final KeyHash hash;
  private final Pause pause;
  private final RecordCursor cursor;
  private int looks;

  private Forgetting(Part part, BitSet places, Row row, Log log, KeyHash hash, Pause pause) {
    this.part = part;
    this.places = places;
    this.row = row;
    this.log = log;
    this.hash = hash;
    this.pause = pause;
    this.cursor = log.cursor();
  }

  /// Is asked now and then whether there is something more urgent.
  @FunctionalInterface
  interface Pause {
    /// Something was looked at.
    ///
    /// @param bytes how much of the log that was
    void looked(long bytes) throws IOException;
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
    var looked = part.first();
    for (var position = part.first(); position < part.end(); position++) {
      if (cursor.isSurelyForgotten(position)) {
        places.set(Math.toIntExact(position - part.first()));
      }
      if (position - looked == LOOKS_BETWEEN_PAUSES) {
        pause.looked(log.bytesBetween(looked, position));
        looked = position;
      }
    }
    return places.isEmpty() ? null : new Forgetting(part, places, row, log, hash, pause);
  }

  /// Whether there is anything in a segment that is to go.
  boolean isWorthIt(Segment segment) {
    return isOfForgotten(segment.header())
        || OF_EVENTS.stream().anyMatch(kind -> hasAny(segment.keys(kind, "", "")));
  }

  private boolean isOfForgotten(SegmentHeader header) {
    return !header.lastEvent().equals(SegmentHeader.FORGOTTEN)
        && cursor.isSurelyForgotten(header.end() - 1);
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
  ///
  /// @throws UncheckedIOException if the pause ends it
  boolean takes(KeyCursor keys) {
    looked();
    var kind = KeyKind.of(keys.key()[0]);
    return OF_EVENTS.contains(kind)
        && isForgottenHere(keys)
        && isForgottenElsewhere(new IndexKey(kind, keys.text(), hash));
  }

  private void looked() {
    if (++looks % LOOKS_BETWEEN_PAUSES == 0) {
      try {
        pause.looked(0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
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

  private boolean isForgottenElsewhere(IndexKey key) {
    return Arrays.stream(row.parts())
        .filter(other -> !other.equals(part))
        .allMatch(other -> isForgottenIn(other, key));
  }

  private boolean isForgottenIn(Part other, IndexKey key) {
    try {
      var list = other.find(key);
      for (var ordinal = 0L; list != null && ordinal < list.count(); ordinal++) {
        var position = other.first() + list.at(ordinal);
        if (position >= log.end() || !cursor.isSurelyForgotten(position)) {
          return false;
        }
        looked();
      }
      return true;
    } catch (UnavailableException e) {
      return false; // a damaged segment does not say what it has
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.StreamName;
import java.util.Arrays;

/// Along the keys of a segment, from the first, or along those of one kind from one on.
final class SegmentCursor implements KeyCursor {

  private static final int KEY_BYTES_MAX = 1 << 17;

  private final Segment segment;
  private final PageReader reader;
  private final boolean isOfOneKind;
  private final byte kind;
  private byte[] from;
  private long leaf;
  private long leafEnd;

  private byte[] key = new byte[64];
  private int keyLength;
  private long count;
  private long revision;
  private long firstPlace;
  private long bodyAt;
  private long end;

  private long place;
  private boolean begun;

  /// Along all keys.
  SegmentCursor(Segment segment) {
    this(segment, new byte[0], 0, false);
  }

  /// Along the keys of the kind of a key, from that on.
  ///
  /// @param leaf in which the key is, if it is anywhere
  SegmentCursor(Segment segment, byte[] from, long leaf) {
    this(segment, from, leaf, true);
  }

  private SegmentCursor(Segment segment, byte[] from, long leaf, boolean isOfOneKind) {
    this.segment = segment;
    this.reader = new PageReader(segment.pages());
    this.from = from;
    this.leaf = leaf - 1;
    this.isOfOneKind = isOfOneKind;
    this.kind = isOfOneKind ? from[0] : 0;
  }

  @Override
  public boolean next() {
    while (advance()) {
      if (from.length == 0 || IndexKey.compare(key, keyLength, from, from.length) >= 0) {
        from = new byte[0];
        return !isOfOneKind || key[0] == kind;
      }
    }
    return false;
  }

  private boolean advance() {
    reader.moveTo(end);
    if (end >= leafEnd) {
      if (leaf + 1 == segment.header().leaves()) {
        return false;
      }
      leaf++;
      leafEnd = segment.leafEnd(leaf);
      reader.moveTo(segment.leafAt(leaf));
    }
    readKey();
    count = reader.varint();
    revision = key[0] == KeyKind.STREAM.code() ? reader.varint() : 0;
    firstPlace = reader.varint();
    var bodyBytes = count > 1 ? reader.varint() : 0;
    segment.requirePostings(reader, count, firstPlace, bodyBytes);
    bodyAt = reader.offset();
    end = bodyAt + bodyBytes;
    return true;
  }

  private void readKey() {
    var shared = reader.varint();
    var own = reader.varint();
    if (shared < 0
        || shared > keyLength
        || own < 0
        || own > KEY_BYTES_MAX - shared
        || shared + own == 0) {
      throw noKey();
    }
    keyLength = (int) (shared + own);
    if (keyLength > key.length) {
      key = Arrays.copyOf(key, 2 * keyLength);
    }
    for (var i = (int) shared; i < keyLength; i++) {
      key[i] = (byte) reader.next();
    }
    if (!KeyKind.isKnown(key[0])) {
      throw noKey();
    }
  }

  private RuntimeException noKey() {
    return segment.pages().damaged(reader.offset(), "a key expected, found none");
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public int keyLength() {
    return keyLength;
  }

  @Override
  public String text() {
    var text = IndexKey.decode(key, keyLength);
    if (key[0] == KeyKind.STREAM.code()) {
      try {
        var _ = StreamName.of(text);
      } catch (IllegalArgumentException e) {
        throw segment.pages().damaged(reader.offset(), String.valueOf(e.getMessage()));
      }
    }
    return text;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public long firstRevision() {
    return revision >>> 1;
  }

  @Override
  public boolean isConsecutive() {
    return (revision & 1) == 0;
  }

  @Override
  public void rewind() {
    reader.moveTo(bodyAt);
    begun = false;
  }

  @Override
  public long nextPlace() {
    if (!begun) {
      begun = true;
      place = firstPlace;
      return place;
    }
    var before = place;
    place += reader.varint();
    if (place <= before || place >= segment.size()) {
      throw segment
          .pages()
          .damaged(
              reader.offset(),
              "a place behind %d and below %d expected, found %d"
                  .formatted(before, segment.size(), place));
    }
    return place;
  }
}
